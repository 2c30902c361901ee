"""The lists of the kernel's own pages as Excel and CSV: the same queries, scope and filters as the pages."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from xianzhi.kernel import clock, coverage, queries, registry, scope
from xianzhi.kernel.county import county
from xianzhi.kernel.documents import lists as documents
from xianzhi.kernel.models import Account, Event, Post, Unit
from xianzhi.kernel.models.documents import Standing
from xianzhi.kernel.models.units import in_force
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.audit import AUDIT, Told, Wanted, events_for
from xianzhi.kernel.pages.guard import SIGNED_IN, STAFF, SUBJECT
from xianzhi.kernel.pages.units import READERS
from xianzhi.kernel.pages.work import LIGHTS
from xianzhi.kernel.tables.declare import Listing, Out, listing
from xianzhi.law.fields import DAY, WHOLE
from xianzhi.law.register import KINDS

Chosen = Mapping[str, str]


def _state(case: Any) -> str:
    procedure = registry.procedures.get(case.procedure_name)
    return procedure.states[case.state].zh if procedure and case.state in procedure.states else case.state


def _procedure(case: Any) -> str:
    procedure = registry.procedures.get(case.procedure_name)
    return procedure.zh if procedure else case.procedure_name


CASE = (
    Out(lazy("编号"), lambda case: case.number, width=22),
    Out(lazy("办理流程"), _procedure, width=16),
    Out(lazy("事项"), lambda case: case.title, width=36),
    Out(lazy("办事主体"), lambda case: case.subject and case.subject.name, width=24),
    Out(lazy("证件号码或信用代码"), lambda case: case.subject and case.subject.shown_code, width=24),
    Out(lazy("状态"), _state, width=12),
    Out(lazy("地点"), lambda case: county().place(case.division), width=20),
    Out(lazy("开始"), lambda case: case.opened_on, DAY, 12),
    Out(lazy("最近办理"), lambda case: case.moved_on, DAY, 12),
    Out(lazy("最先到期"), lambda case: None if case.closed_on else case.due_on, DAY, 12),
    Out(lazy("办结"), lambda case: case.closed_on, DAY, 12),
)


# ---- cases, and the search over them ---------------------------------------------------------------------------------


def _wanted(chosen: Chosen) -> queries.Wanted:
    return queries.Wanted(
        chosen.get("q", ""), chosen.get("procedure", ""), chosen.get("state", ""), chosen.get("place", "")
    )


def _cases(account: Any, chosen: Chosen) -> Any:
    found = queries.wanted_cases(account, _wanted(chosen))
    return found.filter(procedure_name__in=list(registry.procedures)).select_related("subject").order_by(
        "-opened_on", "-id"
    )  # fmt: skip


def _cases_told(chosen: Chosen) -> Iterator[str]:
    wanted = _wanted(chosen)
    procedure = registry.procedures.get(wanted.procedure)
    if wanted.text:
        yield _("查找“{text}”").format(text=wanted.text)
    if procedure:
        yield _("办理流程：{zh}").format(zh=procedure.zh)
    if wanted.state:
        known = {"open": _("在办"), "closed": _("已结束")}
        known |= {name: state.zh for name, state in procedure.states.items()} if procedure else {}
        yield _("状态：{zh}").format(zh=known.get(wanted.state, wanted.state))
    if wanted.place:
        yield _("地点：{place}").format(place=county().place(wanted.place))


listing(Listing("cases", lazy("办件清单"), CASE, _cases, SIGNED_IN.admits, _cases_told))


# ---- my work ---------------------------------------------------------------------------------------------------------


def _work(account: Any, chosen: Chosen) -> Iterator[queries.Task]:
    light, post = chosen.get("light", ""), chosen.get("post", "")
    light = light if light in queries.LIGHTS else ""
    held = {one.key for one in scope.posts_of(account)}
    post = post if post in held else ""
    waiting = queries.waiting_as_chosen(account, light=light, service=chosen.get("service", ""), post=post)
    for case in waiting.select_related("subject").iterator(chunk_size=2000):
        yield queries.task_of(case, account, post)


def _work_told(chosen: Chosen) -> Iterator[str]:
    if chosen.get("light") in queries.LIGHTS:
        yield str(LIGHTS[chosen["light"]][1])
    if chosen.get("service"):
        yield words.service(chosen["service"])
    if chosen.get("post"):
        yield words.role(chosen["post"])


def _of_case(one: Out) -> Out:
    return Out(one.zh, lambda task: one.value(task.case), one.kind, one.width)


WORK = (
    Out(lazy("时限"), lambda task: words.due(task.case).words, width=18),
    Out(lazy("要办的步骤"), lambda task: task.step.zh, width=18),
    Out(lazy("岗位"), lambda task: words.post(task.post), width=20),
    *(_of_case(one) for one in CASE if one is not CASE[-1]),
)
listing(Listing("work", lazy("待办清单"), WORK, _work, (STAFF | SUBJECT).admits, _work_told))


# ---- units and posts -------------------------------------------------------------------------------------------------


def _posts(account: Any, chosen: Chosen) -> Iterator[tuple[Unit, Post | None]]:
    held: dict[int, list[Post]] = {}
    now = Post.objects.filter(in_force(clock.today())).select_related("account").order_by("function", "role", "id")
    for post in now:
        held.setdefault(post.unit_id, []).append(post)
    for unit in Unit.objects.order_by("division", "code"):
        for post in held.get(unit.pk, [None]):
            yield unit, post


UNITS = (
    Out(lazy("单位"), lambda row: row[0].name, width=32),
    Out(lazy("单位代码"), lambda row: row[0].code, width=18),
    Out(lazy("区划代码"), lambda row: row[0].division, width=16),
    Out(lazy("区划"), lambda row: county().place(row[0].division), width=20),
    Out(lazy("岗位"), lambda row: row[1] and words.role(row[1].key), width=16),
    Out(lazy("现任"), lambda row: row[1] and row[1].account.name, width=14),
    Out(lazy("自"), lambda row: row[1] and row[1].since, DAY, 12),
    Out(lazy("至"), lambda row: row[1] and row[1].until, DAY, 12),
)
listing(Listing("units", lazy("单位与岗位"), UNITS, _posts, READERS.admits))


# ---- the auditor's events --------------------------------------------------------------------------------------------


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _events(account: Any, chosen: Chosen) -> Any:
    procedure, username = chosen.get("procedure", ""), chosen.get("account", "")
    known = Account.objects.filter(username=username).exists()
    since, until = _day(chosen.get("since", "")), _day(chosen.get("until", ""))
    return events_for(
        Wanted(since, until, procedure if procedure in registry.procedures else "", username if known else "")
    )


def _events_told(chosen: Chosen) -> Iterator[str]:
    if chosen.get("since"):
        yield _("自 {day}").format(day=chosen["since"])
    if chosen.get("until"):
        yield _("至 {day}").format(day=chosen["until"])
    if chosen.get("procedure") in registry.procedures:
        yield registry.procedures[chosen["procedure"]].zh
    if chosen.get("account"):
        yield _("登录名 {name}").format(name=chosen["account"])


def _taker(event: Event) -> str:
    return event.by.name if event.by else words.post(event.by_post)


EVENTS = (
    Out(lazy("时间"), lambda event: event.at, width=18),
    Out(lazy("办理日期"), lambda event: event.on, DAY, 12),
    Out(lazy("办件"), lambda event: event.case.number, width=22),
    Out(lazy("事项"), lambda event: event.case.title, width=36),
    Out(lazy("序号"), lambda event: event.seq, WHOLE, 8),
    Out(lazy("步骤"), lambda event: Told(event).verb, width=18),
    Out(lazy("办理人"), _taker, width=14),
    Out(lazy("岗位"), lambda event: words.post(event.by_post), width=20),
    Out(lazy("单位"), lambda event: event.unit and event.unit.name, width=24),
    Out(lazy("摘要（SM3）"), lambda event: event.hash, width=68),
    Out(lazy("前一条摘要"), lambda event: event.prev, width=68),
)
listing(Listing("events", lazy("办理记录"), EVENTS, _events, AUDIT.admits, _events_told))


# ---- parameters, coverage, documents ---------------------------------------------------------------------------------


def _values(account: Any, chosen: Chosen) -> Iterable[tuple[Any, Any]]:
    for parameter in sorted(registry.parameters().values(), key=lambda one: one.name):
        for dated in parameter.values:
            yield parameter, dated


PARAMETERS = (
    Out(lazy("参数"), lambda row: row[0].zh, width=30),
    Out(lazy("代号"), lambda row: row[0].name, width=32),
    Out(lazy("自"), lambda row: row[1].since, DAY, 12),
    Out(lazy("取值"), lambda row: _("废止") if row[1].value is None else row[1].value, width=20),
    Out(lazy("单位"), lambda row: row[0].unit, width=14),
    Out(lazy("依据"), lambda row: registry.provisions[row[1].cites].cited, width=60),
)
listing(Listing("parameters", lazy("参数"), PARAMETERS, _values, lambda account: True, public=True))


def _provisions(account: Any, chosen: Chosen) -> Iterator[Any]:
    for name in registry.registers:
        yield from coverage.of(name)


def _carriers(one: Any) -> str:
    return "；".join(dict.fromkeys(f"{carrier.kind} {carrier.name}" for carrier in one.carriers))


COVERAGE = (
    Out(lazy("文件"), lambda one: one.provision.instrument.title, width=40),
    Out(lazy("条款"), lambda one: one.provision.place.full(), width=26),
    Out(lazy("代号"), lambda one: one.provision.id, width=20),
    Out(lazy("类别"), lambda one: KINDS[one.provision.kind], width=12),
    Out(lazy("内容"), lambda one: one.provision.zh, width=60),
    Out(lazy("单位"), lambda one: "、".join(one.provision.who), width=30),
    Out(lazy("落实情况"), lambda one: coverage.STATUSES[one.status], width=16),
    Out(lazy("由什么落实"), _carriers, width=50),
    Out(lazy("测试数"), lambda one: len(one.proofs), WHOLE, 8),
)
listing(Listing("coverage", lazy("条款落实情况"), COVERAGE, _provisions, lambda account: True, public=True))


def _wanted_documents(chosen: Chosen) -> documents.Wanted:
    standing = chosen.get("standing", "")
    return documents.Wanted(
        text=chosen.get("q", ""),
        kind=chosen.get("kind", ""),
        unit=chosen.get("unit", ""),
        standing=standing if standing in Standing.values else "",
        since=_day(chosen.get("since", "")),
        until=_day(chosen.get("until", "")),
    )


def _documents(account: Any, chosen: Chosen) -> Any:
    return documents.find(account, _wanted_documents(chosen))


def _documents_told(chosen: Chosen) -> Iterator[str]:
    wanted = _wanted_documents(chosen)
    if wanted.text:
        yield _("查找“{text}”").format(text=wanted.text)
    if wanted.kind in registry.documents:
        yield registry.documents[wanted.kind].zh
    if wanted.standing:
        yield str(Standing(wanted.standing).label)
    if wanted.since:
        yield _("自 {day}").format(day=wanted.since)
    if wanted.until:
        yield _("至 {day}").format(day=wanted.until)


def _kind(document: Any) -> str:
    known = registry.documents.get(document.kind)
    return known.zh if known else document.kind


DOCUMENTS = (
    Out(lazy("文号"), lambda one: one.number, width=26),
    Out(lazy("文书"), _kind, width=20),
    Out(lazy("制发单位"), lambda one: one.unit.name, width=28),
    Out(lazy("成文日期"), lambda one: one.issued_on, DAY, 12),
    Out(lazy("办件"), lambda one: one.case and one.case.number, width=22),
    Out(lazy("事项"), lambda one: one.case and one.case.title, width=36),
    Out(lazy("现状"), lambda one: str(Standing(one.standing).label), width=12),
    Out(lazy("验证码"), lambda one: one.code, width=20),
)
listing(Listing("documents", lazy("文书清单"), DOCUMENTS, _documents, SIGNED_IN.admits, _documents_told))
