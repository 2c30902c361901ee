"""Decisions: the outcome follows from the reasons, and both can be stored."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from xianzhi.law.decision import ALLOW, REFUSE, Decision, Reason

MET = Reason("面积符合", "demo-1-1", {"面积": Decimal("12.50")})
UNMET = Reason("未缴费", "demo-2-1", holds=False, cure="缴清后再办")


def test_all_conditions_met_allow() -> None:
    decision = Decision.judge([MET, MET])
    assert decision.outcome == ALLOW and not decision.refused and decision.failing == ()


def test_one_unmet_condition_refuses_and_all_stay_visible() -> None:
    decision = Decision.judge(iter([MET, UNMET]), value=3)
    assert decision.refused
    assert decision.reasons == (MET, UNMET)
    assert decision.failing == (UNMET,)
    assert decision.value == 3


def test_a_decision_without_reason_is_none() -> None:
    with pytest.raises(ValueError, match="at least one reason"):
        Decision.judge([])


def test_each_provision_is_cited_once_in_order() -> None:
    assert Decision.of("B", UNMET, MET, UNMET).cites == ("demo-2-1", "demo-1-1")


def test_no_guards_make_no_decision() -> None:
    assert Decision.all_of([]) is None


def test_one_guard_keeps_its_own_word_and_value() -> None:
    only = Decision.of("A", MET, value=date(2030, 1, 2))
    assert Decision.all_of([only]) is only


def test_several_guards_refuse_when_any_does() -> None:
    both = Decision.all_of([Decision.judge([MET]), Decision.judge([UNMET])])
    assert both is not None and both.refused and both.reasons == (MET, UNMET)
    allowed = Decision.all_of([Decision.judge([MET]), Decision.of("B", MET)])
    assert allowed is not None and allowed.outcome == ALLOW


def test_stored_values_are_plain_and_exact() -> None:
    used = {
        "金额": Decimal("1.10"),
        "日期": date(2030, 1, 2),
        "时刻": datetime(2030, 1, 2, 8, tzinfo=UTC),
        "是": True,
        "无": None,
        "组": ("a", Decimal(2)),
        "集": {"c", "a", "b"},
        "表": {1: date(2031, 1, 1)},
    }
    reason = Reason("理由", "demo-1-1", used, holds=False, cure="补正")
    data = Decision.of(REFUSE, reason, value=Decimal("9.90")).as_data()
    assert json.loads(json.dumps(data)) == data
    assert data == {
        "outcome": "refuse",
        "value": "9.90",
        "reasons": [
            {
                "text": "理由",
                "cites": "demo-1-1",
                "holds": False,
                "cure": "补正",
                "used": {
                    "金额": "1.10",
                    "日期": "2030-01-02",
                    "时刻": "2030-01-02T08:00:00+00:00",
                    "是": True,
                    "无": None,
                    "组": ["a", "2"],
                    "集": ["a", "b", "c"],
                    "表": {"1": "2031-01-01"},
                },
            }
        ],
    }


def test_what_is_empty_is_not_stored() -> None:
    assert Decision.of("B", Reason("理由", "demo-1-1")).as_data() == {
        "outcome": "B",
        "reasons": [{"text": "理由", "cites": "demo-1-1", "holds": True}],
    }
