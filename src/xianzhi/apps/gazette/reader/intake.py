"""Reads the bytes of a file, writes its Source: which medium it is, and its text; or says why it cannot be read."""

import io
import re
import zipfile

from xianzhi.apps.gazette.reader.media import docx, html, ofd, pdf, text
from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.reader.model import Media, Source

MAX_BYTES = 64 * 1024 * 1024
"""A file larger than this is refused before it is looked at."""
MAX_UNPACKED = 256 * 1024 * 1024
"""What the parts of a DOCX or OFD may take when unpacked: more is no document."""
_SECRET = re.compile(r"(?:绝密|机密|秘密)(?:[★☆*].{0,12})?")
_MARKED_LINES = 12
_OPENERS = {Media.PDF: pdf.source_of, Media.DOCX: docx.source_of, Media.OFD: ofd.source_of, Media.HTML: html.source_of}


def open_source(data: bytes, name: str) -> Source:
    """The text of a file, by what its bytes are (its name is only for messages). Raises Unreadable."""
    if not data.strip():
        raise Unreadable(f"{name}：文件是空的；请检查后重新上传")
    if len(data) > MAX_BYTES:
        raise too_large(name, len(data))
    media = media_of(data, name)
    source = _OPENERS[media](data, name) if media in _OPENERS else text.source_of(data, name)
    for line in source.text.split("\n", _MARKED_LINES)[:_MARKED_LINES]:
        if _SECRET.fullmatch(re.sub(r"\s", "", line)):
            raise Unreadable(f"{name}：标有密级“{line.strip()}”，不得读入；请按保密规定处理")
    return source


def too_large(name: str, size: int) -> Unreadable:
    """What is said of a file that is larger than any that is read."""
    return Unreadable(f"{name}：文件有 {size >> 20} MB，超过 {MAX_BYTES >> 20} MB；请拆分后分别读入")


def media_of(data: bytes, name: str) -> Media:
    """By its first bytes, and for packed files by what is in them. Raises Unreadable for what is no document."""
    if data[:1024].lstrip().startswith(b"%PDF-") or b"%PDF-" in data[:1024]:
        return Media.PDF
    if data.startswith(b"PK\x03\x04"):
        return _packed(data, name)
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml")) or b"<html" in head or b"<body" in head:
        return Media.HTML
    return Media.TEXT


def _packed(data: bytes, name: str) -> Media:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise Unreadable(f"{name}：压缩结构已损坏；请重新导出后再读入") from error
    if unpacked > MAX_UNPACKED:
        raise Unreadable(f"{name}：解开后有 {unpacked >> 20} MB，不是正常的文件；请核对来源")
    if "word/document.xml" in names:
        return Media.DOCX
    if "OFD.xml" in names:
        return Media.OFD
    raise Unreadable(f"{name}：不是可读的文件（支持文本、PDF、DOCX、HTML、OFD）；请核对格式")
