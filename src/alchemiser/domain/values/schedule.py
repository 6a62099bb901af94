"""The timing contract: when a session is decided, on which bars, and at which price it trades.

One value for every world. Live trading, both backtest engines, shadows and what looks back ask it,
and none of them knows a moment or a price of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alchemiser.domain.values.session import Session

_MINUTE: Final = timedelta(minutes=1)


class Timing(StrEnum):
    """When a session's decision is made and traded."""

    NEAR_CLOSE = "near_close"
    """Shortly before the close, on a provisional bar for the session itself."""
    NEXT_OPEN = "next_open"
    """After the open, on bars up to the session before."""
    NEXT_CLOSE = "next_close"
    """Shortly before the close, on bars up to the session before."""

    def sees_session(self) -> bool:
        """Say whether a decision sees a bar of its own session, which has not closed yet."""
        return self is Timing.NEAR_CLOSE

    def trades_at_open(self) -> bool:
        """Say whether a past session trades at its opening price, and not at its close."""
        return self is Timing.NEXT_OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingContract:
    """Tell a schedule whole, for people and programs.

    Attributes:
        timing: Its name.
        at: When a session is decided, as in `[schedule]`.
        decides_on: The last bar that a decision sees.
        trades: When orders trade.
        price: At which price a past session trades.
    """

    timing: Timing
    at: str
    decides_on: str
    trades: str
    price: str

    def sentence(self) -> str:
        """Return it in words."""
        return (
            f"{self.timing}: decided at {self.at} on {self.decides_on}, "
            f"traded {self.trades} at {self.price}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Say when a session is decided, the same in every world.

    Attributes:
        timing: Which bars the decision sees, and at which end of the session it trades.
        before_close: For `near_close` and `next_close`: how long before the close.
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

    def reaches_auction(self, ahead: timedelta) -> bool:
        """Say whether orders may wait for the closing auction that enter it `ahead` of the close.

        What is decided at the open does not: it is to trade there.
        """
        return not self.timing.trades_at_open() and self.before_close >= ahead

    def contract(self, *, auction: bool = False) -> TimingContract:
        """Return it told whole.

        Args:
            auction: Whether orders wait for the closing auction where they may.
        """
        at_open = self.timing.trades_at_open()
        minutes = (self.after_open if at_open else self.before_close) // _MINUTE
        trades = "after the open" if at_open else "near the close"
        seen = (
            "a provisional bar of its own"
            if self.timing.sees_session()
            else "bars up to the session before"
        )
        return TimingContract(
            timing=self.timing,
            at=f"open+{minutes}m" if at_open else f"close-{minutes}m",
            decides_on=seen,
            trades="in the closing auction" if auction else trades,
            price="the open" if at_open else "the close",
        )
