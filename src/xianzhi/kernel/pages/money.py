"""资金: what stands on which account, by service, year and kind; the statement of one account; the money of a case."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from xianzhi.kernel.models import Case, MoneyEntry
from xianzhi.kernel.models.money import AccountKind
from xianzhi.kernel.money import queries
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.guard import SIGNED_IN, by_duty, by_function, page
from xianzhi.kernel.pages.panels import Made, panel
from xianzhi.law.procedure import Procedure

READERS = by_function(queries.FINANCE) | by_duty("audit")
MOST = 500
"""Accounts in one list, and the pages of a statement: beyond that, narrow it."""
SHOWN = 10
"""Entries of a case on its page; all of them are on the statements."""


@page(READERS)
def overview(request: HttpRequest) -> HttpResponse:
    """Sums by service and kind; what is chosen opens to its accounts."""
    seen, years = queries.visible(request.user), queries.years()
    year, faults = _year(request, years)
    service, kind = request.GET.get("service", ""), request.GET.get("kind", "")
    services = sorted(set(seen.order_by().values_list("service", flat=True)))
    if service and service not in services:
        faults.append(_("没有服务“{name}”的资金科目").format(name=service[:40]))
        service = ""
    if kind and kind not in AccountKind.values:
        faults.append(_("没有科目类别“{name}”").format(name=kind[:40]))
        kind = ""
    chosen = {"year": year, "service": service, "kind": kind}
    narrowed = seen.filter(**{name: value for name, value in (("service", service), ("kind", kind)) if value})
    totals = queries.totals(narrowed, year)
    listed = queries.held(narrowed, year, most=MOST) if service or kind else []
    return render(
        request,
        "kernel/money.html",
        {
            "totals": [(one, words.query({**chosen, "service": one.service, "kind": one.kind})) for one in totals],
            "sums": {name: sum(getattr(one.flow, name) for one in totals) for name in ("into", "out", "left")},
            "listed": listed,
            "cut": len(listed) == MOST,
            "of_year": words.query({"year": year}),
            "years": years,
            "services": services,
            "kinds": AccountKind.choices,
            "chosen": chosen,
            "narrowed": any(chosen.values()),
            "faults": faults,
        },
    )


def _year(request: HttpRequest, years: list[int]) -> tuple[int | None, list[str]]:
    """The year that is asked for, or what is wrong with it."""
    text = request.GET.get("year", "").strip()
    if not text:
        return None, []
    if text.isdecimal() and len(text) <= len("2025") and int(text) in years:
        return int(text), []
    return None, [_("{year}年没有资金往来").format(year=text[:20])]


@page(SIGNED_IN)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement of an account: each line with what stood on it afterwards, and the other side of it."""
    found = get_object_or_404(queries.visible(request.user).select_related("case", "unit", "subject"), pk=pk)
    years = [day.year for day in found.lines.dates("entry__on", "year", order="DESC")]
    year, faults = _year(request, years)
    way = request.GET.get("way", "")
    number = request.GET.get("page", "")
    at = int(number) if number.isdecimal() and 0 < int(number[:4]) <= MOST else 1
    way = way if way in queries.WAYS else ""
    made = queries.statement(found, request.user, year=year, way=way, page=at)
    chosen = {"year": year, "way": way}
    return render(
        request,
        "kernel/money_account.html",
        {
            "account": found,
            "statement": made,
            "years": years,
            "chosen": chosen,
            "ways": {one: words.query({"year": year, "way": one}) for one in ("", *queries.WAYS)},
            "first": words.query(chosen) if at > 1 else "",
            "next": words.query({**chosen, "page": at + 1}) if made.more else "",
            "faults": faults,
            "reads": READERS.admits(request.user),
            "opens": found.case_id and Case.objects.visible_to(request.user).filter(pk=found.case_id).exists(),
        },
    )


@panel(Procedure, order=30)
def of_case(request: HttpRequest, case: Case) -> Made:
    """The accounts of a case and the newest entries of its steps; nothing where it moved no money."""
    held, entries = queries.of_case(case)
    held = [one for one in held if one.flow != queries.Flow()]
    if not held and not entries:
        return None
    shown = [(entry, _sum(entry)) for entry in entries[:SHOWN]]
    return {
        "template": "kernel/parts/money.html",
        "context": {"held": held, "entries": shown, "count": len(entries)},
    }


def _sum(entry: MoneyEntry) -> Decimal | None:
    """How much an entry moves, as its event states it: what goes in on the one side and out on the other."""
    stated = entry.event.postings[entry.place - 1]["lines"] if entry.event.postings else []
    return max((abs(Decimal(amount)) for _name, amount in stated), default=None)
