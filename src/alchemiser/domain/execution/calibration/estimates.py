"""Robust estimates in closed form, each with its error, or the reason why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from math import ceil, floor, sqrt
from typing import Final

import numpy as np

from alchemiser.domain.values.numbers import Floats

FILLS_MIN: Final = 30
"""Fewest fills, or orders, that anything is estimated from."""
Z: Final = 1.96
"""Standard errors on either side of an estimate that its interval reaches: 95 of 100 hold it."""

_DIGITS: Final = Decimal("1e-7")
_DECILE: Final = 0.1
_SPAN: Final = 1 - 2 * _DECILE
_WIDTH_ERROR: Final = sqrt(2 * _DECILE * _SPAN) / _SPAN
_PAIRED_MAX: Final = 2000
"""Fills of one group that are paired with one another: the latest; pairs grow with the square."""


class Lack(StrEnum):
    """Why nothing is estimated."""

    TOO_FEW_FILLS = "too_few_fills"
    TOO_FEW_ORDERS = "too_few_orders"
    ONE_SIZE = "one_size"
    TOO_WIDE = "too_wide"
    UNFILLED = "unfilled"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Hold what was estimated.

    Attributes:
        value: The estimate, to seven decimals.
        low: Lower end of its 95 % interval.
        high: Upper end.
        count: Fills or orders that it rests on.
    """

    value: Decimal
    low: Decimal
    high: Decimal
    count: int

    def half_width(self) -> Decimal:
        """Return how far the interval reaches to one side, on average."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEstimate:
    """Say why nothing is estimated.

    Attributes:
        code: Why.
        observed: What there is.
        limit: What it would take.
    """

    code: Lack
    observed: str
    limit: str

    def sentence(self) -> str:
        """Return the reason in words."""
        return f"{self.code.value.replace('_', ' ')}: {self.observed}, needs {self.limit}"


Finding = Estimate | NoEstimate


def too_few_fills(count: int) -> NoEstimate:
    """Return the refusal to estimate from `count` fills."""
    return NoEstimate(code=Lack.TOO_FEW_FILLS, observed=f"{count}", limit=f"at least {FILLS_MIN}")


def too_few_orders(count: int, least: int = FILLS_MIN) -> NoEstimate:
    """Return the refusal to estimate from `count` orders where `least` are needed."""
    return NoEstimate(code=Lack.TOO_FEW_ORDERS, observed=f"{count}", limit=f"at least {least}")


def estimate(
    value: float, low: float, high: float, count: int, *, least: float = 0, most: float = 1
) -> Estimate:
    """Return an estimate, it and its interval held between `least` and `most`."""
    held = [min(max(one, least), most) for one in (value, low, high)]
    exact = [Decimal(one).quantize(_DIGITS, rounding=ROUND_HALF_EVEN) for one in held]
    return Estimate(value=exact[0], low=exact[1], high=exact[2], count=count)


def uniform_width(values: Floats) -> tuple[float, float]:
    """Return the width of the even distribution that `values` (n,) come from, and its error.

    The distance between the first and the last decile over 0.8: a tenth of the values on either
    side may be anything. With p = 0.1 its standard error is width sqrt(2 p (1 - 2 p) / n) / 0.8,
    from the joint distribution of two sample quantiles (David and Nagaraja, 2003, Order
    Statistics, section 10.3), whose covariance of an even distribution is p (1 - q) width^2 / n.
    """
    first, last = _deciles(values)
    width = (last - first) / _SPAN
    return width, width * _WIDTH_ERROR / sqrt(len(values))


def uniform_ends(values: Floats, *, least: float, most: float) -> tuple[Estimate, Estimate]:
    """Return the ends of the even distribution that `values` (n,) come from.

    Each lies an eighth of the distance between the deciles outside of its decile. With c = 1/8 its
    variance is, by the same source, width^2 / n times
    ((1 + c)^2 + c^2) p (1 - p) - 2 c (1 + c) p^2.
    """
    width, _ = uniform_width(values)
    first, last = _deciles(values)
    error = Z * width * sqrt(_end_variance() / len(values))
    ends = (first - width * _DECILE, last + width * _DECILE)
    count = len(values)
    low, high = (
        estimate(end, end - error, end + error, count, least=least, most=most) for end in ends
    )
    return low, high


def _deciles(values: Floats) -> tuple[float, float]:
    # Of all definitions the one without bias in an even distribution.
    first, last = np.quantile(values, [_DECILE, 1 - _DECILE], method="weibull")
    return float(first), float(last)


def _end_variance() -> float:
    own, both, c = _DECILE * (1 - _DECILE), _DECILE**2, _DECILE / _SPAN
    return ((1 + c) ** 2 + c**2) * own - 2 * c * (1 + c) * both


def slope(groups: Sequence[tuple[Floats, Floats]], *, most: float) -> Finding:
    """Return the slope of y on x that groups of points, each with a level of its own, share.

    The median of the slopes of all pairs within a group (Theil, 1950; Sen, 1968, Estimates of the
    Regression Coefficient Based on Kendall's Tau). The interval reaches from the slope of rank
    (N - C) / 2 to that of rank (N + C) / 2 of N, C being `Z` deviations of Kendall's statistic:
    the root of the sum over the groups of (n (n - 1) (2 n + 5) - sum t (t - 1) (2 t + 5)) / 18,
    t counting equal x (Kendall, 1970, Rank Correlation Methods, chapter 4).

    Args:
        groups: x and y, (n,) each, oldest first.
        most: The largest slope there may be, either way.
    """
    latest = [(x[-_PAIRED_MAX:], y[-_PAIRED_MAX:]) for x, y in groups]
    count = sum(len(x) for x, _ in latest)
    if count < FILLS_MIN:
        return too_few_fills(count)
    slopes = np.sort(np.concatenate([_slopes(x, y) for x, y in latest]))
    if not len(slopes):
        return NoEstimate(
            code=Lack.ONE_SIZE, observed="all orders", limit="orders of several sizes"
        )
    reach = Z * sqrt(sum(_kendall_variance(x) for x, _ in latest))
    last = len(slopes) - 1
    low, high = floor((last - reach) / 2), ceil((last + reach) / 2)
    return estimate(
        float(np.median(slopes)),
        float(slopes[max(low, 0)]),
        float(slopes[min(high, last)]),
        count,
        least=-most,
        most=most,
    )


def _slopes(x: Floats, y: Floats) -> Floats:
    first, second = np.triu_indices(len(x), 1)
    run = x[second] - x[first]
    apart = run != 0
    slopes: Floats = (y[second] - y[first])[apart] / run[apart]
    return slopes


def _kendall_variance(x: Floats) -> float:
    _, ties = np.unique(x, return_counts=True)
    n = len(x)
    tied = float(np.sum(ties * (ties - 1) * (2 * ties + 5)))
    return (n * (n - 1) * (2 * n + 5) - tied) / 18


def proportion(successes: float, count: int) -> Finding:
    """Return a probability with its score interval (Wilson, 1927, Probable Inference).

    Args:
        successes: How often it happened; the sum of fractions in [0, 1] will do, too: these vary
            less than what happens or does not, so that the interval is rather too wide.
        count: Of how many.
    """
    if count < FILLS_MIN:
        return too_few_orders(count)
    p, z2 = successes / count, Z * Z
    middle = (p + z2 / (2 * count)) / (1 + z2 / count)
    reach = Z / (1 + z2 / count) * sqrt(p * (1 - p) / count + z2 / (4 * count * count))
    return estimate(p, middle - reach, middle + reach, count)


def mean(values: Floats) -> Finding:
    """Return the mean of `values` (n,) and `Z` of its standard errors, deviation / sqrt(n)."""
    count = len(values)
    if count < FILLS_MIN:
        return too_few_orders(count)
    value, error = float(np.mean(values)), Z * float(np.std(values, ddof=1)) / sqrt(count)
    return estimate(value, value - error, value + error, count, least=-1)


def quantile(values: Floats, p: float, *, most: float) -> Finding:
    """Return the value that the fraction `p`, at least a half, of `values` (n,) does not exceed.

    Its interval reaches between two order statistics, of ranks n p -+ `Z` sqrt(n p (1 - p)), and
    rests on no distribution (David and Nagaraja, 2003, section 7.1). Infinite values are allowed:
    what is only known to be large; where they reach into the interval there is no estimate.
    """
    count = len(values)
    reach = Z * sqrt(count * p * (1 - p))
    lower, upper = floor(count * p - reach), ceil(count * p + reach)
    if count < FILLS_MIN or upper > count:
        return too_few_orders(count, max(FILLS_MIN, ceil(Z * Z * p / (1 - p))))
    ordered = np.sort(values)
    if not np.isfinite(ordered[upper - 1]):
        unfilled = int(np.sum(~np.isfinite(values)))
        return NoEstimate(
            code=Lack.UNFILLED,
            observed=f"{unfilled} of {count} not filled whole",
            limit=f"at most {count - upper}",
        )
    value = float(ordered[ceil(count * p) - 1])
    return estimate(value, float(ordered[lower - 1]), float(ordered[upper - 1]), count, most=most)
