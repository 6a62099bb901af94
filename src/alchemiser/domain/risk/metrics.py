"""Value at risk, expected shortfall and correlation of daily returns.

Losses are positive fractions of equity. Every figure is rounded to twelve significant digits and
every sum exact before it is, so that it is the same on every machine.
"""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np

from alchemiser.domain.statistics.moments import NOISE
from alchemiser.domain.statistics.normal import normal_quantile, normal_shortfall
from alchemiser.domain.statistics.tails import tail_count
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, ZERO, Floats, decimal_from_float


def portfolio_returns(weights: Sequence[float], returns: Floats) -> Floats:
    """Return the one-session returns of a portfolio, float64 (T,).

    Args:
        weights: N shares of equity; what is left is cash, which earns nothing.
        returns: Simple returns, float64 (T, N), no NaN.
    """
    products = np.asarray(weights, dtype=np.float64) * returns
    return np.array(list(map(math.fsum, products.tolist())))


def historical_var(returns: Floats, confidence: Decimal) -> Decimal:
    """Return the loss of one session that was exceeded with a chance of at most 1 - `confidence`.

    The k-th worst of T, k = ceil((1 - confidence) T), without interpolation; zero when even that
    was a gain (Jorion 2006, chapter 10). Of 250 returns at 0.99 it is the third worst.

    Args:
        returns: Returns of the portfolio, float64 (T,), T at least 1, no NaN.
        confidence: In (0.5, 1).

    Raises:
        InvalidValueError: When there is no return, or one is NaN or infinite.
    """
    return _loss(-_worst(returns, confidence)[-1])


def historical_shortfall(returns: Floats, confidence: Decimal) -> Decimal:
    """Return the mean loss of the sessions that `historical_var` counts (Acerbi and Tasche 2002).

    Never below it. Arguments and errors as there.
    """
    worst = _worst(returns, confidence)
    # A mean of equal losses may be a bit below each.
    return _loss(max(-math.fsum(worst) / len(worst), -worst[-1]))


def parametric_var(returns: Floats, confidence: Decimal) -> Decimal:
    """Return the same loss of a normal distribution.

    Its mean is zero (RiskMetrics 1996), as one that was earned is not relied on, or that of the
    returns (Jorion 2006, chapter 5), as one that was lost is: whichever makes the loss larger.
    Arguments and errors as in `historical_var`.
    """
    return _normal(returns, normal_quantile(confidence))


def parametric_shortfall(returns: Floats, confidence: Decimal) -> Decimal:
    """Return the mean loss beyond `parametric_var`, likewise the larger of both.

    Arguments and errors as in `historical_var`.
    """
    return _normal(returns, normal_shortfall(confidence))


def correlation(first: Floats, second: Floats) -> Decimal:
    """Return the correlation of two series (Pearson), from -1 to 1.

    One that never changes, but for rounding, tells nothing: it counts as moving with everything, 1.

    Args:
        first: Returns, float64 (T,), T at least 2, no NaN.
        second: Returns, float64 (T,), no NaN.

    Raises:
        InvalidValueError: When there is no return, or one is NaN or infinite.
    """
    return _cosine(_moves(first), _moves(second))


def correlated_groups(
    names: Sequence[Symbol],
    returns: Floats,
    threshold: Decimal,
    together: Sequence[frozenset[Symbol]] = (),
) -> tuple[frozenset[Symbol], ...]:
    """Return the groups of symbols that move together, each symbol in one.

    Two belong together when their correlation is above `threshold`, and so do those that belong
    with the same third. Groups are sorted by the symbol of theirs that sorts first.

    Args:
        names: N symbols with returns.
        returns: float64 (T, N), T at least 2, no NaN.
        threshold: A correlation.
        together: Symbols, with returns or without, that are known to move together.

    Raises:
        InvalidValueError: When there is no return, or one is NaN or infinite.
    """
    groups = [frozenset({name}) for name in names]
    for left, right in _pairs(names, returns, threshold):
        groups = _joined(groups, frozenset({left, right}))
    for known in filter(None, together):
        groups = _joined(groups, known)
    return tuple(sorted(groups, key=min))


def _pairs(
    names: Sequence[Symbol], returns: Floats, threshold: Decimal
) -> Iterator[tuple[Symbol, Symbol]]:
    moves = [_moves(column) for column in returns.T]
    for i, left in enumerate(names):
        for j in range(i):
            if _cosine(moves[i], moves[j]) > threshold:
                yield left, names[j]


def _joined(groups: list[frozenset[Symbol]], known: frozenset[Symbol]) -> list[frozenset[Symbol]]:
    touched = [group for group in groups if group & known]
    return [
        *(group for group in groups if not group & known),
        known.union(*touched),
    ]


def _worst(returns: Floats, confidence: Decimal) -> list[float]:
    count = tail_count(len(returns), confidence)
    worst: list[float] = np.sort(_known(returns))[:count].tolist()
    return worst


def _normal(returns: Floats, multiple: float) -> Decimal:
    count = len(_known(returns))
    about_zero = math.sqrt(math.fsum((returns * returns).tolist()) / count)
    centred = _centred(returns)
    # One return has no deviation from its mean.
    about_mean = math.sqrt(math.fsum((centred * centred).tolist()) / max(count - 1, 1))
    return _loss(max(about_zero * multiple, about_mean * multiple - _mean(returns)))


def _moves(returns: Floats) -> tuple[Floats, float]:
    """Return `returns` less their mean and the sum of squares of that, zero for mere noise."""
    centred = _centred(returns)
    if np.abs(centred).max() <= NOISE:
        return centred, 0.0
    return centred, math.fsum((centred * centred).tolist())


def _cosine(one: tuple[Floats, float], other: tuple[Floats, float]) -> Decimal:
    spread = one[1] * other[1]
    if spread <= 0:
        return ONE
    value = math.fsum((one[0] * other[0]).tolist()) / math.sqrt(spread)
    return decimal_from_float(min(max(value, -1.0), 1.0))


def _centred(series: Floats) -> Floats:
    centred: Floats = _known(series) - _mean(series)
    return centred


def _mean(series: Floats) -> float:
    return math.fsum(series.tolist()) / len(series)


def _known(returns: Floats) -> Floats:
    """Return `returns`; NaN would sort behind every loss, as if it were a gain.

    Raises:
        InvalidValueError: When there is no return, or one is NaN or infinite.
    """
    if not len(returns) or not np.isfinite(returns).all():
        msg = "Risk is measured of one return or more, all finite; fill or leave out what is not."
        raise InvalidValueError(msg)
    return returns


def _loss(value: float) -> Decimal:
    return max(decimal_from_float(value), ZERO)
