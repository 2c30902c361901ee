"""单位与岗位: the tree of units, what each does, who holds which post; giving and ending posts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, posts, queries, registry
from xianzhi.kernel.models import Account, Case, Obligation, Post, Unit
from xianzhi.kernel.models.units import UnitKind, in_force
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.guard import STAFF, by_duty, page
from xianzhi.kernel.pages.proof import proved

READERS = STAFF | by_duty("security", "system", "audit")
SECURITY = by_duty("security")
MOST = 200
"""Posts and obligations that one page shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """A unit in the list: how deep it stands in the tree and who holds its posts today."""

    unit: Unit
    depth: int
    holders: tuple[Post, ...]
    villages: int

    @property
    def indent(self) -> str:
        return "　" * self.depth


@page(READERS)
def units(request: HttpRequest) -> HttpResponse:
    lines = list(tree())
    townships = [line for line in lines if line.unit.kind in (UnitKind.TOWNSHIP, UnitKind.ZONE)]
    rest = [line for line in lines if line not in townships]
    return render(
        request, "kernel/units.html", {"groups": [(_("县级和其他单位"), rest), (_("乡镇和开发区"), townships)]}
    )


def tree() -> Iterator[Line]:
    """The units from the top down, each followed by those below it; villages are only counted. Three queries."""
    today = clock.today()
    by_parent: dict[int | None, list[Unit]] = {}
    for one in Unit.objects.exclude(kind=UnitKind.VILLAGE):
        by_parent.setdefault(one.parent_id, []).append(one)
    counted = Unit.objects.filter(kind=UnitKind.VILLAGE).order_by().values_list("parent_id").annotate(n=Count("pk"))
    villages = dict(counted)
    holders = _by_unit(
        Post.objects.filter(in_force(today)).select_related("account").order_by("function", "role", "id")
    )

    def below(parent: int | None, depth: int) -> Iterator[Line]:
        for one in by_parent.get(parent, ()):
            yield Line(one, depth, tuple(holders.get(one.pk, ())), villages.get(one.pk, 0))
            yield from below(one.pk, depth + 1)

    yield from below(None, 0)


def _by_unit(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.unit_id, []).append(row)
    return found


# ---- one unit --------------------------------------------------------------------------------------------------------


@page(READERS)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    return _unit_page(request, get_object_or_404(Unit.objects.select_related("parent"), code=code))


@page(SECURITY, "POST")
@proved
def appoint(request: HttpRequest, code: str) -> HttpResponse:
    """Gives a post at the unit. What is wrong is said beside what was entered."""
    found = get_object_or_404(Unit.objects.select_related("parent"), code=code)
    if request.method != "POST":
        return redirect("unit", code)
    entered = {name: request.POST.get(name, "").strip() for name in ("account", "post", "since", "until", "reason")}
    faults: list[str] = []
    account = Account.objects.filter(username=entered["account"]).first()
    if account is None:
        faults.append(_("没有账号“{name}”。请核对登录名").format(name=entered["account"]))
    if entered["post"] not in posts_at(found):
        faults.append(_("没有选岗位，或本单位没有这个岗位"))
    since, until = (
        _day(entered["since"], _("起始日期"), faults),
        _day(entered["until"], _("截止日期"), faults, optional=True),
    )
    if not entered["reason"]:
        faults.append(_("没有写事由，如任职文件的文号"))
    if not faults and account is not None and since is not None:
        try:
            posts.appoint(
                account, entered["post"], found, since=since, until=until, by=request.user, reason=entered["reason"]
            )
        except ValidationError as error:
            faults += error.messages
        else:
            told = _("已授予{name}“{post}”，记入岗位变动。")
            messages.success(request, told.format(name=account.name, post=words.role(entered["post"])))
            return redirect("unit", code)
    return _unit_page(request, found, entered=entered, faults=faults)


