"""Every address with what nobody should send: it is answered with a page or refused, and never crashes.

What is sent is drawn with a fixed seed from values that have broken programs, under the names that each page's forms
and the addresses know; half of the time all else is filled in rightly, so that a bad value comes as far as it can.
Whatever a request wrote is undone.
"""

import logging
import random
from collections.abc import Iterator
from copy import deepcopy
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from xianzhi.kernel import clock
from xianzhi.kernel.models import Account
from xianzhi.kernel.pages.guard import PUBLIC
from xianzhi.kernel.tests import routes
from xianzhi.kernel.tests.routes import Route, World

BAD = (
    "", " ", "\x00", "许可\x00", "\x01\x1b\x7f", "\u202e\u2028", "\r\nSet-Cookie: x=1", "%", "%s{0}{number}",
    "'\"\\;--", "<script>alert(1)</script>", "../../etc/passwd", "0", "-1", "1e400", "1e14", "NaN", "٣", "²", "1" * 15,
    "1" * 19, "9" * 5000, "2025-02-30", "2025-13-45", "0001-01-01", "9999-12-31", "2025-04-16.", "2025-04-16.x",
    "2025-04-16." + "9" * 30, "汉" * 10_000, "汉" * 130, "😀", "{}", "[1]", "null", "0,0,1e-320,1e-320",
    "nan,nan,nan,nan", "111,35,111.00000000000001,35.00000000000001", "140826100000", "[" * 2000,
    '{"type": "Point", "coordinates": ["x"]}',
    '{"type": "Polygon", "coordinates": [[[1e999, 0], [1, 1], [2, 2], [1, 1]]]}', "1.5,2 3,4", "111.5,35.4 111.5,35.4",
)  # fmt: skip
EVERYWHERE = (
    "q", "page", "before", "since", "until", "bbox", "layer", "place", "light", "post", "service", "state", "procedure",
    "account", "number", "next", "key", "open", "plain", "case", "project",
)  # fmt: skip
"""What addresses are asked by, whether or not a form on a page says so."""
ROUNDS = 2
"""How often each address is tried, each way and by each asker."""
FILES = (b"", b"%PDF-1.4", b"PK\x03\x04" + bytes(60), b"PK\x05\x06" + b"\xff" * 18, b"\xff\xd8\xff", b"[" * 3000)
ENDINGS = ("pdf", "docx", "exe", "\x00", "../x.pdf", "a" * 300 + ".png", "geojson")
BODIES = (
    ("application/json", b"{"),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=x", b"--x\r\n"),
    ("application/x-www-form-urlencoded", b"%ff%fe=%00&=&&;" * 100),
)


