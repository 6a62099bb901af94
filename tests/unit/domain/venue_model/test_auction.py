"""An order in the closing auction: one price for all, or nothing (OS-10, EX-07)."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import ExecType, NewOrderSingle, OrdStatus, TimeInForce
from alchemiser.domain.values.identifiers import OrderId
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.venue_model.auction import auction_fill
from alchemiser.domain.venue_model.matching import ScheduledFill
from alchemiser.domain.venue_model.order import VenueOrder
from alchemiser.domain.venue_model.settings import FeeSchedule, VenueSettings
from tests.simulated_venue import DAY, ENTRY, SESSION, SPY, order, sell

D = Decimal
FUND = Instrument(symbol=SPY, asset_class=AssetClass.BROAD_FUND)
CLOSE = SESSION.close_at
CUTOFF = timedelta(minutes=10)
AT_CLOSE = Quote(symbol=SPY, bid=D("499.90"), ask=D("500.20"), last=D("500.01"), at=CLOSE)


def filled(
    asked: NewOrderSingle,
    quote: Quote = AT_CLOSE,
    settings: VenueSettings | None = None,
    draw: str = "0.5",
) -> tuple[ScheduledFill, ...]:
    return auction_fill(asked, quote, FUND, settings or VenueSettings(), D(draw))


@pytest.mark.parametrize(
    ("asked", "fills"),
    [
        (order("a", "30", "500.01"), True),
        (order("a", "30", "500.00"), False),
        (order("a", "30", "510"), True),
        (sell("a", "30", "500.01"), True),
        (sell("a", "30", "500.02"), False),
        (sell("a", "30", "490"), True),
    ],
)
def test_everybody_within_the_limit_gets_the_closing_price(
    asked: NewOrderSingle, fills: bool
) -> None:
    """OS-10: no spread and no slippage, and never outside of the limit."""
    found = filled(asked)

    assert [(one.quantity, one.price) for one in found] == ([(D(30), D("500.01"))] if fills else [])


def test_price_is_on_the_tick() -> None:
    fine = replace(AT_CLOSE, last=D("500.014999"))

    assert [one.price for one in filled(order("a", "1", "510"), fine)] == [D("500.01")]
    least = replace(AT_CLOSE, last=D("0.001"))
    assert [one.price for one in filled(order("a", "1", "510"), least)] == [D("0.01")]


def test_halted_symbol_has_no_auction() -> None:
    """OS-20."""
    assert not filled(order("a", "1", "510"), replace(AT_CLOSE, halted=True))


@pytest.mark.parametrize(("draw", "microseconds"), [("0", 200_000), ("0.999999", 2_999_997)])
def test_fill_is_told_within_the_venues_delays(draw: str, microseconds: int) -> None:
    (fill,) = filled(order("a", "1", "510"), draw=draw)

    assert fill.delay == timedelta(microseconds=microseconds)


def test_sells_pay_the_fees_of_their_day() -> None:
    settings = VenueSettings(fees=FeeSchedule(commission_per_share=D("0.01"), regulatory=False))

    assert [one.commission for one in filled(sell("a", "30", "490"), AT_CLOSE, settings)] == [
        D("0.30")
    ]


WAITING = VenueOrder(
    entry=4,
    order_id=OrderId("SIM123ABC-4"),
    order=replace(order("a", "30", "510"), time_in_force=TimeInForce.AT_THE_CLOSE),
    session=DAY,
    entered_at=ENTRY,
    closes_at=CLOSE,
)
FILL = ScheduledFill(
    delay=timedelta(seconds=2), quantity=D(30), price=D("500.01"), commission=D("0.03")
)


def later(seconds: float) -> datetime:
    return CLOSE + timedelta(seconds=seconds)


def test_order_meets_the_market_once_at_the_close() -> None:
    assert WAITING.next_match_at(timedelta(minutes=1)) == CLOSE
    assert WAITING.matched(CLOSE, ()).next_match_at(timedelta(minutes=1)) is None
    assert WAITING.canceled_from(ENTRY).next_match_at(timedelta(minutes=1)) is None


def test_order_without_a_price_expires_at_the_close() -> None:
    missed = WAITING.matched(CLOSE, ())

    assert missed.as_of(later(-0.001)) is missed
    over = missed.as_of(CLOSE)
    assert over.ord_status is OrdStatus.EXPIRED
    assert over.reports()[-1].transact_time == CLOSE


@pytest.mark.parametrize("often", [False, True])
def test_fill_comes_after_the_close_and_ends_the_order(often: bool) -> None:
    """OS-13: however often it is asked for."""
    bought = WAITING.matched(CLOSE, (FILL,))
    for tenth in range(20) if often else ():
        bought = bought.as_of(later(tenth / 10))
        assert bought.ord_status is OrdStatus.NEW

    done = bought.as_of(later(2))

    assert done.ord_status is OrdStatus.FILLED
    assert done.as_of(later(900)) == done == bought.as_of(later(3600))
    last = done.reports()[-1]
    assert (last.exec_type, last.transact_time) == (ExecType.TRADE, later(2))


def test_cancel_before_the_close_ends_the_order() -> None:
    """OS-23."""
    ended = WAITING.canceled_from(ENTRY + timedelta(seconds=1)).as_of(later(900))

    assert ended.ord_status is OrdStatus.CANCELED
    assert ended.reports()[-1].transact_time == ENTRY + timedelta(seconds=1)


def test_order_is_locked_from_the_cutoff_on() -> None:
    assert not WAITING.is_locked(CLOSE - CUTOFF - timedelta(microseconds=1), CUTOFF)
    assert WAITING.is_locked(CLOSE - CUTOFF, CUTOFF)
    daily = replace(WAITING, order=order("a", "30", "510"))
    assert not daily.is_locked(CLOSE, CUTOFF)
