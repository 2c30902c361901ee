"""The stages in their order."""

from xianzhi.apps.gazette.reader import (
    acts,
    effect,
    header,
    indicators,
    labels,
    layout,
    matters,
    references,
    structure,
    tasks,
)
from xianzhi.apps.gazette.reader.model import Document, Source
from xianzhi.apps.gazette.reader.split import split


def read(source: Source) -> list[Document]:
    """The documents of a source, in the order in which they stand."""
    paragraphs, furniture = layout.paragraphs(source)
    documents = []
    for part in split(paragraphs):
        heads = header.header_of(part)
        blocks, findings = structure.blocks_of(part, heads)
        document = Document(heads.header, blocks, findings=findings)
        document.indicators = indicators.find(document)
        document.obligations = tasks.find(document)
        document.livelihood_matters = matters.find(document)
        document.references = references.find(document)
        sentences = labels.sentences(document)
        document.sentences = labels.entries(document, sentences)
        document.acts = acts.find(document, sentences)
        document.effect = effect.find(document)
        documents.append(document)
    if documents:
        documents[0].findings[:0] = [*source.findings, *furniture]
    return documents
