"""Value at risk, expected shortfall and correlation of daily returns.

Losses are positive fractions of equity. Every figure is rounded to twelve significant digits and
every sum exact before it is, so that it is the same on every machine.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from alchemiser.domain.statistics.exact import exact_sums
from alchemiser.domain.statistics.moments import NOISE
from alchemiser.domain.statistics.normal import normal_quantile, normal_shortfall
from alchemiser.domain.statistics.tails import tail_count
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import ONE, ZERO, Floats, decimal_from_float

Moves = tuple[Floats, float]
"""Returns less their mean, float64 (T,), and the sum of squares of that."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Hold what the figures of one series of returns are made of, found once for all of them.

    Attributes:
        ordered: The returns, float64 (T,), the worst first.
        mean: Of all.
        about_zero: Root of their mean square.
        about_mean: Standard deviation of a sample; zero of a single return.
    """

    ordered: Floats
    mean: float
    about_zero: float
    about_mean: float

    @classmethod
    def of(cls, returns: Floats) -> "Sample":
        """Return the sample of `returns`, float64 (T,), T at least 1, no NaN.

        Raises:
            InvalidValueError: When there is no return, or one is NaN or infinite.
        """
        count, mean = len(_known(returns)), _mean(returns)
        centred = returns - mean
        # One return has no deviation from its mean.
        square = _squares(centred) / max(count - 1, 1)
        return cls(
            ordered=np.sort(returns),
            mean=mean,
            about_zero=math.sqrt(_squares(returns) / count),
            about_mean=math.sqrt(square),
        )

    def worst(self, confidence: Decimal) -> list[float]:
        """Return the k worst of T returns, k = ceil((1 - confidence) T)."""
        worst: list[float] = self.ordered[: tail_count(len(self.ordered), confidence)].tolist()
        return worst

    def normal_loss(self, multiple: float) -> Decimal:
        """Return the loss at `multiple` deviations, about zero or the mean: the larger one."""
        return _loss(max(self.about_zero * multiple, self.about_mean * multiple - self.mean))


def portfolio_returns(weights: Sequence[float], returns: Floats) -> Floats:
    """Return the one-session returns of a portfolio, float64 (T,).

    Args:
        weights: N shares of equity; what is left is cash, which earns nothing.
        returns: Simple returns, float64 (T, N), no NaN.
    """
    return exact_sums(np.asarray(weights, dtype=np.float64) * returns)


def historical_var(sample: Sample, confidence: Decimal) -> Decimal:
    """Return the loss of one session that was exceeded with a chance of at most 1 - `confidence`.

    The k-th worst of T, k = ceil((1 - confidence) T), without interpolation; zero when even that
    was a gain (Jorion 2006, chapter 10). Of 250 returns at 0.99 it is the third worst.

    Args:
        sample: Returns of the portfolio.
        confidence: In (0.5, 1).
    """
    return _loss(-sample.worst(confidence)[-1])


def historical_shortfall(sample: Sample, confidence: Decimal) -> Decimal:
    """Return the mean loss of the sessions that `historical_var` counts (Acerbi and Tasche 2002).

    Never below it. Arguments as there.
    """
    worst = sample.worst(confidence)
    # A mean of equal losses may be a bit below each.
    return _loss(max(-math.fsum(worst) / len(worst), -worst[-1]))


def parametric_var(sample: Sample, confidence: Decimal) -> Decimal:
    """Return the same loss of a normal distribution.

    Its mean is zero (RiskMetrics 1996), as one that was earned is not relied on, or that of the
    returns (Jorion 2006, chapter 5), as one that was lost is: whichever makes the loss larger.
    Arguments as in `historical_var`.
    """
    return sample.normal_loss(normal_quantile(confidence))


def parametric_shortfall(sample: Sample, confidence: Decimal) -> Decimal:
    """Return the mean loss beyond `parametric_var`, likewise the larger of both.

    Arguments as in `historical_var`.
    """
    return sample.normal_loss(normal_shortfall(confidence))


def correlation(first: Floats, second: Floats) -> Decimal:
    """Return the correlation of two series (Pearson), from -1 to 1.

    One that never changes, but for rounding, tells nothing: it counts as moving with everything, 1.

    Args:
        first: Returns, float64 (T,), T at least 2, no NaN.
        second: Returns, float64 (T,), no NaN.

    Raises:
        InvalidValueError: When there is no return, or one is NaN or infinite.
    """
    return cosine(moves(first), moves(second))


def moves(returns: Floats) -> Moves:
    """Return `returns` less their mean and the sum of squares of that, zero for mere noise.

    Args:
        returns: float64 (T,), T at least 2, no NaN.

    Raises:
        InvalidValueError: When there is no return, or one is NaN or infinite.
    """
    centred = _centred(returns)
    if np.abs(centred).max() <= NOISE:
        return centred, 0.0
    return centred, _squares(centred)


def cosine(one: Moves, other: Moves) -> Decimal:
    """Return the correlation of two series of which the moves are given, as `correlation`."""
    spread = one[1] * other[1]
    if spread <= 0:
        return ONE
    value = math.fsum((one[0] * other[0]).tolist()) / math.sqrt(spread)
    return decimal_from_float(min(max(value, -1.0), 1.0))


def _centred(series: Floats) -> Floats:
    centred: Floats = _known(series) - _mean(series)
    return centred


def _squares(series: Floats) -> float:
    return math.fsum((series * series).tolist())


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
