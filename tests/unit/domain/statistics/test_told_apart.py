"""Planted overfitted and honest strategies, told apart (BT-09).

A world is a search: many variants over one history, of which the best is shown. It is overfitted
when no variant has any skill, so that the best is the luckiest. Two kinds of search: variants that
have nothing in common, and rules of moving averages that read one market.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from alchemiser.adapters.synthetic.noise import normal, uniform
from alchemiser.domain.statistics.evidence import deflated_sharpe, probabilistic_sharpe
from alchemiser.domain.statistics.overfitting import overfitting
from alchemiser.domain.statistics.ratios import sharpe
from alchemiser.domain.values.numbers import Floats

WORLDS = 60
SESSIONS = 2_520
VARIANTS = 60
SURE = 0.95
SELDOM = 0.05
SPANS = [(short, long) for short in (2, 3, 5, 8, 13, 21) for long in (34, 55, 89, 144, 233)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is said of the best of one world."""

    sharpe: float
    naive: float
    deflated: float
    overfitted: float


def strangers(world: int, *, skill: float) -> Floats:
    """Return variants with fat tails and nothing in common; the first one has `skill` a year."""
    drawn = normal(7, f"strangers {world}", SESSIONS * VARIANTS).reshape(SESSIONS, VARIANTS)
    returns: Floats = 0.008 * (drawn + 0.1 * drawn**3) / 1.3416
    returns[:, 0] += skill / 252**0.5 * 0.008
    return returns


def crowd(world: int, *, skill: float) -> Floats:
    """Return the same strangers, but ten of them have `skill`."""
    returns = strangers(world, skill=0.0)
    returns[:, :10] += skill / 252**0.5 * 0.008
    return returns


def averages(world: int, *, skill: float) -> Floats:
    """Return what crossings of two averages earn on one market, which trends with `skill`.

    Its drift wanders slowly from up to down, so that following it pays; without skill the market
    is a random walk, and the best pair was lucky.
    """
    early = max(long for _, long in SPANS)
    steps = normal(7, f"market {world}", 2 * (SESSIONS + early))
    own, turns = 0.01 * steps[: SESSIONS + early], steps[SESSIONS + early :]
    weight = 0.98 ** np.arange(400)
    drift = np.convolve(turns, weight)[: len(own)] * (1 - 0.98**2) ** 0.5
    market = own + skill / 252**0.5 * 0.01 * drift
    path = np.concatenate([[0.0], np.cumsum(market)])
    sums = np.concatenate([[0.0], np.cumsum(path)])
    earned = []
    for short, long in SPANS:
        above = _average(sums, early, short) > _average(sums, early, long)
        earned.append(np.where(above, 1.0, -1.0) * market[early:])
    return np.column_stack(earned)


def _average(sums: Floats, first: int, span: int) -> Floats:
    """Return the mean of the last `span` prices before each session from `first` on."""
    ends = np.arange(first, len(sums) - 2) + 1
    mean: Floats = (sums[ends] - sums[ends - span]) / span
    return mean


@cache
def verdicts(search: Callable[..., Floats], skill: float) -> tuple[Verdict, ...]:
    return tuple(_judged(search(world, skill=skill)) for world in range(WORLDS))


def _judged(returns: Floats) -> Verdict:
    best = int(np.argmax(sharpe(returns)))
    return Verdict(
        sharpe=float(sharpe(returns)[best]),
        naive=float(probabilistic_sharpe(returns)[best]),
        deflated=float(deflated_sharpe(returns)[best]),
        overfitted=overfitting(returns, 10).probability,
    )


def share(worlds: tuple[Verdict, ...], says: Callable[[Verdict], bool]) -> float:
    return sum(map(says, worlds)) / len(worlds)


def shown_by_itself(one: Verdict) -> bool:
    return one.naive > SURE


def shown_after_deflation(one: Verdict) -> bool:
    return one.deflated > SURE


def chosen_well(one: Verdict) -> bool:
    return one.overfitted <= SELDOM


def test_best_of_many_without_skill_convinces_until_it_is_deflated() -> None:
    """BT-09: an annual ratio of 0.8 over ten years, and nothing behind it."""
    worlds = verdicts(strangers, 0.0)

    assert np.mean([one.sharpe for one in worlds]) > 0.7
    assert share(worlds, shown_by_itself) > 0.9
    assert share(worlds, shown_after_deflation) <= 0.05
    assert share(worlds, chosen_well) <= 0.05
    assert abs(np.mean([one.overfitted for one in worlds]) - 0.5) < 0.1


def test_one_honest_strategy_among_many_without_skill_is_found_by_both() -> None:
    """BT-09: it has a ratio of 2 a year; at 1.5 both find fewer, and still no other one."""
    worlds, weaker = verdicts(strangers, 2.0), verdicts(strangers, 1.5)

    assert share(worlds, shown_after_deflation) >= 0.9
    assert share(worlds, chosen_well) >= 0.85
    assert share(weaker, shown_after_deflation) >= 0.6
    assert share(weaker, chosen_well) >= 0.45


def test_best_average_on_a_random_walk_is_seen_through() -> None:
    """BT-09: variants that are alike count for fewer trials."""
    worlds = verdicts(averages, 0.0)

    assert share(worlds, shown_by_itself) >= 0.2
    assert share(worlds, shown_after_deflation) <= 0.1
    assert share(worlds, chosen_well) <= 0.05


def test_averages_that_follow_a_trend_are_believed_and_choosing_among_them_is_of_no_use() -> None:
    """BT-09: all of them have the skill, so the best of one half is no better than its like.

    That is what the probability of overfitting says of honest neighbours, and why it takes both.
    """
    worlds = verdicts(averages, 3.0)

    assert share(worlds, shown_after_deflation) >= 0.9
    assert np.mean([one.overfitted for one in worlds]) > 0.3


def test_many_with_skill_make_the_deflated_ratio_strict_and_choosing_worth_while() -> None:
    """BT-09: what they differ by counts as if it were luck; the other figure is not misled."""
    worlds = verdicts(crowd, 1.5)

    assert 0.2 < share(worlds, shown_after_deflation) < 0.6
    assert share(worlds, chosen_well) >= 0.9


def test_sellers_of_insurance_that_were_spared_are_not_all_believed() -> None:
    """BT-09: they gain a little each day and, once in a thousand, lose it all: nothing on average.

    The deflated ratio knows only what has happened; being spared in one half is no help in the
    other, and that is what the second figure asks.
    """
    believed, by_both = [], []
    for world in range(12):
        drawn = normal(7, f"insurance {world}", 1_512 * VARIANTS).reshape(1_512, VARIANTS)
        struck = uniform(7, f"struck {world}", 1_512 * VARIANTS).reshape(1_512, VARIANTS) < 0.001
        returns = 0.0004 + 0.001 * drawn - 0.4 * struck
        deflated = deflated_sharpe(returns)[np.argmax(sharpe(returns))] > SURE
        believed.append(deflated)
        by_both.append(deflated and overfitting(returns).probability < 0.25)

    assert np.mean(believed) > 0.3
    assert np.mean(by_both) < 0.2
