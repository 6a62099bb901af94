"""Pairs of averages come to the same on every way, and equal averages tie on all of them."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import alchemiser
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.indicators import sma
from alchemiser.domain.research.crossings import Crossings, crossings
from alchemiser.domain.research.following import PAIRS, follow
from alchemiser.domain.rules import metrics
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Asset, When
from alchemiser.domain.statistics.drawdowns import max_drawdown
from alchemiser.domain.statistics.ratios import sharpe
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
GRID: Final = [(fast, slow) for fast in (1, 2, 3, 7) for slow in (2, 5, 6, 9)]
HELD, OTHER = Symbol("AAA"), Symbol("ZZZ")


def whole_cents(sessions: int, symbols: int, seed: int = 6) -> NDArray[np.int64]:
    """Return prices that stay within twenty cents, so that averages are often equal."""
    draw = np.random.default_rng(seed)
    steps = draw.integers(-2, 3, (sessions, symbols))
    return np.asarray(10_030 + np.abs(np.cumsum(steps, axis=0)) % 20)


def exactly_above(cents: NDArray[np.int64], fast: int, slow: int) -> tuple[Mask, int]:
    """Return where the sums of whole cents say that the fast mean is above, and the ties."""
    above, ties = np.zeros(len(cents), dtype=np.bool_), 0
    for end in range(max(fast, slow), len(cents) + 1):
        left = int(cents[end - fast : end].sum()) * slow
        right = int(cents[end - slow : end].sum()) * fast
        above[end - 1] = left > right
        ties += left == right
    return above, ties


def earned_by(held: Mask, closes: Array) -> Array:
    """Return what each session earned."""
    returns = np.zeros(len(closes))
    returns[1:] = np.where(held[:-1], closes[1:] / closes[:-1] - 1.0, 0.0)
    return returns


def same(one: Crossings, other: Crossings) -> bool:
    """Say whether both hold the same bits."""
    pairs = zip(
        (one.total_return, one.sharpe, one.max_drawdown),
        (other.total_return, other.sharpe, other.max_drawdown),
        strict=True,
    )
    return all(np.asarray(a).tobytes() == np.asarray(b).tobytes() for a, b in pairs)


def by_tree(closes: Array, fast: int, slow: int) -> Mask:
    """Return where a rule tree holds the symbol."""
    days = tuple(date(2010, 1, 1) + timedelta(days=day) for day in range(len(closes)))
    panel = BarPanel(
        sessions=days, symbols=(HELD, OTHER), close=np.stack([closes, np.ones(len(closes))], axis=1)
    )
    above = metrics.sma(HELD, fast) > metrics.sma(HELD, slow)
    matrix = TreeEvaluator(panel).matrix(When(above, Asset(HELD), Asset(OTHER)))
    return np.asarray(matrix.weights[:, 0] > 0)


@pytest.mark.parametrize(("fast", "slow"), [(2, 6), (3, 9), (7, 14), (16, 48), (26, 65)])
def test_averages_equal_in_whole_cents_tie_on_every_way(fast: int, slow: int) -> None:
    cents = whole_cents(500, 1)[:, 0]
    closes = cents / 100
    exact, ties = exactly_above(cents, fast, slow)
    means = sma(closes, fast), sma(closes, slow)
    assert ties > 0
    assert (by_tree(closes, fast, slow) == exact).all()
    growth = np.multiply.accumulate(1.0 + earned_by(exact, closes))[-1]

    arrays = crossings(closes, [(fast, slow)])
    compiled = alchemiser.crossings(closes, [(fast, slow)])

    assert arrays.total_return.tolist() == [[growth - 1.0]]
    assert same(arrays, compiled)
    assert np.isfinite(means[0][slow:]).all()


@pytest.mark.parametrize(("dollars", "fast", "slow"), [(1_500, 128, 256), (600_000, 32, 64)])
def test_averages_on_the_edge_of_rounding_tie_on_every_way(
    dollars: int, fast: int, slow: int
) -> None:
    """Their average has thirteen digits, the last a 5: noise may not round them."""
    cents = dollars * 100 + whole_cents(1_500, 1, seed=26)[:, 0]
    closes = cents / 100
    exact, ties = exactly_above(cents, fast, slow)
    assert ties > 0
    held = by_tree(closes, fast, slow)

    found = crossings(closes, [(fast, slow)])

    assert (held == exact).all()
    growth = np.multiply.accumulate(1.0 + earned_by(held, closes))[-1]
    assert found.total_return.tolist() == [[growth - 1.0]]
    assert same(found, alchemiser.crossings(closes, [(fast, slow)]))


@pytest.mark.parametrize(("fast", "slow"), [(3, 9), (7, 14), (50, 200), (128, 256)])
def test_means_of_whole_cents_have_no_noise_to_decide_by(fast: int, slow: int) -> None:
    cents = whole_cents(1_500, 1)[:, 0]
    closes = cents / 100
    exact, ties = exactly_above(cents, fast, slow)

    assert ties > 0
    assert ((sma(closes, fast) > sma(closes, slow)) == exact).all()


def test_noise_alone_would_have_decided_ties() -> None:
    cents = whole_cents(500, 1)[:, 0]
    for fast, slow in ((3, 9), (7, 14)):
        added = [np.convolve(cents / 100, np.ones(n), "valid")[-480:] / n for n in (fast, slow)]
        assert ((added[0] > added[1]) != exactly_above(cents, fast, slow)[0][-480:]).any()


def test_machine_code_and_loops_and_arrays_come_to_the_same_bits() -> None:
    closes = whole_cents(160, 3) / 100
    closes[:40, 1] = np.nan
    closes[90:92, 2] = np.nan
    pairs = [*GRID, *((2, slow) for slow in range(10, 10 + PAIRS + 3))]

    arrays = crossings(closes, pairs)

    assert same(arrays, alchemiser.crossings(closes, pairs))
    assert same(crossings(closes, GRID), crossings(closes, GRID, follow=follow))
    only = crossings(closes, pairs, only_returns=True)
    assert only.total_return.tobytes() == arrays.total_return.tobytes()
    assert only.sharpe is None
    assert only.max_drawdown is None


@given(
    cents=st.lists(st.integers(100, 130), min_size=2, max_size=40).map(np.array),
    fast=st.integers(1, 6),
    slow=st.integers(1, 9),
)
def test_figures_are_those_of_the_statistics(
    cents: NDArray[np.int64], fast: int, slow: int
) -> None:
    closes = cents / 100
    earned = earned_by(exactly_above(cents, fast, slow)[0], closes)

    told = crossings(closes, [(fast, slow)])

    assert told.sharpe is not None
    assert told.max_drawdown is not None
    np.testing.assert_allclose(told.total_return, np.prod(1.0 + earned) - 1.0, atol=1e-12)
    np.testing.assert_allclose(told.max_drawdown, max_drawdown(earned), atol=1e-12)
    if np.ptp(earned) > 1e-9:
        np.testing.assert_allclose(told.sharpe, sharpe(earned), rtol=1e-7, atol=1e-9)


def test_pairs_are_told_in_the_order_that_they_were_asked_in() -> None:
    closes = whole_cents(120, 2) / 100
    asked = [(5, 9), (2, 6), (5, 6), (2, 9)]

    told = crossings(closes, asked)

    assert told.pairs == tuple(asked)
    for place, pair in enumerate(asked):
        alone = crossings(closes, [pair])
        assert told.total_return[place].tolist() == alone.total_return[0].tolist()


def test_a_single_session_earns_nothing() -> None:
    told = alchemiser.crossings([100.0], [(1, 1)])

    assert told.total_return.tolist() == [[0.0]]
    assert told.max_drawdown is not None
    assert told.max_drawdown.tolist() == [[0.0]]
    assert np.isnan(told.sharpe).all() if told.sharpe is not None else False


@pytest.mark.parametrize(
    ("closes", "pairs"),
    [
        ([], [(2, 5)]),
        (np.ones((4, 0)), [(2, 5)]),
        ([1.0, 2.0], []),
        ([1.0, 2.0], [(0, 5)]),
        (np.ones((2, 2, 2)), [(2, 5)]),
        (["one"], [(2, 5)]),
    ],
)
def test_nothing_to_follow_is_refused(closes: Array, pairs: list[tuple[int, int]]) -> None:
    with pytest.raises(InvalidValueError):
        alchemiser.crossings(closes, pairs)


def test_without_the_extra_arrays_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    closes = whole_cents(90, 2) / 100
    compiled = alchemiser.crossings(closes, GRID)
    monkeypatch.setattr("alchemiser.container.compiled.find_spec", lambda _: None)

    assert same(alchemiser.crossings(closes, GRID), compiled)
