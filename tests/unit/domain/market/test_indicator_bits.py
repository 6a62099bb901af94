"""Indicators are causal to the last bit, on every machine."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from alchemiser.domain.market import indicators
from tests.unit.domain.market.machine import Machine, vector_features

Array = NDArray[np.float64]
Indicator = Callable[[Array], Array]

ALL: dict[str, Indicator] = {
    "current_price": indicators.current_price,
    "sma": lambda x: indicators.sma(x, 5),
    "ema": lambda x: indicators.ema(x, 4),
    "moving_average_return": lambda x: indicators.moving_average_return(x, 3),
    "cumulative_return": lambda x: indicators.cumulative_return(x, 4),
    "stdev_return": lambda x: indicators.stdev_return(x, 3),
    "stdev_price": lambda x: indicators.stdev_price(x, 4),
    "max_drawdown": lambda x: indicators.max_drawdown(x, 5),
    "rsi": lambda x: indicators.rsi(x, 3),
    "ppo": lambda x: indicators.ppo(x, 2, 5),
    "ppo_signal": lambda x: indicators.ppo_signal(x, 2, 4, 3),
    "atr": lambda x: indicators.atr(x * 1.03, x * 0.98, x, 3),
    "zscore": lambda x: indicators.zscore(x, 4),
    "percentile": lambda x: indicators.percentile(x, 4),
    "trend_state": lambda x: indicators.trend_state(x, 2, 5),
    "volatility_state": lambda x: indicators.volatility_state(x, 2, 4),
    "correlation": lambda x: indicators.correlation(x, x * x, 3),
    "correlation_state": lambda x: indicators.correlation_state(x, 9 - x, 3),
    "liquidity_state": lambda x: indicators.liquidity_state(x, 7 * x, 2, 4),
}
each_indicator = pytest.mark.parametrize("measure", ALL.values(), ids=ALL.keys())

# Prices on a grid of cents repeat themselves, which is where ties and zeros come from.
closes = st.lists(
    st.integers(100, 9000).map(lambda cents: cents / 100) | st.just(np.nan),
    min_size=1,
    max_size=70,
).map(np.array)

# The digest of every indicator over one fixed series, whatever the machine.
SCRIPT = """
import hashlib, random
import numpy as np
from tests.unit.domain.market.test_indicator_bits import ALL
draw = random.Random(20)
level, rows = [60.0] * 7, []
for _ in range(900):
    level = [price * (1 + draw.uniform(-0.04, 0.041)) for price in level]
    rows.append(level)
closes = np.array(rows)
closes[400:410, 2] = np.nan
digest = hashlib.sha256()
for name in sorted(ALL):
    measured = ALL[name](closes)
    digest.update(np.where(np.isnan(measured), -1.0, measured).astype("<f8").tobytes())
print(np.__version__, digest.hexdigest())
"""


RECORDED = "00b777530b2cf7ea8e6a2104cc2edc28b1da8451b50931bd7fb2ef4555f90469"


def bits(values: Array) -> list[str]:
    """Return each value to the last bit, every NaN alike."""
    return [float(value).hex() for value in values.ravel()]


@each_indicator
@given(series=closes, data=st.data())
def test_value_is_the_same_to_the_bit_when_later_rows_are_cut_off(
    measure: Indicator, series: Array, data: st.DataObject
) -> None:
    """BT-02."""
    end = data.draw(st.integers(1, len(series)))

    assert bits(measure(series[:end])) == bits(measure(series)[:end])


@each_indicator
@given(series=closes, gap=st.integers(1, 40))
def test_value_is_the_same_to_the_bit_when_the_panel_begins_before_the_symbol(
    measure: Indicator, series: Array, gap: int
) -> None:
    padded = np.concatenate([np.full(gap, np.nan), series])

    assert bits(measure(padded)[gap:]) == bits(measure(series))


@each_indicator
@given(before=closes, after=closes)
def test_a_missing_bar_starts_the_series_anew(
    measure: Indicator, before: Array, after: Array
) -> None:
    joined = np.concatenate([before, [np.nan], after])

    assert bits(measure(joined)[len(before) + 1 :]) == bits(measure(after))


@each_indicator
@given(series=closes, seed=st.integers(0, 2**32 - 1))
def test_value_is_the_same_to_the_bit_whatever_stands_in_other_columns(
    measure: Indicator, series: Array, seed: int
) -> None:
    other = np.random.default_rng(seed).uniform(1, 99, (len(series), 3))
    other[seed % len(series), 1] = np.nan
    panel = np.column_stack([other[:, :2], series, other[:, 2]])

    assert bits(measure(panel)[:, 2]) == bits(measure(series))
    assert bits(measure(np.asfortranarray(panel))[:, 2]) == bits(measure(series))


@pytest.mark.parametrize(
    "name", sorted(set(ALL) - {"atr", "current_price", "correlation_state", "sma"})
)
@given(series=closes, power=st.integers(-8, 8))
def test_doubling_the_price_unit_scales_prices_and_leaves_ratios_alone(
    name: str, series: Array, power: int
) -> None:
    in_dollars = name in {"ema", "stdev_price"}

    scaled = ALL[name](series * 2.0**power)

    assert bits(scaled) == bits(ALL[name](series) * (2.0**power if in_dollars else 1.0))


@given(series=closes, power=st.integers(0, 8))
def test_doubling_whole_cents_doubles_their_exact_means(series: Array, power: int) -> None:
    """Halves of cents are none, and their means are as they were added up."""
    assert bits(ALL["sma"](series * 2.0**power)) == bits(ALL["sma"](series) * 2.0**power)


@given(series=closes, power=st.integers(-8, 8))
def test_doubling_prices_that_are_no_cents_doubles_their_means(series: Array, power: int) -> None:
    apart = series * (1 + 2.0**-30)

    assert bits(ALL["sma"](apart * 2.0**power)) == bits(ALL["sma"](apart) * 2.0**power)


def test_digest_is_the_recorded_one(bare_environment: dict[str, str], project_root: Path) -> None:
    machine = Machine(environment=bare_environment, root=project_root)

    assert machine.run(SCRIPT)[1] == RECORDED


def test_digest_is_the_recorded_one_without_vector_instructions(
    bare_environment: dict[str, str], project_root: Path
) -> None:
    features = vector_features()
    if not features:
        pytest.skip("this numpy has no vector instructions to switch off")
    machine = Machine(environment=bare_environment, root=project_root)

    assert machine.run(SCRIPT, features=features)[1] == RECORDED


def test_digest_is_the_recorded_one_with_another_numpy(
    bare_environment: dict[str, str], project_root: Path, other_numpy: Path
) -> None:
    machine = Machine(environment=bare_environment, root=project_root)

    version, digest = machine.run(SCRIPT, numpy=other_numpy)

    assert version != np.__version__
    assert digest == RECORDED
