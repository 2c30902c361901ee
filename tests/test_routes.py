"""Every address, as everybody: none is without a guard, none crashes, none shows what is another's."""

import logging
import os
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from xianzhi.kernel.models import Account
from xianzhi.kernel.pages.guard import PUBLIC, Who
from xianzhi.kernel.tests import routes as kernel_routes
from xianzhi.kernel.tests.routes import Route, World

TODAY = date(2025, 4, 16)
STRANGERS = ("neighbour", "nobody", "system", "security")
"""None of them may see anything of the applicant's."""
HIDDEN = (403, 404, 405)
"""Not for you, not there, or not asked for in this way: none tells whether it exists."""
A_FEW = ("clerk", "warden", "applicant", "nobody", "system", "security", "audit")
"""One of each kind: enough for a page that shows the same to all."""
SECOND = bool(os.environ.get("XIANZHI_DATABASE"))
"""Whether this run comes after one on SQLite, with everybody."""
_PLAIN = Route(lambda world: {})


PATTERNS = list(kernel_routes.patterns())
"""(name with its namespace, pattern) of the whole site."""


def _takes_arguments(pattern: URLPattern) -> bool:
    return bool(pattern.pattern.regex.groups)


ROUTES = kernel_routes.of_all()
OPENED = [(name, pattern) for name, pattern in PATTERNS if name in ROUTES or not _takes_arguments(pattern)]
"""What can be opened; a test of its own names the addresses whose arguments are missing."""


@pytest.fixture
def world(db: None, settings, tmp_path, caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    settings.MEDIA_ROOT = tmp_path
    settings.API_REQUESTS_A_MINUTE = settings.API_REQUESTS_A_MINUTE_UNKNOWN = 1_000_000
    caplog.set_level(logging.CRITICAL, "django.request")  # a thousand refusals are no news
    with kernel_routes.a_world() as made:
        yield made


def test_every_address_has_a_name_and_every_view_a_guard() -> None:
    nameless = [str(pattern.pattern) for name, pattern in PATTERNS if not name or name.endswith(":")]
    assert not nameless, f"give a name to: {nameless}"
    unguarded = [name for name, pattern in PATTERNS if not isinstance(getattr(pattern.callback, "who", None), Who)]
    assert not unguarded, f"wrap with @page(who): {unguarded}"


def test_every_address_that_takes_arguments_has_a_sample_of_them() -> None:
    wanted = {name for name, pattern in PATTERNS if _takes_arguments(pattern)}
    assert not wanted - set(ROUTES), "write them into tests/routes.py of the kernel or of the service"
    assert not set(ROUTES) - {name for name, _ in PATTERNS}, "no such address any more"


class _Door:
    """Opens addresses and keeps what was wrong. Whatever a request wrote is undone."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._clients: dict[str, Client] = {}

    def open(self, name: str, who: str, account: Account | None, method: str, address: str) -> int:
        """The status, 500 where the page crashed."""
        client = self._clients.setdefault(who, Client())
        with transaction.atomic():
            if account is not None and (method == "post" or not client.cookies):
                client.force_login(account)  # a post may have been the one that signs out
            try:
                answer = getattr(client, method)(address)
                status = answer.status_code
                b"".join(answer.streaming_content) if answer.streaming else answer.content
            except Exception as error:  # whatever it was, the page is named below
                self.faults.append(f"{method} {name} as {who}: {error!r}")
                status = 500
            if method == "post":
                transaction.set_rollback(True)
                self._clients.pop(who, None)
        return status

    def expect(self, right: bool, name: str, who: str, method: str, status: int) -> None:
        if not right:
            self.faults.append(f"{method} {name} as {who}: {status}")


def _addresses(name: str, world: World) -> list[str]:
    route = ROUTES.get(name, _PLAIN)
    address = reverse(name, kwargs=route.arguments(world))
    return [address, f"{address}?{route.query}"] if route.query else [address]


def _asking(pattern: URLPattern, world: World) -> dict[str, Account]:
    """Everybody; on a second database, where the queries may differ but not who is admitted, one of each function."""
    if pattern.callback.who is PUBLIC:
        return {who: world.accounts[who] for who in A_FEW}
    return _one_of_each(world) if SECOND else world.accounts


def _one_of_each(world: World) -> dict[str, Account]:
    """The people of the sample, and one account for each function that the services know."""
    firsts = {who.partition(".")[0]: who for who in sorted(world.accounts, reverse=True)}
    return {who: world.accounts[who] for who in firsts.values()}


def test_a_stranger_sees_public_pages_only(world: World) -> None:
    site = _Door()
    for name, pattern in OPENED:
        for address in _addresses(name, world):
            for method in ("get", "post"):
                status = site.open(name, "anonymous", None, method, address)
                if pattern.callback.who is PUBLIC:
                    site.expect(status < 500, name, "anonymous", method, status)
                elif name.startswith("api:"):  # a program is not sent to a page, but told what to bring
                    site.expect(status == 401, name, "anonymous", method, status)
                else:
                    site.expect(status in (302, 405), name, "anonymous", method, status)
                    site.expect(status != 302 or _leads_to_sign_in(address, method), name, "anonymous", method, status)
    assert not site.faults, "\n".join(site.faults)


def _leads_to_sign_in(address: str, method: str) -> bool:
    return getattr(Client(), method)(address).url.startswith(reverse("sign-in"))


def test_everybody_opens_every_address_and_nobody_sees_anothers(world: World) -> None:
    site = _Door()
    for name, pattern in OPENED:
        route = ROUTES.get(name, _PLAIN)
        for address in _addresses(name, world):
            asking = _asking(pattern, world)
            statuses = {who: site.open(name, who, one, "get", address) for who, one in asking.items()}
            for who, status in statuses.items():
                site.expect(status < 500, name, who, "get", status)
                admitted = pattern.callback.who.admits(Account.objects.get(pk=world.accounts[who].pk))
                site.expect(admitted or status == 403, name, who, "get", status)
                if route.private and who in STRANGERS:
                    site.expect(status in HIDDEN, name, who, "get", status)
            opened = any(status < 400 or status == 405 for status in statuses.values())
            site.expect(opened or SECOND or name in kernel_routes.SHUT, name, "anybody", "get", 0)
            if route.private:
                site.expect(statuses["applicant"] not in (404, 500), name, "applicant", "get", statuses["applicant"])
    assert not site.faults, "\n".join(site.faults)


def test_a_form_sent_empty_by_anybody_is_answered_and_never_reaches_anothers(world: World) -> None:
    site = _Door()
    for name, pattern in OPENED:
        route = ROUTES.get(name, _PLAIN)
        for address in _addresses(name, world)[:1]:
            for who, account in _one_of_each(world).items():
                if not pattern.callback.who.admits(Account.objects.get(pk=account.pk)):
                    continue
                status = site.open(name, who, account, "post", address)
                site.expect(status < 500, name, who, "post", status)
                if route.private and who in STRANGERS:
                    site.expect(status in (*HIDDEN, 405), name, who, "post", status)
    assert not site.faults, "\n".join(site.faults)


def test_one_township_does_not_see_the_cases_of_another(world: World) -> None:
    for who, seen in (("warden", 200), ("other_warden", 404), ("surveyor", 404), ("audit", 200)):
        client = Client()
        client.force_login(world.accounts[who])
        assert client.get(reverse("case", args=[world.case.pk])).status_code == seen, who
        assert (world.case.number in client.get(reverse("cases")).content.decode()) == (seen == 200), who
