"""The locked package for the auditor: the papers as handed in, a list of their digests, signed by the county.

What comes back is compared file by file, so that a paper changed after the lock is named. [power-3-2-2-6-3]
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from xianzhi.apps.power_access.procedures.works import Works
from xianzhi.apps.power_access.queries import works
from xianzhi.kernel.exchange import keys, signing
from xianzhi.kernel.exchange.files import BadBundle, unzipped, zipped
from xianzhi.kernel.materials import path_of
from xianzhi.kernel.models import Case, Material

LISTED, SIGNED = "digests.json", "digests.sig"


@dataclass(frozen=True, slots=True)
class Compared:
    """One file of a package that came back: `same`, `changed` or `missing`."""

    name: str
    state: str
    locked: str
    returned: str = ""


def locked(case: Case) -> list[Material]:
    """The papers that were handed in for the settlement, as they then were; none before."""
    handed = works.last(case, Works.hand_in.name)
    if handed is None:
        return []
    kinds = {paper.name for paper in Works.hand_in.needs}
    return list(case.materials.filter(kind__in=kinds, event_seq__lte=handed.seq).order_by("kind", "event_seq", "id"))


def name_in(serial: int, paper: Material) -> str:
    return f"{serial:02d}-{paper.name}"


def listing(case: Case) -> str:
    """The list of the digests, in one form: case, and name and digest of each file."""
    files = {name_in(serial, paper): paper.sm3 for serial, paper in enumerate(locked(case), start=1)}
    return signing.canonical_body({"case": case.number, "files": files})


def digest_of(case: Case) -> str:
    """What an audit names its package by: the digest of the list. Empty before anything was handed in."""
    return signing.digest(listing(case).encode()) if locked(case) else ""


def package(case: Case) -> bytes:
    """The package as a zip; made again it has the same list. Raises FileNotFoundError where a file is gone."""
    papers, text = locked(case), listing(case)
    held = {name_in(serial, paper): path_of(paper.sha256).read_bytes() for serial, paper in enumerate(papers, start=1)}
    signature = signing.sign(keys.own(), signing.receipt_statement(text))
    return zipped({LISTED: text.encode(), SIGNED: signature.encode(), **held})


def compare(case: Case, raw: bytes) -> list[Compared]:
    """A package that came back against the lock, file by file. Raises BadBundle for what is no zip of ours."""
    files = unzipped(raw)
    if LISTED not in files:
        raise BadBundle(f"压缩包里没有 {LISTED}，不是本系统的封存包")
    if json.loads(listing(case))["case"] != _case_in(files[LISTED]):
        raise BadBundle(f"这不是{case.number}的封存包")
    return list(_compared(case, files))


def _case_in(raw: bytes) -> str:
    try:
        return str(signing.read_json(raw)["case"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadBundle(f"{LISTED} 读不出，封存包可能已损坏") from None


def _compared(case: Case, files: dict[str, bytes]) -> Iterator[Compared]:
    for serial, paper in enumerate(locked(case), start=1):
        name = name_in(serial, paper)
        if name not in files:
            yield Compared(name, "missing", paper.sm3)
            continue
        found = signing.digest(files[name])
        yield Compared(name, "same" if found == paper.sm3 else "changed", paper.sm3, found)
