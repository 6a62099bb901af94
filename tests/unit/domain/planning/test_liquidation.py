"""A plan that closes whatever can be closed, for whoever owns it, and buys nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.ledger import Book
from alchemiser.domain.orders.account import Position
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.planning.liquidation import left_out, liquidation_plan
from alchemiser.domain.planning.planner import PlanInputs, PlanSettings
from alchemiser.domain.values.identifiers import BookId, Symbol, cl_ord_id
from alchemiser.domain.values.instrument import Instrument, ListingStatus
from alchemiser.domain.values.numbers import ZERO
from alchemiser.testing.builders import ACCOUNT, DAY, NOW, SESSION, a_book, some_claims
from alchemiser.testing.fakes import quote

AGG, SPY = Symbol("AGG"), Symbol("SPY")
DEADLINE = SESSION.close_at - timedelta(minutes=1)
INPUTS = PlanInputs(
    account=ACCOUNT,
    session=DAY,
    deadline=DEADLINE,
    quotes={
        AGG: quote("AGG", "79.90", "80.10", at=NOW),
        SPY: quote("SPY", "399.90", "400.10", at=NOW),
    },
    instruments={AGG: Instrument(symbol=AGG), SPY: Instrument(symbol=SPY)},
    held={},
)
NO_BOOKS: Mapping[BookId, Book] = {}


def position(name: Symbol, quantity: str) -> Position:
    return Position(symbol=name, quantity=Decimal(quantity))


HELD = (position(AGG, "5"), position(SPY, "10"))


def planned(
    *positions: Position,
    books: Mapping[BookId, Book] = NO_BOOKS,
    inputs: PlanInputs = INPUTS,
    last: int = 1,
) -> OrderPlan:
    attempts = {(row.symbol, side): last for row in positions for side in Side if last > 1}
    return liquidation_plan(positions, books, inputs, PlanSettings(), attempts)


def books(**shares: str) -> dict[BookId, Book]:
    """Return books by name with shares of SPY."""
    return {BookId(name): a_book("1", {"SPY": shares[name]}) for name in shares}


def test_every_position_is_sold_whole_at_a_bounded_price() -> None:
    """RC-11: half a per cent through the bid, never above it."""
    plan = planned(*HELD)

    assert (plan.session, plan.deadline, plan.crossings) == (DAY, DEADLINE, ())
    rows = [(one.symbol, one.side, one.quantity, one.limit_price) for one in plan.orders]
    assert rows == [
        (AGG, Side.SELL, Decimal(5), Decimal("79.51")),
        (SPY, Side.SELL, Decimal(10), Decimal("397.91")),
    ]
    assert [one.reference_price for one in plan.orders] == [80, 400]


def test_what_the_books_hold_is_theirs_and_the_rest_the_houses() -> None:
    """RC-11: a share that no strategy owns is sold as well."""
    (order,) = planned(position(SPY, "10"), books=books(klm="4", tecl="3")).orders

    assert order.claims == some_claims(house="3", klm="4", tecl="3")


def test_books_that_hold_more_than_there_is_share_what_is_sold() -> None:
    """RC-11: in proportion, as after a break."""
    (order,) = planned(position(SPY, "3"), books=books(klm="4", tecl="2")).orders

    assert (order.quantity, order.claims) == (Decimal(3), some_claims(klm="2", tecl="1"))


def test_house_that_holds_shares_itself_has_one_claim() -> None:
    """RC-11."""
    (order,) = planned(position(SPY, "5"), books=books(house="2", klm="1")).orders

    assert order.claims == some_claims(house="4", klm="1")


def test_each_round_of_a_session_has_slots_of_its_own() -> None:
    """FAULTS invariants 1 and 8: and none of them is the slot of the session's own plan."""
    ids = [order.cl_ord_id for last in range(1, 31) for order in planned(*HELD, last=last).orders]

    own = {
        cl_ord_id(account=ACCOUNT, session=DAY, name=name, buy=False, attempt=1)
        for name in (AGG, SPY)
    }
    assert len(set(ids)) == 60
    assert not own & set(ids)
    assert all(len(name) <= 48 for name in ids)


