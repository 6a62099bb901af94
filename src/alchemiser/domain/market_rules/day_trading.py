"""What is asked of those who buy and sell the same shares on one day, on margin."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alchemiser.domain.market_rules.dated import Rules, Since


class DayTradeRegime(StrEnum):
    """Which rule holds for an account."""

    PATTERN_DAY_TRADER = "pattern_day_trader"
    INTRADAY_MARGIN = "intraday_margin"
    UNKNOWN = "unknown"
    """Brokers may hold to either, and nobody has said to which: day trades are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternDayTrader:
    """Hold the numbers of the rule against pattern day traders.

    Attributes:
        trades_max: Day trades that are allowed within `sessions` to an account with less equity.
        sessions: Sessions that are looked back at, the present one included.
        equity_min: Dollars of equity from which on as many are allowed as one likes.
    """

    trades_max: int = 3
    sessions: int = 5
    equity_min: Decimal = Decimal(25_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntradayMargin:
    """Hold the numbers of the rule on intraday margin.

    Attributes:
        deficit_free: Dollars of a deficit that need no call, at most.
        deficit_free_equity: The same as a share of equity; the smaller of the two counts.
        call_sessions: Sessions within which a call has to be met.
        freeze_after: Sessions after which an unmet call freezes the account.
        freeze_days: Days that a frozen account may not go into debit or short.
    """

    deficit_free: Decimal = Decimal(1_000)
    deficit_free_equity: Decimal = Decimal("0.05")
    call_sessions: int = 2
    freeze_after: int = 5
    freeze_days: int = 90

    def calls(self, deficit: Decimal, equity: Decimal) -> bool:
        """Say whether a `deficit` of margin in dollars is called for; at most zero is none."""
        return deficit >= min(self.deficit_free, self.deficit_free_equity * equity) and deficit > 0


LEGACY: Final = PatternDayTrader()
MARGIN: Final = IntradayMargin()
ADOPTION: Final = date(2026, 6, 4)
"""From here on a broker may hold to the rule on intraday margin."""
REGIMES: Final = Rules(
    "day trading",
    (
        Since(
            date(2001, 9, 28), DayTradeRegime.PATTERN_DAY_TRADER, "NASD Rule 2520, now FINRA 4210"
        ),
        Since(
            ADOPTION,
            DayTradeRegime.UNKNOWN,
            "FINRA Regulatory Notice 26-10: brokers change over until 2027-10-20",
        ),
        Since(
            date(2027, 10, 20),
            DayTradeRegime.INTRADAY_MARGIN,
            "FINRA Rule 4210 as amended by SR-FINRA-2025-017, Release 34-105226",
        ),
    ),
)
"""What holds by law; while brokers change over, each says since when it holds to the new rule."""


def day_trade_regime(day: date, adopted: date | None) -> DayTradeRegime:
    """Return the rule that holds for trades on `day`, unknown before the first that is on record.

    Args:
        day: The session.
        adopted: Since when the broker holds to the rule on intraday margin, None when that is not
            known; it counts while brokers may choose.
    """
    if day < REGIMES.rows[0].day:
        return DayTradeRegime.UNKNOWN
    lawful = REGIMES.on(day).value
    if lawful is not DayTradeRegime.UNKNOWN or adopted is None:
        return lawful
    if day >= adopted:
        return DayTradeRegime.INTRADAY_MARGIN
    return DayTradeRegime.PATTERN_DAY_TRADER
