"""An invented letter for the tests of official documents: issued, issued anew, withdrawn; and many at once.

Nothing of it exists until `registered()` is entered, which enters the sample permit too.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from xianzhi.kernel import door, registry
from xianzhi.kernel.documents import batches, kinds
from xianzhi.kernel.documents.issue import issue
from xianzhi.kernel.documents.kinds import BadRow, Kind
from xianzhi.kernel.models import Account, Batch, Case, OfficialDocument
from xianzhi.kernel.tests import sample as s
from xianzhi.law.fields import note, text, whole
from xianzhi.law.procedure import SAME, START, Procedure, Step, final, states

HERE = Path(__file__).parent
LETTER = Kind("sample.letter", "示例函", HERE / "letter.typ", "approval", ("sample-1-1", "sample-1-2"),
              numbered="示函〔{year}〕{serial:04d}", sole=True)  # fmt: skip
ORDER = Kind("sample.order", "示例单", HERE / "letter.typ", "approval", ("sample-1-1",),
             numbered=lambda event, attempt: f"示单〔{event.on.year}〕{event.case_id:06d}")  # fmt: skip


class Writing(Procedure):
    """示例发文, from the first letter to its withdrawal."""

    app = "letters"
    zh = "示例发文"
    numbered = "示文〔{year}〕{serial:04d}"

    written, ended = *states("已发文"), final("已撤回")

    write = Step(
        "发文", START >> written, by="approval.clerk", event="sample.letter.written", cites="sample-1-1",
        asks=(text("words", "正文", most=4000), whole("lines", "行数").optional), issues=LETTER.name,
    )  # fmt: skip
    rewrite = Step(
        "改发", written >> SAME, by="approval.clerk", event="sample.letter.rewritten", cites="sample-1-1",
        asks=(text("words", "正文", most=4000), whole("lines", "行数").optional), issues=LETTER.name,
    )  # fmt: skip
    order = Step(
        "开单", written >> SAME, by="approval.clerk", event="sample.letter.ordered", cites="sample-1-1",
        issues=ORDER.name,
    )  # fmt: skip
    withdraw = Step(
        "撤回", written >> ended, by="approval.clerk", event="sample.letter.withdrawn", cites="sample-1-1",
        asks=(note("reason", "原因"),), revokes=(LETTER.name, ORDER.name),
    )  # fmt: skip


def stands(event: Any, attempt: door.Attempt) -> dict[str, Any]:
    data = attempt.data
    rows = [{"name": f"第{n}项", "amount": f"{n}00.00"} for n in range(1, (data.get("lines") or 0) + 1)]
    return {"to": "示例公司", "words": data.get("words") or "空", "rows": rows, "day": attempt.on}


def one_row(row: Mapping[str, Any]) -> dict[str, Any]:
    if not row.get("words"):
        raise BadRow("没有正文，请补充")
    return {"to": row.get("to", "示例公司"), "words": row["words"], "rows": []}


@contextmanager
def registered() -> Iterator[type[Writing]]:
    """The letters as if a service had declared them; all is as before afterwards."""
    with s.registered():
        registry.procedures[Writing.name] = Writing
        for kind in (LETTER, ORDER):
            registry.documents[kind.name], kinds.contents[kind.name] = kind, stands
        kinds.rows[LETTER.name] = one_row
        try:
            yield Writing
        finally:
            del registry.procedures[Writing.name]
            for store in (registry.documents, kinds.contents, kinds.rows):
                for kind in (LETTER, ORDER):
                    store.pop(kind.name, None)


WORDS = "根据示例办法，经审查，同意你公司的申请。请按本函办理有关事项，并于期限内报送情况。"


def write(by: Account, *, words: str = WORDS, lines: int | None = None, on: date | None = None) -> Case:
    """A case with a letter."""
    return door.open_case(
        Writing, Writing.write, by=by, on=on, title="示例发文", division=s.COUNTY, data={"words": words, "lines": lines}
    )


def letter_of(case: Case) -> OfficialDocument:
    """The newest letter of a case."""
    return case.documents.filter(kind=LETTER.name).latest("pk")


def letter_on(case: Case) -> OfficialDocument:
    """A letter issued for the newest event of any case."""
    event = case.events.latest("seq")
    attempt = door.Attempt(case, Writing.write, event.by, event.on, {"words": WORDS}, past=())
    made = issue(LETTER, event, attempt)
    assert made is not None
    return made


def a_batch(by: Account, rows: int = 1) -> Batch:
    """A batch that is done."""
    made = batches.batch(LETTER.name, [{"words": WORDS}] * rows, by=by)
    batches.run(made)
    return made
