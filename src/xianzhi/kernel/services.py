"""The house's own services: facts for its rules, effects of its steps, verbs for its pages."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from xianzhi.kernel import door, instruments, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.documents import check as _documents  # noqa: F401 - registers its check of every night
from xianzhi.kernel.models import Account, Case, Event, InstrumentChange, ParameterValue
from xianzhi.kernel.procedures import EffectChange, ParameterChange
from xianzhi.kernel.rules import BeginFacts, ChangeFacts, ValueFacts
from xianzhi.law.errors import LawError
from xianzhi.law.force import LIVE, Standing, in_force, last_day
from xianzhi.law.parameters import OVERRIDE, Dated, Parameter, Parameters, Scalar, as_scalar
from xianzhi.law.procedure import Step


def propose_value(
    parameter: str, data: Mapping[str, Any], *, by: Account, on: date | None = None, key: str = ""
) -> Case:
    """Proposes a value of a parameter. `data` holds since, value, cites, basis and reason. Raises Refused."""
    known = registry.parameters().get_declared(parameter)
    return door.open_case(
        ParameterChange, ParameterChange.propose, by=by, on=on, key=key,
        title=f"{known.zh if known else parameter}新增取值", division=county().code, data={**data, "name": parameter},
    )  # fmt: skip


@registry.adds_values
def added_values(declared: Parameters) -> Iterator[Parameter]:
    """The values that officials added, each laid over its declared parameter; of one no longer declared, none."""
    for row in ParameterValue.objects.order_by("since"):
        if (parameter := declared.get_declared(row.name)) is not None:
            raw: str | date | None = row.value or None
            if raw and parameter.unit == "date":
                raw = date.fromisoformat(str(raw))
            value = as_scalar(parameter.unit, raw, parameter.zh)
            yield parameter.replaced(Dated(row.since, value, row.cites, OVERRIDE, row.basis))


@registry.gathers
def value_facts(attempt: door.Attempt) -> ValueFacts:
    """What is being proposed, or was by the first step of the case."""
    data = attempt.data if attempt.step.starts else _proposed(attempt.case)
    name, since, cites = str(data.get("name") or ""), data.get("since"), str(data.get("cites") or "")
    parameter = attempt.parameters.get_declared(name)
    return ValueFacts(
        name=name,
        zh=parameter.zh if parameter else "",
        first=parameter.values[0].since if parameter else None,
        taken=_taken(parameter) if parameter else frozenset(),
        since=since,
        fault=_fault(parameter, data),
        cites=cites,
        cited=cites in registry.provisions,
        basis=str(data.get("basis") or ""),
    )


@registry.gathers
def begin_facts(attempt: door.Attempt) -> BeginFacts:
    return BeginFacts(attempt.on, _proposed(attempt.case).get("since"))


@registry.effect(ParameterChange.approve)
def set_value(event: Event, attempt: door.Attempt) -> None:
    """The approved value stands beside the others; every process reads it anew once the step is kept."""
    data = _proposed(attempt.case)
    parameter = attempt.parameters[data["name"]]
    value = read_value(parameter, data.get("value"))
    ParameterValue.objects.create(
        name=parameter.name, since=data["since"], value="" if value is None else str(value), cites=data["cites"],
        basis=data["basis"], case=attempt.case,
    )  # fmt: skip
    transaction.on_commit(registry.forget)


def propose_change(name: str, data: Mapping[str, Any], *, by: Account, on: date | None = None, key: str = "") -> Case:
    """Proposes a change of a published document's force. `data` holds kind, since, until, basis and note."""
    found = instruments.one(name)
    return door.open_case(
        EffectChange, EffectChange.propose, by=by, on=on, key=key, division=county().code,
        title=f"《{found.short}》效力变动" if found else "文件效力变动", data={**data, "name": name},
    )  # fmt: skip


@registry.gathers
def change_facts(attempt: door.Attempt) -> ChangeFacts:
    """What is being proposed, or was by the first step of the case."""
    starts = attempt.step.starts
    data = attempt.data if starts else first_data(attempt.case, EffectChange.propose)
    found = instruments.one(str(data.get("name") or ""))
    since = data.get("since")
    years = instruments.trial_years(since) if since else None
    return ChangeFacts(
        title=found.title if found else "",
        live=bool(found and since and in_force(found.terms, since, trial_years=years).standing in _CHANGEABLE),
        kind=data.get("kind"),
        since=since,
        until=data.get("until"),
        last=last_day(found.terms, years) if found else None,
        basis=str(data.get("basis") or ""),
    )


_CHANGEABLE = frozenset({*LIVE, Standing.SUSPENDED, Standing.TASKS_ENDED, Standing.NOT_YET})


@registry.effect(EffectChange.confirm)
def record_change(event: Event, attempt: door.Attempt) -> None:
    """The change stands beside the document; a document known by its register only gets its record now."""
    data = first_data(attempt.case, EffectChange.propose)
    InstrumentChange.objects.create(
        instrument=instruments.record_of(data["name"]), kind=data["kind"], on=data["since"], until=data["until"],
        basis=data["basis"], note=data["note"] or "", case=attempt.case,
    )  # fmt: skip


@registry.effect(EffectChange.undo)
def undo_change(event: Event, attempt: door.Attempt) -> None:
    InstrumentChange.objects.filter(case=attempt.case).update(undone=True)


def _proposed(case: Case) -> dict[str, Any]:
    """What the first step of a change of a parameter recorded."""
    return first_data(case, ParameterChange.propose)


def first_data(case: Case, step: Step) -> dict[str, Any]:
    """What a step recorded when it was first taken in a case, in its own types; empty where it was not."""
    stored = case.events.filter(step_name=step.name).order_by("seq").values_list("data", flat=True).first() or {}
    return {field.name: field.clean(stored.get(field.name)) for field in step.asks} if stored else {}


def read_value(parameter: Parameter, entered: str | None) -> Scalar | None:
    """What was entered, in the unit of the parameter; None ends it. Raises LawError."""
    if not entered:
        return None
    if parameter.unit == "date":
        try:
            return as_scalar("date", date.fromisoformat(entered), parameter.zh)
        except ValueError:
            return as_scalar("date", entered, parameter.zh)  # says how a date is written
    return as_scalar(parameter.unit, entered.replace(",", "").replace("，", ""), parameter.zh)


def _taken(parameter: Parameter) -> frozenset[date]:
    """The days from which it has a value, with those that were approved a moment ago in another process."""
    added = ParameterValue.objects.filter(name=parameter.name).values_list("since", flat=True)
    return frozenset(dated.since for dated in parameter.values) | frozenset(added)


def _fault(parameter: Parameter | None, data: Mapping[str, Any]) -> str:
    for name, label in (("value", "取值"), ("basis", "上级文件")):
        most = ParameterValue._meta.get_field(name).max_length
        if len(str(data.get(name) or "")) > most:
            return f"{label}太长，最多{most}个字"
    try:
        if parameter is not None:
            read_value(parameter, data.get("value"))
    except LawError as error:
        return str(error)
    return ""
