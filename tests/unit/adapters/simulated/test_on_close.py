"""The simulated closing auction: the cutoff, the closing price, and what outlives a kill."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.simulated import SimulatedBroker
from alchemiser.domain.orders.messages import (
    Accepted,
    CancelOutcome,
    NewOrderSingle,
    OrdStatus,
    Rejected,
    TimeInForce,
)
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.domain.values.session import Session
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.testing.fakes import (
    FakeCalendar,
    FakeMarket,
    FakeReference,
    FixedClock,
    approved,
    quote,
)
from tests.simulated_venue import (
    EXACT,
    INSTRUMENTS,
    SESSION,
    World,
    order,
    sell,
    world,
)

CLOSE = SESSION.close_at
MINUTE = timedelta(minutes=1)


def on_close(asked: NewOrderSingle) -> NewOrderSingle:
    return replace(asked, time_in_force=TimeInForce.AT_THE_CLOSE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "broker.db"


@pytest.fixture
def here(path: Path) -> Iterator[World]:
    """A venue in a file, fifteen minutes before the close at 502.00."""
    here = world(path, settings=EXACT)
    here.market.tell(quote("SPY", "501.98", "502.02", at=CLOSE))
    here.market.tell(quote("SPY", "590", "590.10", at=CLOSE + MINUTE))
    yield here
    here.broker.close()


def status(here: World, name: str) -> OrdStatus:
    return (here.broker.reports(ClOrdId(name)) or ())[-1].ord_status


def code(outcome: object) -> str:
    assert isinstance(outcome, Rejected)
    return outcome.code


def test_order_fills_at_the_closing_price_however_late_it_is_asked_for(here: World) -> None:
    """EX-07: not at the quote of the entry, nor at one after the close."""
    here.submit(on_close(order("a", "12", "505")))

    here.elapse(timedelta(hours=5))

    account = here.broker.account()
    assert status(here, "a") is OrdStatus.FILLED
    assert account.cash == Decimal(100_000) - 12 * Decimal("502.00")


def test_order_that_the_closing_price_passes_expires(here: World) -> None:
    """OS-10: it was marketable when it came."""
    here.submit(on_close(order("a", "12", "501.99")))

    here.elapse(16 * MINUTE)

    assert status(here, "a") is OrdStatus.EXPIRED
    assert here.broker.account().cash == 100_000


def test_open_order_reserves_its_money_until_the_close(here: World) -> None:
    """OS-15."""
    here.submit(on_close(order("a", "199", "502")))

    assert code(here.submit(order("b", "1", "510"))) == "insufficient_buying_power"


@pytest.mark.parametrize(("seconds", "taken"), [(299.999, True), (300, False), (899, False)])
def test_order_is_taken_until_the_cutoff(here: World, seconds: float, taken: bool) -> None:
    """OS-15: ten minutes before the close."""
    here.seconds(seconds)

    outcome = here.submit(on_close(order("a", "12", "505")))

    assert isinstance(outcome, Accepted) is taken
    if not taken:
        assert code(outcome) == "close_cutoff"
        assert isinstance(here.submit(order("a", "12", "505")), Accepted), "for the day it may"


def test_same_order_again_is_answered_as_the_first_time_even_after_the_cutoff(here: World) -> None:
    """OS-08."""
    first = here.submit(on_close(order("a", "12", "505")))
    here.seconds(600)

    assert here.submit(on_close(order("a", "12", "505"))) == first
    assert code(here.submit(order("a", "12", "505"))) == "duplicate_cl_ord_id"


@pytest.mark.parametrize(
    ("seconds", "outcome", "end"),
    [
        (299, CancelOutcome.ACCEPTED, OrdStatus.CANCELED),
        (300, CancelOutcome.TOO_LATE, OrdStatus.FILLED),
    ],
)
def test_cancel_counts_until_the_cutoff(
    here: World, seconds: float, outcome: CancelOutcome, end: OrdStatus
) -> None:
    """OS-23; an order for the day can be cancelled after it."""
    here.submit(on_close(order("a", "12", "505")))
    here.submit(order("b", "12", "400"))
    here.seconds(seconds)

    assert here.broker.cancel(ClOrdId("a")) is outcome
    assert here.broker.cancel(ClOrdId("b")) is CancelOutcome.ACCEPTED

    here.elapse(16 * MINUTE)
    assert status(here, "a") is end
    assert status(here, "b") is OrdStatus.CANCELED


def test_market_closed_comes_before_the_cutoff(here: World) -> None:
    here.elapse(16 * MINUTE)

    assert code(here.submit(on_close(order("a", "12", "505")))) == "market_closed"


def test_order_without_a_quote_at_the_close_expires(here: World) -> None:
    here.submit(on_close(order("a", "12", "505")))
    here.market.forget("SPY")

    here.elapse(16 * MINUTE)

    assert status(here, "a") is OrdStatus.EXPIRED


@pytest.mark.parametrize("close_first", [True, False])
def test_waiting_order_outlives_the_process(here: World, path: Path, close_first: bool) -> None:
    """OS-08, OS-13: also when its fill is due and not told."""
    here.submit(on_close(order("a", "12", "505")))
    if close_first:
        here.clock.advance(CLOSE - here.clock.now())
        assert status(here, "a") is OrdStatus.NEW
    here.broker.close()

    later = world(path, settings=EXACT)
    later.market.tell(quote("SPY", "501.98", "502.02", at=CLOSE))
    later.elapse(16 * MINUTE)

    assert status(later, "a") is OrdStatus.FILLED
    assert later.broker.account().cash == Decimal(100_000) - 12 * Decimal("502.00")
    later.broker.close()


def test_sell_brings_the_closing_price(here: World) -> None:
    here.submit(order("a", "12", "510"))
    here.seconds(3)

    here.submit(on_close(sell("b", "12", "502.00")))
    here.elapse(16 * MINUTE)

    assert here.broker.account().positions == ()
    assert here.broker.account().cash == Decimal(100_000) + 12 * (
        Decimal("502.00") - Decimal("500.02")
    )


@pytest.mark.parametrize(("minute", "taken"), [(49, True), (50, False)])
def test_cutoff_of_an_early_close_lies_before_that_close(minute: int, taken: bool) -> None:
    """TE-14: the day after Thanksgiving, open from 14:30 to 18:00 UTC."""
    day = date(2024, 11, 29)
    session = Session(
        day=day,
        open_at=datetime(2024, 11, 29, 14, 30, tzinfo=UTC),
        close_at=datetime(2024, 11, 29, 18, 0, tzinfo=UTC),
    )
    clock = FixedClock(datetime(2024, 11, 29, 17, minute, tzinfo=UTC))
    broker = SimulatedBroker(
        path=None,
        name="half",
        cash=Decimal(100_000),
        market=FakeMarket([quote("SPY", "500", "500", at=session.open_at)]),
        clock=clock,
        calendar=FakeCalendar([session]),
        reference=FakeReference(INSTRUMENTS),
        settings=VenueSettings(),
        seed=7,
        price_increment=Decimal("0.01"),
    )

    outcome = broker.submit(approved(on_close(order("a", "12", "505"))))
    clock.advance(timedelta(minutes=12))

    assert isinstance(outcome, Accepted) is taken
    held = [one.quantity for one in broker.account().positions]
    assert held == ([12] if taken else [])
