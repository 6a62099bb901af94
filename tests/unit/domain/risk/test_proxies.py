"""What stands in for a history that is too short (RC-04, RC-13)."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.risk.metrics import Sample, historical_var, parametric_var, portfolio_returns
from alchemiser.domain.risk.proxies import (
    GAP_MAX,
    Series,
    Source,
    class_add_on,
    own_returns,
    series_for,
)
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument

QQQ, TQQQ, SQQQ, NEW = (Symbol(name) for name in ("QQQ", "TQQQ", "SQQQ", "NEW"))

NAN = math.nan
INDEX = [100.0, 110.0, 99.0, 99.0]
"""Three returns: +10 %, -10 %, 0."""


def d(text: str) -> Decimal:
    return Decimal(text)


def a_fund(name: Symbol, leverage: str, underlying: Symbol | None = QQQ) -> Instrument:
    return Instrument(symbol=name, leverage=d(leverage), underlying=underlying)


def a_share(name: Symbol) -> Instrument:
    return Instrument(symbol=name)


def measured(
    instruments: Sequence[Instrument], closes: Mapping[Symbol, Sequence[float]], sessions: int = 3
) -> Series:
    """Return the series of `instruments`, with one column of closes a symbol."""
    columns = {name: place for place, name in enumerate(closes)}
    panel = np.array(list(closes.values()), dtype=np.float64).T
    return series_for(
        instruments, lambda name: own_returns(name, columns, panel, sessions), sessions
    )


def of_one(prices: Sequence[float], sessions: int) -> tuple[Source, list[float]]:
    """Return whose returns a share with `prices` took, and them."""
    series = measured([a_share(NEW)], {NEW: prices}, sessions)
    return series.sources[NEW], series.returns.ravel().tolist()


# --- Own returns --------------------------------------------------------------------------------


def test_symbol_with_history_takes_its_own_returns() -> None:
    """RC-13."""
    series = measured([a_share(QQQ)], {QQQ: INDEX})

    assert series.names == (QQQ,)
    assert series.sources == {QQQ: Source.OWN}
    assert series.returns.shape == (3, 1)
    assert series.returns[:, 0] == pytest.approx([0.1, -0.1, 0.0], abs=1e-15)


def test_only_the_last_sessions_are_taken() -> None:
    assert of_one([7.0, 100.0, 150.0, 75.0], 2) == (Source.OWN, [0.5, -0.5])


def test_as_many_closes_as_sessions_are_one_too_few() -> None:
    """RC-13."""
    assert of_one([100.0, 150.0], 1) == (Source.OWN, [0.5])
    assert of_one([100.0, 150.0], 2) == (Source.CLASS, [])


def test_last_close_stands_for_up_to_three_that_are_missing() -> None:
    """RC-13: the return over the gap falls on its end."""
    assert GAP_MAX == 3
    assert of_one([100.0, NAN, NAN, NAN, 150.0], 4) == (Source.OWN, [0.0, 0.0, 0.0, 0.5])
    assert of_one([100.0, 150.0, NAN, NAN, NAN], 4) == (Source.OWN, [0.5, 0.0, 0.0, 0.0])


def test_four_missing_closes_make_a_history_short() -> None:
    """RC-13."""
    assert of_one([100.0, NAN, NAN, NAN, NAN, 150.0], 5) == (Source.CLASS, [])
    assert of_one([100.0, 150.0, NAN, NAN, NAN, NAN], 5) == (Source.CLASS, [])


def test_gaps_are_counted_each_for_itself() -> None:
    prices = [100.0, NAN, NAN, 50.0, NAN, NAN, 75.0]

    assert of_one(prices, 6) == (Source.OWN, [0.0, 0.0, -0.5, 0.0, 0.0, 0.5])


def test_history_that_starts_inside_the_look_back_is_short() -> None:
    """RC-13: no close stands for one that came before it."""
    assert of_one([NAN, 100.0, 150.0], 2) == (Source.CLASS, [])


def test_what_is_missing_before_the_look_back_does_not_matter() -> None:
    assert of_one([NAN, NAN, NAN, NAN, 100.0, 150.0], 1) == (Source.OWN, [0.5])


@pytest.mark.parametrize("price", [0.0, -5.0, math.inf, NAN])
def test_price_that_is_none_is_missing(price: float) -> None:
    assert of_one([100.0, price, 150.0], 2) == (Source.OWN, [0.0, 0.5])
    assert of_one([price, 100.0, 150.0], 2) == (Source.CLASS, [])


# --- Those of the underlying --------------------------------------------------------------------


@pytest.mark.parametrize(("leverage", "expected"), [("3", [0.3, -0.3]), ("-3", [-0.3, 0.3])])
def test_young_fund_takes_the_multiple_of_its_underlying(
    leverage: str, expected: list[float]
) -> None:
    """RC-13: SQQQ falls where QQQ rises."""
    closes = {QQQ: INDEX[:3], TQQQ: [NAN, 50.0, 51.0]}
    series = measured([a_fund(TQQQ, leverage)], closes, 2)

    assert series.sources == {TQQQ: Source.UNDERLYING}
    assert series.names == (TQQQ,)
    assert series.returns[:, 0] == pytest.approx(expected, abs=1e-14)


def test_fund_without_any_bars_takes_them_too() -> None:
    """RC-13."""
    series = measured([a_fund(TQQQ, "2")], {QQQ: [100.0, 125.0]}, 1)

    assert series.sources == {TQQQ: Source.UNDERLYING}
    assert series.returns.tolist() == [[0.5]]


def test_fund_with_history_takes_its_own() -> None:
    series = measured([a_fund(TQQQ, "3")], {QQQ: [100.0, 200.0], TQQQ: [50.0, 25.0]}, 1)

    assert series.sources == {TQQQ: Source.OWN}
    assert series.returns.tolist() == [[-0.5]]


def test_fund_loses_no_more_than_all() -> None:
    """RC-13: three times -50 % and minus three times +50 % are -100 %; gains have no bound."""
    closes = {QQQ: [100.0, 50.0, 75.0]}
    series = measured([a_fund(TQQQ, "3"), a_fund(SQQQ, "-3")], closes, 2)

    assert series.returns.tolist() == [[-1.0, 1.5], [1.5, -1.0]]


def test_underlying_has_its_gaps_filled_as_well() -> None:
    series = measured([a_fund(TQQQ, "2")], {QQQ: [100.0, NAN, 125.0]}, 2)

    assert series.returns.tolist() == [[0.0], [0.5]]


@pytest.mark.parametrize(
    ("fund", "index"),
    [
        (a_fund(NEW, "3", None), INDEX),
        (a_fund(NEW, "3", NEW), INDEX),
        (a_fund(NEW, "3", Symbol("GONE")), INDEX),
        (a_fund(NEW, "3", QQQ), [NAN, *INDEX[1:]]),
    ],
    ids=["unknown", "itself", "without bars", "short itself"],
)
def test_underlying_that_does_not_reach_back_is_no_help(
    fund: Instrument, index: list[float]
) -> None:
    """RC-13."""
    series = measured([fund], {QQQ: index, NEW: [NAN, 1.0, 2.0, 3.0]})

    assert series.sources == {NEW: Source.CLASS}
    assert series.names == ()
    assert series.returns.shape == (3, 0)


def test_proxy_of_a_proxy_is_not_taken() -> None:
    """RC-13: TQQQ has no history of its own, so it stands for nobody."""
    instruments = [a_fund(TQQQ, "3"), a_fund(NEW, "1", TQQQ)]

    assert measured(instruments, {QQQ: INDEX}).sources == {
        TQQQ: Source.UNDERLYING,
        NEW: Source.CLASS,
    }


# --- Both, and neither --------------------------------------------------------------------------


def test_columns_follow_the_instruments_without_those_of_the_class() -> None:
    """RC-13."""
    closes = {QQQ: [100.0, 125.0], SQQQ: [10.0, 5.0]}
    instruments = [a_fund(SQQQ, "-3"), a_share(NEW), a_fund(TQQQ, "2"), a_share(QQQ)]
    series = measured(instruments, closes, 1)

    assert series.names == (SQQQ, TQQQ, QQQ)
    assert series.returns.tolist() == [[-0.5, 0.5, 0.25]]
    assert series.sources == {
        SQQQ: Source.OWN,
        NEW: Source.CLASS,
        TQQQ: Source.UNDERLYING,
        QQQ: Source.OWN,
    }


def test_portfolio_of_strangers_has_the_shape_of_one_and_loses_nothing_by_itself() -> None:
    """RC-13: all it may lose is what its classes add."""
    series = measured([a_share(NEW)], {QQQ: INDEX})
    returns = portfolio_returns([], series.returns)

    assert returns.shape == (3,)
    sample = Sample.of(returns)
    assert historical_var(sample, d("0.99")) == parametric_var(sample, d("0.99")) == 0


def test_panel_is_left_as_it_was() -> None:
    panel = np.array([[100.0], [NAN], [150.0]])
    own_returns(NEW, {NEW: 0}, panel, 2)

    assert np.isnan(panel[1, 0])


prices_or_gaps = st.lists(
    st.one_of(st.just(NAN), st.integers(1, 1_000).map(float)), min_size=2, max_size=20
)


@given(prices_or_gaps)
def test_filled_history_agrees_with_a_walk_through_it(prices: list[float]) -> None:
    """RC-13: restated by hand, close by close."""
    filled: list[float] = []
    missing = longest = 0
    for price in prices:
        missing = missing + 1 if math.isnan(price) else 0
        longest = max(longest, missing)
        filled.append(filled[-1] if missing and filled else price)
    sound = longest <= 3 and not math.isnan(prices[0])
    expected = [after / before - 1 for before, after in pairwise(filled)]

    source, returns = of_one(prices, len(prices) - 1)
    assert source is (Source.OWN if sound else Source.CLASS)
    assert returns == (expected if sound else [])


@given(st.permutations([a_share(QQQ), a_fund(TQQQ, "3"), a_fund(SQQQ, "-3"), a_share(NEW)]))
def test_order_of_instruments_changes_no_bit(instruments: list[Instrument]) -> None:
    def columns(series: Series) -> dict[Symbol, list[float]]:
        return {name: series.returns[:, n].tolist() for n, name in enumerate(series.names)}

    closes = {NEW: [NAN, 1.0, 2.0, 3.0], QQQ: [100.0, 103.0, 101.0, 97.0]}
    standard = measured(sorted(instruments, key=lambda one: one.symbol), closes)
    series = measured(instruments, closes)

    assert columns(series) == columns(standard)
    assert series.sources == standard.sources


# --- The worst case of a class ------------------------------------------------------------------


def test_strangers_add_their_losses_up() -> None:
    """RC-13: 10 % of 5 % a deviation and 20 % of 3 %, at 2 deviations: 1 % and 1.2 %."""
    weights = {NEW: d("0.1"), TQQQ: d("0.2"), QQQ: d("0.7")}
    deviations = {NEW: d("0.05"), TQQQ: d("0.03")}

    assert class_add_on(weights, deviations, d("2")) == d("0.022")


def test_short_stranger_loses_as_much_as_a_long_one() -> None:
    """RC-13: no hedge is credited to what is not known."""
    weights = {NEW: d("-0.1"), TQQQ: d("0.1")}

    assert class_add_on(weights, dict.fromkeys(weights, d("0.05")), d("2")) == d("0.02")


def test_nobody_adds_nothing() -> None:
    assert class_add_on({QQQ: d("1")}, {}, d("2.33")) == 0


@given(
    st.lists(st.integers(0, 10**9), min_size=4, max_size=4),
    st.permutations([QQQ, TQQQ, SQQQ, NEW]),
)
def test_order_of_strangers_changes_no_digit(parts: list[int], order: list[Symbol]) -> None:
    """RC-13: of weights at 1e-9."""
    weights = {
        name: Decimal(part).scaleb(-9) for name, part in zip(sorted(order), parts, strict=True)
    }
    multiple = d("2.32634787404")

    assert class_add_on(weights, dict.fromkeys(order, d("0.05")), multiple) == class_add_on(
        weights, dict.fromkeys(sorted(order), d("0.05")), multiple
    )


def test_gap_at_the_start_is_filled_from_before_it() -> None:
    """RC-13: closes that are missing long ago do not make a history short, up to three of them."""
    assert of_one([90.0, 100.0, NAN, 150.0, 75.0], 2) == (Source.OWN, [0.5, -0.5])
    assert of_one([100.0, NAN, NAN, NAN, 150.0, 75.0], 2) == (Source.OWN, [0.5, -0.5])
    assert of_one([100.0, NAN, NAN, NAN, NAN, 150.0, 75.0], 2) == (Source.CLASS, [])
