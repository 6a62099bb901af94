"""The corporate actions that a file tells, in columns of their own or by its two bases."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.adapters.files.series import Series
from alchemiser.adapters.files.table import CLOSE, DIVIDEND, RAW_CLOSE, SPLIT
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, ZERO, Floats, decimal_from_float
from alchemiser.ports.errors import InputError

_USUAL: Final = np.array([1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100])
_RATIOS: Final = np.concatenate((_USUAL, 1 / _USUAL))
_NEARNESS: Final = 0.01
"""How far the two bases may part from a usual ratio: a dividend of the same day, and rounding."""

_DENOMINATOR_MAX: Final = 1_000
"""Of a ratio that was written as a decimal fraction: 0.3333 is one third."""


def actions_of(name: Symbol, series: Series) -> Iterator[CorporateAction]:
    """Yield the corporate actions of a symbol that has a trading basis, by ex-day.

    Raises:
        InputError: When a ratio or a dividend is one that no action can have.
    """
    none = np.zeros(len(series.days))
    splits = _told(series.numbers[SPLIT]) if SPLIT in series.numbers else _parting(series)
    dividends = np.nan_to_num(series.numbers.get(DIVIDEND, none))
    for row in np.flatnonzero((splits != 1) | (dividends != 0)).tolist():
        day = date.fromordinal(int(series.days[row]))
        try:
            yield CorporateAction(
                symbol=name,
                ex_day=day,
                split=_ratio(float(splits[row])),
                dividend=decimal_from_float(float(dividends[row])) if dividends[row] else ZERO,
            )
        except InvalidValueError as error:
            msg = f"the bars of {name} on {day}: {str(error).rstrip('.')}: correct the file."
            raise InputError(msg) from error


def _told(ratios: Floats) -> Floats:
    """Return the column with one for every session without a split: files write 0, 1 or nothing."""
    return np.where(np.isnan(ratios) | (ratios == 0), 1.0, ratios)


def _parting(series: Series) -> Floats:
    """Return the usual ratio by which the two bases part in each session, else one."""
    close, raw = series.numbers[CLOSE], series.numbers[RAW_CLOSE]
    found = np.ones(len(close))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = (close[1:] / close[:-1]) / (raw[1:] / raw[:-1])
        sizes = np.maximum(factor, 1 / factor)
    for row in np.flatnonzero(sizes > _USUAL[0] * (1 - _NEARNESS)).tolist():
        found[row + 1] = _usual(float(factor[row]))
    return found


def _usual(factor: float) -> float:
    distances: NDArray[np.float64] = np.abs(factor / _RATIOS - 1)
    nearest = int(np.argmin(distances))
    return float(_RATIOS[nearest]) if distances[nearest] <= _NEARNESS else 1.0


def _ratio(value: float) -> Decimal:
    if value == 1:
        return ONE
    exact = decimal_from_float(value)
    whole = Fraction(exact).limit_denominator(_DENOMINATOR_MAX)
    if whole and abs(Fraction(exact) / whole - 1) <= Fraction(1, 5_000):
        return Decimal(whole.numerator) / Decimal(whole.denominator)
    return exact
