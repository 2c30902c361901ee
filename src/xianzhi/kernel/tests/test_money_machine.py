"""No sequence of movements, refusals, reversals and steps that break off creates or loses a fen.

A twin of the books is kept in plain numbers; after everything that happens, both say the same, and all accounts
together hold nothing.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from xianzhi.kernel import door, money
from xianzhi.kernel.models import Case, MoneyEntry
from xianzhi.kernel.models.money import FLOORED
from xianzhi.kernel.money import EntryKind, MoneyRefused, Posting, entries
from xianzhi.kernel.money.postings import MOST
from xianzhi.kernel.tests import till
from xianzhi.kernel.tests.evidence import written

AMOUNTS = st.one_of(
    st.decimals(Decimal("0.01"), Decimal("300.00"), places=2),
    st.sampled_from([Decimal("0.01"), Decimal("0.10"), Decimal("0.20"), Decimal("9999999999999.99"), Decimal("33.33")]),
)
BAD = st.sampled_from([Decimal("0"), Decimal("-1.00"), Decimal("0.001"), Decimal("1E+13"), Decimal("NaN")])
FLOWS = {
    "charge": ("levied", "due"), "pay": ("due", "received"), "spend": ("fund", "spent"),
    "recover": ("spent", "fund"), "refund": ("received", "payer"), "hold": ("payer", "deposit"),
    "release": ("deposit", "payer"), "give_back": ("fund", "returned"), "carry": ("authority", "line"),
}  # fmt: skip
VERBS: dict[str, Callable[..., Posting]] = {
    "charge": money.charge, "pay": money.pay, "spend": money.pay, "recover": money.refund, "refund": money.refund,
    "hold": money.hold_deposit, "release": money.release_deposit, "give_back": money.transfer, "carry": money.carry,
}  # fmt: skip
NUMBERS = st.sampled_from(["", "", "", "国库1号", "国库2号", "国库3号"])


class Broken(Exception):
    """The process died."""


class Books(RuleBasedStateMachine):
    """The books and their twin. `reached` counts what happened, so that the test knows that it proves something."""

    reached: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.twin = dict.fromkeys(till.NAMES, Decimal())
        self.standing: set[tuple[str, str]] = set()
        self.keys = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.case: Case = till.begun()
        self.at = till.accounts(self.case)
        self._book(self._consent(Decimal("1000.00")))

    # ---- what may happen

    @rule(verb=st.sampled_from(sorted(FLOWS)), amount=AMOUNTS, number=NUMBERS)
    def move(self, verb: str, amount: Decimal, number: str) -> None:
        self._book(self._flow(verb, amount, number))

    @rule(verbs=st.lists(st.tuples(st.sampled_from(sorted(FLOWS)), AMOUNTS), min_size=2, max_size=4))
    def move_several_at_once(self, verbs: list[tuple[str, Decimal]]) -> None:
        self._book(*(self._flow(verb, amount, "") for verb, amount in verbs))

    @rule(shares=st.lists(AMOUNTS, min_size=1, max_size=2), number=NUMBERS)
    def appropriate(self, shares: list[Decimal], number: str) -> None:
        sources = dict(zip((self.at["bank"], self.at["payer"]), shares, strict=False))
        if sum(shares) >= MOST:
            return
        self._book(
            money.draw(self.at["line"], self.at["used"], sum(sources.values()), "拨付"),
            money.appropriate(sources, self.at["fund"], "拨付", reference=number),
        )

    @rule(amount=AMOUNTS, up=st.booleans())
    def adjust_the_plan(self, amount: Decimal, up: bool) -> None:
        self._book(self._consent(amount if up else -amount))

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        """Any entry, also one that is reversed already, or a reversal."""
        entry = data.draw(st.sampled_from(list(MoneyEntry.objects.order_by("pk"))))
        try:
            wanted = money.reverse(entry, "冲销")
        except MoneyRefused:
            assert entry.reverses_id is not None or MoneyEntry.objects.filter(reverses=entry).exists()
            self._count("no reversal")
            return
        if self._book(wanted):
            self.standing.discard((entry.kind, entry.reference))
            self._count("reversed")

    @rule(verb=st.sampled_from(sorted(FLOWS)), amount=BAD)
    def try_an_amount_that_is_none(self, verb: str, amount: Decimal) -> None:
        before = written()
        try:
            self._flow(verb, amount, "")
        except MoneyRefused:
            assert written() == before
        else:
            raise AssertionError(f"{amount} was taken")

    @rule(verb=st.sampled_from(sorted(FLOWS)), amount=AMOUNTS, when=st.sampled_from(["lines", "entry", "end"]))
    def break_off(self, verb: str, amount: Decimal, when: str) -> None:
        """The process dies after the lines, after the entry, or after everything but the commit."""
        before, wanted = written(), self._flow(verb, amount, "")
        try:
            with transaction.atomic(), _dying(when):
                till.book(self.case, wanted)
                raise Broken
        except (Broken, door.Refused):
            self.case.refresh_from_db()
            assert written() == before
            self._count(f"broken after {when}")

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """A step that comes again under its key moves nothing."""
        before = written()
        key = f"k{data.draw(st.integers(1, self.keys))}"
        till.book(self.case, key=key)
        assert written() == before
        self._count("sent again")

    # ---- what must hold

    @invariant()
    def nothing_is_created_or_lost(self) -> None:
        if hasattr(self, "at"):
            held = till.held()
            assert held == self.twin
            assert sum(held.values()) == 0
            assert all(held[name] >= 0 for name, kind in till.NAMES.items() if kind in FLOORED)

    @invariant()
    def the_books_agree_with_the_events(self) -> None:
        if hasattr(self, "at"):
            assert list(money.findings()) == []

    # ---- how

    def _flow(self, verb: str, amount: Decimal, number: str) -> Posting:
        source, to = FLOWS[verb]
        return VERBS[verb](self.at[source], self.at[to], amount, verb, reference=number)

    def _consent(self, amount: Decimal) -> Posting:
        return money.posting(EntryKind.BUDGET, [(self.at["authority"], -amount), (self.at["line"], amount)], "同意")

    def _book(self, *wanted: Posting) -> bool:
        """Takes the step, and the twin with it, where the twin says that it may be; else it must be refused."""
        before, ought = written(), self._ought(wanted)
        self.keys += ought is not None
        try:
            till.book(self.case, *wanted, key=f"k{self.keys}" if ought is not None else "")
        except door.Refused:
            self.case.refresh_from_db()
            assert ought is None, "refused what may be"
            assert written() == before
            self._count("refused")
            return False
        assert ought is not None, "took what may not be"
        self.twin = ought
        self.standing |= {(str(one.kind), one.reference) for one in wanted if one.reference}
        self._count("taken")
        return True

    def _ought(self, wanted: tuple[Posting, ...]) -> dict[str, Decimal] | None:
        """What each account would hold; None where it may not be."""
        sums = dict(self.twin)
        for one in wanted:
            if one.reference and (str(one.kind), one.reference) in self.standing:
                return None
            for account, amount in one.lines:
                name = account.name.removeprefix("sample.")
                sums[name] += amount
                covered = account.kind in FLOORED or account.pk in one.covered
                if amount < 0 and covered and sums[name] < 0:
                    return None
        return sums

    def _count(self, what: str) -> None:
        self.reached[what] = self.reached.get(what, 0) + 1


class _dying:
    """Within it, writing an entry breaks off at a place."""

    def __init__(self, when: str) -> None:
        self.when, self.written = when, entries._written

    def __enter__(self) -> None:
        if self.when == "lines":
            entries.MoneyEntry.save, self.save = _die, entries.MoneyEntry.save
        elif self.when == "entry":
            entries._written = lambda *given: (self.written(*given), _die())

    def __exit__(self, *_: Any) -> None:
        entries._written = self.written
        if self.when == "lines":
            entries.MoneyEntry.save = self.save


def _die(*_: Any, **__: Any) -> None:
    raise Broken


def test_no_sequence_of_movements_creates_or_loses_a_fen(db: None) -> None:
    class Counted(Books):
        reached = {}

    enough = settings(max_examples=15, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    with till.tilled():
        run_state_machine_as_test(Counted, settings=enough)
    wanted = {"taken", "refused", "reversed", "no reversal", "sent again", "broken after lines", "broken after entry",
              "broken after end"}  # fmt: skip
    assert wanted <= set(Counted.reached), "it proved too little"
