"""What the API answers. Amounts are decimal text, days are dates; a name in Chinese stands beside its identifier."""

from datetime import date, datetime
from typing import Any, Generic, TypeVar

from ninja import Schema
from pydantic import Field

Row = TypeVar("Row")


class Page(Schema, Generic[Row]):
    """A page of a list. `next` is the cursor of the next page; null where this is the last."""

    items: list[Row]
    next: str | None = Field(None, description="下一页的游标，原样放进 cursor；没有下一页时为 null")


class Citation(Schema):
    id: str = Field(description="条款编号，如 power-3-2-2-1-2")
    printed: str = Field(description="依据的写法，如《…》三（二）2（1）")
    url: str = Field(description="条款页面的地址")


class Reason(Schema):
    """One reason: a sentence, the provision it rests on, the values used and how to get a yes."""

    text: str
    cites: Citation
    used: dict[str, Any] = {}
    cure: str = ""


class Fault(Schema):
    """One thing that is wrong. `pointer` names the field of the request; reasons of a rule carry a citation."""

    text: str
    pointer: str = ""
    cites: Citation | None = None
    used: dict[str, Any] = {}
    cure: str = ""


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []
    missing_scope: str = Field("", description="403：令牌缺的范围")


class PostHeld(Schema):
    key: str = Field(description="职能.岗位")
    zh: str
    unit: str = Field(description="单位代号")
    unit_zh: str


class Subject(Schema):
    """Whom a case serves. A person's number is masked."""

    kind: str
    name: str
    code: str


class TokenSeen(Schema):
    name: str
    prefix: str
    scopes: list[str]
    expires_on: date


class Me(Schema):
    username: str
    name: str
    duty: str
    posts: list[PostHeld]
    subject: Subject | None
    token: TokenSeen | None


class CaseRow(Schema):
    """A case in a list."""

    id: int
    number: str
    procedure: str
    procedure_zh: str
    state: str
    state_zh: str
    title: str
    division: str
    place: str
    subject: Subject | None
    parent: int | None = Field(description="所属办件；不在您的范围内时为 null")
    opened_on: date
    moved_on: date
    closed_on: date | None
    due_on: date | None = Field(description="最先到期的时限")
    due_step: str
    due_provisional: bool = Field(description="到期日按尚未公布的日历推算，为暂定")
    halted_on: date | None


class WorkRow(Schema):
    """A case that waits for the account, with what it may do in it."""

    case: CaseRow
    light: str = Field(description="overdue、today、soon、later、open、held")
    step: str
    step_zh: str
    post: str
    others: list[str]


class Asked(Schema):
    """A step of the present state, for the account: whether it may be taken and, if not, why."""

    step: str
    zh: str
    mine: bool
    possible: bool
    grave: bool
    takers: str
    cites: list[Citation]
    needs: list[str]
    reasons: list[Reason]


class Limit(Schema):
    step: str
    step_zh: str
    parameter: str
    since: date
    due_on: date
    provisional: bool
    standing: str = Field(description="ok、near、over、halt 或 done")
    unit: str = Field(description="day、workday 或 month")
    of: int
    used: int
    left: int
    taken_on: date | None
    late: int


class EventRow(Schema):
    """One step that was taken. Personal data is masked."""

    case: int
    number: str
    seq: int
    sequence: int | None = Field(description="在账本中的序号；尚未入账时为 null")
    name: str
    step: str
    step_zh: str
    from_state: str
    to_state: str
    by: str | None
    post: str
    unit: str | None
    on: date
    at: datetime
    data: dict[str, Any]
    decision: dict[str, Any] | None
    materials: list[dict[str, str]]
    through_token: bool
    prev: str
    hash: str


class MaterialRow(Schema):
    id: int
    kind: str
    zh: str
    name: str
    media_type: str
    size: int
    sha256: str
    sm3: str
    event_seq: int
    at: datetime
    url: str


class DocumentRow(Schema):
    id: int
    kind: str
    zh: str
    number: str
    title: str
    issuers: str
    issued_on: date
    standing: str
    code: str = Field(description="验证码")
    content_sm3: str
    pdf_sm3: str


class CaseWhole(CaseRow):
    version: int
    seq: int
    head: str
    options: list[Asked]
    limits: list[Limit]
    events: list[EventRow]
    materials: list[MaterialRow]
    documents: list[DocumentRow]
    children: list[CaseRow]


class Taken(Schema):
    """What came of a step. `case` is null where the account does not see the case any more."""

    event: EventRow
    case: CaseRow | None


class Received(Schema):
    """A file that was sent ahead of its step."""

    id: str = Field(description="办理时写在 materials 的 upload 中")
    name: str
    media_type: str
    size: int
    sha256: str
    sm3: str
    expires_at: datetime


class Instrument(Schema):
    id: str
    number: str
    title: str
    issuer: str
    issued: date | None
    effective: date | None
    until: date | None
    standing: str
    provisions: int
    url: str


class Provision(Schema):
    id: str
    instrument: str
    place: str
    printed: str
    kind: str
    kind_zh: str
    who: list[str]
    zh: str
    en: str
    unclear: str
    status: str = Field(description="done、carried、open 或 context")
    carriers: list[dict[str, str]]
    proofs: int
    url: str


class Dated(Schema):
    since: date
    value: str | None
    cites: Citation
    standing: str
    basis: str


class Parameter(Schema):
    name: str
    zh: str
    unit: str
    values: list[Dated]


class ParameterOn(Parameter):
    on: date
    value: str = Field(description="这一天的值")
    in_force: Dated


class StepDeclared(Schema):
    name: str
    zh: str
    by: list[str]
    sources: list[str]
    target: str
    event: str
    cites: list[Citation]
    within: str
    grave: bool
    asks: dict[str, Any] = Field(description="JSON Schema")
    materials: list[dict[str, Any]]


class ProcedureRow(Schema):
    name: str
    zh: str
    app: str
    version: int
    opened_by: list[str] = Field(description="可以由接口开办的步骤")


class ProcedureWhole(ProcedureRow):
    states: dict[str, str]
    final: list[str]
    steps: list[StepDeclared]


class Coverage(Schema):
    instrument: str
    title: str
    all: int
    counts: dict[str, int]


class UnitRow(Schema):
    code: str
    name: str
    short: str
    kind: str
    division: str
    parent: str | None
    functions: list[str]


class Held(Schema):
    post: str
    zh: str
    name: str
    since: date
    until: date | None


class UnitWhole(UnitRow):
    posts: list[Held]
    children: list[str]


class ObligationRow(Schema):
    id: int
    cites: Citation
    unit: str | None
    unit_zh: str
    proposed: bool
    what: str
    due_on: date | None
    due_text: str
    figure: str
    case: int | None
    done_on: date | None
    result: str
    ended_on: date | None


class AnnouncementRow(Schema):
    id: int
    title: str
    body: str
    unit: str
    provision: str
    since: date
    until: date | None


class Found(Schema):
    """What a search found, each kind as far as the account may see it."""

    cases: list[CaseRow]
    more_cases: str
    instruments: list[str]
    provisions: list[Citation]
    units: list[str]
    subjects: list[Subject]


class CheckpointRow(Schema):
    size: int
    root: str
    at: datetime


class Proof(Schema):
    """That an event stands in the log (RFC 6962 with SM3)."""

    index: int
    size: int
    hash: str
    path: list[str]
    root: str


class Consistency(Schema):
    old: int
    new: int
    old_root: str
    new_root: str
    path: list[str]
