"""Windows are added up from the oldest value to the newest, however they lie in memory."""

from pathlib import Path
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from alchemiser.domain.market.indicators.kernels import run_lengths
from alchemiser.domain.market.indicators.smoothing import smoothed
from alchemiser.domain.market.indicators.windows import (
    ACROSS,
    SPREAD,
    STEP,
    SUMMED,
    population_deviation,
    sample_deviation,
    window_sum,
)
from tests.unit.domain.market.machine import Machine, vector_features
from tests.unit.domain.market.test_indicator_bits import bits

Array = NDArray[np.float64]

# Of long windows as they are, and as plain Python adds them up.
SCRIPT: Final = """
import random, numpy as np
from alchemiser.domain.market.indicators import ema, sma, stdev_price
draw = random.Random(3)
closes = np.array([[draw.uniform(5, 95) for _ in range(5)] for _ in range(260)])
same = True
for layout in (closes, np.asfortranarray(closes), closes[:, :1], closes[:201, 0]):
    mean, seed, deviation = sma(layout, 200), ema(layout, 200), stdev_price(layout, 45)
    for place in np.ndindex(layout.shape):
        if place[0] >= 199:
            column = [float(x) for x in layout[(slice(None), *place[1:])]]
            inside = column[place[0] - 199 : place[0] + 1]
            total = inside[0]
            for price in inside[1:]:
                total += price
            same &= total / 200 == mean[place] and (place[0] > 199 or seed[place] == mean[place])
            inside = inside[-45:]
            total, squares = inside[0], 0.0
            for price in inside[1:]:
                total += price
            for price in inside:
                squares += (price - total / 45) * (price - total / 45)
            same &= (squares / 44) ** 0.5 == deviation[place]
print(np.__version__, same)
"""


def added(series: Array, window: int) -> Array:
    """Return the sums of all windows of (T, N), one addition after another."""
    total = np.full_like(series, np.nan)
    for row in range(window - 1, len(series)):
        total[row] = series[row - window + 1]
        for earlier in range(row - window + 2, row + 1):
            total[row] += series[earlier]
    return total


def deviated(series: Array, window: int, divisor: int) -> Array:
    """Return the deviations of all windows of (T, N), one square after another."""
    found, means = np.full_like(series, np.nan), added(series, window) / window
    for row in range(window - 1, len(series)):
        squares = np.zeros_like(series[row])
        for each in range(row - window + 1, row + 1):
            distance = series[each] - means[row]
            squares += distance * distance
        found[row] = np.sqrt(squares / divisor)
    return found


def prices(rows: int, columns: int) -> Array:
    """Return prices of many digits, every third column with a gap."""
    found = np.random.default_rng(rows).uniform(5.0, 95.0, (rows, columns))
    found[rows // 3, 2::3] = np.nan
    return found


@given(rows=st.integers(1, 40), columns=st.integers(1, 9), window=st.integers(1, 40))
def test_sums_and_deviations_of_any_shape_are_those_of_a_loop(
    rows: int, columns: int, window: int
) -> None:
    series = prices(rows, columns)

    assert bits(window_sum(series, window)) == bits(added(series, window))
    assert bits(sample_deviation(series, window + 1)) == bits(deviated(series, window + 1, window))
    assert bits(population_deviation(series, window)) == bits(deviated(series, window, window))


@pytest.mark.parametrize("window", [9, 20, 130])
def test_a_window_that_is_alone_is_added_up_in_order(window: int) -> None:
    series = prices(window, 1)

    assert bits(window_sum(series, window)) == bits(added(series, window))
    assert bits(sample_deviation(series, window)) == bits(deviated(series, window, window - 1))


@pytest.mark.parametrize("columns", [ACROSS, ACROSS + 1, 2 * ACROSS + 5])
@pytest.mark.parametrize("window", [STEP, STEP + 1, 2 * STEP + 3])
def test_a_market_of_several_strips_and_parts_is_measured_like_a_loop(
    columns: int, window: int
) -> None:
    series = prices(max(SUMMED, SPREAD) // ACROSS + window + 1, columns)

    assert bits(window_sum(series, window)) == bits(added(series, window))
    assert bits(sample_deviation(series, window)) == bits(deviated(series, window, window - 1))


@pytest.mark.parametrize("window", [9, 60])
@pytest.mark.parametrize("columns", [2, 6])
def test_it_does_not_matter_how_a_series_lies_in_memory(window: int, columns: int) -> None:
    series = prices(90, columns)
    backwards, sparse = np.flip(series).copy(), np.repeat(series, 3, axis=1)
    apart = np.asfortranarray(series), backwards[::-1, ::-1], sparse[:, ::3]

    for measure in (
        window_sum,
        sample_deviation,
        lambda x, n: smoothed(x, run_lengths(x), n, 2.0 / (n + 1)),
    ):
        wanted = bits(measure(series, window))
        assert all(bits(measure(other, window)) == wanted for other in apart)


def test_what_is_nothing_but_negative_zeros_stays_one() -> None:
    assert np.signbit(window_sum(np.full((9, 2), -0.0), 4)[3:]).all()


def test_a_series_may_be_one_that_nobody_may_write_to() -> None:
    series = prices(30, 3)
    series.setflags(write=False)

    assert bits(window_sum(series, 7)) == bits(added(series, 7))


def test_order_is_that_of_python_without_vector_instructions(
    bare_environment: dict[str, str], project_root: Path
) -> None:
    machine = Machine(environment=bare_environment, root=project_root)

    assert machine.run(SCRIPT)[1] == "True"
    assert machine.run(SCRIPT, features=vector_features())[1] == "True"


def test_order_is_that_of_python_with_another_numpy(
    bare_environment: dict[str, str], project_root: Path, other_numpy: Path
) -> None:
    machine = Machine(environment=bare_environment, root=project_root)

    version, same = machine.run(SCRIPT, numpy=other_numpy)

    assert version != np.__version__
    assert same == "True"
