"""Indicators in machine code are those of numpy: to the bit, or nearly."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import alchemiser
from alchemiser.application.compiled_indicators import CompiledIndicators
from alchemiser.domain.market import indicators
from alchemiser.domain.market.indicators.loops import WIDTH
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from tests.interpreted import Interpreted

Array = NDArray[np.float64]
NAMES: Final = (
    "cumulative_return",
    "max_drawdown",
    "rsi",
    "sma",
    "stdev_price",
    "stdev_return",
)
TO_THE_BIT: Final = frozenset({"cumulative_return", "max_drawdown"})
each_indicator = pytest.mark.parametrize("name", NAMES)


PLAIN: Final = CompiledIndicators(Interpreted())


def market(rows: int, columns: int) -> Array:
    """Return closes in cents: some begin late, some have a gap, one never moves."""
    draw = np.random.default_rng(4)
    steps = draw.normal(0.0, 0.02, (rows, columns))
    prices = np.asarray(np.round(50 * np.exp(np.cumsum(steps, axis=0)), 2))
    prices[: rows // 3, ::5] = np.nan
    prices[rows // 2 : rows // 2 + 2, 1::5] = np.nan
    prices[rows // 4, 2::5] = np.inf
    prices[:, 3] = 7.25
    return prices


def agree(name: str, found: Array, wanted: Array) -> None:
    """Check that both are the same, to the bit or to 12 digits of the prices' size."""
    assert found.shape == wanted.shape
    assert np.isnan(found).tolist() == np.isnan(wanted).tolist()
    if name in TO_THE_BIT:
        np.testing.assert_array_equal(found, wanted)
    else:
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


@each_indicator
@pytest.mark.parametrize("window", [2, 20, 90])
def test_machine_code_measures_a_whole_market_as_numpy_does(name: str, window: int) -> None:
    prices = market(130, WIDTH + 7)

    found = getattr(alchemiser.compiled_indicators(), name)(prices, window)

    agree(name, found, getattr(indicators, name)(prices, window))


@each_indicator
@given(
    series=st.lists(
        st.integers(100, 140).map(lambda cents: cents / 100) | st.just(np.nan),
        min_size=1,
        max_size=40,
    ).map(np.array),
    window=st.integers(2, 9),
)
def test_loops_measure_any_series_as_numpy_does(name: str, series: Array, window: int) -> None:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = getattr(PLAIN, name)(series, window)

    agree(name, found, getattr(indicators, name)(series, window))


@pytest.mark.parametrize("name", ["sma", "max_drawdown", "cumulative_return", "rsi"])
def test_a_window_of_one_session_is_measured(name: str) -> None:
    prices = market(9, 5)

    found = getattr(alchemiser.compiled_indicators(), name)(prices, 1)

    agree(name, found, getattr(indicators, name)(prices, 1))


@each_indicator
@pytest.mark.parametrize("shape", [(0,), (0, 3), (4, 0), (1,), (1, 3)])
def test_nothing_to_measure_is_no_fault(name: str, shape: tuple[int, ...]) -> None:
    found = getattr(alchemiser.compiled_indicators(), name)(np.ones(shape), 5)

    assert found.shape == shape
    assert np.isnan(found).all()


@each_indicator
def test_a_window_longer_than_the_series_takes_no_memory(name: str) -> None:
    found = getattr(PLAIN, name)(np.arange(1.0, 9.0), 10**12)

    assert np.isnan(found).all()


@each_indicator
@pytest.mark.parametrize("window", [2, 3, 5])
def test_an_infinite_price_is_none(name: str, window: int) -> None:
    series = np.array([4.0, 5.0, np.inf, 3.0, 6.0, 5.5, 7.0, 6.0, -np.inf, 2.0, 3.0, 1.0, 4.0])

    with np.errstate(divide="ignore", invalid="ignore"):
        found = getattr(PLAIN, name)(series, window)

    agree(name, found, getattr(indicators, name)(series, window))


def test_a_price_that_jumps_and_rests_has_no_deviation_left() -> None:
    series = np.concatenate((np.full(7, 9_000.0), np.full(60, 0.01)))

    deviation = alchemiser.compiled_indicators().stdev_price(series, 10)

    assert (deviation[-40:] == 0).all()


def test_fall_to_nothing_is_that_of_numpy() -> None:
    series = np.array([4.0, 5.0, 0.0, 2.0, -8.0, 6.0, 7.0])

    found = alchemiser.compiled_indicators().max_drawdown(series, 3)

    np.testing.assert_array_equal(found, indicators.max_drawdown(series, 3))


@each_indicator
@pytest.mark.parametrize("window", [0, -1, True, 2.5])
def test_window_that_is_no_positive_whole_number_is_refused(name: str, window: float) -> None:
    measure: Callable[[Array, float], Array] = getattr(PLAIN, name)

    with pytest.raises(InvalidValueError, match="window"):
        measure(np.ones(5), window)


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alchemiser.container.compiled.find_spec", lambda _: None)

    with pytest.raises(SettingsError, match=r"extra \[fast\]: install alchemiser\[fast\]"):
        alchemiser.compiled_indicators()
