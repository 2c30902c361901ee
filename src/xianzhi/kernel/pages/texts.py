"""The text of a published document as it was confirmed, and what is in force on a day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, instruments, registry
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.models import Clause, Edition, Obligation, PublishedInstrument, Wording
from xianzhi.kernel.pages.forms import day_of
from xianzhi.kernel.pages.guard import PUBLIC, page
from xianzhi.kernel.personal.masks import in_public
from xianzhi.law.force import CHANGES, Change, Standing
from xianzhi.law.register import Provision

SOON = timedelta(days=183)


OWN = "自指"
"""A document that names itself."""
_downloads: dict[str, str] = {}


def offer_download(label: str, url_name: str) -> None:
    """Adds a form in which a text can be had; its address takes the name of the document and ?edition=."""
    _downloads[url_name] = label


@dataclass(frozen=True, slots=True)
class Shown:
    """A clause as the page shows it, with the provisions of our register that stand in it."""

    clause: Clause
    text: str
    provisions: tuple[Provision, ...]

    @property
    def is_heading(self) -> bool:
        return self.clause.role in ("chapter", "section", "heading")


def edition_or_404(name: str, number: str = "") -> Edition:
    """An edition of a document's text, the newest unless a number is asked for."""
    wanted = Edition.objects.filter(instrument__name=name).select_related("instrument", "by")
    if number:
        if not number.isdecimal() or len(number) > 4:
            raise Http404(_("没有这一版"))
        wanted = wanted.filter(number=int(number))
    found = wanted.order_by("-number").first()
    if found is None:
        raise Http404(_("编号为 {name} 的文件没有读入正文").format(name=name))
    return found


@page(PUBLIC)
@carries("house-3-4", zh="文件正文")
def text(request: HttpRequest, name: str) -> HttpResponse:
    """The text of a document, its editions, what it cites, and where it stands today."""
    edition = edition_or_404(name, request.GET.get("edition", ""))
    known = instruments.one(name)
    return render(
        request,
        "kernel/text.html",
        {
            "known": known,
            "instrument": edition.instrument,
            "edition": edition,
            "editions": list(edition.instrument.editions.select_related("by").order_by("-number")),
            "force": instruments.standing(name, clock.today()),
            "changes": _changes(edition.instrument),
            "clauses": shown(edition),
            "references": references(edition),
            "obligations": Obligation.objects.filter(instrument=edition.instrument, ended_on=None).count(),
            "registered": name in registry.registers,
            "downloads": [(label, url_name) for url_name, label in _downloads.items()],
        },
    )


def shown(edition: Edition) -> list[Shown]:
    """The clauses of an edition in order, with the provisions that stand in each."""
    standing: dict[int, list[str]] = defaultdict(list)
    rows = Wording.objects.filter(clause__edition=edition).order_by("clause_id", "start", "id")
    for clause, provision in rows.values_list("clause_id", "provision"):
        standing[clause].append(provision)
    return [
        Shown(
            one,
            in_public(one.text),
            tuple(registry.provisions[p] for p in standing[one.pk] if p in registry.provisions),
        )
        for one in edition.clauses.order_by("order")
    ]


def _changes(of: PublishedInstrument) -> list[dict[str, Any]]:
    rows = of.changes.filter(undone=False)
    return [{"words": CHANGES[Change(one.kind)], "change": one} for one in rows]


def references(edition: Edition) -> list[dict[str, Any]]:
    """What a text cites, each once: resolved to a document that we have, or known to be absent."""
    known = instruments.numbers()
    found: dict[str, dict[str, Any]] = {}
    for one in edition.references:
        if one["kind"] == OWN:
            continue
        key = one["number"] or one["title"]
        name = known.get(one["number"] or "", "")
        found.setdefault(key, {**one, "name": name if name != edition.instrument.name else ""})
    return list(found.values())


@page(PUBLIC)
def text_json(request: HttpRequest, name: str) -> HttpResponse:
    """The text as data: clauses with their places in the source, telephones and mailboxes masked."""
    edition = edition_or_404(name, request.GET.get("edition", ""))
    body = {
        "instrument": name, "number": edition.instrument.number, "title": edition.instrument.title,
        "issuers": edition.instrument.issuers, "dated": edition.instrument.dated_on, "edition": edition.number,
        "digest_sm3": edition.digest, "source_sha256": edition.source_sha256,
        "clauses": [
            {"eid": one.eid, "above": one.above, "role": one.role, "marker": one.marker, "heading": one.heading,
             "text": in_public(one.text), "spans": one.runs}
            for one in edition.clauses.order_by("order")
        ],
    }  # fmt: skip
    answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{name}-{edition.number}.json"'
    return answer


# ---- in force on a day ----------------------------------------------------------------------------------------------


@page(PUBLIC)
@carries("house-3-1", "house-3-2", zh="某日施行的文件")
def in_force(request: HttpRequest) -> HttpResponse:
    """Every document with where it stands on a day, what ends soon, and what rests on something that has ended."""
    faults: list[str] = []
    on = day_of(request.GET.get("on", "").strip(), faults) or clock.today()
    listed = list(instruments.standings(on))
    ended = {known.number for known, force in listed if force.standing in _ENDED}
    return render(
        request,
        "kernel/in_force.html",
        {
            "on": on,
            "faults": faults,
            "listed": listed,
            "live": sum(force.live for _known, force in listed),
            "expiring": list(instruments.expiring(on, SOON)),
            "open_trials": [known for known, force in listed if force.standing == Standing.TRIAL and not force.last],
            "resting": list(_resting(listed, ended)),
        },
    )


_ENDED = frozenset({Standing.EXPIRED, Standing.REPEALED, Standing.SUPERSEDED})


def _resting(listed: Iterable[Any], ended: set[str]) -> Iterable[tuple[Any, list[str]]]:
    """Documents in force that cite one that is not any more, with its number."""
    for known, force in listed:
        cited = set(registry.registers[known.name].instrument.rests_on) if known.registered else set()
        if edition := instruments.current_edition(known.name):
            cited |= {one["number"] for one in edition.references if one["number"]}
        gone = sorted((cited & ended) - {known.number})
        if force.live and gone:
            yield known, gone
