"""What holds for every input: no fen is lost, every project has one class, no fund is overdrawn."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xianzhi.apps.power_access import rules
from xianzhi.kernel import coverage, registry
from xianzhi.law.decision import Decision
from xianzhi.law.parameters import Parameters, read_parameters
from xianzhi.law.register import read_register

HERE = Path(__file__).parent
REGISTER = read_register(HERE.parent / "provisions.yaml")
PARAMETERS = Parameters(read_parameters(HERE.parent / "parameters.yaml")).merged(read_parameters(HERE / "county.yaml"))
PAID = [rules.InvestmentClass(letter) for letter in "ABCD"]

days = st.dates(date(2021, 1, 1), date(2030, 12, 31))
yuan = st.decimals(0, 10**8, places=2)
kilowatts = st.decimals("0.1", 5000, places=1)
maybe_day = st.none() | days

land = st.builds(
    rules.LandFacts,
    supply=st.none() | st.sampled_from(rules.Supply),
    area=st.none() | st.integers(1, 9999).map(Decimal),
    inside=st.none() | st.integers(0, 9999).map(Decimal),
    reserve_covered=st.none() | st.booleans(),
)
class_facts = st.builds(
    rules.ClassFacts,
    applied_on=st.dates(date(2024, 3, 13), date(2030, 12, 31))
    | st.sampled_from([date(2024, 3, 12), date(2027, 3, 14)]),
    size=st.sampled_from(rules.OwnerSize),
    voltage=st.sampled_from(rules.Voltage),
    capacity_kw=st.none() | kilowatts | st.just(Decimal("159.95")),
    capacity_kva=st.none() | kilowatts,
    land=land,
    proof_on=maybe_day | st.just(date(2023, 6, 1)),
    contract_on=maybe_day,
    first_proof_on=maybe_day,
    over_standard=st.booleans(),
    own_grid=st.booleans(),
    base_cost=st.none() | yuan,
    wished_cost=st.none() | yuan,
)
lines = st.lists(
    st.builds(
        rules.CostLine,
        name=st.just("管沟"),
        kind=st.sampled_from(rules.CostKind),
        amount=yuan,
        quantity=st.none(),
        unit_price=st.none(),
    ),
    max_size=8,
).map(tuple)


def cited(decision: Decision) -> bool:
    return bool(decision.reasons) and set(decision.cites) <= set(REGISTER) and all(r.text for r in decision.reasons)


@given(class_facts)
def test_every_project_has_one_class_with_reasons(facts: rules.ClassFacts) -> None:
    decision = rules.classify(facts, PARAMETERS)
    assert decision.outcome in set(rules.InvestmentClass)
    assert cited(decision)


@given(class_facts)
def test_an_unsettled_or_free_class_never_lets_the_owner_be_charged(facts: rules.ClassFacts) -> None:
    outcome = rules.InvestmentClass(rules.classify(facts, PARAMETERS).outcome)
    charge = rules.ChargeFacts(outcome, Decimal("0.01"), inside=False)
    allowed = outcome in (rules.InvestmentClass.D, rules.InvestmentClass.OUT)
    assert rules.may_charge(charge, PARAMETERS).refused is not allowed


@given(class_facts)
def test_only_a_wish_makes_the_owner_pay(facts: rules.ClassFacts) -> None:
    decision = rules.classify(facts, PARAMETERS)
    if decision.outcome == rules.InvestmentClass.D:
        assert facts.over_standard
        assert decision.value in set(rules.InvestmentClass) - {rules.InvestmentClass.D}


@given(st.sampled_from(PAID), lines)
def test_a_split_neither_makes_nor_loses_a_fen(
    classified: rules.InvestmentClass, costs: tuple[rules.CostLine, ...]
) -> None:
    decision = rules.split_cost(rules.SplitFacts(date(2024, 5, 6), classified, costs), PARAMETERS)
    assert sum(decision.value.values()) == sum(line.amount for line in costs)
    if classified != rules.InvestmentClass.D:
        assert not decision.value[rules.Payer.OWNER]
    assert cited(decision)


@given(st.sampled_from(rules.InvestmentClass), yuan, yuan, st.none() | yuan, yuan)
def test_no_appropriation_passes_what_is_left(
    classified: rules.InvestmentClass, detail: Decimal, funded: Decimal, plan_left: Decimal | None, amount: Decimal
) -> None:
    paper = rules.FundPaper("1", "项目", 1)
    facts = rules.FundFacts(
        "项目", classified, paper, paper, paper, "批复", plan_left, detail, funded, amount,
        (rules.SourceLine(rules.Source.OTHER, amount),),
    )  # fmt: skip
    decision = rules.may_fund(facts, PARAMETERS)
    if not decision.refused:
        assert 0 < amount <= detail - funded
        assert plan_left is not None and amount <= plan_left
        assert classified in (rules.InvestmentClass.B, rules.InvestmentClass.C)
        assert amount <= decision.value
    assert cited(decision)


@given(yuan, yuan, yuan)
def test_no_payment_passes_the_balance(appropriated: Decimal, paid: Decimal, amount: Decimal) -> None:
    facts = rules.PayFacts(appropriated, paid, "账户", amount, "账户")
    assert rules.may_pay(facts, PARAMETERS).refused is not (0 < amount <= appropriated - paid)


@given(days, maybe_day, maybe_day, st.none() | st.sampled_from(rules.Judgement))
def test_an_asset_has_exactly_one_holder_and_safety_never_passes_early(
    on: date, operation: date | None, effective: date | None, judgement: rules.Judgement | None
) -> None:
    decision = rules.safety_holder(rules.SafetyFacts(on, operation, effective, judgement), PARAMETERS)
    assert decision.outcome in set(rules.Holder)
    if decision.outcome == rules.Holder.COMPANY:
        assert operation is not None and operation <= on
        assert effective is not None and effective <= on


@given(yuan, st.lists(yuan, max_size=6).map(tuple))
def test_a_year_has_a_shortfall_or_a_surplus_never_both(given_sum: Decimal, settled: tuple[Decimal, ...]) -> None:
    short = rules.carry(rules.CarryFacts(2024, given_sum, settled), PARAMETERS).value
    back = rules.surplus(rules.SurplusFacts(given_sum, settled), PARAMETERS).value
    assert not (short and back)
    assert given_sum + short - back == sum(settled)


def test_rules_do_not_load_django() -> None:
    code = "import sys, xianzhi.apps.power_access.rules; sys.exit('django' in sys.modules)"
    source = HERE.parents[3]
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(source)}, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_parameters_cite_the_register(name: str) -> None:
    assert {dated.cites for dated in PARAMETERS[name].values} <= set(REGISTER)


@pytest.mark.django_db
def test_every_rule_that_a_page_may_name_has_a_chinese_name():
    named = {
        carrier.ref.rpartition(".")[2]
        for row in coverage.of("power")
        for carrier in row.carriers
        if carrier.kind == coverage.RULE
    }
    assert named
    assert named <= rules.NAMES.keys(), f"name in rules/names.py: {sorted(named - rules.NAMES.keys())}"
    gone = {name for name in rules.NAMES if not any(hasattr(module, name) for module in _modules())}
    assert not gone, f"no such rules: {sorted(gone)}"


def _modules():
    return list(registry.rule_modules("xianzhi.apps.power_access"))
