"""落实情况: how far every instrument is carried out, over all of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xianzhi.kernel import coverage as kept
from xianzhi.kernel import registry
from xianzhi.kernel.pages import law
from xianzhi.kernel.pages.guard import PUBLIC, page


@page(PUBLIC)
def coverage(request: HttpRequest) -> HttpResponse:
    rows = [law.overview(name) for name in registry.registers]
    total = {status: sum(row["counts"][status] for row in rows) for status in kept.STATUSES}
    undone = [
        law.row_of(one, request.user, with_values=False)
        for name in registry.registers
        for one in kept.of(name)
        if one.status in (kept.OPEN, kept.CARRIED)
    ]
    context = {
        "rows": rows,
        "total": total,
        "all": sum(total.values()),
        "legend": law.legend(total),
        "undone": undone,
    }
    return render(request, "kernel/coverage.html", context)
