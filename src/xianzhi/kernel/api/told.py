"""Records as the API tells them: what is not for the account's eyes left out, personal data masked."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from xianzhi.kernel import door, limits, registry
from xianzhi.kernel.api import schemas
from xianzhi.kernel.api.problems import citation, reason_data
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case, Event, Material, OfficialDocument
from xianzhi.kernel.models import Subject as SubjectRow
from xianzhi.kernel.personal.masks import without_numbers
from xianzhi.kernel.personal.tokens import is_token
from xianzhi.kernel.personal.values import shown_data
from xianzhi.kernel.posts import post_word
from xianzhi.law.procedure import NOT_POSTS

HIDDEN = "***"


def subject(one: SubjectRow | None) -> schemas.Subject | None:
    return None if one is None else schemas.Subject(kind=one.kind, name=one.name, code=one.shown_code)


def cases(account: Any, rows: Iterable[Case]) -> list[schemas.CaseRow]:
    """Cases that the account may see; the case above one is named only where it may see that too."""
    kept = list(rows)
    above = {one.parent_id for one in kept if one.parent_id}
    seen = set(Case.objects.visible_to(account).filter(pk__in=above).values_list("pk", flat=True)) if above else set()
    return [schemas.CaseRow(**_row(one, seen)) for one in kept]


def _row(one: Case, seen: Iterable[int]) -> dict[str, Any]:
    procedure = registry.procedures.get(one.procedure_name)
    state = procedure.states.get(one.state) if procedure else None
    return {
        "id": one.pk, "number": one.number, "procedure": one.procedure_name,
        "procedure_zh": procedure.zh if procedure else one.procedure_name, "state": one.state,
        "state_zh": state.zh if state else one.state, "title": one.title, "division": one.division,
        "place": county().place(one.division), "subject": subject(one.subject),
        "parent": one.parent_id if one.parent_id in seen else None, "opened_on": one.opened_on,
        "moved_on": one.moved_on, "closed_on": one.closed_on, "due_on": one.due_on, "due_step": one.due_step,
        "due_provisional": one.due_provisional, "halted_on": one.halted_on,
    }  # fmt: skip


def event(one: Event) -> schemas.EventRow:
    """An event of a case that the account may see."""
    procedure = registry.procedures.get(one.case.procedure_name)
    step = procedure.steps.get(one.step_name) if procedure else None
    entry = getattr(one, "log_entry", None)
    return schemas.EventRow(
        case=one.case_id, number=one.case.number, seq=one.seq, sequence=entry.index if entry else None, name=one.name,
        step=one.step_name, step_zh=step.zh if step else one.name, from_state=one.from_state, to_state=one.to_state,
        by=one.by.name if one.by else None, post=one.by_post, unit=one.unit.code if one.unit else None, on=one.on,
        at=one.at, data=masked(shown_data(step, one.data)), decision=masked(one.decision), materials=one.materials,
        through_token=getattr(one, "token_use", None) is not None, prev=one.prev, hash=one.hash,
    )  # fmt: skip


EVENT_JOINS = ("case", "by", "unit", "log_entry", "token_use")


def masked(value: Any) -> Any:
    """What was recorded, without the numbers of persons: sealed values hidden, numbers in running text masked."""
    if isinstance(value, str):
        return HIDDEN if is_token(value) else without_numbers(str(value))
    if isinstance(value, Mapping):
        return {name: masked(one) for name, one in value.items()}
    return [masked(one) for one in value] if isinstance(value, list) else value


def option(one: door.Option) -> schemas.Asked:
    return schemas.Asked(
        step=one.step.name, zh=one.step.zh, mine=one.mine, possible=one.possible, grave=one.step.grave,
        takers=door.takers(one.step), cites=[citation(name) for name in one.step.cites],
        needs=[paper.name for paper in one.step.needs], reasons=[reason_data(reason) for reason in one.reasons],
    )  # fmt: skip


def limit(one: limits.Armed) -> schemas.Limit:
    return schemas.Limit(
        step=one.step.name, step_zh=one.step.zh, parameter=one.step.limit.parameter, since=one.since,
        due_on=one.due.on, provisional=one.due.provisional, standing=one.standing, unit=str(one.value.unit),
        of=one.budget.of + one.budget.rolled, used=one.budget.used, left=one.budget.left, taken_on=one.taken,
        late=one.late,
    )  # fmt: skip


def material(one: Material, names: Mapping[str, str]) -> schemas.MaterialRow:
    """names: of the kinds of material, in Chinese."""
    return schemas.MaterialRow(
        id=one.pk, kind=one.kind, zh=names.get(one.kind, one.kind), name=one.name, media_type=one.media_type,
        size=one.size, sha256=one.sha256, sm3=one.sm3, event_seq=one.event_seq, at=one.at,
        url=reverse("api:material", args=[one.pk]),
    )  # fmt: skip


def document(one: OfficialDocument) -> schemas.DocumentRow:
    return schemas.DocumentRow(
        id=one.pk, kind=one.kind, zh=one.zh, number=one.number, title=one.title, issuers=one.issuers,
        issued_on=one.issued_on, standing=str(one.standing), code=one.code, content_sm3=one.content_sm3,
        pdf_sm3=one.pdf_sm3,
    )  # fmt: skip


def taker_word(by: str) -> str:
    """Who takes a step, for the description: 县行政审批服务管理局 初审, or 申请人."""
    words = {"applicant": "申请人", "clock": "系统", "public": "公众"}
    return words[by] if by in NOT_POSTS else post_word(by)
