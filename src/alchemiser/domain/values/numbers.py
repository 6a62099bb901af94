"""Exact arithmetic at the edge of orders and books, and the rounding that makes floats agree."""

from collections.abc import Sequence
from decimal import (
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_UP,
    Context,
    Decimal,
    InvalidOperation,
)
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.errors import InvalidValueError

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ZERO = Decimal(0)
ONE = Decimal(1)
CENT = Decimal("0.01")
SHARE = Decimal("1e-9")
WEIGHT = Decimal("1e-9")
BASIS_POINT = Decimal("0.0001")

FLOORED: Final = Context(prec=28, rounding=ROUND_FLOOR)
"""Reckons what may not come out too large, in as many digits as everything else."""

SIGNIFICANT_DIGITS = 12
_POWERS_OF_TEN = np.array([float(f"1e{e}") for e in range(-300, 301)])
# Between a power of two and the next there is one power of ten at most.
_OCTAVES = np.concatenate(([0.0], np.ldexp(1.0, np.arange(-1022, 1024)), [np.inf]))
_POSITIONS = np.searchsorted(_POWERS_OF_TEN, _OCTAVES, side="right")
_SHIFTS = SIGNIFICANT_DIGITS + 300 - (_POSITIONS[:, None] + np.arange(2)).ravel()


class Rounding(NamedTuple):
    """Hold what rounds float64 by its octave: the power of two at or below it, 0 to 2047.

    Attributes:
        next_power: float64 (2048,), the least power of ten above the octave's first number.
        up: float64 (4096,), what brings all digits that count before the point: of numbers below
            `next_power` at twice the octave, of the others one further.
        down: float64 (4096,), what brings the digits that do not count behind the point.
    """

    next_power: Floats
    up: Floats
    down: Floats


ROUNDING: Final = Rounding(
    next_power=np.append(_POWERS_OF_TEN, np.inf)[_POSITIONS],
    up=_POWERS_OF_TEN[np.clip(_SHIFTS, 0, 300) + 300],
    down=_POWERS_OF_TEN[np.clip(-_SHIFTS, 0, 300) + 300],
)
OCTAVES = len(_OCTAVES)
LARGE = 10.0**SIGNIFICANT_DIGITS
"""From here on digits before the point are lost."""
EXPONENT = 52
"""The bit from which on a float64 has its octave."""


def finite(value: Decimal, name: str) -> Decimal:
    """Return `value` when it is a finite number.

    Raises:
        InvalidValueError: When `value` is NaN or infinite.
    """
    if not value.is_finite():
        msg = f"{name} must be a finite number, not {value}."
        raise InvalidValueError(msg)
    return value


def positive(value: Decimal, name: str) -> Decimal:
    """Return `value` when it is finite and above zero.

    Raises:
        InvalidValueError: When `value` is zero, negative, NaN or infinite.
    """
    if not value.is_finite() or value <= ZERO:
        finite(value, name)
        msg = f"{name} must be above zero, not {value}."
        raise InvalidValueError(msg)
    return value


def round_down(value: Decimal, increment: Decimal) -> Decimal:
    """Return the multiple of `increment` nearest to `value` on the side of zero."""
    return (value / increment).to_integral_value(rounding=ROUND_DOWN) * increment


def round_up(value: Decimal, increment: Decimal) -> Decimal:
    """Return the multiple of `increment` nearest to `value` on the side away from zero."""
    return (value / increment).to_integral_value(rounding=ROUND_UP) * increment


def is_multiple(value: Decimal, unit: Decimal) -> bool:
    """Say whether `value` is a whole number of `unit`, also where `%` lacks room to tell."""
    try:
        return not value % unit
    except InvalidOperation:
        count = value / unit
        return count == count.to_integral_value()


def plain(value: Decimal) -> str:
    """Return the one text of a finite number: no exponent, no trailing zeros.

    Equal values that were computed in different ways, or read back from a journal, print alike.
    """
    return f"{value.normalize() + ZERO:f}"


def cents(value: Decimal) -> Decimal:
    """Return `value` rounded half to even to the cent."""
    return value.quantize(CENT, rounding=ROUND_HALF_EVEN)


def apportion(
    total: Decimal, claims: Sequence[tuple[str, Decimal]], unit: Decimal
) -> list[Decimal]:
    """Split `total` in proportion to non-negative claims so that the parts add up to it exactly.

    Largest remainder (Hamilton 1792) in multiples of `unit`; ties go to the name that sorts first.
    A negative `total` is split as its mirror image.

    Args:
        total: What is shared out; a multiple of `unit`.
        claims: Pairs of name and claim, in the order in which the parts are returned.
        unit: The smallest part, above zero.

    Returns:
        One part a claim, in the order of `claims`.

    Raises:
        InvalidValueError: When a claim is negative, all are zero, or `total` is off the unit.
    """
    whole = sum((claim for _, claim in claims), ZERO)
    if whole <= 0 or any(claim < 0 for _, claim in claims):
        msg = "claims must not be negative and not all zero."
        raise InvalidValueError(msg)
    sign = -1 if total < 0 else 1
    units = abs(total) / unit
    if not is_multiple(total, unit):
        msg = f"{total} is not a multiple of {unit}."
        raise InvalidValueError(msg)
    if len(claims) == 1:
        return [total]
    exact = [units * claim / whole for _, claim in claims]
    floors = [value.to_integral_value(rounding=ROUND_FLOOR) for value in exact]
    left = int(units - sum(floors, ZERO))
    order = sorted(range(len(claims)), key=lambda i: (floors[i] - exact[i], claims[i][0]))
    for i in order[:left]:
        floors[i] += 1
    return [sign * part * unit for part in floors]


def round_significant(values: Floats) -> Floats:
    """Return float64 values rounded to 12 significant decimal digits; NaN and infinities stay.

    Elementwise and built from correctly rounded operations only, so that the result does not
    depend on the processor, its vector units or the numpy version. Any shape.
    """
    numbers = np.asarray(values, dtype=np.float64, order="C")
    magnitude, rounded = np.abs(numbers), np.empty_like(numbers)
    octave = (numbers.view(np.int64) >> EXPONENT) & (OCTAVES - 1)
    place = 2 * octave + (magnitude >= ROUNDING.next_power.take(octave))
    up = ROUNDING.up.take(place)
    with np.errstate(invalid="ignore", over="ignore"):
        np.multiply(numbers, up, out=rounded)
        np.divide(np.rint(rounded, out=rounded), up, out=rounded)
        large = magnitude >= LARGE
        if large.any():
            down = ROUNDING.down.take(place)
            np.copyto(rounded, np.rint(numbers / down) * down, where=large)
    return rounded


@lru_cache(maxsize=2048)  # within a session the same figures are asked for again and again
def decimal_from_float(value: float) -> Decimal:
    """Return the exact 12-significant-digit decimal of a finite float.

    Raises:
        InvalidValueError: When `value` is NaN or infinite.
    """
    # Written this way there are no trailing zeros; the sum takes care of exponents, and of -0.
    rounded = Decimal(f"{value:.{SIGNIFICANT_DIGITS}g}") + ZERO
    return rounded if rounded.is_finite() else finite(rounded, "a measured value")


def weight_from_float(value: float) -> Decimal:
    """Return a share of a portfolio as a Decimal at 1e-9, rounded down after 12 digits.

    Rounding down keeps a sum of weights from passing one; what is cut off is cash.

    Raises:
        InvalidValueError: When `value` is NaN or infinite.
    """
    return round_down(decimal_from_float(value), WEIGHT)
