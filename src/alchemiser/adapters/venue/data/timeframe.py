"""How long a bar is, and where it begins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

import numpy as np

from alchemiser.adapters.venue.data.moments import midnight
from alchemiser.adapters.venue.data.path import Ints

_MINUTE: Final = 60
_HOUR: Final = 3_600
_WRITTEN: Final = re.compile(r"([1-9][0-9]?)(Min|T|Hour|H|Day|D|Week|W|Month|M)")
_MONTHS: Final = (1, 2, 3, 4, 6, 12)


class Unit(Enum):
    """What a timeframe counts."""

    SECONDS = "seconds"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_UNITS: Final = {
    "Min": (Unit.SECONDS, _MINUTE, tuple(range(1, 60))),
    "T": (Unit.SECONDS, _MINUTE, tuple(range(1, 60))),
    "Hour": (Unit.SECONDS, _HOUR, tuple(range(1, 24))),
    "H": (Unit.SECONDS, _HOUR, tuple(range(1, 24))),
    "Day": (Unit.DAY, 1, (1,)),
    "D": (Unit.DAY, 1, (1,)),
    "Week": (Unit.WEEK, 1, (1,)),
    "W": (Unit.WEEK, 1, (1,)),
    "Month": (Unit.MONTH, 1, _MONTHS),
    "M": (Unit.MONTH, 1, _MONTHS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeframe:
    """Hold the length of a bar: so many of a unit, 60 seconds a minute.

    Bars of minutes and hours begin at whole multiples since midnight in New York; a day, a week
    and months begin at midnight there, a week on Monday, months in January.
    """

    unit: Unit
    count: int

    def within(self, stamps: Ints, day: date) -> Ints:
        """Return where the bars begin in which the seconds `stamps` of `day` lie."""
        start = midnight(day)
        return stamps - (stamps - start) % self.count

    def first(self, day: date) -> int:
        """Return the second at which the bar of days begins in which `day` lies."""
        match self.unit:
            case Unit.WEEK:
                return midnight(day - timedelta(days=day.weekday()))
            case Unit.MONTH:
                month = day.month - (day.month - 1) % self.count
                return midnight(day.replace(month=month, day=1))
            case _:
                return midnight(day)

    def firsts(self, days: Sequence[date]) -> Ints:
        """Return `first` of each of `days`."""
        return np.array([self.first(day) for day in days], dtype=np.int64)


MINUTE: Final = Timeframe(unit=Unit.SECONDS, count=_MINUTE)
DAY: Final = Timeframe(unit=Unit.DAY, count=1)


def timeframe(text: str) -> Timeframe | None:
    """Return what `text` means, such as 1Day or 15Min, or None when it means nothing."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    unit, size, counts = _UNITS[written[2]]
    count = int(written[1])
    return Timeframe(unit=unit, count=count * size) if count in counts else None
