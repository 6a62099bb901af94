"""Moments as the protocol writes them, and New York's midnights."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from alchemiser.adapters.venue.data.path import Ints

NEW_YORK: Final = ZoneInfo("America/New_York")


def epoch(at: datetime) -> int:
    """Return the whole seconds from 1970 to `at`."""
    return int(at.timestamp() // 1)


def moment(second: int) -> datetime:
    """Return second number `second` since 1970, UTC."""
    return datetime.fromtimestamp(second, UTC)


@lru_cache(maxsize=32_768)
def midnight(day: date) -> int:
    """Return the first second of `day` in New York, since 1970."""
    return epoch(datetime.combine(day, time(), NEW_YORK))


def midnights(days: Sequence[date]) -> Ints:
    """Return the first seconds of `days` in New York."""
    return np.array([midnight(day) for day in days], dtype=np.int64)


class _Texts(dict[int, str]):
    """Remember texts: most answers are about the same days."""

    def __missing__(self, second: int) -> str:
        if len(self) >= _TEXTS_MAX:
            self.clear()
        written = self[second] = f"{moment(second).isoformat()[:-6]}Z"
        return written


_TEXTS_MAX: Final = 200_000
_TEXTS: Final = _Texts()


def texts(stamps: Ints) -> list[str]:
    """Return seconds since 1970 as RFC 3339 texts in UTC."""
    return list(map(_TEXTS.__getitem__, stamps.tolist()))


def text(second: int) -> str:
    """Return one second since 1970 as an RFC 3339 text in UTC."""
    return _TEXTS[second]
