"""Three-valued logic over sessions (Kleene 1952, §64): true, false, or undecided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Final

import numpy as np

from alchemiser.domain.rules.expressions import Compare, Comparison, Condition
from alchemiser.domain.rules.logic import AllOf, AnyOf, AtLeast, Lasting, Not
from alchemiser.domain.rules.readings import Readings, number
from alchemiser.domain.values.numbers import Floats, Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Tell where a condition holds, bool (T,) each; where neither, it is undecided."""

    true: Mask
    false: Mask


def truth_of(condition: Condition, readings: Readings, known: Mapping[Condition, Truth]) -> Truth:
    """Return the truth of `condition`, whose operands are in `known`.

    Raises:
        TypeError: When it is of a kind that has no truth table here.
    """
    match condition:
        case Compare():
            return _compared(condition, readings)
        case AllOf(operands=operands):
            return reduce(_and, (known[operand] for operand in operands))
        case AnyOf(operands=operands):
            return _not(reduce(_and, (_not(known[operand]) for operand in operands)))
        case AtLeast(count=count, operands=operands):
            return _counted(count, [known[operand] for operand in operands])
        case Lasting(sessions=sessions, operand=operand):
            return _lasted(sessions, known[operand])
        case Not(operand=operand):
            return _not(known[operand])
        case _:
            msg = f"{type(condition).__name__} has no truth table."
            raise TypeError(msg)


def sides(condition: Compare, readings: Readings) -> tuple[Floats, Floats]:
    """Return both sides of a comparison, rounded; the number as float64 (1,), a metric as (T,)."""
    left, right = (
        number(side) if isinstance(side, Decimal) else readings.metric(side, side.subject())
        for side in (condition.left, condition.right)
    )
    return left, right


_COMPARE: Final[Mapping[Comparison, Callable[[Floats, Floats], Mask]]] = {
    Comparison.ABOVE: np.greater,
    Comparison.BELOW: np.less,
    Comparison.AT_LEAST: np.greater_equal,
    Comparison.AT_MOST: np.less_equal,
    Comparison.EQUAL: np.equal,
}


def _compared(condition: Compare, readings: Readings) -> Truth:
    left, right = sides(condition, readings)
    known = ~(np.isnan(left) | np.isnan(right))
    holds = _COMPARE[condition.comparison](left, right)
    return Truth(true=known & holds, false=known & ~holds)


def _and(left: Truth, right: Truth) -> Truth:
    return Truth(true=left.true & right.true, false=left.false | right.false)


def _not(truth: Truth) -> Truth:
    return Truth(true=truth.false, false=truth.true)


def _counted(count: int, votes: Sequence[Truth]) -> Truth:
    holding = np.sum([vote.true for vote in votes], axis=0)
    failing = np.sum([vote.false for vote in votes], axis=0)
    return Truth(true=holding >= count, false=failing > len(votes) - count)


def _lasted(sessions: int, truth: Truth) -> Truth:
    true, false = truth.true.copy(), truth.false.copy()
    for ago in range(1, min(sessions, len(true))):
        true[ago:] &= truth.true[:-ago]
        false[ago:] |= truth.false[:-ago]
    true[: sessions - 1] = False  # what was before the first session is not known
    return Truth(true=true, false=false)
