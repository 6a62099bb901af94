"""Indicators give the published values, agree with slow restatements and refuse nonsense."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import alchemiser.indicators
from alchemiser.domain.market import indicators
from alchemiser.domain.values.errors import InvalidValueError
from tests.unit.domain.market import slow_indicators as slow

Array = NDArray[np.float64]
nan = np.nan

# The example of Wilder's index that textbooks and charting sites work through (14 days).
WORKED_CLOSES = [
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826,
    45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
    46.2122, 46.2521, 45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783, 44.2181, 44.5672,
    43.4205, 42.6628, 43.1314,
]  # fmt: skip
WORKED_RSI = [
    70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99,
    41.46, 41.87, 45.46, 37.30, 33.08, 37.77,
]  # fmt: skip

ONE_WINDOW: list[tuple[Callable[..., Array], Callable[..., list[float]], tuple[int, ...]]] = [
    (indicators.sma, slow.sma, (7,)),
    (indicators.sma, slow.sma, (1,)),
    (indicators.ema, slow.ema, (6,)),
    (indicators.ema, slow.ema, (1,)),
    (indicators.moving_average_return, slow.moving_average_return, (5,)),
    (indicators.moving_average_return, slow.moving_average_return, (1,)),
    (indicators.cumulative_return, slow.cumulative_return, (9,)),
    (indicators.cumulative_return, slow.cumulative_return, (1,)),
    (indicators.stdev_return, slow.stdev_return, (6,)),
    (indicators.stdev_price, slow.stdev_price, (4,)),
    (indicators.max_drawdown, slow.max_drawdown, (8,)),
    (indicators.max_drawdown, slow.max_drawdown, (1,)),
    (indicators.rsi, slow.rsi, (10,)),
    (indicators.rsi, slow.rsi, (1,)),
    (indicators.ppo, slow.ppo, (4, 9)),
    (indicators.ppo_signal, slow.ppo_signal, (4, 9, 5)),
    (indicators.zscore, slow.zscore, (6,)),
    (indicators.percentile, slow.percentile, (7,)),
    (indicators.trend_state, slow.trend, (3, 8)),
    (indicators.volatility_state, slow.volatility_state, (4, 9)),
]


def walk(rows: int, seed: int) -> Array:
    """Return closes of a seeded random walk that starts near 80."""
    steps = np.random.default_rng(seed).normal(0.0, 0.02, rows)
    return np.asarray(80 * np.exp(np.cumsum(steps)))


def test_rsi_gives_the_published_worked_example() -> None:
    measured = indicators.rsi(WORKED_CLOSES, 14)

    assert np.isnan(measured[:14]).all()
    np.testing.assert_allclose(measured[14:], WORKED_RSI, atol=0.006)


def test_rsi_of_rounded_closes_gives_the_known_unrounded_result() -> None:
    closes = [round(close, 2) for close in WORKED_CLOSES[:20]]

    assert indicators.rsi(closes, 14)[14] == pytest.approx(70.464135, abs=1e-6)


@pytest.mark.parametrize(
    ("closes", "expected"),
    [
        ([10, 11, 13, 14], [nan, nan, nan, 100]),
        ([14, 13, 11, 10], [nan, nan, nan, 0]),
        ([12, 12, 12, 12], [nan, nan, nan, 50]),
        ([10, 11, 10, 12], [nan, nan, nan, 75]),
    ],
)
def test_rsi_knows_the_one_sided_cases(closes: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(indicators.rsi(closes, 3), expected)


def test_rsi_stays_at_100_through_thousands_of_gains() -> None:
    closes = np.arange(1.0, 4000.0)

    assert (indicators.rsi(closes, 10)[10:] == 100).all()


def test_ema_is_seeded_with_the_plain_mean() -> None:
    measured = indicators.ema([2, 4, 9, 10, 20], 3)

    np.testing.assert_allclose(measured, [nan, nan, 5, 7.5, 13.75])


def test_moving_average_return_is_the_mean_of_daily_percent_returns() -> None:
    measured = indicators.moving_average_return([100, 110, 99, 99], 2)

    np.testing.assert_allclose(measured, [nan, nan, 0, -5], atol=1e-13)


def test_cumulative_return_is_in_percent() -> None:
    np.testing.assert_allclose(
        indicators.cumulative_return([80, 90, 100, 60], 2), [nan, nan, 25, -100 / 3]
    )


def test_stdev_return_is_the_sample_deviation_of_daily_percents_not_annualised() -> None:
    measured = indicators.stdev_return([100, 110, 99, 108.9], 3)

    # Returns of +10, -10 and +10 percent: the mean is 10/3 and the squares sum to 800/3.
    np.testing.assert_allclose(measured, [nan, nan, nan, (800 / 3 / 2) ** 0.5])


def test_stdev_price_is_the_sample_deviation() -> None:
    np.testing.assert_allclose(indicators.stdev_price([2, 4, 9], 3), [nan, nan, 13**0.5])


def test_max_drawdown_forgets_the_peak_outside_the_window() -> None:
    measured = indicators.max_drawdown([100, 50, 40, 44, 33], 3)

    np.testing.assert_allclose(measured, [nan, nan, 60, 20, 25])


def test_atr_takes_the_gap_from_the_close_before_but_not_on_the_first_bar() -> None:
    high, low, close = [12, 15, 16, 16.5], [10, 14, 13, 16], [10.5, 14.5, 15, 16.2]

    measured = indicators.atr(high, low, close, 2)

    # True ranges: 2, then 15 - 10.5, then 16 - 13, then 16.5 - 15.
    np.testing.assert_allclose(measured, [nan, 3.25, 3.125, 2.3125])


def test_ppo_is_percent_of_the_slow_mean() -> None:
    closes = [2.0, 4.0, 9.0, 10.0]

    measured = indicators.ppo(closes, 1, 3)

    np.testing.assert_allclose(measured, [nan, nan, 80, 100 * 2.5 / 7.5])


def test_current_price_is_the_close() -> None:
    np.testing.assert_array_equal(indicators.current_price([3, nan, np.inf]), [3, nan, nan])


@pytest.mark.parametrize(("fast", "check", "windows"), ONE_WINDOW)
def test_indicator_agrees_with_its_slow_restatement_when_bars_are_missing(
    fast: Callable[..., Array], check: Callable[..., list[float]], windows: tuple[int, ...]
) -> None:
    closes = np.stack([walk(120, seed) for seed in (1, 2, 3)], axis=1)
    closes[[0, 1, 40, 90], 0] = nan
    closes[[30, 31, 33, 60], 1] = nan

    measured = fast(closes, *windows)

    expected = np.array([check(column.tolist(), *windows) for column in closes.T]).T
    np.testing.assert_allclose(measured, expected, rtol=1e-9, atol=1e-10)


def test_atr_agrees_with_its_slow_restatement_when_bars_are_missing() -> None:
    close = walk(90, 4)
    high, low = close * 1.011, close * 0.987
    close[20], high[50], low[51] = nan, nan, nan

    measured = indicators.atr(high, low, close, 6)

    np.testing.assert_allclose(
        measured, slow.atr(high.tolist(), low.tolist(), close.tolist(), 6), rtol=1e-12
    )


def test_windowed_indicators_agree_with_pandas() -> None:
    closes = walk(400, 5)
    series = pd.Series(closes)
    returns = series.pct_change() * 100

    for measured, expected in [
        (indicators.sma(closes, 50), series.rolling(50).mean()),
        (indicators.stdev_price(closes, 20), series.rolling(20).std()),
        (indicators.stdev_return(closes, 20), returns.rolling(20).std()),
        (indicators.moving_average_return(closes, 30), returns.rolling(30).mean()),
        (indicators.cumulative_return(closes, 60), series.pct_change(60) * 100),
    ]:
        np.testing.assert_allclose(measured, expected.to_numpy(), rtol=1e-9, atol=1e-12)


def test_exponential_indicators_agree_with_pandas_given_the_seed() -> None:
    closes = walk(300, 6)
    seeded = pd.Series([closes[:12].mean(), *closes[12:]])
    change = pd.Series(closes).diff()
    gain, loss = (
        pd.Series([part[1:15].mean(), *part[15:]]).ewm(alpha=1 / 14, adjust=False).mean()
        for part in (change.clip(lower=0), -change.clip(upper=0))
    )

    np.testing.assert_allclose(
        indicators.ema(closes, 12)[11:], seeded.ewm(span=12, adjust=False).mean(), rtol=1e-12
    )
    np.testing.assert_allclose(
        indicators.rsi(closes, 14)[14:], 100 - 100 / (1 + gain / loss), rtol=1e-12
    )


@given(closes=st.lists(st.floats(0.5, 500) | st.just(nan), max_size=40), window=st.integers(1, 12))
def test_rsi_and_drawdown_stay_within_their_range(closes: list[float], window: int) -> None:
    strength = indicators.rsi(closes, window)
    fall = indicators.max_drawdown(closes, window)

    assert ((strength >= 0) & (strength <= 100) | np.isnan(strength)).all()
    assert ((fall >= 0) & (fall < 100) | np.isnan(fall)).all()


@pytest.mark.parametrize(("fast", "_", "windows"), ONE_WINDOW)
def test_indicator_of_too_short_a_series_is_nan_throughout(
    fast: Callable[..., Array], _: object, windows: tuple[int, ...]
) -> None:
    longer = tuple(10 * window for window in windows)

    assert fast([], *longer).shape == (0,)
    assert np.isnan(fast([5, 6, 7], *longer)).all()
    assert np.isnan(fast(np.ones((3, 2)), *longer)).all()


@pytest.mark.parametrize(("fast", "_", "windows"), ONE_WINDOW)
def test_indicator_leaves_its_input_alone(
    fast: Callable[..., Array], _: object, windows: tuple[int, ...]
) -> None:
    closes = walk(60, 7)
    before = closes.copy()
    closes.flags.writeable = False

    fast(closes, *windows)

    np.testing.assert_array_equal(closes, before)


def test_percentile_is_the_mean_rank_in_percent() -> None:
    """ST-12."""
    np.testing.assert_allclose(
        indicators.percentile([3, 1, 2, 2, 9, 0], 4), [nan, nan, nan, 62.5, 100, 25]
    )


def test_percentile_and_zscore_agree_with_pandas() -> None:
    """ST-12."""
    closes = walk(300, 3)
    rolled = pd.Series(closes).rolling(40)

    np.testing.assert_allclose(
        indicators.percentile(closes, 40), rolled.rank(pct=True) * 100, rtol=1e-12
    )
    np.testing.assert_allclose(
        indicators.zscore(closes, 40),
        (closes - rolled.mean()) / rolled.std(ddof=0),
        rtol=1e-9,
    )


def test_what_never_changes_has_no_zscore_and_no_correlation() -> None:
    """ST-12: it is undecided, and never 0."""
    same, moving = np.full(30, 0.1), walk(30, 2)
    rising = 80 * 1.0001 ** np.arange(30.0)

    assert np.isnan(indicators.zscore(same, 10)).all()
    assert np.isnan(indicators.correlation(same, moving, 10)).all()
    assert np.isnan(indicators.correlation(moving, rising, 10)).all()
    assert (indicators.stdev_return(rising, 10)[10:] == 0).all()


def test_correlation_agrees_with_numpy_and_lies_between_its_ends() -> None:
    first, second = walk(90, 5), walk(90, 6)
    returns = [np.diff(closes) / closes[:-1] for closes in (first, second)]

    measured = indicators.correlation(first, second, 25)

    assert measured[60] == pytest.approx(np.corrcoef(returns[0][35:60], returns[1][35:60])[0, 1])
    np.testing.assert_allclose(measured, slow.correlation(first.tolist(), second.tolist(), 25))
    np.testing.assert_allclose(indicators.correlation(first, first, 25)[25:], 1)
    assert np.isnan(measured[:25]).all()
    assert np.nanmax(np.abs(indicators.correlation(first, 2 * first, 2))) <= 1


def test_states_agree_with_a_slow_restatement_and_reach_all_three_codes() -> None:
    """ST-11."""
    first, second = walk(500, 8), walk(500, 9)
    volume = 1000 * walk(500, 10)
    pairs = [
        (
            indicators.correlation_state(first, second, 9),
            slow.correlation_state(first.tolist(), second.tolist(), 9),
        ),
        (
            indicators.liquidity_state(first, volume, 5, 30),
            slow.liquidity_state(first.tolist(), volume.tolist(), 5, 30),
        ),
        (indicators.trend_state(first, 5, 20), slow.trend(first.tolist(), 5, 20)),
        (indicators.volatility_state(first, 5, 30), slow.volatility_state(first.tolist(), 5, 30)),
    ]

    for measured, restated in pairs:
        np.testing.assert_array_equal(measured, restated)
        assert set(measured[~np.isnan(measured)]) == {-1, 0, 1}


@pytest.mark.parametrize(
    "pair",
    [
        lambda: indicators.correlation([1, 2, 3], [1, 2], 2),
        lambda: indicators.liquidity_state([1, 2, 3], [1, 2], 2, 2),
    ],
)
def test_two_series_of_different_shapes_are_refused(pair: Callable[[], Array]) -> None:
    with pytest.raises(InvalidValueError, match="differ in shape"):
        pair()


def test_a_close_of_zero_leaves_no_infinity_behind() -> None:
    for measured in (
        indicators.moving_average_return([5, 0, 5, 6, 7], 2),
        indicators.stdev_return([5, 0, 5, 6, 7], 2),
        indicators.cumulative_return([5, 0, 5, 6, 7], 1),
        indicators.max_drawdown([0, 0, 5, 6, 7], 2),
        indicators.ppo([0, 0, 0, 0, 0], 1, 2),
    ):
        assert not np.isinf(measured).any()


@pytest.mark.parametrize("window", [0, -3, 2.0, "5", None, True])
def test_indicator_refuses_a_window_that_is_no_positive_whole_number(window: int) -> None:
    with pytest.raises(InvalidValueError, match="window"):
        indicators.sma([1, 2, 3], window)


@pytest.mark.parametrize("deviation", [indicators.stdev_return, indicators.stdev_price])
def test_deviation_of_one_value_is_refused(deviation: Callable[..., Array]) -> None:
    with pytest.raises(InvalidValueError, match="at least 2"):
        deviation([1, 2, 3], 1)


def test_indicator_takes_a_window_from_numpy() -> None:
    np.testing.assert_array_equal(indicators.sma([1, 2, 4], np.int64(3)), [nan, nan, 7 / 3])


@pytest.mark.parametrize("values", [5.0, np.ones((2, 2, 2)), ["five"], [[1], [2, 3]], object()])
def test_indicator_refuses_what_is_no_series_of_numbers(values: Array) -> None:
    with pytest.raises(InvalidValueError, match=r"shape \(T,\)"):
        indicators.rsi(values, 2)


def test_atr_refuses_inputs_of_different_shapes() -> None:
    with pytest.raises(InvalidValueError, match="differ in shape"):
        indicators.atr([1, 2, 3], [1, 2], [1, 2], 2)


def test_the_author_gets_the_very_functions_of_the_domain() -> None:
    assert alchemiser.indicators.__all__ == indicators.__all__
    for name in indicators.__all__:
        assert getattr(alchemiser.indicators, name) is getattr(indicators, name)
