"""Prices at any moment belong to the daily bar, and tell nothing of what comes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.venue.data.days import days_of
from alchemiser.adapters.venue.data.halts import Halts
from alchemiser.adapters.venue.data.moments import midnights
from alchemiser.adapters.venue.data.prices import Prices
from alchemiser.adapters.venue.data.series import Basis, Window, look_back
from alchemiser.adapters.venue.data.timeframe import DAY, MINUTE, timeframe
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol
from tests.venue_days import EX_DIVIDEND, EX_SPLIT, NAMES, daily_prices

SPY, AAPL = Symbol("SPY"), Symbol("AAPL")
OPEN = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
CLOSE = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
EVER = Window(first=0, last=2**40, count=100_000)
PRICES = daily_prices()


def mutated_after(at: datetime) -> Prices:
    """Return the same prices, but for bars of days after `at`."""
    prices = daily_prices()
    days = prices.days(SPY)
    assert days is not None
    later = np.array([day > at.date() for day in days.labels])
    changed = replace(days, closes=np.where(later, days.highs, days.closes))
    prices.__dict__["_days"] = {**prices._days, SPY: changed}
    return prices


@given(seconds=st.integers(0, 86_400 * 4))
def test_quotes_surround_the_last_trade_and_belong_to_the_past(seconds: int) -> None:
    at = OPEN + timedelta(seconds=seconds)

    quote = PRICES.quote(SPY, at)

    assert quote is not None
    assert quote.bid < quote.last < quote.ask
    assert quote.bid.as_tuple().exponent in {-2, -1, 0}
    assert quote.at <= at
    assert quote == daily_prices().quote(SPY, at)


@given(seconds=st.integers(0, 23_400))
def test_what_is_told_does_not_depend_on_later_days(seconds: int) -> None:
    at = OPEN + timedelta(seconds=seconds)

    assert PRICES.quote(SPY, at) == mutated_after(at).quote(SPY, at)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("thin", [False, True])
@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2026, 11, 27)])  # the latter is short
def test_minutes_and_trades_add_up_to_the_day(name: Symbol, thin: bool, day: date) -> None:
    series = look_back(PRICES, name, datetime(2026, 11, 29, tzinfo=UTC), thin=thin)
    assert series is not None
    start = int(datetime(day.year, day.month, day.day, 5, tzinfo=UTC).timestamp())
    window = Window(first=start, last=start + 86_399, count=100_000)

    daily, minutes = series.bars(DAY, window), series.bars(MINUTE, window)
    hours, trades = series.bars(timeframe("1Hour") or DAY, window), list(series.trades(window))

    assert daily is not None
    assert minutes is not None
    assert hours is not None
    assert len(daily) == 1
    for parts in (minutes, hours):
        assert parts.opens[0] == daily.opens[0]
        assert parts.closes[-1] == daily.closes[0]
        assert parts.highs.max() == daily.highs[0]
        assert parts.lows.min() == daily.lows[0]
        assert parts.volumes.sum() == daily.volumes[0]
    assert sum(int(part.sizes.sum()) for part in trades) == daily.volumes[0]


@given(seconds=st.integers(0, 23_399))
def test_the_running_day_is_what_has_been_traded(seconds: int) -> None:
    series = look_back(PRICES, SPY, OPEN + timedelta(seconds=seconds))
    assert series is not None
    newest = Window(first=0, last=2**40, count=1, newest_first=True)

    (lived,) = [series._lived(series.rows - 1)]
    bar = series.bars(DAY, newest)

    count = lived.trades()
    assert bar is not None
    assert bar.volumes[0] == lived.path.sizes[:count].sum()
    assert bar.highs[0] * 10_000 == pytest.approx(lived.path.prices[:count].max())
    assert lived.path.seconds[count - 1] <= seconds


def test_outside_the_session_the_last_is_known() -> None:
    before, after = PRICES.quote(SPY, OPEN - timedelta(seconds=1)), PRICES.quote(SPY, CLOSE)
    late = PRICES.quote(SPY, CLOSE + timedelta(hours=20))

    assert before is not None
    assert before.at == datetime(2026, 11, 24, 21, tzinfo=UTC)
    assert after == late
    assert PRICES.quote(SPY, datetime(2026, 8, 1, tzinfo=UTC)) is None
    assert PRICES.quote(Symbol("ZZZ"), OPEN) is None


def test_a_halt_freezes_what_is_known() -> None:
    """D05."""
    halts = Halts()
    prices = replace(daily_prices(), halts=halts)
    halts.halt(SPY, OPEN + timedelta(hours=1))

    frozen = prices.quote(SPY, OPEN + timedelta(hours=3))
    halts.resume(SPY, OPEN + timedelta(hours=3))

    assert frozen is not None
    assert frozen.halted
    assert replace(frozen, halted=False) == PRICES.quote(SPY, OPEN + timedelta(hours=1))
    assert prices.quote(SPY, CLOSE) == PRICES.quote(SPY, CLOSE)


def test_adjustment_is_as_of_the_present() -> None:
    """A split and a dividend change the past on their ex-days, and not before."""

    def first_close(now: datetime, *, splits: bool, dividends: bool) -> float:
        series = look_back(PRICES, AAPL, now)
        assert series is not None
        bars = series.bars(DAY, EVER, Basis(splits=splits, dividends=dividends))
        assert bars is not None
        return float(bars.closes[0])

    def told(day: date) -> list[float]:
        now = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
        kinds = ((False, False), (True, False), (False, True), (True, True))
        return [first_close(now, splits=a, dividends=b) for a, b in kinds]

    assert told(EX_SPLIT - timedelta(days=1)) == [600.0, 600.0, 600.0, 600.0]
    assert told(EX_SPLIT) == [600.0, 150.0, 600.0, 150.0]
    assert told(EX_DIVIDEND) == [600.0, 150.0, 599.1, 149.775]


def test_volumes_follow_splits() -> None:
    series = look_back(PRICES, AAPL, CLOSE)
    assert series is not None

    raw, split = series.bars(DAY, EVER), series.bars(DAY, EVER, Basis(splits=True))

    assert raw is not None
    assert split is not None
    assert (raw.volumes[0], split.volumes[0]) == (1_000_000, 4_000_000)
    assert raw.volumes[-1] == split.volumes[-1]


def test_weeks_and_months_are_made_of_days() -> None:
    series = look_back(PRICES, SPY, datetime(2026, 11, 29, tzinfo=UTC))
    assert series is not None
    days = series.bars(DAY, EVER)
    assert days is not None

    for text, count in (("1Week", 13), ("1Month", 3), ("2Month", 2), ("12Month", 1)):
        frame = timeframe(text)
        assert frame is not None
        longer = series.bars(frame, EVER)
        assert longer is not None
        assert len(longer) == count
        assert longer.volumes.sum() == days.volumes.sum()
        assert longer.closes[-1] == days.closes[-1]


def test_spreads_go_by_asset_class() -> None:
    def spread(name: str) -> Decimal:
        quote = PRICES.quote(Symbol(name), CLOSE)
        assert quote is not None
        return (quote.ask - quote.bid) / quote.mid()

    assert spread("SPY") < Decimal("0.0003") < spread("BRK.B") < Decimal("0.0008")


def test_bars_that_are_none_are_left_out() -> None:
    """C03: no close, none above zero, nothing traded; what else is missing is made up."""
    nothing = np.full((6, 1), np.nan)
    close = np.array([[10.0], [np.nan], [0.0], [-3.0], [np.inf], [12.34567]])
    panel = BarPanel(
        sessions=tuple(date(2026, 11, day) for day in (18, 19, 20, 23, 24, 25)),
        symbols=(SPY,),
        close=close,
        open=nothing,
        high=np.where(np.isnan(nothing), 0.5, nothing),
        volume=np.array([[1e300], [5], [5], [5], [5], [2]]),
    )

    days = days_of(panel, midnights(panel.sessions), 0, ())

    assert [day.day for day in days.labels] == [18, 25]
    assert days.closes.tolist() == days.opens.tolist() == [100_000, 123_457]
    assert days.highs.tolist() == days.lows.tolist() == [100_000, 123_457]
    assert days.volumes.tolist() == [10**12, 4]