@page(SECURITY, "POST")
@proved
def relieve(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a post."""
    post = get_object_or_404(Post.objects.select_related("unit__parent", "account"), pk=pk)
    if request.method == "POST":
        faults: list[str] = []
        until = _day(request.POST.get("until", "").strip(), _("终止日期"), faults)
        if until is not None:
            try:
                posts.relieve(post, until=until, by=request.user, reason=request.POST.get("reason", ""))
            except ValidationError as error:
                faults += error.messages
            else:
                told = _("{name}的“{post}”到{day}止，记入岗位变动。")
                day = words.full_day(until)
                messages.success(request, told.format(name=post.account.name, post=words.role(post.key), day=day))
        if faults:
            return _unit_page(request, post.unit, faults=faults)
    return redirect("unit", post.unit.code)


def _day(text: str, label: str, faults: list[str], *, optional: bool = False) -> date | None:
    if not text and optional:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.append(_("{label}不是日期：{text}，写作 2025-03-12").format(label=label, text=text or _("（空）")))
        return None


def _unit_page(
    request: HttpRequest, found: Unit, *, entered: dict[str, str] | None = None, faults: list[str] | None = None
) -> HttpResponse:
    today = clock.today()
    held = list(found.posts.select_related("account").order_by("function", "role", "since")[:MOST])
    context = {
        "unit": found,
        "today": today,
        "functions": list(found.functions.order_by("function", "since")),
        "children": list(found.children.order_by("kind", "division", "code")),
        "present": [one for one in held if one.until is None or one.until > today],
        "past": [one for one in held if one.until is not None and one.until <= today],
        "obligations": list(obligations_of(found, request.user)),
        "lights": [] if request.user.duty in ("security", "system") else lights_of(found, request.user),
        "may_give": SECURITY.admits(request.user),
        "choices": [(key, words.role(key)) for key in posts_at(found)],
        "entered": entered or {"since": today.isoformat()},
        "faults": faults or [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "kernel/unit.html", context, status=status)


def posts_at(of: Unit) -> list[str]:
    """The posts (`function.post`) that may be held at a unit: those of the functions that it has or will have."""
    functions = set(of.functions.filter(Q(until=None) | Q(until__gt=clock.today())).values_list("function", flat=True))
    return sorted(key for key in registry.post_names if key.partition(".")[0] in functions)


def obligations_of(of: Unit, account: Any) -> Any:
    """What provisions order the unit to do, the open ones first; one that belongs to a case only with the case."""
    seen = Case.objects.visible_to(account).order_by().values("pk")
    rows = Obligation.objects.filter(Q(case=None) | Q(case_id__in=seen), unit=of, ended_on=None).select_related("case")
    return rows.order_by(F("done_on").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "id")[:MOST]


def lights_of(of: Unit, account: Any) -> list[tuple[str, str, int]]:
    """(mark, word, how many) of the unit's open cases that the account sees, by their earliest limit. One query."""
    today = clock.today()
    soon = queries.soon_until(today)
    running = Q(halted_on=None)
    asked = {
        "over": (_("逾期"), running & Q(due_on__lt=today)),
        "near": (_("临近"), running & Q(due_on__gte=today, due_on__lte=soon)),
        "ok": (_("在期"), running & Q(due_on__gt=soon)),
        "halt": (_("暂停"), ~running),
        "idle": (_("无时限"), running & Q(due_on=None)),
    }
    counted = (
        cases_of(of, account).order_by().aggregate(**{is_: Count("pk", filter=q) for is_, (_w, q) in asked.items()})
    )
    return [(is_, word, counted[is_]) for is_, (word, _q) in asked.items()]


def cases_of(of: Unit, account: Any) -> Any:
    """The open cases in which the unit takes part, as far as the account sees them."""
    functions = set(of.functions.filter(in_force(clock.today())).values_list("function", flat=True))
    names = [name for name, procedure in registry.procedures.items() if functions & procedure.functions()]
    seen = Case.objects.visible_to(account).open().filter(procedure_name__in=names)
    if of.kind == UnitKind.THIRD_PARTY:
        return seen.filter(assignments__unit=of)
    return seen.filter(division__startswith=of.reach)
