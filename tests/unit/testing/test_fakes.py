"""The fakes do what their ports promise."""

import asyncio
from datetime import date, timedelta

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.testing.fakes import (
    FakeCalendar,
    FakeMarket,
    FakeReference,
    FixedClock,
    quote,
    regular_session,
)

MONDAY, TUESDAY, THURSDAY = date(2024, 8, 5), date(2024, 8, 6), date(2024, 8, 8)
OPEN = regular_session(MONDAY).open_at
AGG, SPY = Symbol("AGG"), Symbol("SPY")


def test_clock_jumps_to_an_awaited_moment_and_never_back() -> None:
    clock = FixedClock(OPEN)

    asyncio.run(clock.wait_until(OPEN + timedelta(seconds=40)))
    asyncio.run(clock.wait_until(OPEN))
    clock.advance(timedelta(seconds=2))

    assert clock.now() == OPEN + timedelta(seconds=42)


def test_market_serves_the_latest_quote_told_for_the_moment() -> None:
    early = quote("SPY", "499", "501", at=OPEN)
    late = quote("SPY", "503", "504", at=OPEN + timedelta(minutes=3))
    other = quote("AGG", "98", "99", at=OPEN)
    market = FakeMarket([late, early, other])

    assert market.quotes((SPY, AGG, Symbol("GLD")), at=OPEN) == (other, early)
    assert market.quotes((SPY,), at=late.at) == (late,)
    assert market.quotes((SPY,), at=OPEN - timedelta(seconds=1)) == ()


def test_market_forgets_a_symbol() -> None:
    market = FakeMarket([quote("SPY", "499", "501", at=OPEN)])

    market.forget("SPY")

    assert market.quotes((SPY,), at=OPEN) == ()


def test_market_serves_the_bars_up_to_a_session() -> None:
    panel = BarPanel(
        sessions=(MONDAY, TUESDAY, THURSDAY),
        symbols=(SPY,),
        close=np.array([[500.0], [503.0], [509.0]]),
    )

    bars = FakeMarket(panel=panel).bars((SPY, AGG), through=TUESDAY)

    assert bars.sessions == (MONDAY, TUESDAY)
    assert bars.symbols == (AGG, SPY)
    np.testing.assert_array_equal(bars.close, [[np.nan, 500.0], [np.nan, 503.0]])


def test_market_without_bars_has_an_empty_axis() -> None:
    assert FakeMarket().bars((SPY,), through=MONDAY).sessions == ()


def test_market_fails_while_it_is_told_to() -> None:
    market = FakeMarket()
    market.check()
    market.failure = PortUnavailableError("The market cannot be reached.")

    with pytest.raises(PortUnavailableError):
        market.check()
    with pytest.raises(PortUnavailableError):
        market.quotes((SPY,), at=OPEN)
    with pytest.raises(PortUnavailableError):
        market.bars((SPY,), through=MONDAY)


def test_calendar_knows_its_sessions_in_order() -> None:
    late, early = regular_session(THURSDAY), regular_session(MONDAY)
    calendar = FakeCalendar([late, early])

    assert calendar.session(MONDAY) == early
    assert calendar.session(TUESDAY) is None
    assert calendar.sessions(MONDAY, THURSDAY) == (early, late)
    assert calendar.sessions(TUESDAY, THURSDAY) == (late,)


def test_reference_takes_an_unlisted_symbol_for_a_stock() -> None:
    fund = Instrument(symbol=SPY, asset_class=AssetClass.BROAD_FUND)
    reference = FakeReference([fund])

    assert reference.instrument(SPY) == fund
    assert reference.instrument(AGG) == Instrument(symbol=AGG)
