"""The pages of the money: whoever may see an account sees its lines, and every figure opens to them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import money
from xianzhi.kernel.models import Case, MoneyAccount
from xianzhi.kernel.money import queries
from xianzhi.kernel.tests import sample, till
from xianzhi.kernel.tests.till import book, yuan


@pytest.fixture
def people(db: None) -> Iterator[sample.People]:
    with till.tilled():
        yield sample.settle()


@pytest.fixture
def case(people: sample.People) -> Case:
    """A permit of the applicant's, whose till holds a deposit of 8,000 yuan in a world of outside accounts."""
    permit = sample.draft(people)
    deposit = money.open_account(
        "sample.of case", "示例保证金", money.AccountKind.DEPOSIT, service="sample", case=permit
    )
    payer = till.accounts()["payer"]
    book(till.begun(), money.hold_deposit(payer, deposit, yuan("8000.00"), "收保证金", reference="收1号"))
    book(till.begun(), money.release_deposit(deposit, payer, yuan("3000.00"), "退部分保证金"))
    return permit


def deposit() -> MoneyAccount:
    return MoneyAccount.objects.get(name="sample.of case")


def opened(account: Any, name: str, query: str = "", **arguments: Any) -> Any:
    client = Client()
    client.force_login(account)
    return client.get(reverse(name, kwargs=arguments) + query)


def test_the_overview_is_for_finance_and_the_auditor(people, case):
    for name, status in (("cashier", 200), ("audit", 200), ("clerk", 403), ("applicant", 403), ("system", 403)):
        assert opened(people.accounts[name], "money").status_code == status


def test_the_auditor_sees_that_the_whole_is_nothing(people, case):
    page = opened(people.audit, "money")
    assert page.context["sums"] == {"into": yuan("11000"), "out": yuan("11000"), "left": 0}
    (row,) = [one for one, _ in page.context["totals"] if one.kind == "deposit" and one.flow.into]
    assert row.flow == queries.Flow(yuan("8000"), yuan("3000"), yuan("5000"))


def test_a_kind_opens_to_its_accounts_and_an_account_to_its_lines(people, case):
    page = opened(people.audit, "money", "?service=sample&kind=deposit").content.decode()
    assert reverse("money-account", args=[deposit().pk]) in page and case.number in page
    page = opened(people.audit, "money-account", pk=deposit().pk)
    rows = page.context["statement"].rows
    assert [(row.into, row.out, row.left) for row in rows] == [
        (None, yuan("3000"), yuan("5000")), (yuan("8000"), None, yuan("8000")),
    ]  # fmt: skip
    assert rows[0].others[0].account.name == "sample.payer"
    assert "8,000.00" in page.content.decode()


def test_one_way_of_an_account_is_listed_alone(people, case):
    page = opened(people.audit, "money-account", "?way=in", pk=deposit().pk)
    (row,) = page.context["statement"].rows
    assert (row.amount, row.left) == (yuan("8000"), None)


def test_the_owner_of_a_case_sees_its_account_and_nobody_elses(people, case):
    page = opened(people.applicant, "money-account", pk=deposit().pk)
    assert page.status_code == 200
    assert "其他科目" in page.content.decode(), "the payer's own account is outside his scope"
    outside = MoneyAccount.objects.get(name="sample.payer")
    assert opened(people.applicant, "money-account", pk=outside.pk).status_code == 404
    for stranger in ("neighbour", "nobody", "system", "security"):
        assert opened(people.accounts[stranger], "money-account", pk=deposit().pk).status_code == 404


def test_finance_sees_the_accounts_of_nobody(people, case):
    outside = MoneyAccount.objects.get(name="sample.payer")
    assert opened(people.cashier, "money-account", pk=outside.pk).status_code == 200


def test_the_page_of_a_case_shows_its_accounts(people, case):
    page = opened(people.applicant, "case", pk=case.pk).content.decode()
    assert "资金账目" in page and "5,000.00" in page
    other = sample.draft(people)
    assert "资金账目" not in opened(people.applicant, "case", pk=other.pk).content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?year=1999", "1999年没有资金往来"), ("?year=x", "没有资金往来"), ("?kind=gold", "没有科目类别“gold”"),
        ("?service=none", "没有服务“none”的资金科目"),
    ],
)  # fmt: skip
def test_a_filter_that_nothing_fits_is_said_and_left_out(people, case, query, said):
    page = opened(people.audit, "money", query)
    assert said in page.content.decode()
    assert page.context["sums"]["into"] == Decimal("11000.00")


def test_a_long_statement_is_turned_page_by_page(people, case):
    at = till.accounts()
    one = till.begun()
    book(one, *(money.transfer(at["bank"], at["returned"], yuan("0.01"), f"第{n}笔") for n in range(60)))
    first = opened(people.audit, "money-account", pk=at["returned"].pk).context["statement"]
    assert (len(first.rows), first.more, first.rows[0].left) == (50, True, yuan("0.60"))
    second = opened(people.audit, "money-account", "?page=2", pk=at["returned"].pk).context["statement"]
    assert (len(second.rows), second.more, second.rows[0].left, second.rows[-1].left) == (
        10, False, yuan("0.10"), yuan("0.01"),
    )  # fmt: skip


def test_a_statement_costs_the_same_however_long_it_is(people, case, django_assert_max_num_queries):
    at = till.accounts()
    one = till.begun()
    book(one, *(money.transfer(at["bank"], at["returned"], yuan("0.01"), f"第{n}笔") for n in range(40)))
    with django_assert_max_num_queries(8):
        queries.statement(at["returned"], people.audit)
