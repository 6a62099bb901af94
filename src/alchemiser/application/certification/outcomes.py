"""Comparing what a strategy said at two times, and telling it in words."""

from datetime import date
from typing import Final

from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.numbers import WEIGHT, ZERO, plain

SLACK: Final = 10 * WEIGHT
"""What the last digit of a sum may change: weights are cut to 1e-9, each by itself."""


def same(one: StrategyOutcome, other: StrategyOutcome) -> bool:
    """Say whether two answers come to the same; reasons may be worded otherwise."""
    if not (isinstance(one, Decided) and isinstance(other, Decided)):
        return type(one) is type(other)
    ours, theirs = dict(one.target.weights), dict(other.target.weights)
    return all(
        abs(ours.get(name, ZERO) - theirs.get(name, ZERO)) <= SLACK for name in ours | theirs
    )


def worded(outcome: StrategyOutcome) -> str:
    """Return an answer in words."""
    match outcome:
        case Decided(target=target):
            held = ", ".join(f"{name} {plain(weight)}" for name, weight in target.weights)
            return f"wants {held or 'nothing but cash'}"
        case Undecided(reason=reason):
            return f"is undecided ({reason.rstrip('.')})"
        case Failed(reason=reason):
            return f"fails ({reason.rstrip('.')})"


def differing(day: date, then: StrategyOutcome, now: StrategyOutcome, circumstances: str) -> str:
    """Return how the answer as of `day` changed under `circumstances`, or "" when it did not."""
    if same(then, now):
        return ""
    return f"as of {day} it {worded(then)}, but {circumstances} it {worded(now)}."
