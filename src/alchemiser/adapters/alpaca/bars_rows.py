"""Daily bars as the broker's pages tell them, and the days that their stamps mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.errors import InputError

NEW_YORK: Final = ZoneInfo("America/New_York")
_LABELS_MAX: Final = 16_384
"""Time stamps whose session is remembered: every one since 1970, in winter and in summer."""


@dataclass(frozen=True, slots=True)
class BarRows:
    """Hold R bars of one symbol in the order in which they were told, nothing judged yet.

    Attributes:
        days: Session labels as proleptic Gregorian ordinals, shape (R,).
        numbers: float64 (R,) under `open, high, low, close, volume`; NaN where nothing was told.
    """

    days: NDArray[np.int64]
    numbers: Mapping[str, Floats]


def rows_by_symbol(
    stamps: Mapping[str, Sequence[str]], columns: Mapping[str, Floats]
) -> dict[str, BarRows]:
    """Return the bars of each symbol as views of columns that were made for all at once.

    Args:
        stamps: Those of each symbol's bars, in the order of the rows.
        columns: float64 (R,) by name, R bars of all symbols.

    Raises:
        InputError: When a stamp is not midnight in New York.
    """
    rows: dict[str, BarRows] = {}
    start, before, days = 0, None, np.zeros(0, dtype=np.int64)
    for name, own in stamps.items():
        end = start + len(own)
        if own != before:  # most symbols trade on the same days
            days = np.array([_label(stamp) for stamp in own], dtype=np.int64)
            before = own
        rows[name] = BarRows(days, {key: column[start:end] for key, column in columns.items()})
        start = end
    return rows


@lru_cache(maxsize=_LABELS_MAX)
def _label(stamp: str) -> int:
    """Return the ordinal of the session whose daily bar is stamped so.

    Raises:
        InputError: When it is not midnight in New York.
    """
    try:
        told = datetime.fromisoformat(stamp)
        local = None if told.tzinfo is None else told.astimezone(NEW_YORK)
    except (ValueError, OverflowError):
        local = None
    if local is None or local.time() != time():
        msg = (
            f"a daily bar is stamped {stamp[:40]!r}, which is not midnight in New York: the "
            "source serves other bars than daily ones."
        )
        raise InputError(msg)
    return local.toordinal()
