"""What went before: the equity that losses are measured from, trades, and what has not settled."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Final

from alchemiser.domain.market_rules.day_trading import LEGACY
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.risk.markets import MarketHistory
from alchemiser.domain.values.frozen import quickly
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ZERO


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Tell of one trade of ours: shares above zero, dollars a share."""

    session: date
    symbol: Symbol
    side: Side
    quantity: Decimal
    price: Decimal


_SESSION: Final = attrgetter("session")


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class SentOrder:
    """Tell of one order that was intended in this session.

    Attributes:
        order: As it was sent.
        at: When it was sent last, UTC.
        worth: Dollars that it has filled or may still fill, at its limit price.
        filled: Dollars that it has filled, at the prices of its fills.
    """

    order: NewOrderSingle
    at: datetime
    worth: Decimal
    filled: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """Hold the equity that losses are measured from, dollars; None before there was any.

    Deposits and withdrawals move them along: what is measured are gains and losses.

    Attributes:
        last_close: Equity at the end of the last session before this one.
        peak: Highest equity so far, or since a person last lifted a halt.
    """

    last_close: Decimal | None = None
    peak: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskHistory:
    """Hold what the checks have to know of earlier sessions.

    Attributes:
        sessions: The latest sessions of the exchange, ascending, the present one last.
        anchors: What losses are measured from.
        executions: Our trades in `sessions`, as far back as they count; this session's come from
            its orders.
        unsettled: Dollars of sales that have not settled; they count in cash accounts.
        markets: Returns and volumes, or None when they cannot be had.
        unreconciled: Symbols in which books and broker differ, or that somebody else traded.
    """

    sessions: tuple[date, ...]
    anchors: Anchors = Anchors()
    executions: tuple[Execution, ...] = ()
    unsettled: Decimal = ZERO
    markets: MarketHistory | None = None
    unreconciled: frozenset[Symbol] = frozenset()
    _by_symbol: dict[Symbol, list[Execution]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    _ordered: list[Execution] = field(init=False, repr=False, compare=False, default_factory=list)

    def within_of(self, count: int, name: Symbol) -> Iterator[Execution]:
        """Yield the same in the symbol `name`."""
        if not self._by_symbol:
            for one in self._in_order():
                self._by_symbol.setdefault(one.symbol, []).append(one)
        latest = self.sessions[-count:]
        return (one for one in self._by_symbol.get(name, ()) if one.session in latest)

    def within(self, count: int) -> Iterator[Execution]:
        """Yield our trades of the last `count` sessions, the present one included."""
        latest, trades = self.sessions[-count:], self._in_order()
        if not (latest and trades) or trades[-1].session < latest[0]:
            return iter(())
        start = bisect_left(trades, latest[0], key=_SESSION)
        return (one for one in trades[start:] if one.session in latest)

    def _in_order(self) -> list[Execution]:
        """Return the trades in the order of their sessions: thousands, which few limits ask for."""
        if len(self._ordered) < len(self.executions):
            self._ordered.extend(sorted(self.executions, key=_SESSION))
        return self._ordered


def sessions_counted(limits: RiskLimits) -> int:
    """Return in how many sessions, the present one included, trades count under `limits`."""
    churned = 0 if limits.max_reversals is None else limits.reversal_sessions
    return max(churned, LEGACY.sessions)


def reversals(sides: Iterable[Side]) -> int:
    """Return how often `sides`, in order, change from one to the other."""
    count, last = 0, None
    for side in sides:
        count += last is not None and side is not last
        last = side
    return count
