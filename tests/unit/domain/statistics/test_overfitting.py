"""Choosing the best of a history, judged by its other half."""

from itertools import combinations

import numpy as np
import pytest

from alchemiser.adapters.synthetic.noise import normal
from alchemiser.domain.statistics.overfitting import overfitting
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats


def noise(sessions: int, strategies: int, world: int = 0) -> Floats:
    returns = normal(7, f"world {world}", sessions * strategies).reshape(sessions, strategies)
    return returns * 0.01


def by_the_book(returns: Floats, blocks: int) -> list[float]:
    """Return the logits as the paper's steps have them, one split after another."""
    parts = np.array_split(returns[len(returns) % blocks :], blocks)
    logits = []
    for chosen in combinations(range(blocks), blocks // 2):
        inside = np.concatenate([parts[n] for n in chosen])
        outside = np.concatenate([parts[n] for n in range(blocks) if n not in chosen])
        best = int(np.argmax(inside.mean(axis=0) / inside.std(axis=0, ddof=1)))
        ratios = outside.mean(axis=0) / outside.std(axis=0, ddof=1)
        rank = 1 + int((ratios < ratios[best]).sum())
        relative = rank / (returns.shape[1] + 1)
        logits.append(float(np.log(relative / (1 - relative))))
    return logits


@pytest.mark.parametrize(
    ("sessions", "strategies", "blocks"), [(83, 7, 8), (60, 2, 6), (100, 20, 10), (9, 4, 2)]
)
def test_sums_of_blocks_give_what_the_book_s_steps_give(
    sessions: int, strategies: int, blocks: int
) -> None:
    """BT-09."""
    returns = noise(sessions, strategies)

    found = overfitting(returns, blocks)

    assert found.logits == pytest.approx(np.array(by_the_book(returns, blocks)))
    assert found.probability == np.mean(np.array(by_the_book(returns, blocks)) <= 1e-12)


def test_ratios_inside_and_outside_are_those_of_the_halves() -> None:
    returns = noise(40, 3)

    found = overfitting(returns, 2)

    halves = [half.mean(axis=0) / half.std(axis=0, ddof=1) for half in np.split(returns, 2)]
    best = [int(np.argmax(half)) for half in halves]
    assert found.inside == pytest.approx([halves[0][best[0]], halves[1][best[1]]])
    assert found.outside == pytest.approx([halves[1][best[0]], halves[0][best[1]]])
    assert found.loss == np.mean(found.outside < 0)


def test_choosing_among_noise_is_of_no_use() -> None:
    """BT-09: one half on average, and 0.476 +- 0.137 in a published study of 60 such worlds.

    Soloviov, "How Overfit Is Your Search?": 200 strategies, 1,000 sessions, 16 blocks.
    """
    found = [overfitting(noise(1_000, 200, world)).probability for world in range(10)]

    assert np.mean(found) == pytest.approx(0.5, abs=3 * 0.137 / 10**0.5)
    assert all(0.5 - 3 * 0.137 < one < 0.5 + 3 * 0.137 for one in found)


def test_choosing_among_strategies_with_skill_pays() -> None:
    """BT-09: 20 of 200 with 0.15 a session: 0.001 in the same study."""
    found = []
    for world in range(3):
        returns = noise(1_000, 200, world)
        returns[:, :20] += 0.0015
        found.append(overfitting(returns).probability)

    assert np.mean(found) < 0.01


def test_what_was_best_by_going_the_other_way_later_is_overfitted() -> None:
    """What one half loved the other hates: every choice ends at the bottom."""
    first = noise(40, 8)
    first -= first.mean(axis=0)
    first += np.linspace(-0.01, 0.01, 8)

    found = overfitting(np.concatenate([first, -first]), 2)

    assert found.probability == 1
    assert found.loss == 1


def test_all_alike_are_not_worth_choosing_from() -> None:
    """Equal ranks are shared: a choice that gains nothing is at the middle."""
    found = overfitting(np.column_stack([noise(64, 1)] * 5), 4)

    assert found.logits == pytest.approx(np.zeros(6))
    assert found.probability == 1


def test_cash_is_better_than_a_loss_and_worse_than_a_gain() -> None:
    moving = noise(64, 1)[:, 0]
    returns = np.column_stack([moving - 0.05, np.zeros(64), np.full(64, 0.0), moving - 0.04])

    found = overfitting(returns, 4)

    assert found.inside == pytest.approx(np.zeros(6))
    assert (found.outside == 0).all()
    assert found.probability == 0


def test_oldest_sessions_that_fill_no_block_are_left_out() -> None:
    returns = noise(70, 5)

    assert overfitting(returns, 16).logits == pytest.approx(overfitting(returns[6:], 16).logits)


@pytest.mark.parametrize("blocks", [0, 1, 3, -2, 22])
def test_blocks_that_have_no_halves_are_refused(blocks: int) -> None:
    with pytest.raises(InvalidValueError, match="even number"):
        overfitting(noise(100, 3), blocks)


def test_what_cannot_be_judged_is_refused() -> None:
    holed = noise(64, 3)
    holed[5, 1] = np.nan

    with pytest.raises(InvalidValueError, match="two strategies or more"):
        overfitting(noise(64, 1), 4)
    with pytest.raises(InvalidValueError, match="two strategies or more"):
        overfitting(noise(64, 1)[:, 0], 4)
    with pytest.raises(InvalidValueError, match="too few for 16 blocks"):
        overfitting(noise(31, 3))
    with pytest.raises(InvalidValueError, match="missing"):
        overfitting(holed, 4)
