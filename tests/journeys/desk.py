"""Desks: a browser of somebody's own, used by what the page says."""

import os
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect
from tests.journeys.server import FIRST_DAY, Server

from xianzhi.kernel.demo import PASSWORD

WIDE, NARROW = (1366, 768), (390, 844)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
_REPORTED_ELSEWHERE = "Failed to load resource"
"""Chromium notes every answer of 400 and above on the console; `_response` judges them by what they are."""
_ENDED = "net::ERR_ABORTED"
"""A page that was left before it was there, or a download."""


def paper(name: str) -> dict[str, Any]:
    """A small PDF as it is chosen from a disk; no two are the same file."""
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": PDF + f"% {name}".encode() + os.urandom(8)}


class Office:
    """All desks of a journey, and every fault that shows on them."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.server, self.faults = server, list[str]()
        self._browser, self._desks, self._contexts = browser, dict[str, Desk](), list[BrowserContext]()
        server.travel(FIRST_DAY)

    def on(self, day: date) -> None:
        self.server.travel(day)

    def desk(self, **options: Any) -> "Desk":
        """A fresh browser of somebody who is not signed in."""
        width, height = options.pop("size", WIDE)
        context = self._browser.new_context(
            base_url=self.server.url, viewport={"width": width, "height": height}, locale="zh-CN", **options
        )
        context.set_default_timeout(15_000)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._response)
        self._contexts.append(context)
        return Desk(self, context.new_page())

    def sits(self, username: str, **options: Any) -> "Desk":
        """The desk of an account: it signs in when it comes and stays until the journey ends."""
        if username not in self._desks:
            self._desks[username] = self.desk(**options).sign_in(username)
        return self._desks[username]

    def told(self) -> str:
        """What every desk shows, for whoever reads why a journey ended early."""
        pages = [page for context in self._contexts for page in context.pages]
        return "\n\n".join(f"── {page.url}\n{page.locator('body').inner_text()}" for page in pages)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_REPORTED_ELSEWHERE):
            self.faults.append(f"console: {message.text} ({message.location})")

    def _failed(self, request: Request) -> None:
        if request.failure != _ENDED:
            self.faults.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        """A page may refuse; a part of a page may not be missing, and nothing may break."""
        page = response.request.resource_type == "document"
        if response.status >= 500 or (response.status >= 400 and not page):
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")


class Desk:
    """One page of a browser. `take` takes a step from the case's own page, as whoever sits here would."""

    def __init__(self, office: Office, page: Page) -> None:
        self.office, self.page = office, page

    # ---- going

    def sign_in(self, username: str, password: str = PASSWORD) -> "Desk":
        if "/sign-in" not in self.page.url:
            self.page.goto("/sign-in")
        self.page.get_by_label("账号", exact=True).fill(username)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.press("登录")
        return self

    def sign_out(self) -> None:
        self.page.locator(".whoami summary").click()
        self.press("退出")
        expect(self.page.locator(".whoami summary")).to_have_text("登录与设置")

    def open(self, path: str) -> "Desk":
        self.page.goto(path)
        return self

    def find(self, number: str) -> "Desk":
        """Looks a case up by its number, with the search of the masthead, and opens it."""
        if self.page.url == "about:blank":
            self.page.goto("/")
        if not self.page.get_by_role("searchbox").is_visible():  # a phone has it in the menu
            self.page.locator(".whoami summary").click()
            self.follow("查找")
        self.page.get_by_role("searchbox").last.fill(number)
        self.page.get_by_role("searchbox").last.press("Enter")
        self.page.locator("main tr", has_text=number).get_by_role("link").first.click()
        expect(self.page.locator("nav.trail")).to_contain_text(number)
        return self

    def follow(self, link: str) -> "Desk":
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=link, exact=True).first.click()
        return self

    def press(self, button: str) -> "Desk":
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).click()
        return self

    # ---- filling in

    def fill(self, papers: Sequence[str] = (), **values: Any) -> "Desk":
        """Fills in controls by their labels: text, a choice by its word, the rows of a small table; chooses papers."""
        for label, value in values.items():
            self._fill(label, value)
        for label in papers:
            chooser = self.page.locator("input[type=file]").and_(self.page.get_by_label(_named(label)))
            chooser.set_input_files(paper(label))
        return self

    def _fill(self, label: str, value: Any) -> None:
        group = self.page.get_by_role("group", name=_named(label))
        if isinstance(value, Sequence) and not isinstance(value, str):
            for number, row in enumerate(value, start=1):
                for column, cell in row.items():
                    _enter(group.get_by_label(f"{column} {number}", exact=True), cell)
        elif group.count():
            group.get_by_label(str(value), exact=True).check()
        else:
            _enter(self.page.get_by_label(_named(label)), value)

    # ---- steps

    def take(self, step: str, *papers: str, **values: Any) -> "Desk":
        """Takes a step from the page of the case; it must be offered, and done."""
        self.begin(step).fill(papers, **values).send(step)
        expect(self.page.locator(".notice[role=status]")).to_contain_text(f"“{step}”已办理")
        return self

    def begin(self, step: str) -> "Desk":
        """Opens the form of a step from the page of the case."""
        self.offered(step).click()
        expect(self.page.locator("h1")).to_contain_text(f"{step}：")
        return self

    def offered(self, step: str) -> Locator:
        return self.page.locator(".steps").get_by_role("link", name=step, exact=True)

    def send(self, step: str) -> "Desk":
        sure = self.page.get_by_label("我已核对")
        if sure.count():
            sure.check()
        return self.press(step)

    def refused(self, *sentences: str) -> "Desk":
        """The page says that nothing was written, and all of these."""
        expect(self.page.locator(".notice[role=alert]").first).to_contain_text("什么都没有写入")
        return self.says(*sentences)

    # ---- reading

    def says(self, *sentences: str) -> "Desk":
        for sentence in sentences:
            expect(self.page.locator("main")).to_contain_text(sentence)
        return self

    def cannot(self, step: str, *sentences: str) -> "Desk":
        """The page of the case says why this desk cannot take a step now, and offers no button for it."""
        region = self.page.get_by_role("region", name=step, exact=True)
        for sentence in ("不能办", *sentences):
            expect(region).to_contain_text(sentence)
        expect(self.offered(step)).to_have_count(0)
        return self

    def silent_on(self, *sentences: str) -> "Desk":
        for sentence in sentences:
            expect(self.page.locator("main")).not_to_contain_text(sentence)
        return self

    @property
    def number(self) -> str:
        """The number of the case whose page this is."""
        return self.page.locator("nav.trail li").last.inner_text().strip()

    @property
    def state(self) -> str:
        """Where the case of this page stands."""
        told = self.page.locator("section[aria-labelledby=may] header p").inner_text()
        return told.removeprefix("本件现为“").removesuffix("”")

    def related(self, procedure: str) -> str:
        """The number of another case of the same project, by its procedure."""
        row = self.page.locator("section[aria-labelledby=related] li", has_text=procedure)
        return row.locator("small").first.inner_text().split()[0]


def _named(label: str) -> re.Pattern[str]:
    """A label, whatever it adds in brackets: its unit, that it may be left out."""
    return re.compile(rf"^{re.escape(label)}(（.*）)*$")


def _enter(control: Locator, value: Any) -> None:
    if control.evaluate("one => one.tagName") == "SELECT":
        control.select_option(label=str(value))
    else:
        control.fill(value.isoformat() if isinstance(value, date) else str(value))
