"""The work that every peer does: permits led through eight steps, each step its own durable commit.

A step locks its case, looks whether the actor has the role, whether the case is in the right state and whether the
guard holds, then writes the case and one record that carries the hash of the one before. Cases advance side by side in
a random order that is the same for every peer.
"""

import hashlib
import json
import random
from dataclasses import dataclass
from datetime import date
from typing import Any

DAY = date(2025, 6, 11)
GENESIS = "0" * 64

# step: (from, to, role)
STEPS = {
    "submit": ("draft", "submitted", "applicant"),
    "accept": ("submitted", "accepted", "clerk"),
    "review": ("accepted", "reviewed", "reviewer"),
    "request_correction": ("reviewed", "correction", "reviewer"),
    "resubmit": ("correction", "resubmitted", "applicant"),
    "approve": ("resubmitted", "approved", "approver"),
    "pay_deposit": ("approved", "deposited", "cashier"),
    "issue": ("deposited", "issued", "clerk"),
}
STAFF = {"applicant": 100, "clerk": 5, "reviewer": 5, "approver": 3, "cashier": 2}
ACTORS = [(role, number) for role, size in STAFF.items() for number in range(size)]
"""Every actor, (role, number); a peer gives it an id by its place here."""


@dataclass(frozen=True, slots=True)
class Call:
    """One step to take: of which case, by which actor, with what."""

    case: int
    step: str
    actor: tuple[str, int]
    data: dict[str, Any]


def opening(case: int) -> dict[str, Any]:
    """What a case holds before its first step."""
    luck = random.Random(case)
    return {
        "documents": 3 + luck.randrange(3),
        "area": luck.randrange(100, 50_000),
        "deposit": 100 * luck.randrange(10, 900),
    }


def calls(low: int, high: int, part: int = 0, parts: int = 1) -> list[Call]:
    """One worker's part of the steps of the cases from `low` to `high`: shuffled, each case's own in their order."""
    ways = [[_call(case, step) for step in STEPS] for case in range(low, high) if case % parts == part]
    turns = [place for place, way in enumerate(ways) for _ in way]
    random.Random(low).shuffle(turns)
    rest = [iter(way) for way in ways]
    return [next(rest[place]) for place in turns]


def _call(case: int, step: str) -> Call:
    role = STEPS[step][2]
    number = case % STAFF[role] if role == "applicant" else random.Random(case * 8 + len(step)).randrange(STAFF[role])
    held = opening(case)
    data: dict[str, Any] = {
        "request_correction": {"note": "请补充水土保持方案批复"},
        "resubmit": {"documents": held["documents"] + 1},
        "approve": {"pay_from": DAY.isoformat()},
        "pay_deposit": {"amount": held["deposit"]},
    }.get(step, {})
    return Call(case, step, (role, number), data)


class Refused(Exception):
    """A peer's refusal; none happens in the measured work."""


def guard(call: Call, case: Any, actor: int) -> bool:
    """Whether a plain peer may take the step. `case` has the attributes of the table `permit`."""
    match call.step:
        case "submit":
            return bool(case.documents >= 3)
        case "accept":
            return bool(case.area <= 50_000 and case.documents >= 3)
        case "review":
            return bool(actor != case.accepted_by)
        case "request_correction":
            return bool(call.data["note"])
        case "resubmit":
            return bool(call.data["documents"] > case.documents)
        case "approve":
            return actor not in (case.reviewed_by, case.accepted_by)
        case "pay_deposit":
            return bool(call.data["amount"] == case.deposit)
        case _:
            return bool(case.paid == case.deposit)


def apply(call: Call, case: Any, actor: int) -> None:
    """What the step changes in a plain peer's case, beside its state."""
    match call.step:
        case "accept":
            case.accepted_by = actor
        case "review":
            case.reviewed_by = actor
        case "resubmit":
            case.documents = call.data["documents"]
        case "pay_deposit":
            case.paid = call.data["amount"]


def link(prev: str, seq: int, call: Call, actor: int, at: str) -> tuple[str, str]:
    """(body, hash) of the record of a step in a plain peer."""
    content = [call.case, seq, call.step, *STEPS[call.step][:2], actor, at, call.data]
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return body, hashlib.sha256((prev + body).encode()).hexdigest()
