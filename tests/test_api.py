"""The API asked everything that its description allows, as everybody: no crash, no answer beside the description, no
word of what is another's."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from xianzhi.apps.power_access.services import intake
from xianzhi.apps.power_access.tests.walk import factory, paper, red_line
from xianzhi.kernel import clock, door
from xianzhi.kernel.api import scopes, tokens
from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Account, Case, Subject
from xianzhi.kernel.tests import routes, sample

EXAMPLES = int(os.environ.get("API_EXAMPLES", "4"))
"""For each operation; more of them by hand, now and then."""
ASKERS = ("clerk", "applicant", "neighbour", "warden", "nobody", "security", "audit", "approval.first_review",
          "energy.works", "grid.connect", "energy.plan")  # fmt: skip
PHONE, IDENTITY = "13912345678", "11010519491231002X"
CHECKS = (
    schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance, response_headers_conformance,
)  # fmt: skip


@dataclass
class Asker:
    """Somebody with a token of everything that he may give it, and what he may see."""

    name: str
    headers: dict[str, str]
    unseen: tuple[str, ...]
    """Numbers of the cases that he may not see."""
    ids: frozenset[int]
    """Ids of the cases that he may see."""
    own: tuple[str, ...] = ()
    """The same, and their numbers, as an address has them."""


@pytest.fixture
def world(db: None, settings, tmp_path, caplog: pytest.LogCaptureFixture) -> Iterator[routes.World]:
    settings.MEDIA_ROOT = tmp_path
    settings.API_REQUESTS_A_MINUTE = settings.API_REQUESTS_A_MINUTE_UNKNOWN = 1_000_000
    caplog.set_level(logging.CRITICAL, "django.request")
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # as Django's own test client does: the test's transaction goes on
    with routes.a_world() as made:
        _more(made)
        log.append_all()
        yield made
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _more(world: routes.World) -> None:
    """Cases of others, and a person whose numbers must not be seen."""
    people = world.people
    door.open_case(
        sample.Permit, sample.Permit.prepare, by=people.neighbour, title="别家的许可", division=sample.VILLAGE,
        subject=people.neighbour.subject, data=sample.OPENING,
    )  # fmt: skip
    person = Subject.objects.create(kind=Subject.PERSON, name="某某", code=IDENTITY, phone=PHONE)
    owner = Account.objects.create(username="person", name="某某", subject=person, password="!")
    for row, who in enumerate((people.applicant, owner)):
        intake.apply(
            who, subject=who.subject, division=world.case.division, facts=factory(red_line=red_line(row=row)),
            materials=[paper("application"), paper("land_document")],
        )  # fmt: skip
    told = {"result": "good", "points": [{"name": f"联系 {PHONE}"}]}
    door.take_step(world.case, "inspect", by=people.warden, data=told)


def _askers(world: routes.World) -> list[Asker]:
    found = []
    for name in ASKERS:
        account = Account.objects.get(pk=world.accounts[name].pk)
        wanted = [one.name for one in scopes.offered(account)]
        _token, text = tokens.make(account, name=name, wanted=wanted, expires_on=clock.today() + timedelta(days=9))
        seen = Case.objects.visible_to(account)
        unseen = Case.objects.exclude(pk__in=seen.values("pk")).values_list("number", flat=True)
        ids = frozenset(seen.values_list("pk", flat=True))
        own = (*map(str, ids), *seen.values_list("number", flat=True))
        found.append(Asker(name, {"Authorization": f"Bearer {text}"}, tuple(unseen), ids, own))
    return [*found, Asker("nobody at all", {}, tuple(Case.objects.values_list("number", flat=True)), frozenset())]


KNOWN = {
    "name": ["sample", "power", "sample-1-1", "sample.accept.limit", "sample.permit", "power_access.intake"],
    "code": ["sample-approval", "A-014"], "seq": ["1", "2"], "pk": ["1", "2"], "year": ["2025"],
}  # fmt: skip
"""Values of parts of an address that lead somewhere; anything else is mostly not there."""


class Asking:
    """Asks operation after operation; keeps what was wrong."""

    def __init__(self, askers: list[Asker]) -> None:
        self.askers, self.asked, self.answered = askers, 0, 0
        self.faults: list[str] = []
        cases = [*Case.objects.values_list("number", flat=True), *map(str, Case.objects.values_list("pk", flat=True))]
        self.known = {**KNOWN, "case": cases}
        self.holding: dict[str, list[str]] = {}
        """By the name of a step: the cases in whose procedure it is."""
        for case in Case.objects.all():
            for step in case.procedure.steps:
                self.holding.setdefault(step, []).append(str(case.pk))

    def ask(self, operation: Any) -> None:
        """Some requests that the description allows, each by somebody; whatever one wrote is undone."""

        @settings(
            max_examples=EXAMPLES, database=None, deadline=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(sent=operation.as_strategy(), data=st.data())
        def some(sent: Any, data: st.DataObject) -> None:
            asker = data.draw(st.sampled_from(self.askers))
            for name in list(sent.path_parameters or ()):
                if name in self.known and data.draw(st.integers(0, 3)):
                    sent.path_parameters[name] = data.draw(st.sampled_from(self._leading(name, sent, asker)))
            with transaction.atomic():
                answer = sent.call(headers=dict(asker.headers))
                transaction.set_rollback(True)
            self.asked += 1
            self.answered += answer.status_code < 300
            self.faults.extend(_faults(sent, answer, asker))

        some()

    def _leading(self, name: str, sent: Any, asker: Asker) -> list[str]:
        """Values for a part of an address that lead somewhere, for him where that is possible."""
        if name != "case":
            return self.known[name]
        wanted = self.holding.get(sent.path.rpartition("/")[2], self.known["case"])
        return [one for one in wanted if one in asker.own] or wanted


def test_whatever_is_asked_by_whomever(world: routes.World) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    asking = Asking(_askers(world))
    for found in schema.get_all_operations():
        asking.ask(found.ok())
    faults = list(dict.fromkeys(asking.faults))
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:30])
    led = f"only {asking.answered} of {asking.asked} requests led anywhere: the test has gone blind"
    assert asking.answered > asking.asked / 20, led


def _faults(sent: Any, answer: Any, asker: Asker) -> Iterator[str]:
    what = f"{sent.method} {sent.formatted_path} as {asker.name}: {answer.status_code}"
    try:
        sent.validate_response(answer, checks=list(CHECKS))
    except FailureGroup as error:  # every failure of a check, in words
        yield f"{what}: {str(error)[:600]}"
    text = answer.content.decode("utf-8", "replace")
    for secret in (PHONE, IDENTITY):
        if secret in text:
            yield f"{what}: tells {secret}"
    if answer.status_code >= 400:
        return
    for number in asker.unseen:
        if number in text:
            yield f"{what}: names {number}"
    if "json" in (answer.headers.get("content-type") or [""])[0] and not _made_now(answer):
        for pk in _named(json.loads(text)):
            if pk not in asker.ids:
                yield f"{what}: names the case {pk}"


def _made_now(answer: Any) -> bool:
    return answer.status_code == 201


def _named(value: Any) -> Iterator[int]:
    """The ids of cases that an answer names."""
    if isinstance(value, list):
        for one in value:
            yield from _named(one)
    elif isinstance(value, dict):
        if "procedure_zh" in value and "number" in value:
            yield value["id"]
        for name, one in value.items():
            if name in ("case", "parent", "main_case") and isinstance(one, int):
                yield one
            yield from _named(one)
