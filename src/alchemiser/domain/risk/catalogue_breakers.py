"""Every breaker by name."""

from typing import Final

from alchemiser.domain.risk.breakers import BreakerCode
from alchemiser.domain.risk.catalogue_rows import Guard

_HALT: Final = "nothing is sent: halted"
_STOP: Final = "nothing is bought: reducing"
_DISABLE: Final = "the strategy is not asked, and its book does not grow"

BREAKERS: Final = (
    Guard(
        code=BreakerCode.RUNAWAY,
        watches="orders beyond the numbers of a sound plan, which a gate has refused",
        unit="as the limit refused",
        follows=_HALT,
        statements="OS-09",
    ),
    Guard(
        code=BreakerCode.UNRECONCILED,
        watches="whether books and broker agree",
        unit="a break that stands, or none",
        follows=_HALT,
        statements="OS-24",
    ),
    Guard(
        code=BreakerCode.CLOCK_SKEW,
        watches="our clock against the broker's; unknown trips, too",
        unit="seconds of either sign",
        follows=_HALT,
        key="[risk.breakers] clock_skew_seconds_max",
        statements="RC-10",
    ),
    Guard(
        code=BreakerCode.BROKER_REFUSALS,
        watches="orders that the broker refused in the session",
        unit="orders",
        follows=_HALT,
        key="[risk.breakers] refusals_max",
        statements="RC-09",
    ),
    Guard(
        code=BreakerCode.CYCLE_FAILURES,
        watches="sessions in a row whose cycle failed",
        unit="sessions",
        follows=_HALT,
        key="[risk.breakers] cycle_failures_max",
        statements="RC-09",
    ),
    Guard(
        code=BreakerCode.DRAWDOWN,
        watches="equity below its peak",
        unit="fraction of the peak",
        follows="as `[risk.breakers] drawdown_action` says",
        key="[risk] max_drawdown",
        statements="RC-08",
    ),
    Guard(
        code=BreakerCode.DAILY_LOSS,
        watches="equity below the last session's close",
        unit="fraction of equity then",
        follows=_STOP,
        key="[risk] max_daily_loss",
        statements="RC-06",
    ),
    Guard(
        code=BreakerCode.PNL_TREND,
        watches="equity below the close `trend_sessions` before",
        unit="fraction of equity then",
        follows=_STOP,
        key="[risk.breakers] max_trend_loss",
        statements="RC-15",
    ),
    Guard(
        code=BreakerCode.LOSING_STREAK,
        watches="losing sessions in a row",
        unit="sessions",
        follows=_STOP,
        key="[risk.breakers] max_losing_sessions",
        statements="RC-15",
    ),
    Guard(
        code=BreakerCode.MARGIN,
        watches="maintenance margin above equity, or with equity unknown",
        unit="dollars",
        follows=_STOP,
        statements="SE-04",
    ),
    Guard(
        code=BreakerCode.DATA_LOSS,
        watches="sessions in a row whose account, quotes or bars could not be read",
        unit="sessions",
        follows=_STOP,
        key="[risk.breakers] data_losses_max",
        statements="RC-09",
    ),
    Guard(
        code=BreakerCode.STRATEGY_DRAWDOWN,
        watches="a book's equity below its peak",
        unit="fraction of the peak",
        follows=_DISABLE,
        key="[risk.breakers] strategy_max_drawdown",
        statements="RC-07",
    ),
    Guard(
        code=BreakerCode.STRATEGY_DAILY_LOSS,
        watches="a book's equity below its last close",
        unit="fraction of equity then",
        follows=_DISABLE,
        key="[risk.breakers] strategy_max_daily_loss",
        statements="RC-07",
    ),
    Guard(
        code=BreakerCode.STRATEGY_FAILURES,
        watches="sessions in a row in which a strategy failed",
        unit="sessions",
        follows=_DISABLE,
        key="[risk.breakers] strategy_failures_max",
        statements="RC-09",
    ),
)
"""One a code: those that halt, those of the account's losses, the others, those of strategies."""
