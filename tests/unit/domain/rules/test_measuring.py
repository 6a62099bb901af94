"""Loops measure as the arrays do, to the bit, as they stand and compiled."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemiser.container import build_kernels
from alchemiser.domain.market.indicators.series import measure
from alchemiser.domain.rules.measuring import ByLoop, Measuring, by_arrays, example
from alchemiser.domain.rules.metrics import (
    cumulative_return,
    ema,
    max_drawdown,
    moving_average_return,
    ppo,
    price,
    rsi,
    sma,
    stdev_price,
    stdev_return,
)
from alchemiser.domain.values.numbers import Floats
from tests.interpreted import Interpreted

NAN, INF = float("nan"), float("inf")
PLAIN = ByLoop(Interpreted().compiled(measure, example))
closes = st.one_of(
    st.floats(0.01, 1e6),
    st.sampled_from((100.0, 100.0, 100.01, 1e-300, 1e12, 123_456_789_012_345.0, NAN, INF)),
)
prices = st.lists(closes, max_size=40).map(np.array)


def agree(measuring: Measuring, series: Floats, window: int) -> None:
    """Check that every metric of `series` is the same measured by `measuring`."""
    one_window = (sma, ema, rsi, moving_average_return, cumulative_return, max_drawdown)
    asked = [
        price(),
        ppo(None, window, window + 3),
        *(one(None, window) for one in one_window),
        *(one(None, window + 1) for one in (stdev_return, stdev_price)),
    ]
    for metric in asked:
        with np.errstate(all="ignore"):
            wanted, found = by_arrays(metric, (series,)), measuring(metric, (series,))
        assert found.shape == wanted.shape
        known = ~np.isnan(wanted)
        assert known.tolist() == (~np.isnan(found)).tolist(), metric.text()
        assert wanted[known].tobytes() == found[known].tobytes(), metric.text()


@settings(max_examples=60)
@given(series=prices, window=st.integers(1, 9))
def test_loops_have_the_bits_of_the_arrays(series: Floats, window: int) -> None:
    """ST-10: what is decided does not depend on what has measured."""
    agree(PLAIN, series.astype(np.float64), window)


def test_a_window_beyond_all_numbers_is_measured_by_arrays() -> None:
    with np.errstate(all="ignore"):
        assert np.isnan(PLAIN(sma(None, 10**30), (np.ones(3),))).all()


def test_compiled_they_have_the_bits_of_the_arrays() -> None:
    """ST-10: over more sessions than are summed together, and with gaps, standstills and zeros."""
    pytest.importorskip("numba")
    measuring = compiled()
    draw = np.random.default_rng(3)
    for rows, window in ((1_500, 200), (1_500, 1), (2_600, 14), (30, 31), (1, 1), (0, 3)):
        series = np.round(50 * np.exp(np.cumsum(draw.normal(0, 0.02, rows))), 2)
        agree(measuring, series, window)
        series[rows // 3 : rows // 3 + 5], series[rows // 2 : rows // 2 + 20] = NAN, 7.25
        series[: rows // 50], series[rows * 4 // 5 : rows * 4 // 5 + 1] = NAN, INF
        series[rows * 9 // 10 :][:2] = 0.0
        agree(measuring, series, window)


@cache
def compiled() -> Measuring:
    """Return what measures by the compiled loop."""
    kernels = build_kernels(_quietly)
    assert kernels is not None
    loops = kernels.loops_for(kernels.least)
    assert loops is not None
    return loops.measuring


def _quietly() -> None:
    """Hear that something is compiled."""
