"""Plain text: UTF-8, UTF-16 with its mark, or GB 18030."""

from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.reader.model import Finding, Source

_ODD = 0.02
"""The share of control and private-use characters above which a decoded text is none."""


def source_of(data: bytes, name: str) -> Source:
    """The text of a file; another encoding than UTF-8 is noted. Raises Unreadable for what is no text."""
    decoded, encoding = decode(data, name)
    text = decoded.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if encoding == "utf-8":
        return Source(text)
    return Source(text, findings=(Finding("encoding", "note", f"文件编码为 {encoding}，已转换"),))


def decode(data: bytes, name: str) -> tuple[str, str]:
    """The characters and the encoding they came in. Raises Unreadable."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates: tuple[str, ...] = ("utf-16",)
    else:
        candidates = ("utf-8", "gb18030")
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text, encoding
    raise Unreadable(f"{name}：不是文本，或编码无法辨认；请用 UTF-8 或 GB 18030 另存后再读入")


def _is_text(text: str) -> bool:
    odd = sum(1 for char in text if (char < " " and char not in "\t\n\r\f\v") or "\ue000" <= char <= "\uf8ff")
    return odd <= _ODD * len(text) and "\x00" not in text
