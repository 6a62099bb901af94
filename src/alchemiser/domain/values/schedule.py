"""The timing contract: when a session is decided, on which bars, and at which price it trades.

One value for every world. Live trading, both backtest engines, shadows and what looks back ask it,
and none of them knows a moment or a price of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alchemiser.domain.values.session import Session


class Timing(StrEnum):
    """When a session's decision is made and traded."""

    NEAR_CLOSE = "near_close"
    """Shortly before the close, on a provisional bar for the session itself."""
    NEXT_OPEN = "next_open"
    """After the open, on bars up to the session before."""

    def sees_session(self) -> bool:
        """Say whether a decision sees a bar of its own session, which has not closed yet."""
        return self is Timing.NEAR_CLOSE

    def trades_at_open(self) -> bool:
        """Say whether a past session trades at its opening price, and not at its close."""
        return self is Timing.NEXT_OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Say when a session is decided, the same in every world.

    Attributes:
        timing: Which bars the decision sees.
        before_close: For `near_close`: how long before the close.
        after_open: For `next_open`: how long after the open.
    """

    timing: Timing = Timing.NEAR_CLOSE
    before_close: timedelta = timedelta(minutes=15)
    after_open: timedelta = timedelta(minutes=1)

    def moment(self, session: Session) -> datetime:
        """Return when `session` is decided, UTC; early closes move it."""
        if self.timing.trades_at_open():
            return session.open_at + self.after_open
        return session.close_at - self.before_close
