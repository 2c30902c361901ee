"""Whoever changes a row of the books in the database itself is found, and the row is named."""

import json
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from xianzhi.kernel import clock, doctor, money
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.models import Case, MoneyAccount, MoneyEntry, MoneyLine
from xianzhi.kernel.money.check import money_faults
from xianzhi.kernel.tests import till
from xianzhi.kernel.tests.till import book, yuan

TABLES = ("kernel_moneyaccount", "kernel_moneyentry", "kernel_moneyline", "kernel_event")


@pytest.fixture
def case(db: None) -> Iterator[Case]:
    """Two entries: 100 yuan into the fund, 40 of them spent."""
    with till.tilled():
        case = till.begun()
        at = till.accounts(case)
        book(case, money.transfer(at["bank"], at["fund"], yuan("100.00"), "拨入"))
        book(case, money.pay(at["fund"], at["spent"], yuan("40.00"), "支付", reference="国库1号"))
        yield case


@pytest.fixture
def unlocked(case: Case) -> None:
    """The database without its triggers, as somebody with the password could make it, until the test ends."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            return
        for table in TABLES:
            for action in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER {table}_no_{action}")
        cursor.execute("DROP TRIGGER kernel_moneyline_sealed")
        cursor.execute("DROP TRIGGER kernel_moneyentry_balanced")


def said() -> list[str]:
    return [str(one) for one in money.findings()]


def test_sound_books_say_nothing(case, capsys):
    assert said() == money_faults(clock.today()) == [] == verify()
    call_command("money", "check")
    assert "2 笔分录，12 个科目，合计为 0" in capsys.readouterr().out
    call_command("money", "check", "--json")
    assert json.loads(capsys.readouterr().out) == {"entries": 2, "accounts": 12, "findings": []}


def payment() -> MoneyEntry:
    return MoneyEntry.objects.get(kind="payment")


def one_line() -> None:
    MoneyLine.objects.filter(entry=payment(), amount__lt=0).update(amount=yuan("-39.99"))


def both_lines() -> None:
    for line in payment().lines.all():
        MoneyLine.objects.filter(pk=line.pk).update(amount=line.amount / 2)


def another_account() -> None:
    to = MoneyAccount.objects.get(name="sample.payer")
    MoneyLine.objects.filter(entry=payment(), amount__gt=0).update(account=to)


def another_day() -> None:
    MoneyEntry.objects.filter(pk=payment().pk).update(on="2024-01-01")


def another_number() -> None:
    MoneyEntry.objects.filter(pk=payment().pk).update(reference="国库2号")


def no_entry() -> None:
    wrong = payment()
    MoneyLine.objects.filter(entry=wrong).delete()
    MoneyEntry.objects.filter(pk=wrong.pk).delete()


def one_more() -> None:
    """A pair of lines under an entry of its own, balanced, that no event knows."""
    wrong = payment()
    made = MoneyEntry.objects.create(event=wrong.event, place=2, on=wrong.on, kind="transfer", text="私划")
    at = {one.name: one for one in MoneyAccount.objects.all()}
    MoneyLine.objects.create(entry=made, account=at["sample.fund"], amount=yuan("-60.00"))
    MoneyLine.objects.create(entry=made, account=at["sample.payer"], amount=yuan("60.00"))


def another_owner_of_the_amount() -> None:
    """The account is renamed, so that its money seems to be another's."""
    MoneyAccount.objects.filter(name="sample.spent").update(name="sample.other")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (one_line, "各行之和为 0.01 元，应为 0"), (both_lines, "科目或金额与办理记录载明的不符"),
        (another_account, "科目或金额与办理记录载明的不符"), (another_day, "日期与办理记录载明的不符"),
        (another_number, "流水号与办理记录载明的不符"), (no_entry, "办理记录载明的分录不在账上"),
        (another_owner_of_the_amount, "科目或金额与办理记录载明的不符"),
    ],
)  # fmt: skip
def test_a_changed_row_is_named(case, unlocked, change: Callable[[], None], told: str):
    change()
    where = f"办件 {case.number} 第 3 条第 1 笔分录"
    assert any(one.startswith(where) and told in one for one in said())
    assert any(finding.where == where for finding in verify())
    look = next(one for one in doctor._nightly() if one.what == "资金平衡")
    assert not look.well and case.number in look.found


def test_an_entry_that_no_event_states_is_named(case, unlocked):
    one_more()
    assert [one for one in said() if "第 2 笔分录：办理记录没有载明这笔分录" in one]


def test_a_balance_below_nothing_and_a_whole_that_is_not_nothing_are_named(case, unlocked):
    MoneyLine.objects.filter(entry=payment(), amount__lt=0).update(amount=yuan("-140.00"))
    found = said()
    assert "科目 sample.fund：余额为 -40.00 元，不应低于 0。与备份对照，恢复被改动的记录" in found
    assert any(one.startswith("资金总账：全部科目之和为 -100.00 元，应为 0") for one in found)


def test_whoever_changes_the_event_as_well_breaks_its_chain(case, unlocked):
    both_lines()
    event = payment().event
    event.postings[0]["lines"] = [["sample.fund", "-20.00"], ["sample.spent", "20.00"]]
    event.save(update_fields=["postings"])
    assert said() == []
    assert [(one.where, one.what) for one in verify()] == [
        (f"办件 {case.number} 第 3 条", "内容与自身的 hash 不符，写入后被改动"),
    ]


def test_the_command_ends_with_a_finding(case, unlocked, capsys):
    one_line()
    with pytest.raises(SystemExit) as ended:
        call_command("money", "check")
    assert ended.value.code == 1
    assert "处不符" in capsys.readouterr().out
