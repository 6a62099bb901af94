"""How often a book is brought back to what its strategy wants."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import ONE, ZERO


class Frequency(StrEnum):
    """Name the periods; a book is rebalanced at the first decided session of each."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    def period(self, day: date) -> tuple[int, ...]:
        """Return a name of the period that `day` lies in: equal within one, growing with time."""
        match self:
            case Frequency.DAILY:
                return (day.toordinal(),)
            case Frequency.WEEKLY:
                return day.isocalendar()[:2]
            case Frequency.MONTHLY:
                return (day.year, day.month)
            case Frequency.QUARTERLY:
                return (day.year, (day.month - 1) // 3)
            case Frequency.YEARLY:
                return (day.year,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebalance:
    """Say when a strategy's book is traded at all.

    Between two rebalances the book holds what it holds, whatever the strategy wants.

    Attributes:
        frequency: The period in which the book is traded once, at its first decided session.
        threshold: The book is left alone while it holds exactly the wanted symbols and none of
            their weights is further than this from the wanted one, in [0, 1); 0 always trades.
    """

    frequency: Frequency = Frequency.DAILY
    threshold: Decimal = ZERO

    def __post_init__(self) -> None:
        if self.frequency not in set(Frequency):
            msg = f"a strategy is rebalanced {', '.join(Frequency)}, not {self.frequency!r}."
            raise InvalidValueError(msg)
        object.__setattr__(self, "frequency", Frequency(self.frequency))
        if not ZERO <= self.threshold < ONE:
            msg = f"a rebalancing threshold is a Decimal from 0 to below 1, not {self.threshold}."
            raise InvalidValueError(msg)

    def is_due(self, day: date, last: date | None) -> bool:
        """Say whether the session of `day` may trade, after one on `last` or after none."""
        return last is None or self.frequency.period(day) > self.frequency.period(last)


EVERY_SESSION = Rebalance()
