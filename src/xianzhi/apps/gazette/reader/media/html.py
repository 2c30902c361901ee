"""HTML: the page of a site. Its article is read; navigation, scripts and footers are not."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from xianzhi.apps.gazette.reader.media.text import decode
from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.reader.model import Media, Source

_DROPPED = ("script", "style", "nav", "footer", "aside", "form", "noscript", "iframe", "button", "select", "template")
_BLOCKS = frozenset(
    (
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "section",
        "article",
        "blockquote",
        "br",
        "table",
    )
)
_MAIN = re.compile(r"(?:UCAP|TRS|zoom|article|content|detail|main|text|news|vsb|view)", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_FEWEST = 20


def source_of(data: bytes, name: str) -> Source:
    """A block a line, a row of a table a line with tabs between its cells. Raises Unreadable."""
    try:
        root = lxml_html.document_fromstring(_decoded(data, name))
    except (etree.ParserError, ValueError) as error:
        raise Unreadable(f"{name}：网页里没有内容；请另存完整网页后再读入") from error
    heading = root.find(".//h1")
    title = "".join(heading.text_content().split()) if heading is not None else ""
    for dropped in list(root.iter(*_DROPPED)):
        dropped.drop_tree()
    body = root.find("body") if root.find("body") is not None else root
    main = _main(body)
    lines = [line for raw in "".join(_text(main)).split("\n") if (line := _trimmed(raw))]
    if sum(map(len, lines)) < _FEWEST:
        raise Unreadable(f"{name}：网页里没有正文；请核对是否保存完整")
    if title and title not in "".join("".join(lines[:8]).split()):
        lines.insert(0, title)
    return Source("\n".join(lines), Media.HTML, wrapped=False)


def _decoded(data: bytes, name: str) -> str:
    """By the character set that the page declares, else by its bytes."""
    declared = _CHARSET.search(data[:4096])
    if declared and declared[1].lower() in (b"gb2312", b"gbk", b"gb18030"):
        return data.decode("gb18030", errors="replace")
    text, _ = decode(data, name)
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


def _main(body: lxml_html.HtmlElement) -> lxml_html.HtmlElement:
    """The smallest part that is named like an article and holds most of the text."""
    whole = len(body.text_content())
    best = body
    for part in body.iter("div", "article", "section", "td", "main"):
        named = _MAIN.search(f"{part.get('id', '')} {part.get('class', '')}") or part.tag in ("article", "main")
        if named and 0.6 * whole <= len(part.text_content()) <= len(best.text_content()):
            best = part
    return best


def _text(part: lxml_html.HtmlElement) -> Iterator[str]:
    if not isinstance(part.tag, str):
        yield part.tail or ""
        return
    if part.tag == "tr":
        cells = [
            "".join(_text(cell)).strip() for cell in part if isinstance(cell.tag, str) and cell.tag in ("td", "th")
        ]
        yield "\n" + "\t".join(" ".join(cell.split()) for cell in cells) + "\n"
        yield part.tail or ""
        return
    block = part.tag in _BLOCKS
    yield "\n" if block else ""
    yield re.sub(r"[\r\n]+\s*", "", part.text or "")
    for child in part:
        yield from _text(child)
        if isinstance(child.tag, str) and child.tag != "tr":
            continue
    yield "\n" if block else ""
    if part.getparent() is not None and part.tag not in ("body", "td", "th"):
        yield re.sub(r"[\r\n]+\s*", "", part.tail or "")


def _trimmed(raw: str) -> str:
    return raw.strip(" 　\xa0\r") if "\t" in raw else re.sub(r"[ \xa0　]+", " ", raw).strip()
