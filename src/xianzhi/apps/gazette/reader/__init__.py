"""Reads published documents: a file goes in, and out come documents with all that stands in them.

    intake     bytes                -> Source, or Unreadable (media: one module for each form of file)
    layout     Source               -> paragraphs, furniture
    split      paragraphs           -> those of each document
    header     paragraphs           -> Header, roles
    structure  paragraphs, Header   -> blocks
    indicators, tasks, matters      -> what each document says
    output     documents            -> what `--json` prints
    pipeline   all of them, in this order

Nothing here needs Django, a database or the clock: the same bytes give the same result.
"""

from xianzhi.apps.gazette.reader.output import as_json
from xianzhi.apps.gazette.reader.pipeline import read

__all__ = ["as_json", "read"]
