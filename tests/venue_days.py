"""Daily bars for the venue: three symbols, one of them with a split and a dividend."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np

from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.venue.data.prices import Prices
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 30)
EX_SPLIT, EX_DIVIDEND = date(2026, 10, 1), date(2026, 11, 2)
NOW = datetime(2026, 11, 25, 19, 0, 7, tzinfo=UTC)
"""A Wednesday, 14:00:07 in New York."""
NAMES = (Symbol("AAPL"), Symbol("BRK.B"), Symbol("SPY"))
CALENDAR = SessionTable()


class DailyMarket:
    """Serve made-up bars; AAPL splits 4 for 1 and pays 0.25 dollars; implements MarketDataPort."""

    def __init__(self) -> None:
        self.axis = tuple(one.day for one in CALENDAR.sessions(FIRST, LAST))

    def check(self) -> None:
        return

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        del through
        rows = np.arange(len(self.axis), dtype=np.float64)
        base = {"AAPL": 150 + rows, "BRK.B": 400 - rows / 2, "SPY": 600 + 3 * np.sin(rows)}
        names = tuple(sorted(symbols))
        raw = np.round(np.stack([base[name] for name in names], axis=1), 2)
        early = np.array([day < EX_SPLIT for day in self.axis])
        unpaid = np.array([day < EX_DIVIDEND for day in self.axis])
        signal = raw.copy()
        if "AAPL" in names:
            signal[:, names.index(Symbol("AAPL"))] *= np.where(unpaid, 0.9985, 1.0)
            raw[:, names.index(Symbol("AAPL"))] *= np.where(early, 4.0, 1.0)
        return BarPanel(
            sessions=self.axis,
            symbols=names,
            close=signal,
            open=signal * 0.998,
            high=signal * 1.01,
            low=signal * 0.99,
            volume=np.full(signal.shape, 4_000_000.0),
            raw_close=raw,
        )

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        del symbols, at
        return ()

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        del symbols, first, last
        name = Symbol("AAPL")
        return (
            CorporateAction(symbol=name, ex_day=EX_SPLIT, split=Decimal(4)),
            CorporateAction(symbol=name, ex_day=EX_DIVIDEND, dividend=Decimal("0.25")),
        )


def daily_prices(names: Iterable[Symbol] = NAMES, seed: int = 7) -> Prices:
    """Return prices over the made-up bars."""
    return Prices(
        market=DailyMarket(),
        calendar=CALENDAR,
        reference=ReferenceTable(),
        listed=names,
        through=LAST,
        seed=seed,
    )
