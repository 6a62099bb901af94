"""How long a step waits, when volume comes, and when an order is due (EX-01, EX-03)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.algorithms.slicing import TimeWeighted
from alchemiser.domain.execution.algorithms.steps import Place, Progress, patience
from alchemiser.domain.execution.algorithms.volume import share_traded
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import NOW, SESSION, a_planned_order, an_order
from alchemiser.testing.fakes import quote

OPEN, CLOSE = SESSION.open_at, SESSION.close_at


def progress(
    bid: str = "99.90",
    ask: str = "100.10",
    volatility: str | None = "0.01",
    side: Side = Side.BUY,
    limit: str = "100.60",
) -> Progress:
    """Return the beginning of an order of sixty shares in a market."""
    order = an_order("SPY", "60", limit, side=side)
    known = None if volatility is None else Decimal(volatility)
    planned = replace(
        a_planned_order(order, reference="100", klm="60"), liquidity=Liquidity(volatility=known)
    )
    return Progress(
        planned=planned,
        instrument=Instrument(symbol=order.symbol),
        session=SESSION,
        quote=quote("SPY", bid, ask, at=NOW),
        now=NOW,
        begun_at=NOW,
        end_at=NOW + timedelta(minutes=14),
        quantity=Decimal(60),
        leaves=Decimal(60),
        steps=0,
        last=None,
    )


@pytest.mark.parametrize(
    ("bid", "ask", "volatility", "seconds"),
    [
        # Half a spread of ten basis points, a hundredth a day: (0.001 / 0.01)^2 of 23,400 seconds.
        ("99.90", "100.10", "0.01", 234.0),
        ("99.90", "100.10", "0.02", 58.5),
        ("99.99", "100.01", "0.01", 2.34),
        ("99.99", "100.01", "0.05", 1.0),
        ("99", "101", "0.01", 300.0),
        ("100", "100", "0.01", 1.0),
        ("99.90", "100.10", None, 300.0),
        ("99.90", "100.10", "0", 300.0),
    ],
)
def test_step_waits_as_long_as_the_price_needs_to_come_half_the_spread(
    bid: str, ask: str, volatility: str | None, seconds: float
) -> None:
    """EX-01: no fixed wait."""
    settings = AlgorithmSettings(step_seconds_min=1, step_seconds_max=300)

    found = patience(progress(bid, ask, volatility), settings)

    assert found.total_seconds() == pytest.approx(seconds, abs=1e-5)


@pytest.mark.parametrize(
    ("side", "limit", "across", "price"),
    [
        (Side.BUY, "100.60", "0", "99.90"),
        (Side.BUY, "100.60", "0.5", "100.00"),
        (Side.BUY, "100.60", "0.33", "99.96"),
        (Side.BUY, "100.60", "1", "100.10"),
        (Side.BUY, "100.05", "1", "100.05"),
        (Side.SELL, "99.40", "0", "100.10"),
        (Side.SELL, "99.40", "0.33", "100.04"),
        (Side.SELL, "99.40", "1", "99.90"),
        (Side.SELL, "99.95", "1", "99.95"),
    ],
)
def test_price_lies_across_the_spread_on_the_tick_and_never_beyond_the_limit(
    side: Side, limit: str, across: str, price: str
) -> None:
    """EX-05, FAULTS invariant 23: rounded in the trader's favour."""
    assert progress(side=side, limit=limit).price(Decimal(across)) == Decimal(price)


def test_volume_is_high_at_the_ends_of_a_session_and_all_there_is_between_them() -> None:
    """EX-03: 1.8 times the mean at the ends, 0.6 in the middle, the same in both halves."""
    length = CLOSE - OPEN
    minute = timedelta(minutes=1)
    middle = OPEN + length / 2

    def density(at_minutes: timedelta) -> float:
        begin = OPEN + at_minutes
        return share_traded(SESSION, begin, begin + minute) * (length / minute)

    assert share_traded(SESSION, OPEN, CLOSE) == 1.0
    assert share_traded(SESSION, OPEN, middle) == pytest.approx(0.5)
    assert density(timedelta(0)) == pytest.approx(1.8, abs=0.01)
    assert density(length / 2) == pytest.approx(0.6, abs=0.01)
    assert density(length - minute) == pytest.approx(1.8, abs=0.01)


def test_nothing_trades_outside_of_the_session() -> None:
    """EX-03."""
    assert share_traded(SESSION, OPEN - timedelta(hours=2), OPEN) == 0.0
    assert share_traded(SESSION, CLOSE, CLOSE + timedelta(hours=2)) == 0.0


@pytest.mark.parametrize("left", [1, 2, 3, 5, 6, 7])
def test_slices_of_less_than_a_microsecond_each_are_fewer(left: int) -> None:
    """A deadline that is all but there: the whole order goes at once, or in its parts."""
    end = NOW + timedelta(microseconds=left)

    answer = TimeWeighted(AlgorithmSettings()).next(replace(progress(), end_at=end))

    assert isinstance(answer, Place)
    assert answer.expire_time <= end
