"""Reads published documents: a file goes in, and out come documents with all that stands in them.

    media      bytes                -> Source, or Unreadable
    layout     Source               -> paragraphs, furniture
    split      paragraphs           -> those of each document
    header     paragraphs           -> Header, roles
    structure  paragraphs, Header   -> blocks
    output     documents            -> what `--json` prints

Nothing here needs Django, a database or the clock: the same bytes give the same result.
"""

from xianzhi.apps.gazette.reader import header, layout, structure
from xianzhi.apps.gazette.reader.model import Document, Source
from xianzhi.apps.gazette.reader.output import as_json
from xianzhi.apps.gazette.reader.split import split

__all__ = ["as_json", "read"]


def read(source: Source) -> list[Document]:
    """The documents of a source, in the order in which they stand."""
    paragraphs, furniture = layout.paragraphs(source)
    documents = []
    for part in split(paragraphs):
        heads = header.header_of(part)
        blocks, findings = structure.blocks_of(part, heads)
        documents.append(Document(heads.header, blocks, findings=findings))
    if documents:
        documents[0].findings[:0] = [*source.findings, *furniture]
    return documents
