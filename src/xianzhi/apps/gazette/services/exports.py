"""A stored text as Akoma Ntoso."""

from xianzhi.apps.gazette.reader import akn
from xianzhi.apps.gazette.reader.identity import Identity
from xianzhi.kernel import instruments
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Edition, PublishedInstrument, Unit
from xianzhi.kernel.personal.masks import in_public
from xianzhi.law.force import Change, last_day

_EVENTS = {
    Change.AMEND: "amendment", Change.EXTEND: "amendment", Change.SUSPEND: "amendment", Change.REPEAL: "repeal",
    Change.SUPERSEDE: "repeal",
}  # fmt: skip


def akoma_ntoso(edition: Edition) -> bytes:
    """The text of an edition with what stands about it. Raises akn.Invalid where it would not be valid."""
    of = edition.instrument
    stored = edition.clauses.order_by("order").values("eid", "above", "role", "marker", "text")
    clauses = akn.clauses_of([{**one, "text": in_public(one["text"])} for one in stored])
    dated = of.dated_on or edition.on
    attached = "".join(one.text for one in clauses if one.role == "title" and not one.eid.startswith(akn.COVER))
    handed_down = any(one.eid.startswith(akn.COVER) for one in clauses)
    place = str(county().facts["province"].get("iso", "cn"))
    kind = "notice" if handed_down else of.form or "doc"
    identity = Identity(place, kind, _issuer(of), dated, number_slug(of), of.number, edition.on)
    known = instruments.numbers()
    facts = akn.Facts(
        title=of.title, attached_title=attached or of.title, form=of.form, issuers=tuple(of.issuers) or ("—",),
        references=tuple(
            (one["number"] or one["title"], f"/akn/{place}/{known[one['number']]}" if one["number"] in known else "")
            for one in edition.references
        ),
        events=((dated, "generation"), *((one.on, _EVENTS[one.kind]) for one in of.terms.changes)),
        until=last_day(of.terms), trial=of.trial,
    )  # fmt: skip
    return akn.export(clauses, identity, facts)


def number_slug(of: PublishedInstrument) -> str:
    """绛规备字〔2024〕1号 as guibeizi-2024-1: in Latin letters, without the county's own first character."""
    series, bracket, rest = of.number.partition("〔")
    if not bracket:
        return _latin(of.name)
    year, _bracket, serial = rest.partition("〕")
    name = _latin(series.removeprefix(str(county().facts["short"])))
    return f"{name}-{year}-{''.join(filter(str.isdigit, serial))}"


def _issuer(of: PublishedInstrument) -> str:
    """county-office-140826: the unit's own id and its division; a name that no unit has in Latin letters. Other tools
    take no issuer that begins with a digit."""
    name = of.issuers[0] if of.issuers else ""
    code = Unit.objects.filter(name=name).values_list("code", flat=True).first()
    return f"{code or _latin(name) or 'unknown'}-{county().code[:6]}"


def _latin(name: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its dictionary takes a fifth of a second of every start

    return "".join(lazy_pinyin(name))
