"""One trading session of the exchange."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alchemiser.domain.values.errors import InvalidValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Describe the regular hours of one exchange day.

    Attributes:
        day: The exchange's session label.
        open_at: First moment of regular trading, UTC.
        close_at: Last moment of regular trading, UTC; early closes included.
    """

    day: date
    open_at: datetime
    close_at: datetime

    def __post_init__(self) -> None:
        for moment in (self.open_at, self.close_at):
            if moment.utcoffset() != timedelta(0):
                msg = f"session times are in UTC; {moment} is not."
                raise InvalidValueError(msg)
        if self.open_at >= self.close_at:
            msg = f"session {self.day} opens at {self.open_at}, after it closes."
            raise InvalidValueError(msg)

    def is_open(self, at: datetime) -> bool:
        """Say whether regular trading is on at `at`; the closing moment itself is not."""
        return self.open_at <= at < self.close_at
