"""Reads documents, writes what `--json` prints: the keys of the labels, with the place of each item in the source."""

from typing import Any

from xianzhi.apps.gazette.reader.model import Block, Document, Role


def as_json(documents: list[Document]) -> dict[str, Any]:
    """{"documents": [...]}; every entry of a list carries `span`, [from, to) in the text of the file."""
    return {"documents": [_document(one) for one in documents]}


def _document(document: Document) -> dict[str, Any]:
    header = document.header
    return {
        "title": header.title,
        "attached_title": header.attached_title,
        "doc_type": header.doc_type,
        "doc_number": header.doc_number,
        "issuer": header.issuer,
        "issuers": list(header.issuers),
        "date": header.date.isoformat() if header.date else None,
        "date_kind": header.date_kind,
        "addressees": header.addressees,
        "disclosure": header.disclosure,
        "attachments": list(header.attachments),
        "speaker": header.speaker,
        "meeting": header.meeting,
        "effect": document.effect,
        "span": _span(document),
        "headings": [_heading(block) for block in document.blocks if _is_heading(block)],
        "articles": [_article(block) for block in document.blocks if block.role is Role.ARTICLE],
        "indicators": document.indicators,
        "obligations": document.obligations,
        "acts": document.acts,
        "livelihood_matters": document.livelihood_matters,
        "references": document.references,
        "sentences": document.sentences,
        "findings": [
            {"code": one.code, "severity": one.severity, "message": one.message, "span": list(one.span or ())}
            for one in document.findings
        ],
    }


def _span(document: Document) -> list[int]:
    return [document.blocks[0].span()[0], document.blocks[-1].span()[1]] if document.blocks else []


def _is_heading(block: Block) -> bool:
    return 1 <= block.level <= 4 and bool(block.run_in)


def _heading(block: Block) -> dict[str, Any]:
    end = block.start + len(block.run_in)
    return {"level": block.level, "marker": block.marker, "text": block.run_in, "span": list(block.span(0, end))}


def _article(block: Block) -> dict[str, Any]:
    chapter = next((one for one in block.above if one.role is Role.CHAPTER), None)
    section = next((one for one in block.above if one.role is Role.SECTION), None)
    return {
        "number": block.number,
        "chapter": chapter.run_in if chapter else None,
        "chapter_number": chapter.number if chapter else None,
        "section": section.run_in if section else None,
        "section_number": section.number if section else None,
        "text_start": block.words[:12],
        "span": list(block.span()),
    }
