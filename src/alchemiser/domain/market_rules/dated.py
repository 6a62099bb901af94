"""Rules with the day on which each begins."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from alchemiser.domain.values.errors import InvalidValueError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Since(Generic[T]):
    """Hold one rule.

    Attributes:
        day: The first day of trading that it holds for.
        value: What holds.
        source: Where that is written.
    """

    day: date
    value: T
    source: str


class Rules(Generic[T]):
    """Hold the rules of one kind, of which each ends the one before."""

    def __init__(self, what: str, rows: Sequence[Since[T]]) -> None:
        """Hold `rows`, of which there is one at least; `what` names their kind in messages.

        Raises:
            InvalidValueError: When the rows do not ascend.
        """
        self._what = what
        self.rows = tuple(rows)
        self._days = [row.day for row in self.rows]
        if self._days != sorted(set(self._days)):
            msg = f"the rules for {what} must ascend, one a day."
            raise InvalidValueError(msg)

    def on(self, day: date) -> Since[T]:
        """Return the rule that holds for trades on `day`.

        Raises:
            InvalidValueError: When `day` lies before the first of them.
        """
        place = bisect_right(self._days, day)
        if not place:
            msg = f"the rules for {self._what} are known from {self._days[0]} on, not on {day}."
            raise InvalidValueError(msg)
        return self.rows[place - 1]
