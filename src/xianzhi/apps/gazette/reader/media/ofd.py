"""OFD (GB/T 33190) by its text objects, page by page."""

import io

import ofdkit

from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.reader.model import Media, Source

_FEWEST = 20


def source_of(data: bytes, name: str) -> Source:
    """The lines of all pages. Raises Unreadable for an OFD that is broken or holds only images."""
    try:
        with ofdkit.open(io.BytesIO(data)) as document:
            pages = [page.text() for page in document.pages]
    except (ofdkit.OFDError, ValueError, KeyError) as error:
        raise Unreadable(f"{name}：OFD 无法读取；请核对文件是否完整") from error
    if sum(len(page.strip()) for page in pages) < _FEWEST:
        raise Unreadable(f"{name}：OFD 没有文字，是图片版；请先做文字识别，或取得电子文本")
    starts = [0]
    for page in pages[:-1]:
        starts.append(starts[-1] + len(page) + 1)
    return Source("\n".join(pages), Media.OFD, tuple(starts))
