"""Pasts in which nothing is remarkable, so that a test changes only what it is about."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.risk.history import Anchors, Execution, RiskHistory, SentOrder
from alchemiser.domain.risk.markets import MarketHistory
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.numbers import ZERO, Floats

DAYS: Final = 251
"""Closes of a past: enough for every limit's look-back."""
DOLLARS_A_DAY: Final = 1e12


def quiet_closes(count: int) -> Floats:
    """Return closes, float64 (251, count), that hardly move, each in a rhythm of its own."""
    rows = np.arange(DAYS)[:, None]
    rhythm = 0.61 + 0.37 * np.arange(1, count + 1)[None, :]
    closes: Floats = 100.0 * (1 + 0.0005 * np.sin(rows * rhythm))
    return closes


def a_market(
    names: Iterable[Symbol], closes: Floats | None = None, dollars: Floats | None = None
) -> MarketHistory:
    """Return the past of `names`; without `closes` and `dollars` a quiet and liquid one."""
    columns = {name: place for place, name in enumerate(sorted(set(names)))}
    count = len(columns)
    return MarketHistory(
        columns=columns,
        closes=quiet_closes(count) if closes is None else closes,
        dollars=np.full((DAYS, count), DOLLARS_A_DAY) if dollars is None else dollars,
    )


def a_history(
    day: date,
    names: Iterable[Symbol],
    *,
    anchors: Anchors | None = None,
    executions: Iterable[Execution] = (),
    unsettled: str = "0",
) -> RiskHistory:
    """Return a past of 64 weekdays up to `day` in which nothing was lost."""
    days = (day - timedelta(days=back) for back in range(90))
    weekdays = [one for one in days if one.isoweekday() < 6]  # noqa: PLR2004 - Saturday
    return RiskHistory(
        sessions=tuple(reversed(weekdays[:64])),
        anchors=anchors or Anchors(),
        executions=tuple(executions),
        unsettled=Decimal(unsettled),
        markets=a_market(names),
    )


def closes_of(columns: Mapping[Symbol, Floats]) -> MarketHistory:
    """Return the past of symbols with the closes given, float64 (T,) each, all of one length."""
    names = sorted(columns)
    closes = np.column_stack([columns[name] for name in names])
    return a_market(names, closes, np.full(closes.shape, DOLLARS_A_DAY))


def sent_orders(
    orders: Iterable[NewOrderSingle], at: datetime, *, open_still: bool = False
) -> dict[ClOrdId, SentOrder]:
    """Return `orders` as sent at one moment: without effect, or with all of them open still."""
    return {
        one.cl_ord_id: SentOrder(order=one, at=at, worth=one.notional() if open_still else ZERO)
        for one in orders
    }
