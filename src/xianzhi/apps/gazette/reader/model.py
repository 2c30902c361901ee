"""What the stages hand to one another. Nothing here knows how it was found.

Source      the text of a file, character by character as it was received
Paragraph   lines joined, white space closed up; every character knows its place in the source
Block       a paragraph with its role, number and ancestors in a document
Document    one instrument: header, blocks and what was read from them
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Media(StrEnum):
    """The form in which a file came."""

    TEXT = "text"
    PDF = "pdf"
    DOCX = "docx"
    HTML = "html"
    OFD = "ofd"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something for a person to look at. severity: block, ask or note; span: where in the source, or None."""

    code: str
    severity: str
    message: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file as text. wrapped: whether its lines are those of a printed column (a text file may be; None: to be found
    out by layout); pages: the offset at which each page begins, where the medium has pages."""

    text: str
    media: Media = Media.TEXT
    pages: tuple[int, ...] = (0,)
    wrapped: bool | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """text: joined, NFC, white space closed up, punctuation as found; at: for each of its characters the offset in the
    source; lines: the source lines it was joined from, stripped (the white space inside them is kept)."""

    text: str
    at: tuple[int, ...]
    lines: tuple[str, ...]

    def span(self, start: int = 0, end: int | None = None) -> tuple[int, int]:
        """The stretch of the source, [from, to), in which text[start:end] stands."""
        end = len(self.text) if end is None else end
        return self.at[start], self.at[end - 1] + 1


class Role(StrEnum):
    """What a paragraph is in its document."""

    ISSUER = "issuer"
    TITLE = "title"
    NUMBER = "number"
    ADDRESSEES = "addressees"
    SIGNATURE = "signature"
    PUBLICITY = "publicity"
    ANNEX = "annex"
    """A line that names an annex, or the head of one."""
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    HEADING = "heading"
    """Numbered, alone on its line."""
    ITEM = "item"
    """Numbered, with text of its own; run_in is its heading, if it has one."""
    BODY = "body"
    CELL = "cell"
    """A cell of a table that was flattened to one cell a paragraph, or a row of one."""


class Part(StrEnum):
    """Where in the document a block stands."""

    NOTICE = "notice"
    """The covering notice, or the whole of a document that hands nothing down."""
    ATTACHED = "attached"
    """The text it hands down."""
    ANNEX = "annex"


@dataclass(slots=True)
class Block:
    """A paragraph in its place.

    level: of a heading or item by the form of its marker: 一、 1; （一） 2; 1. 3; （1） 4; 0 for all others.
    marker: as printed (`（一）`, `第三条`, `3.`), else empty; number: its value; start: where in text the words
    after the marker begin. run_in: the run-in heading without its closing mark, or for a HEADING its words. above: the
    numbered blocks and headings it stands under, outermost first (chapters, sections and articles too).
    """

    paragraph: Paragraph
    role: Role = Role.BODY
    part: Part = Part.NOTICE
    level: int = 0
    marker: str = ""
    number: int = 0
    start: int = 0
    run_in: str = ""
    above: tuple["Block", ...] = ()

    @property
    def text(self) -> str:
        return self.paragraph.text

    @property
    def words(self) -> str:
        """The text after the marker."""
        return self.paragraph.text[self.start :]

    def span(self, start: int = 0, end: int | None = None) -> tuple[int, int]:
        return self.paragraph.span(start, end)


@dataclass(slots=True)
class Header:
    """Keys and meaning are those of `--json`; None where the document does not say."""

    title: str | None = None
    attached_title: str | None = None
    doc_type: str | None = None
    doc_number: str | None = None
    issuers: tuple[str, ...] = ()
    date: datetime.date | None = None
    date_kind: str | None = None
    addressees: str | None = None
    disclosure: str | None = None
    attachments: tuple[str, ...] = ()
    speaker: str | None = None
    meeting: str | None = None

    @property
    def issuer(self) -> str | None:
        return self.issuers[0] if self.issuers else None

    @property
    def year(self) -> int | None:
        """The year of the document; of a report delivered in December or later, the year it plans for is the next."""
        return self.date.year if self.date else None

    @property
    def plan_year(self) -> int | None:
        """The year that a report plans for: a report of 2022-12-30 has its targets for 2023."""
        if self.date is None:
            return None
        return self.date.year + 1 if self.date.month >= 11 else self.date.year


@dataclass(slots=True)
class Document:
    """One instrument of a file. The later stages fill the lists, each entry a dict of `--json` with its `span`."""

    header: Header
    blocks: list[Block]
    indicators: list[dict[str, Any]] = field(default_factory=list)
    obligations: list[dict[str, Any]] = field(default_factory=list)
    acts: list[dict[str, Any]] = field(default_factory=list)
    livelihood_matters: list[dict[str, Any]] = field(default_factory=list)
    references: list[dict[str, Any]] = field(default_factory=list)
    sentences: list[dict[str, Any]] = field(default_factory=list)
    effect: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def body(self) -> Iterator[Block]:
        """The blocks that say something: no titles, signatures or marks."""
        outside = {Role.ISSUER, Role.TITLE, Role.NUMBER, Role.ADDRESSEES, Role.SIGNATURE, Role.PUBLICITY, Role.ANNEX}
        return (block for block in self.blocks if block.role not in outside)
