"""The last look at a page before it is sent: what is still Chinese in it is said in the reader's language.

gettext has translated the page's own words by then. What is left is declared (states, steps, fields, posts, units) or
was said by a rule and kept in an event. Text of an element marked lang="zh" stays as it is, and so does what somebody
is typing.
"""

import html
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from xianzhi.kernel.speech.said import needs_saying, said

_PIECE = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)")
_CHINESE_ELEMENT = re.compile(r"\slang=[\"']?zh")
_ATTRIBUTE = re.compile(r"(\s(?:aria-label|title|placeholder|alt|data-label|label|content)=\")([^\"]*)(\")")
_OWN = {"textarea", "script", "style", "code", "pre"}
_ENDLESS = {"input", "br", "hr", "img", "meta", "link", "source", "wbr", "html"}
"""Elements without an end, and the page itself: none of them makes what follows Chinese."""


class SpeechMiddleware:
    """Says pages in the language that is active while they are made. Stands inside the middleware that chooses it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (get_language() or settings.LANGUAGE_CODE) == settings.LANGUAGE_CODE or response.streaming:
            return response
        if not response.get("Content-Type", "").startswith("text/html") or response.status_code in _BODILESS:
            return response
        if hasattr(response, "render") and not response.is_rendered:
            response.render()
        response.content = said_page(response.content.decode(response.charset)).encode(response.charset)
        if "Content-Length" in response:
            response["Content-Length"] = len(response.content)
        return response


_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


def said_page(page: str) -> str:
    """An HTML page with every text and every attribute that is read out said in the active language."""
    made = []
    for piece, is_text, stays in _pieces(page):
        if stays or not needs_saying(piece):
            made.append(piece)
        elif is_text:
            made.append(_said_text(piece))
        else:
            made.append(_ATTRIBUTE.sub(lambda one: one[1] + _said_text(one[2]) + one[3], piece))
    return "".join(made)


def texts(page: str) -> Iterator[str]:
    """What a page shows or reads out, without what is marked as Chinese or is being typed."""
    for piece, is_text, stays in _pieces(page):
        if not stays:
            found = [piece.strip()] if is_text else [one[2] for one in _ATTRIBUTE.finditer(piece)]
            yield from (html.unescape(one) for one in found if one)


def _pieces(page: str) -> Iterator[tuple[str, bool, bool]]:
    """(piece, whether it is text, whether it stays as it is) of a page, in order: texts, tags and comments."""
    within, depth = "", 0
    for found in _PIECE.finditer(page):
        piece = found.group()
        tag = _TAG.match(piece)
        if tag is None:
            yield piece, not piece.startswith("<"), bool(within)
            continue
        ends, name = bool(tag[1]), tag[2].lower()
        if within:
            if name == within:
                depth += -1 if ends else 1
            yield piece, False, True
            within = within if depth else ""
            continue
        if not ends and name not in _ENDLESS and (name in _OWN or _CHINESE_ELEMENT.search(piece)):
            within, depth = name, 1
        yield piece, False, bool(within and name not in _OWN)


def _said_text(text: str) -> str:
    if not needs_saying(text):
        return text
    bare = text.strip(" \n\t\r")
    before, _bare, after = text.partition(bare)
    return before + html.escape(said(html.unescape(bare))) + after
