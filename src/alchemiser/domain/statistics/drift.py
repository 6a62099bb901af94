"""Whether a series of differences drifts: asked after each, and seldom fooled however often asked.

A fixed-size test that is looked at every day cries wolf sooner or later. A test martingale does
not: under the hypothesis it is a bet at fair odds, and by Ville's inequality (1939) the chance that
such a bet's capital ever reaches 1 / alpha is at most alpha, however long one looks on.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.statistics.returns import as_returns
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats, round_significant

ALPHA: Final = 0.01
"""The chance of a false alarm, ever."""
SPREAD: Final = 0.3
"""Standard deviation of the bets that are mixed, in the unit of one usual difference."""
SCALE: Final = 1e-4
"""What a usual difference is taken for before there is one: a basis point."""
BEGIN_EVERY: Final = 21
"""Differences after which the bet is begun once more: a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Say whether differences drift.

    Attributes:
        days: Differences that were looked at.
        mean: Their mean, a fraction a session; NaN of none.
        capital: What one dollar bet against "no drift" has become, at or above zero.
        highest: The most that it ever was; at least 1.
        alarm_at: What `highest` must reach for an alarm: 1 / alpha.
        since: The difference, from 0, at which it was first reached, or None.
    """

    days: int
    mean: float
    capital: float
    highest: float
    alarm_at: float
    since: int | None

    @property
    def drifts(self) -> bool:
        """Whether there is an alarm."""
        return self.since is not None


def log_capital(differences: ArrayLike, *, spread: float = SPREAD, scale: float = SCALE) -> Floats:
    """Return the logarithm of the bet's capital after each difference, float64 (T,).

    With S the sum and V the sum of squares of the scaled differences z, the capital is that of the
    bets exp(l S - l^2 V / 2), mixed over l from a normal with mean 0 and standard deviation tau:
    (1 + tau^2 V)^(-1/2) exp(tau^2 S^2 / (2 (1 + tau^2 V))).

    Half of the dollar is bet so from the first difference on. A bet that has seen years without
    drift is slow to see one, so the other half is shared: 1 / (k (k + 1)) of it waits until k times
    `BEGIN_EVERY` differences are known, and is bet on those after them alone.

    Each bet is a supermartingale where every difference, given those before it, is as likely as its
    opposite: cosh(x) <= exp(x^2 / 2). Nothing else is assumed, neither moments nor independence, so
    that tails may be as heavy as they like. The unit of z_t is the root mean square of the
    differences *before* t, with `scale` counted as one of them.

    Source: de la Pena (1999), "A general class of exponential inequalities for martingales and
    ratios", lemma 6.1; the mixture is Robbins (1970); Ville (1939). A mean of such bets is one
    (Shin, Ramdas and Rinaldo 2024, "E-detectors", mix over beginnings in the same way).

    Args:
        differences: float64 (T,), fractions, oldest first, all finite.
        spread: tau, above zero.
        scale: The first unit, above zero.

    Raises:
        InvalidValueError: When a difference is NaN or infinite, or there is more than one series.
    """
    values = as_returns(differences)
    if values.ndim != 1 or not np.isfinite(values).all():
        msg = "differences must be one series of finite numbers."
        raise InvalidValueError(msg)
    squares = scale**2 + np.concatenate(([0.0], np.cumsum(values**2)))[:-1]
    unit = np.sqrt(squares / np.arange(1, len(values) + 1))
    scaled = values / unit
    return round_significant(_begun_anew(scaled, spread))


def _begun_anew(scaled: Floats, spread: float) -> Floats:
    """Return the logarithm of the capital of all bets together, float64 (T,)."""
    waiting = 1 + np.arange(len(scaled)) // BEGIN_EVERY
    capital: Floats = np.logaddexp(_bet(scaled, spread), -np.log(waiting))
    for number, start in enumerate(range(BEGIN_EVERY, len(scaled), BEGIN_EVERY), start=1):
        part = _bet(scaled[start:], spread) - np.log(number * (number + 1.0))
        capital[start:] = np.logaddexp(capital[start:], part)
    half: Floats = capital + np.log(0.5)
    return half


def _bet(scaled: Floats, spread: float) -> Floats:
    """Return the logarithm of one bet's capital after each of its differences, float64 (T,)."""
    total, energy = np.cumsum(scaled), np.cumsum(scaled**2)
    room = 1.0 + spread**2 * energy
    capital: Floats = spread**2 * total**2 / (2.0 * room) - np.log(room) / 2.0
    return capital


def drift(differences: ArrayLike, alpha: float = ALPHA) -> Drift:
    """Return whether `differences`, float64 (T,), drift, with at most `alpha` false alarms ever.

    Valid at any stopping time, and for one series that begins where it was meant to begin: to
    choose the beginning afterwards is to look for an alarm.

    Raises:
        InvalidValueError: When `alpha` is not in (0, 1), or a difference is not finite.
    """
    if not 0.0 < alpha < 1.0:
        msg = f"alpha lies above 0 and below 1, as 0.01 does; {alpha} does not."
        raise InvalidValueError(msg)
    values = as_returns(differences)
    path = log_capital(values)
    reached = np.flatnonzero(path >= -np.log(alpha))
    return Drift(
        days=len(values),
        mean=float(round_significant(np.array([values.mean()]))[0]) if len(values) else np.nan,
        capital=_money(path[-1]) if len(values) else 1.0,
        highest=max(_money(path.max()), 1.0) if len(values) else 1.0,
        alarm_at=1.0 / alpha,
        since=int(reached[0]) if len(reached) else None,
    )


def _money(logarithm: float) -> float:
    """Return the capital, as far as a float goes."""
    return float(round_significant(np.exp(np.array([min(logarithm, 700.0)])))[0])
