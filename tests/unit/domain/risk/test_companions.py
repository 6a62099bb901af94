"""Groups of symbols that move together (RC-04)."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.risk.companions import Companions
from alchemiser.domain.risk.metrics import correlation
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats

A, B, C, D, E = (Symbol(name) for name in "ABCDE")

CHAIN = np.array([[0.01, 0.01, 0.0], [-0.01, 0.0, 0.01], [0.0, -0.01, -0.01]])
"""The second correlates with either neighbour by 0.5, they with each other by -0.5."""


def d(text: str) -> Decimal:
    return Decimal(text)


def correlated_groups(
    names: list[Symbol],
    returns: Floats,
    threshold: Decimal,
    together: tuple[frozenset[Symbol], ...] = (),
) -> tuple[frozenset[Symbol], ...]:
    """Return the groups that somebody finds who has measured nothing before."""
    return Companions(threshold).groups(names, returns, together)


def groups(*members: str) -> tuple[frozenset[Symbol], ...]:
    return tuple(frozenset(map(Symbol, text)) for text in members)


def test_only_more_than_the_threshold_moves_together() -> None:
    """RC-04: after rounding, 0.5 is not above 0.5."""
    pair = CHAIN[:, :2]

    assert correlated_groups([A, B], pair, d("0.5")) == groups("A", "B")
    assert correlated_groups([A, B], pair, d("0.499999999999")) == groups("AB")


def test_symbols_that_move_with_the_same_third_are_one_group() -> None:
    """RC-04."""
    assert correlated_groups([A, B, C], CHAIN, d("0.4")) == groups("ABC")
    assert correlated_groups([A, C], CHAIN[:, [0, 2]], d("0.4")) == groups("A", "C")


def test_moving_apart_is_not_moving_together() -> None:
    """RC-04: a hedge shares no bucket with what it hedges."""
    returns = np.array([[0.01, -0.01], [0.02, -0.02], [-0.01, 0.01]])

    assert correlated_groups([A, B], returns, d("0.9")) == groups("A", "B")


def test_known_symbols_join_groups_with_returns_and_without() -> None:
    """RC-04: D and E have no returns; E is known to move with C, and D alone."""
    together = groups("CE", "D")

    assert correlated_groups([C, A, B], CHAIN[:, [2, 0, 1]], d("0.6"), together) == groups(
        "A", "B", "CE", "D"
    )


def test_one_known_group_may_join_several() -> None:
    """RC-04."""
    assert correlated_groups([A, B, C], CHAIN, d("0.6"), groups("AD", "DC")) == groups("ACD", "B")


def test_known_group_of_nobody_joins_nothing() -> None:
    assert correlated_groups([A], np.zeros((3, 1)), d("0.9"), (frozenset(),)) == groups("A")


def test_no_symbols_are_no_groups() -> None:
    """RC-04: but those that are known are, without any returns at all."""
    assert correlated_groups([], np.empty((60, 0)), d("0.9")) == ()
    assert correlated_groups([], np.empty((60, 0)), d("0.9"), groups("ED")) == groups("DE")


def test_constant_symbol_joins_everybody() -> None:
    """RC-04."""
    returns = np.column_stack([CHAIN[:, 0], CHAIN[:, 2], np.zeros(3)])

    assert correlated_groups([A, B, C], returns, d("0.9")) == groups("ABC")


@given(st.data())
def test_groups_are_the_connected_parts_in_any_order_of_columns(data: st.DataObject) -> None:
    """RC-04: restated by reachability through powers of a matrix."""
    count = data.draw(st.integers(1, 7))
    names = [Symbol(f"S{n}") for n in range(count)]
    rows = st.lists(st.integers(-9, 9), min_size=count, max_size=count)
    returns = np.array(data.draw(st.lists(rows, min_size=4, max_size=6)), dtype=np.float64) / 100
    threshold = data.draw(st.sampled_from([d("0.2"), d("0.5"), d("0.8")]))

    near = np.array([
        [correlation(one, other) > threshold for other in returns.T] for one in returns.T
    ])
    reach = np.linalg.matrix_power((near | np.eye(count, dtype=bool)).astype(int), count) > 0
    expected = sorted({frozenset(names[n] for n in np.flatnonzero(row)) for row in reach}, key=min)
    order = data.draw(st.permutations(range(count)))

    assert correlated_groups(names, returns, threshold) == tuple(expected)
    mixed = correlated_groups([names[n] for n in order], returns[:, order], threshold)
    assert mixed == tuple(expected)


@given(st.data())
def test_what_was_measured_before_changes_nothing(data: st.DataObject) -> None:
    """RC-04: whatever was asked before, of the same returns or of others."""
    names = [Symbol(f"S{n}") for n in range(6)]
    rows = st.lists(st.integers(-9, 9), min_size=6, max_size=6)
    panels = [
        np.array(data.draw(st.lists(rows, min_size=4, max_size=4)), dtype=np.float64) / 100
        for _ in range(2)
    ]
    companions = Companions(d("0.5"))
    for _ in range(4):
        panel = data.draw(st.sampled_from(panels))
        some = data.draw(st.lists(st.sampled_from(range(6)), unique=True))
        asked = [names[n] for n in some], panel[:, some]

        assert companions.groups(*asked) == correlated_groups(*asked, d("0.5"))


@pytest.mark.parametrize("scale", [1e-11, 1e-3, 1.0, 1e60])
def test_near_the_threshold_the_rounded_correlation_decides(scale: float) -> None:
    """RC-04: 0.5 in real numbers, a bit more or less when summed quickly."""
    returns = CHAIN[:, :2] * scale * np.array([1.0, 1 / 3])
    exact = correlation(returns[:, 0], returns[:, 1])

    assert correlated_groups([A, B], returns, exact) == groups("A", "B")
    assert correlated_groups([A, B], returns, exact - d("1e-12")) == groups("AB")


def test_hundreds_of_symbols_are_those_that_each_pair_says() -> None:
    """RC-04: a common factor that grows with the symbol's number."""
    chance = np.random.default_rng(5)
    factor = chance.normal(0, 0.01, (60, 1))
    returns = factor * np.linspace(0, 3, 80) + chance.normal(0, 0.01, (60, 80))
    names = [Symbol(f"S{n:03}") for n in range(80)]
    near = {
        one: {other for j, other in enumerate(names) if correlation(left, returns[:, j]) > d("0.8")}
        for one, left in zip(names, returns.T, strict=True)
    }

    found = correlated_groups(names, returns, d("0.8"))

    assert 5 < len(found) < 75
    for group in found:
        assert all(near[name] <= group for name in group)
        assert len(group) == 1 or all(near[name] - {name} for name in group)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_missing_return_is_refused(bad: float) -> None:
    with pytest.raises(InvalidValueError, match="all finite"):
        correlated_groups([A, B], np.array([[0.01, 0.01], [0.02, bad]]), d("0.9"))
