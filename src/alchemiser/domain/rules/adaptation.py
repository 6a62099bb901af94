"""Fixed thresholds as thresholds that move with each symbol's own past."""

from dataclasses import fields, replace
from decimal import Decimal
from math import pi, sqrt
from typing import Final, Literal, cast, get_args

from alchemiser.domain.rules.expressions import Compare
from alchemiser.domain.rules.measures import MeasureKind
from alchemiser.domain.rules.metrics import zscore
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.terms import Term, postorder
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import decimal_from_float

Thresholds = Literal["fixed", "adaptive"]

MIDDLE: Final = 50
_PLACES: Final = 3
YEAR: Final = 252


def adaptive(tree: Node, sessions: int = YEAR) -> Node:
    """Return `tree` with every fixed level of an RSI as a level among that RSI's own past.

    `RSI(SPY, 10) > 79` becomes `z-score(RSI(SPY, 10), 252) > 2.017`: as far above the symbol's own
    mean of the last `sessions` as 79 lies above the middle on a walk without drift. Comparisons of
    two metrics, other metrics than the RSI and rankings stay as they are.

    On such a walk with normal steps, gains less losses have the standard deviation
    s / sqrt(2 n - 1) under Wilder's smoothing, and gains plus losses the mean s sqrt(2 / pi); so an
    RSI over n sessions has the standard deviation 50 sqrt(pi / 2) / sqrt(2 n - 1) round 50.

    Raises:
        InvalidValueError: When `sessions` is not at least 2.
    """
    adapted: dict[Term, Term] = {}
    for term in postorder(tree):
        adapted[term] = _moving(term, sessions) if _is_level(term) else _rebuilt(term, adapted)
    return cast("Node", adapted[tree])


def with_thresholds(tree: Node, thresholds: Thresholds, sessions: int = YEAR) -> Node:
    """Return `tree` as it is, or adapted to the last `sessions`: an owner's choice by one word.

    Raises:
        InvalidValueError: When `thresholds` is another word, or `sessions` is not at least 2.
    """
    if thresholds not in get_args(Thresholds):
        msg = f"thresholds are {' or '.join(get_args(Thresholds))}, not {thresholds!r}."
        raise InvalidValueError(msg)
    return adaptive(tree, sessions) if thresholds == "adaptive" else tree


def deviations(level: Decimal, window: int) -> Decimal:
    """Return how many standard deviations an RSI `level` lies from 50, to three decimals."""
    deviation = MIDDLE * sqrt(pi / 2) / sqrt(2 * window - 1)
    return decimal_from_float(round((float(level) - MIDDLE) / deviation, _PLACES))


def _is_level(term: Term) -> bool:
    return (
        isinstance(term, Compare)
        and term.left.kind is MeasureKind.RSI
        and isinstance(term.right, Decimal)
    )


def _moving(term: Term, sessions: int) -> Term:
    compare = cast("Compare", term)
    level = deviations(cast("Decimal", compare.right), compare.left.windows[0])
    return replace(compare, left=zscore(compare.left, sessions), right=level)


def _rebuilt(term: Term, adapted: dict[Term, Term]) -> Term:
    if all(adapted[part] == part for part in term.parts()):
        return term
    changes = {
        each.name: _swapped(getattr(term, each.name), adapted) for each in fields(term) if each.init
    }
    return type(term)(**changes)


def _swapped(value: object, adapted: dict[Term, Term]) -> object:
    match value:
        case Term():
            return adapted.get(value, value)
        case tuple():
            return tuple(_swapped(item, adapted) for item in value)
        case _:
            return value
