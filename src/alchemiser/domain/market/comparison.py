"""Whether two sources tell the same bars, as far as a decision reads them."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats, decimal_from_float, plain

BASES: Final = ("close", "raw_close")
"""What is compared. Highs, lows and volumes are a feed's own: it hears a part of the trades."""

BEFORE: Final = 20
"""Sessions before those that are read, by which a factor is told from a single bad price."""


class DifferenceCode(StrEnum):
    """Name how two sources differ over a symbol."""

    SOURCE_PRICE = "source_price"
    """The prices of a session lie further apart than the tolerance."""
    SOURCE_ABSENT = "source_absent"
    """Only one of them has a usable price of a session."""
    SOURCE_ADJUSTMENT = "source_adjustment"
    """Every price up to a session differs by one factor: a split or dividend that only one of them
    adjusted for, or prices of another unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Say where two sources differ over one symbol: in the latest session in which they do.

    Attributes:
        symbol: The symbol.
        session: The session.
        code: How they differ.
        basis: `close` or `raw_close`.
        first: What the first source tells, dollars, or None when it has no usable price.
        second: What the second tells, likewise.
        observed: How far apart they are, as a fraction of the larger; 1 when one has no price.
        limit: The tolerance, as such a fraction.
        sessions: In how many sessions that are read they differ.
    """

    symbol: Symbol
    session: date
    code: DifferenceCode
    basis: str
    first: Decimal | None
    second: Decimal | None
    observed: Decimal
    limit: Decimal
    sessions: int

    def sentence(self) -> str:
        """Return the difference in plain words."""
        first, second = (
            "no usable price" if price is None else f"{price:f}"
            for price in (self.first, self.second)
        )
        more = f" ({self.sessions} sessions differ)" if self.sessions > 1 else ""
        told = (
            f"{self.symbol} on {self.session}: the first source has {first}, the second {second}, "
            f"{self.code} is {plain(round(self.observed, 6))}, the limit {self.limit:f}{more}"
        )
        if self.code is DifferenceCode.SOURCE_ADJUSTMENT:
            return f"{told}; up to that session all differ by one factor, as after a split"
        return told


@dataclass(frozen=True, slots=True)
class _Seen:
    """Hold one basis of one symbol, oldest first: `BEFORE` sessions and those that are read."""

    first: Floats
    second: Floats

    def apart(self) -> Floats:
        """Return how far apart the prices are; 0 where there is none, 1 where one is missing."""
        a, b = (np.where(np.isfinite(told), told, 0.0) for told in (self.first, self.second))
        larger = np.maximum(a, b)
        apart: Floats = np.divide(
            np.abs(a - b), larger, out=np.zeros_like(larger), where=larger > 0
        )
        return apart


def differences(
    first: BarPanel,
    second: BarPanel,
    row: int,
    lookbacks: Mapping[Symbol, int],
    tolerance: Decimal,
) -> tuple[Difference, ...]:
    """Return where two panels differ over the sessions that a decision reads.

    Args:
        first: The first source's bars, as the data gate let them through.
        second: The second source's; what lies after that session is not looked at.
        row: The row of `first` that is decided on.
        lookbacks: Sessions read of each symbol, up to the row; at least 1.
        tolerance: How far apart two prices may lie, as a fraction of the larger, in [0, 1).

    Returns:
        At most one a symbol, sorted by symbol.

    Raises:
        InvalidValueError: When the panels do not have the same sessions.
    """
    most = min(row + 1, max(lookbacks.values(), default=1))
    axis = first.sessions[row + 1 - most : row + 1]
    place = _same_axis(axis, second)
    found: list[Difference] = []
    for name in sorted(lookbacks):
        read = axis[-max(1, lookbacks[name]) :]
        length = BEFORE + len(read)
        for basis in BASES:
            seen = _Seen(
                _column(first, basis, name, row, length),
                _column(second, basis, name, place, length),
            )
            told = _difference(name, basis, read, seen, tolerance)
            if told is not None:
                found.append(told)
                break
    return tuple(found)


def _same_axis(axis: tuple[date, ...], second: BarPanel) -> int:
    """Return the row of `second` with the last session of `axis`, whose sessions it has to share.

    Raises:
        InvalidValueError: When it does not.
    """
    last = axis[-1]
    place = second.sessions.index(last) if last in second.sessions else -1
    theirs = second.sessions[max(0, place + 1 - len(axis)) : place + 1]
    if not theirs or theirs != axis[-len(theirs) :]:
        strays = sorted(set(axis) ^ set(theirs))
        msg = (
            f"the two data sources have other sessions, {strays[0] if strays else last} is one of "
            "them: both must have those of the exchange."
        )
        raise InvalidValueError(msg)
    return place


def _column(panel: BarPanel, basis: str, name: Symbol, row: int, length: int) -> Floats:
    """Return `length` prices up to `row`, NaN where the panel has none."""
    array: Floats | None = getattr(panel, basis)
    told = np.full(length, np.nan)
    column = panel.column(name)
    if array is not None and column is not None:
        held = array[max(0, row + 1 - length) : row + 1, column]
        told[length - len(held) :] = held
    return told


def _difference(
    name: Symbol, basis: str, read: tuple[date, ...], seen: _Seen, tolerance: Decimal
) -> Difference | None:
    apart = seen.apart()
    rows = BEFORE + np.flatnonzero(apart[BEFORE:] > float(tolerance))
    if not len(rows):
        return None
    last = int(rows[-1])
    first, second = (_price(told[last]) for told in (seen.first, seen.second))
    code = DifferenceCode.SOURCE_PRICE
    if first is None or second is None:
        code = DifferenceCode.SOURCE_ABSENT
    elif _by_one_factor(seen, last, tolerance):
        code = DifferenceCode.SOURCE_ADJUSTMENT
    return Difference(
        symbol=name,
        session=read[last - BEFORE],
        code=code,
        basis=basis,
        first=first,
        second=second,
        observed=decimal_from_float(float(apart[last])),
        limit=tolerance,
        sessions=len(rows),
    )


def _by_one_factor(seen: _Seen, last: int, tolerance: Decimal) -> bool:
    """Say whether all prices up to `last`, at least two, differ by one factor."""
    known = list(_factors(seen, last))
    if len(known) < 2:  # noqa: PLR2004 - one price has always one factor
        return False
    lowest, highest = min(known), max(known)
    return (lowest > 1 or highest < 1) and highest - lowest <= float(tolerance) * highest


def _factors(seen: _Seen, last: int) -> Iterator[float]:
    for first, second in zip(seen.first[: last + 1], seen.second[: last + 1], strict=True):
        if 0 < first < math.inf and 0 < second < math.inf:
            yield float(first / second)


def _price(told: float) -> Decimal | None:
    return decimal_from_float(float(told)) if np.isfinite(told) else None