HALTED = replace(INPUTS.quotes[SPY], halted=True)
UNTRADABLE = [one for one in ListingStatus if not Instrument(symbol=SPY, status=one).tradable]


@pytest.mark.parametrize("status", UNTRADABLE)
def test_what_cannot_be_traded_is_left_out_and_told(status: ListingStatus) -> None:
    """RC-11, OS-20."""
    instruments = {**INPUTS.instruments, SPY: Instrument(symbol=SPY, status=status)}
    inputs = replace(INPUTS, instruments=instruments)

    assert [one.symbol for one in planned(*HELD, inputs=inputs).orders] == [AGG]
    ((name, why),) = left_out(HELD, inputs)
    assert (name, why) == (SPY, f"it is {status.replace('_', ' ')}")


@pytest.mark.parametrize(
    ("quotes", "why"),
    [
        ({AGG: INPUTS.quotes[AGG]}, "it has no quote that is fresh enough"),
        ({AGG: INPUTS.quotes[AGG], SPY: HALTED}, "it is halted"),
    ],
)
def test_what_has_no_price_is_left_out_and_told(quotes: dict[Symbol, object], why: str) -> None:
    """RC-11, OS-20: it is not sold at any price."""
    inputs = replace(INPUTS, quotes=quotes)  # type: ignore[arg-type]

    assert [one.symbol for one in planned(*HELD, inputs=inputs).orders] == [AGG]
    assert list(left_out(HELD, inputs)) == [(SPY, why)]


def whole(name: Symbol) -> PlanInputs:
    """Return inputs in which `name` is sold in whole shares only."""
    whole_shares = Instrument(symbol=name, quantity_increment=Decimal(1))
    return replace(INPUTS, instruments={**INPUTS.instruments, name: whole_shares})


def test_whole_shares_are_sold_and_the_rest_is_told_once_it_is_alone() -> None:
    """RC-11."""
    (order,) = planned(position(SPY, "2.5"), inputs=whole(SPY)).orders
    rest = (position(SPY, "0.5"),)

    assert order.quantity == 2
    assert planned(*rest, inputs=whole(SPY)).orders == ()
    assert list(left_out(rest, whole(SPY))) == [(SPY, "there is less of it than can be traded")]


def test_short_position_is_never_sold_further() -> None:
    """RC-11, FAULTS invariant 14: it is bought back at a bounded price, by those who owe it."""
    short, owing = position(SPY, "-5"), books(house="-4", klm="-3", tecl="2")

    sale, purchase = planned(short, HELD[0], books=owing).orders

    assert (sale.symbol, sale.side) == (AGG, Side.SELL)
    assert (purchase.side, purchase.quantity) == (Side.BUY, Decimal(5))
    assert purchase.limit_price == Decimal("402.10")
    assert purchase.claims == some_claims(house="2.857142857", klm="2.142857143")
    assert purchase.cl_ord_id not in {one.cl_ord_id for one in planned(HELD[1]).orders}


def test_short_position_of_nobody_is_the_houses() -> None:
    """RC-11."""
    (order,) = planned(position(SPY, "-5"), books=books(klm="4")).orders

    assert (order.side, order.claims) == (Side.BUY, some_claims(house="5"))


SHARES = st.integers(1, 10**12).map(lambda one: Decimal(one) / 10**9)


@given(held=SHARES, owned=st.dictionaries(st.sampled_from(["house", "klm", "tecl"]), SHARES))
def test_claims_sum_to_what_is_sold_and_nothing_is_sold_that_is_not_held(
    held: Decimal, owned: dict[str, Decimal]
) -> None:
    """RC-11, FAULTS invariants 12 and 14."""
    shares = {name: f"{part:f}" for name, part in owned.items()}

    (order,) = planned(Position(symbol=SPY, quantity=held), books=books(**shares)).orders

    assert order.quantity == held
    assert sum((part for _, part in order.claims), ZERO) == held
    assert all(part > 0 for _, part in order.claims)
