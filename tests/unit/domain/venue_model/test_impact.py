"""What an order pays for moving the price, told shares by shares and as arrays."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.portfolio.past import Past
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.venue_model.impact import ImpactModel
from alchemiser.domain.venue_model.liquidity import SESSIONS, LiquidityTable

D = Decimal
A, B = Symbol("A"), Symbol("B")
ROWS = 60
DAYS = tuple(date(2024, 1, 1) + timedelta(days=row) for row in range(ROWS))


def panel(seed: int) -> BarPanel:
    """Return two symbols, the second of which misses a bar, a volume and a true price."""
    draw = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(draw.normal(0, 0.02, (ROWS, 2)), axis=0))
    volume = draw.integers(1_000, 90_000, (ROWS, 2)).astype(np.float64)
    close[2, 1], close[8, 1], volume[33, 1] = np.nan, -1.0, 0.0
    return BarPanel(sessions=DAYS, symbols=(A, B), close=close, volume=volume)


@pytest.mark.parametrize(
    ("quantity", "price", "known", "expected"),
    [
        ("100", "50", Liquidity(volatility=D("0.01"), daily_volume=D(10_000)), "0.002"),
        ("100", "50", Liquidity(daily_volume=D(10_000)), "0.004"),
        ("10000", "1000", Liquidity(volatility=D("0.01")), "0.002"),
        ("10000", "1000", Liquidity(), "0.004"),
        ("0", "50", Liquidity(), "0"),
    ],
)
def test_impact_is_worked_out_by_hand(
    quantity: str, price: str, known: Liquidity, expected: str
) -> None:
    """BT-04: twice 0.01 x sqrt(100 / 10000); 0.02 and a thousand million where it is not known."""
    model = ImpactModel(coefficient=D(2))

    assert model.cost(D(quantity), D(price), known) == D(expected)


@given(seed=st.integers(0, 99), row=st.integers(1, ROWS - 1), dollars=st.floats(1, 1e9))
def test_arrays_and_shares_tell_the_same(seed: int, row: int, dollars: float) -> None:
    """BT-03, BT-04: the fast engine pays what the simulated venue charges."""
    model, bars = ImpactModel(coefficient=D("0.7")), panel(seed)
    table = LiquidityTable.of(bars, bars.close)
    prices = np.full((ROWS, 2), 40.0)
    coefficients = model.coefficients(table.rows(DAYS), prices)
    for column, name in enumerate((A, B)):
        paid = coefficients[row, column] * dollars**1.5

        known = table.liquidity(name, DAYS[row])
        exact = model.cost(D(dollars) / 40, D(40), known) * D(dollars)

        assert paid == pytest.approx(float(exact), rel=1e-9)


@given(seed=st.integers(0, 99), row=st.integers(0, ROWS - 1))
def test_a_session_knows_what_the_plan_knew_when_the_one_before_had_closed(
    seed: int, row: int
) -> None:
    """BT-02: nothing of a session is in its own row."""
    bars = panel(seed)
    table = LiquidityTable.of(bars, bars.close)
    before = Past.of(bars, row)
    for name in (A, B):
        known = table.liquidity(name, DAYS[row] + timedelta(days=1))

        told = before.liquidity(name, SESSIONS)
        assert known.daily_volume == told.daily_volume
        assert (known.volatility is None) is (told.volatility is None)
        assert float(known.volatility or 0) == pytest.approx(float(told.volatility or 0), rel=1e-10)


def test_nothing_is_known_of_the_first_session_of_strangers_and_of_empty_sources() -> None:
    bars = panel(1)
    none = replace(bars, sessions=(), close=np.empty((0, 2)), volume=np.empty((0, 2)))

    table, empty = (LiquidityTable.of(one, one.close) for one in (bars, none))

    assert table.liquidity(A, DAYS[0]) == Liquidity()
    assert table.liquidity(Symbol("C"), DAYS[40]) == Liquidity()
    assert empty.liquidity(A, DAYS[0]) == Liquidity()


@pytest.mark.parametrize(
    "wrong",
    [
        {"coefficient": D(-1)},
        {"coefficient": D("NaN")},
        {"volatility": D("-0.1")},
        {"daily_dollars": D(0)},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Decimal]) -> None:
    with pytest.raises(InvalidValueError, match="impact's"):
        ImpactModel(**wrong)
