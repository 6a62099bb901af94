"""However an account's activities are told, every sum is the broker's; nothing counts twice."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.ledger import Books, post, total_cash, total_positions
from alchemiser.domain.journal.accounting import Accounting
from alchemiser.domain.journal.news import news
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import ACCRUALS, HOUSE, BookId, Symbol
from alchemiser.domain.values.numbers import CENT, ZERO
from alchemiser.testing.builders import a_book

SPY, NEW = Symbol("SPY"), Symbol("NEW")
BEGIN = date(2024, 8, 5)
CASH_KINDS = (
    ActivityKind.DIVIDEND,
    ActivityKind.RETURN_OF_CAPITAL,
    ActivityKind.FEE,
    ActivityKind.TRANSFER,
    ActivityKind.INTEREST,
)


@st.composite
def told_in_a_month(draw: st.DrawFn) -> list[tuple[date, list[Activity], list[CorporateAction]]]:
    """Return what each look at the account finds: new things, old ones again, some taken back."""
    known: list[Activity] = []
    looks = []
    for number in range(draw(st.integers(1, 6))):
        day = BEGIN + timedelta(days=5 * number)
        for _ in range(draw(st.integers(0, 3))):
            known.append(draw(activity(f"a-{len(known)}", day)))
        taken_back = draw(st.sets(st.integers(0, max(len(known) - 1, 0)), max_size=2))
        known = [
            one.taken_back() if place in taken_back and _may_be_undone(one) else one
            for place, one in enumerate(known)
        ]
        told = draw(st.permutations([*known, *known[:2]]))
        dividend = draw(st.sampled_from(["0", "0", "0.25", "1"]))
        action = CorporateAction(symbol=SPY, ex_day=day, dividend=Decimal(dividend))
        looks.append((day, list(told), [action]))
    return looks


def _may_be_undone(one: Activity) -> bool:
    return one.undoes() is None and one.received is None


@st.composite
def activity(draw: st.DrawFn, name: str, day: date) -> Activity:
    """Return money of one kind, a purchase by hand, or a spin-off."""
    what = draw(st.sampled_from([*CASH_KINDS, ActivityKind.TRADE, ActivityKind.REORGANISATION]))
    on = day - timedelta(days=draw(st.sampled_from([0, 0, 1, 5])))
    plain = Activity(activity_id=name, kind=what, day=on, symbol=SPY)
    match what:
        case ActivityKind.TRADE:
            quantity = Decimal(draw(st.integers(-5, 9)))
            return replace(plain, quantity=quantity, cash=-quantity * 500)
        case ActivityKind.REORGANISATION:
            return replace(plain, received=NEW, received_quantity=Decimal(draw(st.integers(1, 9))))
        case _:
            return replace(plain, cash=draw(st.integers(-5000, 5000)) * CENT)


@given(looks=told_in_a_month())
def test_sums_are_the_brokers_after_every_look(
    looks: list[tuple[date, list[Activity], list[CorporateAction]]],
) -> None:
    """OS-13, FAULTS invariants 9, 10 and 12: what is undone is undone once, and only what was."""
    accounting = Accounting(opened=True)
    books: Books = {
        HOUSE: a_book("100", {}),
        BookId("klm"): a_book("0", {"SPY": "10"}),
        BookId("tecl"): a_book("0", {"SPY": "30"}),
    }
    counted: dict[str, Activity] = {}
    for day, told, actions in looks:
        counted |= {one.activity_id: one for one in told if one.undoes() in {None, *counted.keys()}}
        before = deepcopy((accounting, books))

        records, after = news(accounting, books, told, actions, day)

        assert (accounting, books) == before, "trying changes nothing"
        for record in records:
            post(books, accounting.apply(record))
        assert books == after
        cash = sum((one.cash for one in counted.values()), Decimal(100))
        assert total_cash(books) == cash
        owed = sum((one.cash() for one in accounting.accruals.values()), ZERO)
        assert (books[ACCRUALS].cash if ACCRUALS in books else ZERO) == -owed
        moved = sum((one.quantity for one in counted.values()), Decimal(40))
        assert total_positions(books).get(SPY, ZERO) == moved
        assert not any(record in records for record in news(accounting, books, told, [], day)[0])