class _Forms(HTMLParser):
    """The controls on a page, each with something that could be entered; None for a file."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str | None] = {}
        self._list = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind, value = given.get("name") or "", given.get("type"), given.get("value") or ""
        if tag == "datalist":
            self._list = ""  # what it proposes is no control's only choice
        elif tag == "option" and value and self._list:
            self.found[self._list] = self.found[self._list] or value
        elif tag == "select":
            self._list = name
            self.found[name] = ""
        elif tag == "textarea":
            self.found[name] = "示例"
        elif tag == "input" and name:
            plain = clock.today().isoformat() if kind == "date" else (given.get("inputmode") and "1") or "示例"
            self.found[name] = None if kind == "file" else value or plain


class _Sender:
    """Sends requests as somebody, keeps what crashed, and undoes what was written."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.random = random.Random(20250416)
        self._cookies: dict[str, Any] = {}

    def send(self, account: Account | None, method: str, address: str, **more: Any) -> tuple[int, str]:
        """The status and the page; 500 where it crashed."""
        who = account.username if account else "anonymous"
        client = Client()
        client.cookies = deepcopy(self._cookies.setdefault(who, self._signed_in(account)))
        status, page = 500, ""
        with transaction.atomic():
            try:
                answer = getattr(client, method)(address, **more)
                page = "" if answer.streaming else answer.content.decode(errors="replace")
                status = answer.status_code
            except Exception as error:  # whatever it was, what was sent is named below
                self.faults.append(f"{method} {address[:300]} as {who}: {error!r:.200} {str(more)[:300]}")
            transaction.set_rollback(True)
        if status > 500 or (status == 500 and page):
            self.faults.append(f"{method} {address[:300]} as {who}: {status}")
        return status, page

    def _signed_in(self, account: Account | None) -> Any:
        client = Client()
        if account is not None:
            client.force_login(account)
        return client.cookies

    def fill(self, controls: dict[str, str | None]) -> dict[str, Any]:
        """All bad, or all right but for one or two."""
        names = [name for name, value in controls.items() if value is not None]
        if self.random.random() < 0.5:
            entered: dict[str, Any] = {name: controls[name] for name in names}
            names = self.random.sample(names, min(len(names), 2))
        else:
            entered = {}
        entered |= {name: self.random.choice(BAD) for name in names}
        return entered

    def files(self, controls: dict[str, str | None]) -> dict[str, Any]:
        wanted = [name for name, value in controls.items() if value is None]
        return {
            name: SimpleUploadedFile(f"文件.{self.random.choice(ENDINGS)}", self.random.choice(FILES))
            for name in wanted
        }

    def try_all(self, account: Account | None, address: str) -> None:
        """Bad queries, bad parts of the address, bad forms, bodies that are no form, methods that no page has."""
        _, page = self.send(account, "get", address)
        controls = _Forms(page).found
        asked = dict.fromkeys(EVERYWHERE, "1") | {name: value or "1" for name, value in controls.items()}
        for _ in range(ROUNDS):
            self.send(account, "get", f"{address}?{urlencode(self.fill(asked))[:60_000]}")
            self.send(account, "post", address, data={**self.fill(controls), "sure": "1", **self.files(controls)})
            for bent in _bent(address, self.random.choice(BAD)):
                self.send(account, "get", bent)
        kind, body = self.random.choice(BODIES)
        self.send(account, "post", address, data=body, content_type=kind)
        self.send(account, self.random.choice(("put", "delete", "patch", "options", "head")), address)


def _bent(address: str, value: str) -> Iterator[str]:
    """The address with each of its parts replaced."""
    parts = address.split("/")
    for number in range(1, len(parts)):
        if parts[number]:
            yield "/".join([*parts[:number], quote(value, safe=""), *parts[number + 1 :]])


def _addresses(name: str, world: World) -> list[str]:
    if name == "step":
        steps = [step for step in world.case.procedure.steps_from(world.case.state) if step.name != "object_to"]
        return [reverse("step", args=[world.case.pk, step.name]) for step in steps]
    return [reverse(name, kwargs=routes.of_all().get(name, Route(lambda world: {})).arguments(world))]


def _askers(sender: _Sender, pattern: URLPattern, address: str, world: World) -> list[Account | None]:
    """A stranger where the page is public, and the first account to which it opens: the clerk where it may."""
    strangers: list[Account | None] = [None] if pattern.callback.who is PUBLIC else []
    for who in sorted(world.accounts, key=lambda who: (who != "clerk", who)):
        account = Account.objects.get(pk=world.accounts[who].pk)
        if pattern.callback.who.admits(account) and sender.send(account, "get", address)[0] in (200, 302, 405):
            return [*strangers, account]
    return strangers


@pytest.fixture
def world(db: None, settings, tmp_path, caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    settings.MEDIA_ROOT = tmp_path
    settings.API_REQUESTS_A_MINUTE = settings.API_REQUESTS_A_MINUTE_UNKNOWN = 1_000_000
    caplog.set_level(logging.CRITICAL, "django")
    with routes.a_world() as made:
        yield made


def test_no_address_crashes_whatever_is_sent(world: World) -> None:
    sender = _Sender()
    for name, pattern in routes.patterns():
        for address in _addresses(name, world):
            askers = _askers(sender, pattern, address, world)
            assert askers or name in routes.SHUT, f"{name} opens to nobody"
            for account in askers:
                sender.try_all(account, address)
    assert not sender.faults, "\n".join(sender.faults)
