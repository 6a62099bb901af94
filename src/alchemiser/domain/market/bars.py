"""Daily bars of many symbols on one axis of exchange sessions."""

from dataclasses import dataclass, field
from datetime import date
from operator import lt

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BarPanel:
    """Hold bars as read-only arrays of shape (T, N): session by symbol, oldest first.

    Attributes:
        sessions: T consecutive session labels of the exchange, ascending.
        symbols: N tickers, sorted, each once.
        close: float64 (T, N), dollars on the signal basis (total return). NaN means no bar.
        open: As `close`, or None when the source has no opening prices.
        high: As `close`, or None.
        low: As `close`, or None.
        volume: float64 (T, N), shares, NaN where there is no bar, or None.
        raw_close: float64 (T, N), dollars on the trading basis, or None when the source has
            only the signal basis.
        provisional: Whether the last row stands for a session that has not closed yet.
        blocked: bool (T, N), True where the data gate forbids reading the symbol as of that
            session, or None when nothing is blocked.
    """

    sessions: tuple[date, ...]
    symbols: tuple[Symbol, ...]
    close: Floats
    open: Floats | None = None
    high: Floats | None = None
    low: Floats | None = None
    volume: Floats | None = None
    raw_close: Floats | None = None
    provisional: bool = False
    blocked: NDArray[np.bool_] | None = None
    _columns: dict[Symbol, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shape = (len(self.sessions), len(self.symbols))
        for name in ("close", "open", "high", "low", "volume", "raw_close", "blocked"):
            array = getattr(self, name)
            if array is None:
                continue
            if array.shape != shape:
                msg = f"{name} has shape {array.shape}, not {shape} (sessions, symbols)."
                raise InvalidValueError(msg)
            owned = array if not array.flags.writeable else array.copy()
            owned.flags.writeable = False
            object.__setattr__(self, name, owned)
        if list(self.symbols) != sorted(set(self.symbols)):
            msg = "panel symbols must be sorted and each stand once."
            raise InvalidValueError(msg)
        if not all(map(lt, self.sessions, self.sessions[1:])):
            msg = "panel sessions must ascend."
            raise InvalidValueError(msg)
        object.__setattr__(self, "_columns", {s: i for i, s in enumerate(self.symbols)})

    def column(self, name: Symbol) -> int | None:
        """Return the column of `name`, or None when the panel does not hold it."""
        return self._columns.get(name)

    def closes(self, name: Symbol) -> Floats | None:
        """Return the closes of `name`, float64 (T,), read-only, or None when absent."""
        column = self._columns.get(name)
        return None if column is None else self.close[:, column]

    def until(self, row: int) -> "BarPanel":
        """Return the panel that ends with row `row` (0-based, inclusive), sharing memory."""
        whole = row == len(self.sessions) - 1
        shorter = object.__new__(BarPanel)  # what is checked of a panel holds for its beginning
        put = object.__setattr__
        put(shorter, "sessions", self.sessions[: row + 1])
        put(shorter, "symbols", self.symbols)
        put(shorter, "close", self.close[: row + 1])
        for name in _OPTIONAL:
            put(shorter, name, _head(getattr(self, name), row))
        put(shorter, "provisional", self.provisional and whole)
        put(shorter, "blocked", None if self.blocked is None else self.blocked[: row + 1])
        put(shorter, "_columns", self._columns)
        return shorter


_OPTIONAL = ("open", "high", "low", "volume", "raw_close")


def _head(array: Floats | None, row: int) -> Floats | None:
    return None if array is None else array[: row + 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarsReference:
    """Point into the bars store.

    Attributes:
        revision: The store's last entry that belongs to it.
        digest: SHA-256 of the panel's content, hexadecimal.
        symbols: The columns.
        first: First session.
        last: Last session.
    """

    revision: int
    digest: str
    symbols: tuple[Symbol, ...]
    first: date
    last: date
