"""What the readers of CSV and Parquet have in common: the columns and the raw table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.errors import InputError

SYMBOL: Final = "symbol"
SESSION: Final = "session"
CLOSE: Final = "close"
OPEN: Final = "open"
RAW_CLOSE: Final = "raw_close"
SPLIT: Final = "split"
DIVIDEND: Final = "dividend"
NUMBERS: Final = (CLOSE, OPEN, "high", "low", "volume", RAW_CLOSE)
"""The columns that make bars."""
FIELDS: Final = (*NUMBERS, SPLIT, DIVIDEND)
"""These, and the columns that tell corporate actions."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Hold R texts of which many are equal: text r is `values[codes[r]]`."""

    values: Sequence[str]
    codes: NDArray[np.intp]

    def used(self) -> tuple[int, ...]:
        """Return the positions in `values` that occur, ascending."""
        return tuple(np.flatnonzero(np.bincount(self.codes, minlength=len(self.values))).tolist())


@dataclass(frozen=True, slots=True)
class RawTable:
    """Hold the R rows of one file in the file's own order, nothing judged yet but their types.

    Attributes:
        sessions: The labels as written; a date or midnight is written YYYY-MM-DD.
        symbols: The tickers as written, or None in a file that does not name them.
        numbers: float64 (R,) by column name, NaN where the field is empty.
    """

    sessions: Texts
    symbols: Texts | None
    numbers: Mapping[str, Floats]


def chosen_columns(path: Path, found: Sequence[str], *, many_symbols: bool) -> list[str]:
    """Return which of the columns `found` in `path` to read.

    Raises:
        InputError: When a required column is missing, or one to be read stands twice.
    """
    required = (SYMBOL, SESSION, CLOSE) if many_symbols else (SESSION, CLOSE)
    missing = [name for name in required if name not in found]
    if missing:
        msg = (
            f"{path} has no column {' and no column '.join(missing)} "
            f"(found: {', '.join(found) or 'none'}): add it, or rename the one that "
            "holds it."
        )
        raise InputError(msg)
    chosen = dict.fromkeys((*required, *(name for name in (SYMBOL, *FIELDS) if name in found)))
    twice = [name for name, count in Counter(found).items() if count > 1 and name in chosen]
    if twice:
        msg = f"{path} has the column {twice[0]} more than once: keep one of them."
        raise InputError(msg)
    return list(chosen)
