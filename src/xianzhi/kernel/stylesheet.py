"""The one stylesheet, compiled for the browsers that offices have."""

from pathlib import Path

import lightningcss

SOURCE = Path(__file__).with_name("static") / "xianzhi.css"
BROWSERS = ["chrome 109", "firefox 115", "safari 16"]
"""Chromium 109 is the last for Windows 7; Firefox 115 the last long-support release for it."""


class BadStylesheet(ValueError):
    """A stylesheet that cannot be compiled; the message says where."""


def compiled(source: Path = SOURCE) -> str:
    """The stylesheet, minified, with nesting and light-dark() written out. Raises BadStylesheet."""
    try:
        return lightningcss.process_stylesheet(
            source.read_text(encoding="utf-8"), filename=source.name, browsers_list=BROWSERS, minify=True
        )
    except ValueError as error:
        raise BadStylesheet(f"样式 {source} 不能编译：{error}") from None
