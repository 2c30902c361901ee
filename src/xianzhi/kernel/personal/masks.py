"""How each kind of personal value is shown, and what in free text is taken for one."""

import re

from xianzhi.law.identifiers import MASK, mask

IDENTITY, PHONE, NAME, ACCOUNT, CONTACT, ADDRESS = "identity", "phone", "name", "account", "contact", "address"
KINDS = (IDENTITY, PHONE, NAME, ACCOUNT, CONTACT, ADDRESS)

# An identity number has 18 places, a mobile number 11 from 13 on; digits next to it make it something else.
_IDENTITY = (
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
_MOBILE = r"(?<![0-9A-Za-z.])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z])"
_LANDLINE = r"(?<![0-9A-Za-z.-])0\d{2,3}-\d{7,8}(?![0-9A-Za-z-])"
_LONG = r"(?<![0-9A-Za-z.])\d{17}[\dXx](?![0-9A-Za-z])"
_MAILBOX = re.compile(r"[\w.+-]+(?=@[\w-]+\.)", re.ASCII)
NUMBERS = re.compile("|".join((_IDENTITY, _LONG, _MOBILE, _LANDLINE)))
"""What looks like an identity number or a telephone in running text."""


def masked(kind: str, text: str) -> str:
    """A value as it may be shown to whoever sees the page."""
    if not text:
        return ""
    if kind == NAME:
        return text[:1] + MASK * max(1, len(text) - 1)
    if kind == ADDRESS:
        return text[: len(text) // 2] + MASK * (len(text) - len(text) // 2)
    if kind == ACCOUNT:
        return mask(text, head=0, tail=4)
    if kind == CONTACT and not NUMBERS.search(text):
        digits = sum(char.isdigit() for char in text)
        return masked(PHONE if digits > len(text) // 2 else NAME, text)
    return without_numbers(text) if kind == CONTACT else mask(text)


def without_numbers(text: str) -> str:
    """Running text with every identity number and telephone in it masked."""
    return NUMBERS.sub(lambda found: mask(found.group()), text)


def in_public(text: str) -> str:
    """A published text with telephones, identity numbers and mailboxes masked, for whoever opens a public page."""
    return _MAILBOX.sub(MASK * 3, without_numbers(text))
