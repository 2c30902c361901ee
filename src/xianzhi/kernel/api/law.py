"""What can be read of the law: instruments, provisions, parameters on a day, procedures, coverage."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router

from xianzhi.kernel import clock, coverage, registry
from xianzhi.kernel import instruments as documents
from xianzhi.kernel.api import schemas
from xianzhi.kernel.api.guard import guarded
from xianzhi.kernel.api.openings import openings_of
from xianzhi.kernel.api.problems import Problem, citation
from xianzhi.kernel.api.shapes import schema_of
from xianzhi.kernel.pages.guard import PUBLIC
from xianzhi.law import parameters as declared
from xianzhi.law.force import Force
from xianzhi.law.parameters import NoValue
from xianzhi.law.procedure import Procedure, Step
from xianzhi.law.register import KINDS

router = Router(tags=["依据"])
_On = Query(None, description="哪一天的值；不写为今天")
_Force = Query(None, description="只列这一天施行的（含试行）；不写为全部")


@router.get("/instruments", response=list[schemas.Instrument], summary="文件")
@guarded(PUBLIC)
def instruments(request: HttpRequest, in_force_on: date | None = _Force) -> Any:
    """本县已发布、本系统收录的文件。"""
    listed = documents.standings(in_force_on or clock.today())
    return [_instrument(found, force) for found, force in listed if in_force_on is None or force.live]


@router.get("/instruments/{name}", response=schemas.Instrument, summary="一份文件")
@guarded(PUBLIC)
def instrument(request: HttpRequest, name: str) -> schemas.Instrument:
    """一份文件的文号、日期和效力。"""
    found = documents.one(name)
    if found is None:
        raise Problem(404)
    return _instrument(found, documents.standing(name, clock.today()))


def _instrument(found: documents.Known, force: Force) -> schemas.Instrument:
    return schemas.Instrument(
        id=found.name, number=found.number, title=found.title, issuer=found.issuer, issued=found.dated_on,
        effective=force.since, until=force.last, standing=force.standing,
        provisions=len(registry.registers.get(found.name, ())), url=reverse("instrument", args=[found.name]),
    )  # fmt: skip


@router.get("/instruments/{name}/provisions", response=list[schemas.Provision], summary="一份文件的条款")
@guarded(PUBLIC)
def provisions(request: HttpRequest, name: str) -> Any:
    """按文件的次序，每条由什么落实、有几个测试证明。"""
    if name not in registry.registers:
        raise Problem(404)
    return [_provision(one) for one in coverage.of(name)]


@router.get("/provisions/{name}", response=schemas.Provision, summary="一个条款")
@guarded(PUBLIC)
def provision(request: HttpRequest, name: str) -> schemas.Provision:
    """name：条款编号，如 power-3-2-2-1-2。"""
    if name not in registry.provisions:
        raise Problem(404)
    return _provision(coverage.one(name))


def _provision(covered: coverage.Covered) -> schemas.Provision:
    one = covered.provision
    carriers = [{"kind": carrier.kind, "name": carrier.name, "ref": carrier.ref} for carrier in covered.carriers]
    return schemas.Provision(
        id=one.id, instrument=one.instrument.id, place=one.place.short(), printed=one.cited, kind=one.kind,
        kind_zh=KINDS[one.kind], who=list(one.who), zh=one.zh, en=one.en, unclear=one.unclear, status=covered.status,
        carriers=carriers, proofs=len(covered.proofs), url=reverse("provision", args=[one.id]),
    )  # fmt: skip


@router.get("/parameters", response=list[schemas.Parameter], summary="参数")
@guarded(PUBLIC)
def parameters(request: HttpRequest) -> Any:
    """文件规定的数值，逐日有据。"""
    return [schemas.Parameter(**_parameter(one)) for one in registry.parameters().values()]


@router.get("/parameters/{name}", response=schemas.ParameterOn, summary="参数在某一天的值")
@guarded(PUBLIC)
def parameter(request: HttpRequest, name: str, on: date | None = _On) -> schemas.ParameterOn:
    """这一天没有值的，答复 404 并说明缘由。"""
    known = registry.parameters()
    found = known.get_declared(name)
    if found is None:
        raise Problem(404)
    day = on or clock.today()
    try:
        value = known.get(name, on=day)
    except NoValue as error:
        raise Problem(404, str(error)) from None
    in_force = max((dated for dated in found.values if dated.since <= day), key=lambda dated: dated.since)
    return schemas.ParameterOn(**_parameter(found), on=day, value=str(value), in_force=_dated(in_force))


def _parameter(one: declared.Parameter) -> dict[str, Any]:
    return {"name": one.name, "zh": one.zh, "unit": one.unit, "values": [_dated(dated) for dated in one.values]}


def _dated(dated: declared.Dated) -> schemas.Dated:
    value = None if dated.value is None else str(dated.value)
    return schemas.Dated(
        since=dated.since, value=value, cites=citation(dated.cites), standing=dated.standing, basis=dated.basis
    )


@router.get("/procedures", response=list[schemas.ProcedureRow], summary="办理流程")
@guarded(PUBLIC)
def procedures(request: HttpRequest) -> Any:
    """各服务的办理流程。"""
    return [schemas.ProcedureRow(**_procedure(one)) for one in registry.procedures.values()]


@router.get("/procedures/{name}", response=schemas.ProcedureWhole, summary="一个办理流程")
@guarded(PUBLIC)
def procedure(request: HttpRequest, name: str) -> schemas.ProcedureWhole:
    """状态和步骤；每一步由谁办理、要什么、依据哪一条。"""
    found = registry.procedures.get(name)
    if found is None:
        raise Problem(404)
    return schemas.ProcedureWhole(
        **_procedure(found), states={state.name: state.zh for state in found.states.values()},
        final=[state.name for state in found.states.values() if state.final],
        steps=[step_declared(step) for step in found.steps.values()],
    )  # fmt: skip


def _procedure(one: type[Procedure]) -> dict[str, Any]:
    opened = [opening.step.name for opening in openings_of(one.name)]
    return {"name": one.name, "zh": one.zh, "app": one.app, "version": one.version, "opened_by": opened}


def step_declared(step: Step) -> schemas.StepDeclared:
    """A step as it is declared."""
    papers = [
        {"kind": paper.name, "zh": paper.zh, "required": paper.required, "cites": paper.cites} for paper in step.needs
    ]
    return schemas.StepDeclared(
        name=step.name, zh=step.zh, by=list(step.by), sources=sorted(step.source_names),
        target="" if step.stays else step.move.target.name, event=step.event,
        cites=[citation(name) for name in step.cites], within=step.within.parameter if step.within else "",
        grave=step.grave, asks=schema_of(step.asks), materials=papers,
    )  # fmt: skip


@router.get("/coverage", response=list[schemas.Coverage], summary="落实情况")
@guarded(PUBLIC)
def covered(request: HttpRequest) -> Any:
    """每份文件有多少条已落实、未落实、只作说明。"""
    return [
        schemas.Coverage(
            instrument=name, title=one.instrument.title, all=len(one), counts=dict(coverage.counts(coverage.of(name)))
        )
        for name, one in registry.registers.items()
    ]  # fmt: skip
