"""Our register of a document that was read."""

from xianzhi.kernel import registry
from xianzhi.law.register import Register


def register_of(number: str | None, title: str | None, dated: str | None) -> Register | None:
    """By its number, or by its title and date where it has none (a work report)."""
    for register in registry.registers.values():
        of = register.instrument
        if number and of.number == number:
            return register
        if not number and of.title == title and of.issued.isoformat() == dated:
            return register
    return None
