"""Orders in the closing auction: the broken part first, then the auction, then its end (EX-07)."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.execution.algorithms.crossing import UNFILLED
from alchemiser.domain.execution.algorithms.on_close import UNFILLED_ON_CLOSE, LimitOnClose
from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.algorithms.steps import Answer, Place, Progress
from alchemiser.domain.orders.closing import AuctionTimes
from alchemiser.domain.orders.messages import NewOrderSingle, TimeInForce
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import NOW, SESSION, a_planned_order, an_order

D = Decimal
DAY, CLOSE = TimeInForce.DAY, TimeInForce.AT_THE_CLOSE
ENTERED_UNTIL = AuctionTimes().entered_until(SESSION)
TOLD_UNTIL = AuctionTimes().told_until(SESSION)
SOON = NOW + timedelta(seconds=60)
LATE = ENTERED_UNTIL + timedelta(microseconds=1)


def child(quantity: str, time_in_force: TimeInForce = DAY) -> NewOrderSingle:
    return replace(an_order("SPY", quantity, "500"), time_in_force=time_in_force)


def answer(
    quantity: str = "57.3",
    *children: NewOrderSingle,
    leaves: str | None = None,
    now: datetime = NOW,
) -> Answer:
    """Return what follows the `children` of an order of `quantity` shares at 500 dollars."""
    order = an_order("SPY", quantity, "500")
    progress = Progress(
        planned=a_planned_order(order, reference="500", klm=quantity),
        instrument=Instrument(symbol=order.symbol),
        session=SESSION,
        quote=None,
        now=now,
        begun_at=NOW,
        end_at=SESSION.close_at - timedelta(minutes=1),
        quantity=D(quantity),
        leaves=D(leaves or quantity),
        steps=len(children),
        last=(children[-1], NOW) if children else None,
    )
    return LimitOnClose(AlgorithmSettings()).next(progress)


def place(quantity: str, expire_time: datetime, time_in_force: TimeInForce = DAY) -> Place:
    return Place(
        quantity=D(quantity), price=D(500), expire_time=expire_time, time_in_force=time_in_force
    )


ON_CLOSE_57 = place("57", TOLD_UNTIL, CLOSE)


@pytest.mark.parametrize(
    ("quantity", "first"),
    [
        ("57", ON_CLOSE_57),
        ("57.3", place("0.3", SOON)),
        ("57.002", place("0.002", SOON)),
        # Less than a dollar cannot be sent: a share goes with it.
        ("57.001", place("1.001", SOON)),
        ("1.001", place("1.001", SOON)),
        ("0.4", place("0.4", SOON)),
    ],
)
def test_what_is_no_whole_share_goes_first_through_the_touch(quantity: str, first: Place) -> None:
    """OS-14: the auction takes whole shares."""
    assert answer(quantity) == first


@pytest.mark.parametrize(
    ("leaves", "then"),
    [("57", "57"), ("57.1", "57"), ("57.3", "57"), ("1", "1")],
)
def test_whole_shares_follow_however_the_broken_part_went(leaves: str, then: str) -> None:
    assert answer("57.3", child("0.3"), leaves=leaves) == place(then, TOLD_UNTIL, CLOSE)


def test_share_that_went_with_too_small_a_part_goes_into_the_auction_when_left() -> None:
    assert answer("57.001", child("1.001"), leaves="57.001") == ON_CLOSE_57
    assert answer("57.001", child("1.001"), leaves="56") == place("56", TOLD_UNTIL, CLOSE)


def test_what_comes_too_late_for_the_auction_goes_through_the_touch() -> None:
    """OS-22: at once, and once."""
    late = place("57.3", LATE + timedelta(seconds=60))

    assert answer("57.3", now=LATE) == late
    assert answer("57.3", child("0.3"), leaves="57", now=LATE) == replace(late, quantity=D(57))
    assert answer("57.3", child("57.3"), leaves="20", now=LATE) == UNFILLED
    assert answer("57.3", child("0.3"), child("57"), leaves="20", now=LATE) == UNFILLED


def test_broken_part_leaves_time_to_reach_the_auction() -> None:
    now = ENTERED_UNTIL - timedelta(seconds=10)

    assert answer("57.3", now=now) == place("0.3", ENTERED_UNTIL)
    assert answer("57.3", child("0.3"), leaves="57", now=ENTERED_UNTIL) == ON_CLOSE_57


@pytest.mark.parametrize("leaves", ["57", "12.3", "0.3"])
def test_auction_is_the_end(leaves: str) -> None:
    """OS-22."""
    on_close = child("57", CLOSE)

    assert answer("57.3", child("0.3"), on_close, leaves=leaves) == UNFILLED_ON_CLOSE
    assert answer("57.3", on_close, leaves=leaves) == UNFILLED_ON_CLOSE


def test_part_of_a_share_that_nobody_took_is_the_end() -> None:
    assert answer("1.5", child("0.5"), leaves="0.5") == UNFILLED
    assert answer("0.4", child("0.4"), leaves="0.4") == UNFILLED
