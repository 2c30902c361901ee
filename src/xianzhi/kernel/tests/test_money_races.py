"""The books when several post at once: on a database that everybody commits to, each from a case of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from xianzhi.kernel import door, money
from xianzhi.kernel.models import Case, MoneyAccount, MoneyEntry
from xianzhi.kernel.tests import till
from xianzhi.kernel.tests.till import book, held, yuan

CROWD = 6


@pytest.fixture
def at(scratch: Any) -> Iterator[dict[str, MoneyAccount]]:
    """A fund of 100 yuan."""
    with till.tilled():
        made = till.accounts()
        book(till.begun(), money.transfer(made["bank"], made["fund"], yuan("100.00"), "拨入"))
        yield made


def together(act: Callable[[Case], Any]) -> list[str]:
    """Does the same in cases of several clerks at once; what each was told, empty where it went well."""
    cases, gate = [till.begun() for _ in range(CROWD)], Barrier(CROWD)

    def one(case: Case) -> str:
        gate.wait(timeout=60)
        try:
            act(case)
            return ""
        except door.Refused as refused:
            return refused.reasons[0].text
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(CROWD) as crew:
        told = list(crew.map(one, cases))
    assert list(money.findings()) == []
    return told


def test_a_fund_is_never_spent_twice(at):
    told = together(lambda case: book(case, money.pay(at["fund"], at["spent"], yuan("30.00"), "支付")))
    assert told.count("") == 3
    assert {one for one in told if one} == {"“示例专项资金”余额 10.00 元，不足 30.00 元"}
    assert (held()["fund"], held()["spent"]) == (yuan("10"), yuan("90"))


def test_a_number_that_comes_from_several_at_once_is_booked_once(at):
    def pay(case: Case) -> None:
        book(case, money.pay(at["bank"], at["spent"], yuan("1.00"), "支付", reference="国库9号"))

    told = together(pay)
    assert told.count("") == 1
    assert all("国库9号" in one and "入账" in one for one in told if one)
    assert MoneyEntry.objects.filter(reference="国库9号").count() == 1


def test_an_entry_is_reversed_once(at):
    wrong = MoneyEntry.objects.get()
    told = together(lambda case: book(case, lambda: money.reverse(MoneyEntry.objects.get(pk=wrong.pk), "误拨")))
    assert told.count("") == 1
    assert held()["fund"] == held()["bank"] == 0


def test_whoever_comes_from_both_sides_waits_and_does_not_block(at):
    book(till.begun(), money.pay(at["fund"], at["spent"], yuan("50.00"), "支付"))

    def back_and_forth(case: Case) -> None:
        there = money.pay(at["fund"], at["spent"], yuan("1.00"), "支付")
        back = money.refund(at["spent"], at["fund"], yuan("1.00"), "收回")
        book(case, *([there, back] if case.pk % 2 else [back, there]))

    assert together(back_and_forth) == [""] * CROWD
    assert (held()["fund"], held()["spent"]) == (yuan("50"), yuan("50"))


def test_an_account_that_several_open_is_one(at):
    def open_and_pay(case: Case) -> None:
        def wanted() -> money.Posting:
            to = money.open_account("sample.new", "新科目", money.AccountKind.SPENT, service="sample")
            return money.pay(at["bank"], to, yuan("1.00"), "支付")

        book(case, wanted)

    assert together(open_and_pay) == [""] * CROWD
    assert money.balance("sample.new") == yuan(CROWD)
