"""Entries balance, are sealed, belong to their event, and leave no account below nothing that may not be."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from xianzhi.kernel import door, money
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.models import Case, Event, MoneyAccount, MoneyEntry, MoneyLine
from xianzhi.kernel.money import AccountKind, EntryKind, MoneyRefused
from xianzhi.kernel.tests import till
from xianzhi.kernel.tests.evidence import written
from xianzhi.kernel.tests.till import book, held, yuan
from xianzhi.law.procedure import PUBLIC


@pytest.fixture
def case(db: None) -> Iterator[Case]:
    with till.tilled():
        yield till.begun()


@pytest.fixture
def at(case: Case) -> dict[str, MoneyAccount]:
    return till.accounts(case)


def refused(case: Case, *wanted) -> str:
    """What is said against it; nothing is written."""
    before = written()
    with pytest.raises(door.Refused) as told:
        book(case, *wanted)
    assert written() == before
    assert told.value.reasons[0].cites == "sample-2-1"
    return told.value.reasons[0].text


def funded(case: Case, at: dict[str, MoneyAccount], amount: str = "386000.00", number: str = "") -> MoneyEntry:
    book(case, money.posting(EntryKind.BUDGET, [(at["authority"], -yuan(amount)), (at["line"], yuan(amount))], "同意"))
    event = book(
        case,
        money.draw(at["line"], at["used"], yuan(amount), "拨付"),
        money.appropriate({at["bank"]: yuan(amount)}, at["fund"], "拨付", reference=number),
    )
    return event.entries.get(kind="appropriation")


# ---- what an entry is


def test_an_entry_holds_lines_that_sum_to_nothing_and_is_stated_by_its_event(case, at):
    entry = funded(case, at, number="国库1号")
    assert held() == dict.fromkeys(till.NAMES, Decimal()) | {
        "bank": yuan("-386000"), "authority": yuan("-386000"), "used": yuan("386000"), "fund": yuan("386000"),
    }  # fmt: skip
    assert [str(line.amount) for line in entry.lines.all()] == ["-386000.00", "386000.00"]
    assert entry.event.postings[1] == {
        "kind": "appropriation", "on": entry.event.on.isoformat(), "text": "拨付", "reference": "国库1号",
        "reverses": None, "lines": [["sample.bank", "-386000.00"], ["sample.fund", "386000.00"]],
    }  # fmt: skip
    assert verify() == []


def test_several_sources_of_one_name_are_one_line(case, at):
    wanted = money.posting(
        EntryKind.TRANSFER, [(at["bank"], yuan("-1.10")), (at["bank"], yuan("-2.20")), (at["fund"], yuan("3.30"))], "划"
    )
    assert [amount for _, amount in wanted.lines] == [yuan("-3.30"), yuan("3.30")]


@pytest.mark.parametrize("amount", [1.5, 1, "1.50", True, None])
def test_an_amount_is_a_decimal_and_nothing_else(at, amount):
    with pytest.raises(TypeError, match="只收 Decimal"):
        money.pay(at["bank"], at["payer"], amount, "支付")


@pytest.mark.parametrize("amount", ["0.001", "1.999", "NaN", "Infinity", "1E+13", "0", "-0.01", "0.00"])
def test_an_amount_is_above_nothing_and_exact_to_the_fen(at, amount):
    with pytest.raises(MoneyRefused):
        money.pay(at["bank"], at["payer"], Decimal(amount), "支付")


def test_lines_that_do_not_sum_to_nothing_are_no_posting(at):
    with pytest.raises(ValueError, match=r"各行之和为 0\.01 元"):
        money.posting(EntryKind.TRANSFER, [(at["bank"], yuan("-1.00")), (at["fund"], yuan("1.01"))], "划")
    with pytest.raises(MoneyRefused, match="没有金额"):
        money.posting(EntryKind.TRANSFER, [(at["bank"], yuan(1)), (at["bank"], yuan(-1))], "划")


def test_an_account_has_one_owner_and_keeps_it(case, at):
    same = money.open_account("sample.bank", "别名", AccountKind.OUTSIDE, service="sample", case=case)
    assert same == at["bank"]
    with pytest.raises(ValueError, match="另一归属"):
        money.open_account("sample.bank", "示例", AccountKind.OUTSIDE, service="sample")
    with pytest.raises(ValueError, match="另一种类别"):
        money.open_account("sample.bank", "示例", AccountKind.FUND, service="sample", case=case)
    with pytest.raises(DatabaseError), transaction.atomic():
        MoneyAccount.objects.create(name="x", title="x", service="sample", kind="fund", opened_on=date(2025, 1, 1),
                                    case=case, unit_id=1)  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        MoneyAccount.objects.create(name="x", title="x", service="sample", kind="fund", opened_on=date(2025, 1, 1),
                                    currency="USD")  # fmt: skip


def test_a_balance_is_read_for_a_day(case, at):
    funded(case, at)
    spent = money.pay(at["fund"], at["spent"], yuan("100.00"), "支付", on=date(2999, 1, 1))
    book(case, spent)
    today = case.moved_on
    assert (money.balance(at["fund"]), money.balance("sample.fund", today)) == (yuan("385900"), yuan("386000"))
    assert money.balances([at["fund"], at["due"]]) == {at["fund"].pk: yuan("385900"), at["due"].pk: 0}
    assert money.balance("sample.nowhere") == 0


# ---- what may not be


def test_no_more_is_paid_than_there_is(case, at):
    funded(case, at)
    book(case, money.pay(at["fund"], at["spent"], yuan("300000.00"), "支付"))
    said = refused(case, money.pay(at["fund"], at["spent"], yuan("90000.00"), "支付"))
    assert said == "“示例专项资金”余额 86,000.00 元，不足 90,000.00 元"
    book(case, money.pay(at["fund"], at["spent"], yuan("86000.00"), "支付"))
    assert held()["fund"] == 0


def test_no_more_is_appropriated_than_the_line_of_the_plan_holds(case, at):
    funded(case, at)
    more = money.draw(at["line"], at["used"], yuan("0.01"), "拨付")
    assert refused(case, more) == "“示例计划指标”余额 0.00 元，不足 0.01 元"
    lowered = [(at["line"], yuan("-50000.00")), (at["authority"], yuan("50000.00"))]
    book(case, money.posting(EntryKind.BUDGET, lowered, "调减"))  # a plan may be lowered below what it gave
    assert held()["line"] == yuan("-50000")


def test_no_more_is_refunded_than_was_paid(case, at):
    book(case, money.charge(at["due"], at["levied"], yuan("800.00"), "应收"))
    assert "应收 800.00 元，不能收取 900.00 元" in refused(
        case, money.pay(at["due"], at["received"], yuan("900.00"), "收款")
    )
    book(case, money.pay(at["due"], at["received"], yuan("500.00"), "收款"))
    back = money.refund(at["received"], at["payer"], yuan("300.00"), "退")
    book(case, back)
    assert "已收 200.00 元，不能退还 300.00 元" in refused(case, back)
    book(case, money.refund(at["received"], at["payer"], yuan("200.00"), "退"))
    assert refused(case, back) == "“示例已收款项”已全部退还"


def test_a_deposit_is_released_once(case, at):
    book(case, money.hold_deposit(at["payer"], at["deposit"], yuan("8000.00"), "收保证金"))
    release = money.release_deposit(at["deposit"], at["payer"], yuan("8000.00"), "退保证金")
    book(case, release)
    assert refused(case, release) == "“示例保证金”已全部退还"
    assert held()["payer"] == 0
    with pytest.raises(ValueError, match="不是保证金科目"):
        money.release_deposit(at["fund"], at["payer"], yuan("1.00"), "退")


def test_two_postings_of_one_step_are_looked_at_together(case, at):
    funded(case, at, "100.00")
    half = money.pay(at["fund"], at["spent"], yuan("60.00"), "支付")
    assert "余额 40.00 元，不足 60.00 元" in refused(case, half, half)
    event = book(case, half, money.pay(at["spent"], at["fund"], yuan("60.00"), "收回"), half)
    assert [one.place for one in event.entries.order_by("place")] == [1, 2, 3]
    assert held()["fund"] == yuan("40")


def test_a_number_is_booked_once_of_its_kind(case, at):
    funded(case, at, number="国库1号")
    payment = money.pay(at["fund"], at["spent"], yuan("10.00"), "支付", reference="国库2号")
    book(case, payment)
    assert refused(case, payment) == f"流水号国库2号已在{case.number}入账"
    assert money.booked("国库2号").kind == EntryKind.PAYMENT
    assert money.booked("国库3号") is None


# ---- mistakes


def test_a_mistake_is_reversed_and_its_number_is_free_again(case, at):
    funded(case, at, number="国库1号")
    wrong = book(case, money.pay(at["fund"], at["spent"], yuan("10.00"), "支付", reference="国库2号")).entries.get()
    reversal = book(case, lambda: money.reverse(wrong, "金额录错")).entries.get()
    assert (reversal.kind, reversal.reverses, held()["fund"]) == ("reversal", wrong, yuan("386000"))
    assert money.booked("国库2号") is None
    book(case, money.pay(at["fund"], at["spent"], yuan("100.00"), "支付", reference="国库2号"))
    assert MoneyEntry.objects.filter(reference="国库2号").count() == 2
    assert "已经冲销" in refused(case, lambda: money.reverse(MoneyEntry.objects.get(pk=wrong.pk), "再冲"))
    assert "不能再冲销" in refused(case, lambda: money.reverse(reversal, "冲回"))
    assert verify() == []


def test_what_was_spent_since_cannot_be_reversed_away(case, at):
    entry = funded(case, at, "100.00")
    book(case, money.pay(at["fund"], at["spent"], yuan("60.00"), "支付"))
    assert "余额 40.00 元，不足 100.00 元" in refused(case, lambda: money.reverse(entry, "误拨"))


# ---- what the database refuses


def by_hand(case: Case, pk: int, **more) -> MoneyEntry:
    event = Event.objects.filter(case=case).latest("pk")
    return MoneyEntry(id=pk, event=event, place=9, on=event.on, kind="transfer", text="手工", **more)


def test_the_database_takes_no_entry_that_does_not_balance(case, at):
    for amounts in ([], ["1.00"], ["1.00", "-0.99"], ["0.10", "0.20", "-0.31"]):
        with pytest.raises(DatabaseError, match="do not sum to nothing"), transaction.atomic():
            lines = zip((at["bank"], at["fund"], at["spent"]), amounts, strict=False)
            MoneyLine.objects.bulk_create(MoneyLine(entry_id=77, account=to, amount=yuan(one)) for to, one in lines)
            by_hand(case, 77).save(force_insert=True)
    with transaction.atomic():
        for to, one in zip((at["bank"], at["fund"], at["spent"]), ("0.10", "0.20", "-0.30"), strict=True):
            MoneyLine.objects.create(entry_id=77, account=to, amount=yuan(one))
        by_hand(case, 77).save(force_insert=True)


def test_the_database_takes_no_line_for_an_entry_that_stands(case, at):
    entry = funded(case, at)
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        MoneyLine.objects.create(entry=entry, account=at["spent"], amount=yuan("1.00"))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("kernel_moneyline", "amount = amount + 1"),
        ("kernel_moneyentry", "text = ''"),
        ("kernel_moneyaccount", "title = ''"),
    ],
)
def test_the_database_refuses_every_change(case, at, table, change):
    funded(case, at)
    for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):  # noqa: S608 - fixed texts
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_lines_without_their_entry_do_not_outlive_their_transaction(scratch):
    with till.tilled():
        at = till.accounts()
    with pytest.raises(DatabaseError), transaction.atomic():
        MoneyLine.objects.create(entry_id=77, account=at["bank"], amount=yuan("1.00"))
    assert not MoneyLine.objects.exists()


# ---- what the door keeps together


def test_a_step_that_fails_after_the_money_leaves_none(case, at, monkeypatch):
    funded(case, at)
    before = written()

    def broken(event, postings):
        posted(event, postings)
        raise RuntimeError("gone")

    posted = door.entries.post
    monkeypatch.setattr(door.entries, "post", broken)
    with pytest.raises(RuntimeError, match="gone"), transaction.atomic():
        book(case, money.pay(at["fund"], at["spent"], yuan("10.00"), "支付"))
    assert written() == before


def test_a_step_sent_twice_moves_its_money_once(case, at):
    funded(case, at)
    payment = money.pay(at["fund"], at["spent"], yuan("10.00"), "支付")
    first = book(case, payment, key="k1")
    assert book(case, payment, key="k1") == first
    assert held()["spent"] == yuan("10")


def test_money_without_an_event_that_states_it_is_not_posted(case, at):
    event = door.take_step(till.begun(), "close", by=PUBLIC)
    with pytest.raises(ValueError, match="没有记载"):
        money.post(event, [money.pay(at["bank"], at["spent"], yuan("10.00"), "支付")])
