"""Series that were read a moment ago, bounded by their size and their age."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Final

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats

BYTES_MAX: Final = 64 * 1024 * 1024
"""Of numbers; some 500 symbols of ten years on both bases, of one session."""
SECONDS_MAX: Final = 900.0

Columns = Mapping[str, Floats]
"""Arrays (T,) by the names of a panel's columns, all of one length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesKey:
    """Name one series as of one session.

    Attributes:
        symbol: The ticker.
        timeframe: The length of a bar, such as `1Day`.
        adjustment: What the series is made of: source, feed and adjustments.
        as_of: Its last session; a later one may have changed all that is before it.
    """

    symbol: Symbol
    timeframe: str
    adjustment: str
    as_of: date


class SeriesCache:
    """Keep the series that were used last; for any thread."""

    def __init__(
        self,
        stopwatch: Callable[[], float],
        *,
        bytes_max: int = BYTES_MAX,
        seconds_max: float = SECONDS_MAX,
    ) -> None:
        """Keep nothing yet.

        Args:
            stopwatch: Counts seconds.
            bytes_max: How large all series together may be.
            seconds_max: How old a series may become.
        """
        self._stopwatch = stopwatch
        self._bytes_max = bytes_max
        self._seconds_max = seconds_max
        self._lock = Lock()
        self._series: OrderedDict[SeriesKey, tuple[float, int, Columns]] = OrderedDict()
        self._bytes = 0

    def get(self, key: SeriesKey) -> Columns | None:
        """Return a series that is not too old, or None."""
        with self._lock:
            found = self._series.get(key)
            if found is None:
                return None
            if self._is_old(found[0]):
                self._drop(key)
                return None
            self._series.move_to_end(key)
            return found[2]

    def put(self, key: SeriesKey, columns: Columns) -> None:
        """Keep a series, and let go what is too old or was used longest ago."""
        size = sum(array.nbytes for array in columns.values())
        with self._lock:
            self._drop(key)
            self._series[key] = (self._stopwatch(), size, columns)
            self._bytes += size
            for old in [one for one, held in self._series.items() if self._is_old(held[0])]:
                self._drop(old)
            while self._bytes > self._bytes_max:
                self._drop(next(iter(self._series)))

    def size(self) -> tuple[int, int]:
        """Return how many series are kept, and their bytes."""
        with self._lock:
            return len(self._series), self._bytes

    def _is_old(self, since: float) -> bool:
        return self._stopwatch() - since > self._seconds_max

    def _drop(self, key: SeriesKey) -> None:
        held = self._series.pop(key, None)
        if held is not None:
            self._bytes -= held[1]
