"""The chain of a case: each event is hashed together with the hash of the one before it."""

import json
from datetime import UTC
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash


def sm3(*parts: bytes) -> bytes:
    """The SM3 digest (GB/T 32905) of the parts put together."""
    digest = Hash(SM3())
    for part in parts:
        digest.update(part)
    return digest.finalize()


def canonical(body: dict[str, Any]) -> bytes:
    """One form for one content: sorted keys, no spaces, UTF-8. Bodies hold no floats."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def body_of(event) -> dict[str, Any]:
    """The content of an event that its hash covers; of the first one with it what its case is from then on."""
    body = {
        "case": event.case_id,
        "seq": event.seq,
        "name": event.name,
        "step": event.step_name,
        "from": event.from_state,
        "to": event.to_state,
        "by": event.by_id,
        "post": event.by_post,
        "unit": event.unit_id,
        "on": event.on.isoformat(),
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "data": event.data,
        "decision": event.decision,
        "materials": event.materials,
        "key": event.key,
    }
    if event.postings:
        body["postings"] = event.postings
    if event.seq == 1:
        body["opened"] = opening_of(event.case)
    return body


def opening_of(case) -> dict[str, Any]:
    """What a case is called, whose and where it is: set when it is opened and never changed."""
    return {
        "number": case.number,
        "procedure": case.procedure_name,
        "version": case.version,
        "title": case.title,
        "division": case.division,
        "subject": case.subject_id,
        "parent": case.parent_id,
        "on": case.opened_on.isoformat(),
    }


def link(prev: str, body: dict[str, Any]) -> str:
    """The hash of an event that follows `prev`, as 64 hexadecimal digits."""
    return sm3(bytes.fromhex(prev), canonical(body)).hex()
