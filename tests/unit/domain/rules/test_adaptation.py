"""Fixed levels of an RSI become levels among its own past, and nothing else changes."""

from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.market import indicators
from alchemiser.domain.rules.adaptation import deviations
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.rules import (
    adaptive,
    and_,
    bottom,
    choose,
    content_hash,
    cumulative_return,
    group,
    not_,
    requirements,
    rsi,
    top,
    weight_equal,
    weight_specified,
    when,
    zscore,
)


def test_every_level_of_an_rsi_moves_wherever_it_stands() -> None:
    """ST-12."""
    hot, cold = rsi("SPY", 10) > 79, not_(rsi("QQQ", 20) <= 30)
    inner = when(and_(cold, cumulative_return("SPY", 5) > 1), "TLT", "GLD")
    tree = weight_specified(
        (0.5, group("a", when(hot, "UVXY", inner))),
        (0.5, weight_equal("SPY", choose(hot, ["A"], [top(1, by=rsi(window=5), of=["B", inner])]))),
    )

    moved = adaptive(tree, 100)

    heat = zscore(rsi("SPY", 10), 100) > float(deviations(Decimal(79), 10))
    chill = not_(zscore(rsi("QQQ", 20), 100) <= float(deviations(Decimal(30), 20)))
    inside = when(and_(chill, cumulative_return("SPY", 5) > 1), "TLT", "GLD")
    assert moved == weight_specified(
        (0.5, group("a", when(heat, "UVXY", inside))),
        (
            0.5,
            weight_equal("SPY", choose(heat, ["A"], [top(1, by=rsi(window=5), of=["B", inside])])),
        ),
    )
    assert dict(requirements(moved).lookbacks)[Symbol("SPY")] == 300 + 99


def test_a_tree_without_fixed_levels_stays_as_it_is() -> None:
    """ST-12: two strengths are compared with each other, and rankings have no level."""
    tree = when(rsi("A", 5) > rsi("B", 5), "A", bottom(1, by=rsi(window=3), of=["B", "C"]))

    assert content_hash(adaptive(tree)) == content_hash(tree)


@pytest.mark.parametrize("window", [5, 10, 21, 70])
def test_level_is_as_far_from_the_middle_as_on_a_walk_without_drift(window: int) -> None:
    """ST-12: the formula against 400,000 drawn steps."""
    steps = np.random.default_rng(4).normal(0, 1, (40_000, 10))
    measured = indicators.rsi(1e6 + np.cumsum(steps, axis=0), window)[20 * window :]

    one_deviation = 50 + float(np.std(measured))

    assert float(deviations(Decimal(str(one_deviation)), window)) == pytest.approx(1, abs=0.12)


def test_levels_of_nuclear_come_out_as_documented() -> None:
    assert deviations(Decimal(79), 10) == Decimal("2.017")
    assert deviations(Decimal(30), 10) == Decimal("-1.391")
    assert deviations(Decimal(50), 10) == 0
