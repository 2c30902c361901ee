"""Opening masked values in a case: who may, what there is, and never without a reason that is written down first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel import scope
from xianzhi.kernel.models import Case, CaseKey, Look, Subject
from xianzhi.kernel.personal.looks import NoReason, fault_of, record
from xianzhi.kernel.personal.sealed import Sealed, opened
from xianzhi.kernel.personal.values import has_personal, personal_values

PURPOSES = {
    "contact": _("联系办事人"), "verify": _("核对身份"), "pay": _("发放或退还款项"), "serve": _("送达文书"),
    "dispute": _("投诉、复议或诉讼"), "other": _("其他"),
}  # fmt: skip
MOST = 50
"""Values that one page opens at a time."""


class NotAllowed(Exception):
    """An account whose posts do not need the unmasked values of a case."""


@dataclass(frozen=True, slots=True)
class Item:
    """One masked value of a case. id: subject.phone, event.3.contact, event.1.plots.2.holder."""

    id: str
    label: str
    value: Sealed


def post_for(account: Any, case: Case) -> scope.HeldPost | None:
    """The post in which an account may open the values of a case: one that the procedure's `opens` names, whose unit
    the case reaches. None, the rule, for all others."""
    wanted = case.procedure.opens
    for post in scope.posts_of(account) if wanted else ():
        named = post.key in wanted or post.function in wanted
        if named and Case.objects.filter(scope.within_reach(post), pk=case.pk).exists():
            return post
    return None


def offered(account: Any, case: Case) -> bool:
    """Whether a page should offer to open what it shows masked."""
    return post_for(account, case) is not None and (
        _subject_items(case) != [] or CaseKey.objects.filter(case=case).exists()
    )


def items(case: Case) -> list[Item]:
    """Every masked value of a case: its subject's, then those in its events, the newest first."""
    return [*_subject_items(case), *_event_items(case)]


def _subject_items(case: Case) -> list[Item]:
    subject = case.subject
    if subject is None or subject.erased_at:
        return []
    names = ("code", "phone", "address") if subject.kind == Subject.PERSON else ("phone", "address")
    found = [(name, getattr(subject, name)) for name in names]
    words = {"code": _("证件号码"), "phone": _("电话"), "address": _("地址")}
    return [Item(f"subject.{name}", f"{subject.name} {words[name]}", value) for name, value in found if value]


def _event_items(case: Case) -> Iterator[Item]:
    for event in case.events.order_by("-seq"):
        step = case.procedure.steps.get(event.step_name)
        if step is not None and has_personal(step):
            for path, label, value in personal_values(step, event.data):
                yield Item(f"event.{event.seq}.{path}", f"{step.zh} {label}", value)


def _faults(found: list[Item], purpose: str, reason: str) -> Iterator[str]:
    if not found:
        yield "没有选要查看的内容"
    if len(found) > MOST:
        yield f"一次最多查看{MOST}项"
    if purpose not in PURPOSES:
        yield "没有选用途，请选一项"
    if fault := fault_of(reason):
        yield fault


def reveal(account: Any, case: Case, wanted: Iterable[str], purpose: str, reason: str) -> list[tuple[Item, str]]:
    """The values of some items in clear, once the look is on record.

    wanted: ids of items. purpose: one of PURPOSES. reason: in the account's own words. Raises NotAllowed, NoReason
    (also where nothing was chosen), and Fault where a value cannot be opened; then nothing is shown.
    """
    post = post_for(account, case)
    if post is None:
        raise NotAllowed
    chosen = set(wanted)
    found = [one for one in items(case) if one.id in chosen]
    if faults := list(_faults(found, purpose, reason)):
        raise NoReason("；".join(faults))
    with transaction.atomic():
        values = [(one, opened(one.value)) for one in found]
        what = "、".join(one.label for one in found)
        record(
            Look.Kind.LOOK, account, what, reason, count=len(found), subject=case.subject, case=case, purpose=purpose,
            post=post,
        )  # fmt: skip
    return values
