"""Reads the blocks of a document, writes what it says of its force: from when, until when, on trial or not (G-14)."""

import datetime
import re
from typing import Any

from xianzhi.apps.gazette.reader.model import Block, Document
from xianzhi.law.numerals import from_chinese

_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_ACT = r"(?:起)?(?:正式)?(?:施行|实施|执行|生效|试行)"
_FROM_DAY = re.compile(rf"自{_DAY}{_ACT}")
_FROM_ISSUE = re.compile(rf"自(发布|公布|颁布|印发|发文|下发|成文)之日{_ACT}")
_UNTIL = re.compile(rf"有效期(?:限)?(?:至|到|为?自.{{0,20}}?至){_DAY}")
_YEARS = re.compile(r"(?:有效期(?:限)?|试行期(?:限)?|试行)(?:为|暂定|：)?([一二两三四五六七八九十\d]{1,2})年")
_TRIAL = re.compile(r"[（(](?:试行|暂行)[）)]|(?:试行|暂行)(?:办法|规定|细则|方案|意见)")
_PUBLIC = frozenset(["发布", "公布", "颁布"])
"""Words that mean the publication; the others mean the date of the document itself."""


def find(document: Document) -> dict[str, Any]:
    """{effect: published, dated, day or silent; effective, until: ISO days or None; years; trial; span}."""
    found: dict[str, Any] = {
        "effect": "silent", "effective": None, "until": None, "years": None,
        "trial": bool(_TRIAL.search(document.header.attached_title or document.header.title or "")), "span": None,
    }  # fmt: skip
    for block in reversed(list(document.body())):
        _read(block, found)
        if found["effect"] != "silent":
            break
    return found


def _read(block: Block, found: dict[str, Any]) -> None:
    text = block.text
    if match := _FROM_DAY.search(text):
        if day := _day(match.groups()):
            found |= {"effect": "day", "effective": day, "span": list(block.span(*match.span()))}
    elif match := _FROM_ISSUE.search(text):
        effect = "published" if match[1] in _PUBLIC else "dated"
        found["trial"] |= match[0].endswith("试行")
        found |= {"effect": effect, "span": list(block.span(*match.span()))}
    if match := _UNTIL.search(text):
        found["until"] = found["until"] or _day(match.groups())
    elif match := _YEARS.search(text):
        found["years"] = found["years"] or (from_chinese(match[1].replace("两", "二")))


def _day(numbers: tuple[str, ...]) -> str | None:
    try:
        return datetime.date(*map(int, numbers)).isoformat()
    except ValueError:
        return None
