"""A panel that does not reach back far enough stands for no symbol (RC-13)."""

import numpy as np
import pytest

from alchemiser.domain.risk.proxies import Source, own_returns, series_for
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument

SPY = Symbol("SPY")


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_panel_of_fewer_sessions_than_are_asked_for_is_left_to_the_class(rows: int) -> None:
    """RC-13: three returns need four closes."""
    closes = np.full((rows, 1), 100.0)

    series = series_for(
        [Instrument(symbol=SPY)], lambda name: own_returns(name, {SPY: 0}, closes, 3), 3
    )

    assert series.sources == {SPY: Source.CLASS}
    assert series.names == ()
    assert series.returns.shape == (3, 0)
