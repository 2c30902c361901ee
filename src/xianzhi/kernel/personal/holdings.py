"""Everything that is held on one subject: for the person who asks (access, copy), before it is corrected or erased."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from xianzhi.kernel import clock
from xianzhi.kernel.models import Case, Look, OfficialDocument, Subject
from xianzhi.kernel.personal.sealed import Sealed, opened
from xianzhi.kernel.personal.tokens import Fault
from xianzhi.kernel.personal.values import personal_values, shown_data

FORM = "xianzhi-person-1"


def holdings(subject: Subject, *, openly: bool = False) -> dict[str, Any]:
    """The subject, its accounts, cases (with events, materials, documents) and the looks at it, as plain data.

    openly: values in clear, for a file handed to the person; otherwise masked. Whoever calls it so records the look.
    """
    say = _clear if openly else str
    looks = Look.objects.filter(subject=subject).select_related("account", "unit").order_by("seq")
    return {
        "form": FORM,
        "at": clock.now().isoformat(timespec="seconds"),
        "办事主体": {
            "类别": subject.get_kind_display(),
            "名称": subject.name,
            "证件号码": say(subject.code),
            "电话": say(subject.phone),
            "地址": say(subject.address),
            "删除时间": subject.erased_at.isoformat(timespec="seconds") if subject.erased_at else "",
        },
        "账号": [
            {"登录名": one.username, "姓名": one.name, "启用": one.is_active} for one in subject.accounts.order_by("pk")
        ],
        "办件": [_case(one, say) for one in subject.cases.order_by("opened_on", "pk")],
        "查看记录": [_look(one) for one in looks],
    }


def _look(look: Look) -> dict[str, str]:
    return {
        "时间": timezone.localtime(look.at).strftime("%Y-%m-%d %H:%M"),
        "类别": look.get_kind_display(),
        "单位": look.unit.name if look.unit else "",
        "查看人": look.account.name if look.account else "",
        "内容": look.what,
        "理由": look.reason,
    }


def _clear(value: str) -> str:
    try:
        return opened(value)
    except Fault:
        return str(value)


def _case(case: Case, say: Callable[[str], str]) -> dict[str, Any]:
    documents = OfficialDocument.objects.filter(case=case).order_by("pk")
    return {
        "编号": case.number,
        "事项": case.title,
        "状态": case.state_shown.zh,
        "开始": case.opened_on.isoformat(),
        "办结": case.closed_on.isoformat() if case.closed_on else "",
        "办理记录": [_event(case, one, say) for one in case.events.order_by("seq")],
        "材料": [{"名称": one.name, "摘要": one.sm3} for one in case.materials.order_by("id")],
        "文书": [{"文号": one.number, "日期": one.issued_on.isoformat()} for one in documents],
    }


def _event(case: Case, event: Any, say: Callable[[str], str]) -> dict[str, Any]:
    step = case.procedure.steps.get(event.step_name)
    data = shown_data(step, event.data)
    personal = {label: say(value) for _, label, value in personal_values(step, event.data)} if step else {}
    labels = {field.name: field.zh for field in step.asks} if step else {}
    plain = {labels.get(name, name): value for name, value in data.items() if not _holds(value)}
    return {"步骤": step.zh if step else event.name, "日期": event.on.isoformat(), "个人信息": personal, "内容": plain}


def _holds(value: Any) -> bool:
    """Whether a value, or a line of it, is personal; those stand apart."""
    if isinstance(value, list):
        return any(_holds(one) for line in value for one in line.values())
    return isinstance(value, Sealed)
