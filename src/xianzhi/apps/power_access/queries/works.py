"""How far the works of a project have come: what its strands recorded."""

from datetime import date
from decimal import Decimal

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject
from xianzhi.apps.power_access.procedures import CountyPaid, SharedCivil, SharedElectrical
from xianzhi.apps.power_access.procedures.works import Works
from xianzhi.apps.power_access.services import found
from xianzhi.kernel import registry
from xianzhi.kernel.models import Case, Event
from xianzhi.law.decision import Decision

SCHEMES = ("scheme", "revise_scheme", "adopt_scheme")
WITNESSED = ("witness", "note_absence")


def last(case: Case, *steps: str) -> Event | None:
    """The last event of some steps in a case."""
    return case.events.filter(step_name__in=steps).order_by("-seq").first()


def recorded_day(case: Case, step: str, field: str) -> date | None:
    """A day that a step recorded last; None before."""
    event = last(case, step)
    return date.fromisoformat(event.data[field]) if event else None


def works_of(project: AccessProject) -> Case | None:
    """The case of a project's county-paid works."""
    names = (CountyPaid.name, SharedCivil.name)
    return Case.objects.filter(parent_id=project.case_id, procedure_name__in=names).order_by("-id").first()


def design_current(project: AccessProject) -> bool:
    """Whether the design was drawn from the scheme in force; 待复核 is its opposite."""
    detail, scheme = project.detail, project.scheme
    return detail is not None and scheme is not None and detail.scheme_id == scheme.pk


def design_version(project: AccessProject) -> int:
    """The version of the scheme from which the design in force was drawn; 0 while there is none."""
    detail = project.detail
    return detail.scheme.version if detail else 0


def scheme_version(project: AccessProject) -> int:
    scheme = project.scheme
    return scheme.version if scheme else 0


def design_opinion(case: Case, project: AccessProject) -> bool:
    """供电公司 saw the design, or its absence is recorded, since the scheme in force was made."""
    scheme = found.events_of(project, *SCHEMES).order_by("-pk").first()
    newest = scheme.pk if scheme else 0
    return _witnessed(case, "design").filter(pk__gt=newest).exists()


def acceptance_opinion(case: Case) -> bool:
    """供电公司 took part in the acceptance of the works as they were last finished, or its absence is recorded."""
    built = last(case, "build")
    return built is not None and _witnessed(case, "acceptance").filter(seq__gt=built.seq).exists()


def study_opinion(case: Case, project: AccessProject) -> bool:
    """Its scheme counts as the opinion of 供电公司 on the study."""
    return project.scheme is not None or _witnessed(case, "study").exists()


def _witnessed(case: Case, node: str):
    return case.events.filter(step_name__in=WITNESSED, data__node=node)


def equipment_version(case: Case) -> int:
    """With which version of the design the equipment list in force was handed in; 0 while there is none."""
    paper = case.materials.filter(kind="equipment_list").order_by("-event_seq").first()
    if paper is None:
        return 0
    return case.events.filter(step_name__in=("design", "redesign"), seq__lte=paper.event_seq).count()


def electrical_finished(case: Case, project: AccessProject) -> bool:
    """In class B as recorded with the works; in class C when 供电公司 reported its strand as built."""
    if case.procedure_name == CountyPaid.name:
        return last(case, "finish_electrical") is not None
    return found.events_of(project, "build").filter(case__procedure_name=SharedElectrical.name).exists()


def energised_on(project: AccessProject) -> date | None:
    """The day on which there was light."""
    event = found.events_of(project, "energise").first()
    return date.fromisoformat(event.data["energised_on"]) if event else None


def progress_of(case: Case, project: AccessProject) -> Decision:
    """How much of the drawn length is built, as reported by section. [power-3-2-2-5-1] Value: the share, 1 for all."""
    detail, reported = project.detail, case.events.filter(step_name="progress").values_list("data", flat=True)
    built = sum((Decimal(data["metres"]) for data in reported), Decimal())
    return rules.progress(rules.ProgressFacts(detail.metres if detail else Decimal(), built), registry.parameters())


def builder_of(project: AccessProject) -> str:
    """The contracted builder; empty while there is none."""
    bought = project.procurements.filter(kind="施工").order_by("-id").first()
    return bought.contractor if bought else ""


def package_of(case: Case) -> tuple[dict[str, str], dict[str, str]]:
    """The digests of the settlement papers as they were locked when handed in, and as they stand; by name."""
    handed, names = last(case, "hand_in"), {paper.name: paper.zh for paper in Works.hand_in.needs}
    kept = case.materials.filter(kind__in=names).order_by("event_seq", "id")
    papers = list(kept.values_list("kind", "event_seq", "sm3"))
    locked = {names[kind]: digest for kind, seq, digest in papers if handed and seq <= handed.seq}
    return locked, {names[kind]: digest for kind, _, digest in papers}


def auditor_of(case: Case) -> tuple[str, bool, bool]:
    """The auditor named last, and whether finance and energy agree to him."""
    handed, named = last(case, "hand_in"), last(case, "consent_finance", "consent_energy")
    if handed is None or named is None:
        return "", False, False
    auditor = named.data["auditor"]
    finance, energy = last(case, "consent_finance"), last(case, "consent_energy")
    agrees = [event is not None and event.data["auditor"] == auditor for event in (finance, energy)]
    return auditor, agrees[0], agrees[1]
