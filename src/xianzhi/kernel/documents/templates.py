"""The Typst templates: the house's own, and those of the services that stand on it."""

from functools import lru_cache
from pathlib import Path

import xianzhi
from xianzhi.kernel.ledger import chain

ROOT = Path(next(iter(xianzhi.__path__))).resolve()
"""A template imports the house's by its path from here: /kernel/documents/house.typ"""
HOUSE = Path(__file__).resolve().parent / "house.typ"


@lru_cache(maxsize=128)
def digest(template: Path) -> str:
    """The SM3 of a template together with the house's."""
    return chain.sm3(HOUSE.read_bytes(), template.read_bytes()).hex()
