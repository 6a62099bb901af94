"""What became of one share, by what the broker gave for all of them."""

from datetime import date
from decimal import Decimal

import pytest

from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.parity.exchanges import exchange_of
from alchemiser.domain.values.identifiers import Symbol

DAY = date(2024, 3, 6)
NEW, OLD = Symbol("NEW"), Symbol("OLD")
MARKS = {OLD: Decimal(40), NEW: Decimal(10)}


def activity(
    kind: ActivityKind = ActivityKind.REORGANISATION,
    quantity: str = "0",
    received: str = "0",
    cash: str = "0",
) -> Activity:
    return Activity(
        activity_id="x",
        kind=kind,
        day=DAY,
        cash=Decimal(cash),
        symbol=OLD,
        quantity=Decimal(quantity),
        received=NEW if Decimal(received) else None,
        received_quantity=Decimal(received),
    )


@pytest.mark.parametrize(
    ("told", "worth"),
    [
        (activity(quantity="-8", received="12", cash="2.00"), "15.25"),
        (activity(quantity="-8", cash="320.00"), "40"),
        (activity(quantity="-8", received="8"), "10"),
        (activity(received="4"), "45"),
        (activity(quantity="-0.5", cash="20.00"), "40"),
        (activity(cash="8.00"), "41"),
        (activity(ActivityKind.SPLIT, "-8", "2"), "2.5"),
    ],
)
def test_share_is_worth_what_was_given_for_it(told: Activity, worth: str) -> None:
    """BT-06: merger, cash merger, new name, spin-off, a fraction, money, a split under a new name.

    Worked by hand for eight shares.
    """
    found = exchange_of(told, Decimal(8))

    assert found is not None
    assert found.worth(MARKS) == Decimal(worth)


def test_new_name_needs_no_price_of_the_old_one() -> None:
    found = exchange_of(activity(quantity="-8", received="8"), Decimal(8))

    assert found is not None
    assert found.worth({NEW: Decimal(10)}) == 10


def test_what_the_books_do_not_hold_yet_was_exchanged_as_well() -> None:
    """Bought by hand on that day: the trade is booked after the exchange."""
    found = exchange_of(activity(quantity="-2", received="6"), Decimal(0))

    assert found is not None
    assert found.worth(MARKS) == 30


@pytest.mark.parametrize(
    "told",
    [
        activity(),
        activity(quantity="3"),
        activity(ActivityKind.SPLIT, "-4"),
        activity(ActivityKind.TRADE, "-4", cash="160.00"),
        activity(ActivityKind.DIVIDEND, cash="4.00"),
    ],
)
def test_what_gives_nothing_for_a_share_is_no_exchange(told: Activity) -> None:
    assert exchange_of(told, Decimal(8)) is None


def test_shares_that_nobody_holds_are_not_exchanged() -> None:
    assert exchange_of(activity(received="4"), Decimal(0)) is None
