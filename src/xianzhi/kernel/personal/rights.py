"""A person's rights over what is held on him: correction, and erasure where the law allows it.

Erasing destroys the keys of his cases and clears his row: what the ledger keeps stays hashed and in its place, and
nobody can read it. Materials and issued documents are kept as archives are.
"""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from xianzhi.kernel import clock, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Account, Case, CaseKey, Look, SearchText, Subject
from xianzhi.kernel.personal import looks, rotation, values
from xianzhi.kernel.personal.masks import without_numbers
from xianzhi.kernel.search import grams_of
from xianzhi.law.timing import due_date

RETENTION = "personal.retention"
ERASED = "已删除"
CORRECTABLE = {"name": "姓名", "phone": "电话", "address": "地址"}


class NotAllowed(Exception):
    """What speaks against erasing; `reasons` holds every reason."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("；".join(reasons))


def reasons_against(subject: Subject) -> list[str]:
    """Why a subject's data may not be erased today; nothing where they may."""
    return list(_against(subject))


def _against(subject: Subject) -> Iterator[str]:
    if subject.erased_at:
        yield "已经删除"
        return
    if subject.kind != Subject.PERSON:
        yield "单位和个体工商户的信用代码依法公开，不按个人信息删除"
    open_cases = list(subject.cases.open().values_list("number", flat=True)[:5])
    if open_cases:
        yield f"还有没办结的办件：{'、'.join(open_cases)}；办结后再申请"
    last = subject.cases.exclude(closed_on=None).order_by("-closed_on").first()
    if last is not None and last.closed_on is not None:
        amount, count = registry.parameters().get(RETENTION, on=last.closed_on).as_limit()
        until = due_date(last.closed_on, amount, count, county().calendar, rolls=False).on
        if clock.today() <= until:
            yield f"保存期限到{until.year}年{until.month}月{until.day}日（{last.number}办结后{amount}年），到期后再申请"


def erase(subject: Subject, *, by: Account | None, reason: str) -> Look:
    """Erases what is held on a person and gives the record of it. Raises NotAllowed, NoReason."""
    with transaction.atomic():
        locked = Subject.objects.select_for_update().get(pk=subject.pk)
        if reasons := reasons_against(locked):
            raise NotAllowed(reasons)
        cases = list(locked.cases.values_list("pk", flat=True))
        look = looks.record(
            Look.Kind.ERASE, by, f"删除全部个人信息，涉及 {len(cases)} 个办件", reason, count=len(cases), subject=locked
        )
        CaseKey.objects.filter(case__in=cases, destroyed_at=None).update(sealed="", destroyed_at=clock.now())
        _clear_rows(cases)
        for account in locked.accounts.all():
            account.name, account.username, account.email, account.is_active = ERASED, f"erased-{account.pk}", "", False
            account.set_unusable_password()
            account.save(update_fields=["name", "username", "email", "is_active", "password"])
        locked.name, locked.code, locked.phone, locked.address = ERASED, "", "", ""
        locked.code_index = locked.phone_index = None
        locked.erased_at = clock.now()
        locked.save()
        _forget_name(cases)
        transaction.on_commit(values.forget)
    values.forget()
    subject.refresh_from_db()
    return look


def _clear_rows(cases: list[int]) -> None:
    """Empties the sealed columns of the apps' records that belong to the cases."""
    for model, fields in rotation.sealed_models():
        for field in fields:
            owner = next((one for one in model._meta.concrete_fields if one.attname == field.row), None)
            if owner is not None and owner.related_model is Case:
                cleared: dict[str, Any] = {field.name: "", **({field.index: None} if field.index else {})}
                model._base_manager.filter(**{f"{field.row}__in": cases}).update(**cleared)


def _forget_name(cases: list[int]) -> None:
    """The cases are no longer found by the person's name."""
    for case in Case.objects.filter(pk__in=cases):
        SearchText.objects.filter(case=case).delete()
        SearchText.objects.create(case=case, grams=grams_of(case.number, without_numbers(case.title), ERASED))


def correct(subject: Subject, changes: dict[str, str], *, by: Account | None, reason: str) -> Look:
    """Corrects name, telephone or address at the person's request. Raises ValueError, NoReason.

    changes: what is to stand there, by CORRECTABLE; the record says which were changed, not what they were.
    """
    changed = {name: value.strip() for name, value in changes.items() if name in CORRECTABLE and value.strip()}
    if subject.erased_at or not changed:
        raise ValueError("没有填写要更正的内容" if not subject.erased_at else "已经删除，不能更正")
    most = Subject._meta.get_field("name").max_length
    if len(changed.get("name", "")) > most or any(len(value) > 120 for value in changed.values()):
        raise ValueError(f"姓名最多{most}个字，电话、地址最多120个字")
    with transaction.atomic():
        what = "更正" + "、".join(CORRECTABLE[name] for name in changed)
        look = looks.record(Look.Kind.CORRECT, by, what, reason, subject=subject)
        for name, value in changed.items():
            setattr(subject, name, value)
        subject.save(update_fields=list(changed))
    return look
