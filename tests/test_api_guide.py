"""docs/api.md does what it says: each of its requests is sent, and answered with the status that stands above it."""

import re
import shlex
from datetime import timedelta
from pathlib import Path
from string import Template
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.kernel import clock
from xianzhi.kernel.api import tokens
from xianzhi.kernel.load import load_county

GUIDE = Path(__file__).parents[1] / "docs" / "api.md"
SCOPES = ("read:cases", "read:work", "write:materials", "write:webhooks", "take:power_access.intake.*")
SITE, CODE = "http://testserver", "91140826MA0EXAMPL"


def requests() -> list[tuple[int, str]]:
    """(status, command) of every request of the page."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    found = [re.split(r"^# (\d{3})\n", block, flags=re.M)[1:] for block in blocks]
    return [(int(parts[n]), parts[n + 1]) for parts in found for n in range(0, len(parts), 2)]


def send(command: str, known: dict[str, str]) -> Any:
    """What curl would do with these words, as far as the page uses it."""
    split = shlex.split(command.replace("\\\n", " "))
    words = [Template(word).safe_substitute(known) for word in split]  # as the shell does: quotes first
    assert words.pop(0) == "curl"
    headers: dict[str, str] = {}
    parts: dict[str, Any] = {}
    body = address = ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        elif word == "-F":
            name, _, value = words.pop(0).partition("=")
            parts[name] = SimpleUploadedFile("纸.pdf", b"%PDF-1.4 sample") if value.startswith("@") else value
        else:
            address = word.removeprefix(SITE)
    client = Client(enforce_csrf_checks=True)
    if parts:
        return client.post(address, parts, headers=headers)
    if body:
        return client.post(address, body, content_type=headers.pop("Content-Type"), headers=headers)
    return client.get(address, headers=headers)


def test_every_request_of_the_guide_is_answered_as_it_says(db: None, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    with clock.at(walk.BEGAN):
        load_county()
    walk.lay_land()
    with clock.at(walk.APPLIED):
        case = walk.applied(walk.factory())
        end = clock.today() + timedelta(days=90)
        _token, text = tokens.make(official("approval.first_review"), name="示例", wanted=SCOPES, expires_on=end)
        known = {"TOKEN": text, "SITE": SITE, "CASE": str(case.pk), "FILE": "file.pdf"}
        known |= {"CODE": _code(), "FACTS": _facts()}
        sent = requests()
        assert len(sent) >= 10
        for status, command in sent:
            answer = send(command, known)
            assert answer.status_code == status, f"{command}\n{answer.status_code} {answer.content.decode()[:2000]}"


def test_a_page_without_requests_would_be_noticed() -> None:
    assert {status for status, _ in requests()} >= {200, 201, 409, 422}


def _code() -> str:
    from stdnum.cn import uscc  # noqa: PLC0415 - only here

    return CODE + uscc.calc_check_digit(CODE)


def _facts() -> str:
    import json  # noqa: PLC0415 - only here

    facts = walk.factory(red_line=walk.red_line(row=3))
    plain = {name: one if isinstance(one, bool | int) else str(one) for name, one in facts.items() if one is not None}
    return json.dumps(plain, ensure_ascii=False)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xianzhi.kernel.api.webhooks.post", lambda *_, **__: pytest.fail("sent"))
