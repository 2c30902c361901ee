"""Two lists of the county office: works stopped after money was spent, and what is still open as the notice ends."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from xianzhi.apps.power_access.pages.registers import Cell, Section, due, money, row, total
from xianzhi.apps.power_access.procedures import CountyPaid, SharedCivil
from xianzhi.apps.power_access.queries.desks import Board
from xianzhi.apps.power_access.queries.money import money_of
from xianzhi.apps.power_access.rules import ExpiryFacts, expiry_warning
from xianzhi.kernel import registry
from xianzhi.kernel.models import Case, Event
from xianzhi.kernel.pages import words

STOPPED_SHOWN = 50


def lists(board: Board) -> Iterator[Section]:
    yield _stopped(board)
    if (ending := _ending(board)) is not None:
        yield ending


def _stopped(board: Board) -> Section:
    """Works that their owner gave up after they were funded: what was spent is the county office's to decide."""
    seen = Case.objects.visible_to(board.account).filter(
        state="stopped", procedure_name__in=(CountyPaid.name, SharedCivil.name)
    )
    cases = list(seen.select_related("parent").order_by("-closed_on", "-id")[:STOPPED_SHOWN])
    why = dict(Event.objects.filter(case__in=cases, step_name="stop").values_list("case_id", "data__reason"))
    sums = {case.pk: money_of(case) for case in cases}
    rows = tuple(
        row(case, Cell(words.short_day(case.closed_on)), Cell(str(why.get(case.pk) or "")),
            money(sums[case.pk].given_back), money(sums[case.pk].paid))
        for case in cases
    )  # fmt: skip
    spent = money(total(one.paid for one in sums.values())) if cases else Cell("")
    return Section(
        "stopped", _("拨款后停办的工程"), (_("停办"), _("原因"), _("退回"), _("已花")), rows,
        _("没有拨款后停办的工程。"), "power-3-2-2-1-1", _("已花部分由县政府办决定"),
        sums=(Cell(""), Cell(""), Cell(""), spent) if cases else (),
    )  # fmt: skip


def _ending(board: Board) -> Section | None:
    """From the first warning on: every open case, those applied for in time going on after the notice ends."""
    warned = expiry_warning(ExpiryFacts(board.today), registry.parameters())
    if warned.outcome == "ok":
        return None
    left = int(str(warned.value))
    rows = tuple(
        row(one.main, Cell(one.main.state_shown.zh), Cell(words.short_day(one.project.applied_on)), due(one.main))
        for one in board.standings
    )
    told = _("已到期") if left < 0 else _("还有 {n} 天").format(n=left)
    return Section(
        "ending", _("通知到期时在办的"), (_("状态"), _("申请"), _("时限")), rows,
        _("没有在办的项目。"), "power-6-1",
        _("{told}；到期前申请的继续按本通知办完").format(told=told),
    )  # fmt: skip
