"""What a decision knows of how its symbols trade is measured when it is asked."""

from datetime import date, timedelta

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.past import Liquidities, Past
from alchemiser.domain.values.identifiers import Symbol

SPY, TLT = Symbol("SPY"), Symbol("TLT")
ROWS = 30


def a_past(*, provisional: bool = False) -> Past:
    start = date(2024, 1, 1)
    close = 100 + np.cumsum(np.random.default_rng(7).normal(size=(ROWS, 2)), axis=0)
    panel = BarPanel(
        sessions=tuple(start + timedelta(days=row) for row in range(ROWS)),
        symbols=(SPY, TLT),
        close=close,
        volume=np.full((ROWS, 2), 1_000.0) + np.arange(ROWS)[:, None],
    )
    return Past.of(panel, ROWS - 1, provisional=provisional)


def test_every_symbol_asked_about_is_measured() -> None:
    past = a_past()
    told = Liquidities(past, (SPY, TLT), 20)

    assert dict(told) == {name: past.liquidity(name, 20) for name in (SPY, TLT)}
    assert told[SPY] is told[SPY]


def test_what_was_not_asked_about_is_not_known() -> None:
    told = Liquidities(a_past(), (SPY,), 20)

    assert told.get(TLT) is None
    with pytest.raises(KeyError):
        told[TLT]
    assert len(told) == 1


def test_the_volume_of_a_provisional_session_is_not_read() -> None:
    """DA-10: the panel of a backtest holds it, and nobody knew it then."""
    closed, open_still = a_past().daily_dollars(SPY, 20), a_past(provisional=True)

    assert open_still.daily_dollars(SPY, 20) != closed
    assert open_still.price(SPY) == a_past().price(SPY)
