"""Counting day trades, and what the rule in force says to one more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from alchemiser.domain.market_rules.day_trading import LEGACY, MARGIN, DayTradeRegime
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import plain

LOOK_BACK_DAYS: Final = 14
"""Calendar days that hold the sessions that are looked back at, whatever holidays fall in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Hold what one fill, or one order that may fill, did in a session.

    Attributes:
        session: When.
        symbol: What.
        quantity: Shares, above zero when bought and below when sold.
    """

    session: date
    symbol: Symbol
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTrades:
    """Count the day trades of the sessions that are looked back at.

    Attributes:
        before: What there is without the order in question.
        after: The same with it.
    """

    before: int
    after: int

    def completes(self) -> bool:
        """Say whether the order completes a day trade."""
        return self.after > self.before


NO_DAY_TRADES: Final = DayTrades(before=0, after=0)


def day_trades(executions: Iterable[Execution]) -> int:
    """Return how many day trades `executions`, oldest first, make up.

    A day trade is a change from buying to selling one symbol within one session. Fills in a row on
    one side count as one, whatever their sizes: buy, buy, sell, sell is one day trade; buy, sell,
    buy, sell is two. Shares held overnight may be sold before any purchase of the day; sold after
    one, they count. There are no shorts, so that buying after a sale completes nothing.

    Source: FINRA Rule 4210(f)(8)(B) and its interpretation /02, Regulatory Notice 21-13.
    """
    count = 0
    buying: dict[tuple[date, Symbol], bool] = {}
    for one in executions:
        place, bought = (one.session, one.symbol), one.quantity > 0
        count += buying.get(place, False) and not bought
        buying[place] = bought
    return count


def with_order(
    done: Iterable[Execution], pending: Iterable[Execution], order: Execution
) -> DayTrades:
    """Return the day trades of `done` and `pending`, without and with `order`.

    What is open counts as if it filled; since nobody knows the sequence, `order` is put where it
    makes the most of them, before or after what is open.

    Args:
        done: Fills of the sessions that are looked back at, oldest first.
        pending: What open orders may still fill, in order of entry.
        order: What the order in question may fill.
    """
    done, pending = tuple(done), tuple(pending)
    after = max(day_trades((*done, order, *pending)), day_trades((*done, *pending, order)))
    return DayTrades(before=day_trades((*done, *pending)), after=after)


def looked_back_at(executions: Iterable[Execution], sessions: Iterable[date]) -> list[Execution]:
    """Return those of `executions` that fall in the last of `sessions` that the rule counts.

    Args:
        executions: Fills, in any order; it is kept.
        sessions: Sessions up to the present one, ascending.
    """
    window = frozenset(tuple(sessions)[-LEGACY.sessions :])
    return [one for one in executions if one.session in window]


def day_trade_refusal(
    regime: DayTradeRegime, trades: DayTrades, *, equity: Decimal, deficit: Decimal
) -> tuple[str, str] | None:
    """Return what is observed and what is allowed when an order may not be sent, or None.

    An order that completes no day trade always may.

    Args:
        regime: The rule in force.
        trades: The day trades within the sessions that are looked back at.
        equity: Dollars of equity in the account.
        deficit: Dollars by which the account's margin falls short; at most zero is none.
    """
    if not trades.completes():
        return None
    if regime is DayTradeRegime.INTRADAY_MARGIN:
        if not MARGIN.calls(deficit, equity):
            return None
        return f"a deficit of {plain(deficit)}", "none that is called for"
    if regime is DayTradeRegime.UNKNOWN:
        return "a day trade", "none while the broker's rule is unknown"
    if equity >= LEGACY.equity_min or trades.after <= LEGACY.trades_max:
        return None
    least = plain(LEGACY.equity_min)
    return (
        f"{trades.after} day trades",
        f"{LEGACY.trades_max} in {LEGACY.sessions} sessions with equity below {least}",
    )
