"""What the sessions of the exact engine leave, counted as they end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from alchemiser.application.backtest_report import Bound, Course, diversity
from alchemiser.application.engine import Engine
from alchemiser.application.figures import (
    capital_of,
    closed_trades,
    data_digest,
    floats,
    stranded,
)
from alchemiser.application.ledger import Ledger
from alchemiser.application.outcome import Ended
from alchemiser.application.report import StrategyLine
from alchemiser.application.unadjusted import unadjusted
from alchemiser.domain.books.ledger import total_positions
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.portfolio.diversity import Likeness
from alchemiser.domain.rules.regime import Regime
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.numbers import ZERO, Floats
from alchemiser.domain.venue_model.costs import CostKind, costs_by_kind
from alchemiser.domain.venue_model.settings import VenueSettings

if TYPE_CHECKING:
    from hashlib import _Hash as Hash


@dataclass(slots=True, eq=False)
class Tally:
    """Count sessions as they end.

    Attributes:
        engine: What runs them.
        venue: What trading costs.
        ledger: What is recorded.
        panel: The bars.
    """

    engine: Engine
    venue: VenueSettings
    ledger: Ledger
    panel: BarPanel
    _start: Decimal = field(init=False)
    _wanted: dict[StrategyId, dict[date, StrategyLine]] = field(init=False)
    _decided: dict[StrategyId, int] = field(init=False)
    _equity: list[tuple[date, Decimal]] = field(init=False, default_factory=list)
    _held: list[Decimal] = field(init=False, default_factory=list)
    _traded: list[Decimal] = field(init=False, default_factory=list)
    _books: list[dict[BookId, Decimal]] = field(init=False, default_factory=list)
    _costs: list[dict[CostKind, Decimal]] = field(init=False, default_factory=list)
    _marks: dict[Symbol, Decimal] = field(init=False, default_factory=dict)
    _regimes: list[Regime | None] = field(init=False, default_factory=list)
    _bound: list[Bound] = field(init=False, default_factory=list)
    _failures: list[tuple[date, str]] = field(init=False, default_factory=list)
    _digest: "Hash" = field(init=False, default_factory=sha256)

    def __post_init__(self) -> None:
        self._start = self.engine.broker.account().equity
        self._wanted = {row.strategy_id: {} for row in self.engine.strategies}
        self._decided = {row.strategy_id: 0 for row in self.engine.strategies}

    def add(self, ended: Ended, account: AccountSnapshot) -> None:
        """Count the session that has `ended`, after which the account is as `account` has it."""
        day, ending = ended.session, ended.ending
        lines = ended.strategies()
        for line in lines:
            self._decided[line.strategy] += line.state == "decided"
            if line.state == "decided" and not line.reason:  # a fallback is not its own signal
                self._wanted[line.strategy][day] = line
        self._equity.append((day, account.equity))
        self._held.append(account.equity - account.cash)
        self._digest.update(f"{day}{ending.status}{ended.digest()}{account.equity}".encode())
        known = (line.regime for line in lines if line.regime is not None)
        self._regimes.append(next(known, None))
        if ending.status not in (CycleStatus.COMPLETED, CycleStatus.SKIPPED):
            self._failures.append((day, ending.reason))
        self._add_trades(day, ended.cycle)
        self._add_books(ended.cycle)

    def _add_trades(self, day: date, cycle: CycleState | None) -> None:
        limited = () if cycle is None else cycle.limited
        self._bound += [Bound(day=day, code=one.code.value, symbol=one.symbol) for one in limited]
        costs, traded = dict.fromkeys(CostKind, ZERO), ZERO
        session = self.engine.calendar.session(day)
        for fill in () if cycle is None else cycle.fills:
            traded += fill.last_qty * fill.last_px
            # Nothing but the closing auction fills after the close.
            in_auction = session is not None and fill.transact_time >= session.close_at
            for kind, dollars in self._costs_of(fill, cycle, in_auction=in_auction).items():
                costs[kind] += dollars
        self._traded.append(traded)
        self._costs.append(costs)

    def _add_books(self, cycle: CycleState | None) -> None:
        if cycle is not None and cycle.taken is not None:
            self._marks |= {quote.symbol: quote.mid() for quote in cycle.taken.quotes}
        books = self.ledger.state.books
        worth = {name: book.equity(self._marks) for name, book in books.items()}
        self._books.append({name: one for name, one in worth.items() if one is not None})

    def _costs_of(
        self, fill: ExecutionReport, cycle: CycleState | None, *, in_auction: bool
    ) -> dict[CostKind, Decimal]:
        plan = None if cycle is None else cycle.plan
        order = None if plan is None else plan.slots.get((fill.symbol, fill.side))
        asset_class = self.engine.reference.instrument(fill.symbol).asset_class
        return costs_by_kind(
            self.venue.fees,
            ZERO if in_auction else self.venue.half_spread[asset_class],
            side=fill.side,
            quantity=fill.last_qty,
            prices=(fill.last_px, fill.last_px if order is None else order.reference_price),
            charged=fill.commission,
        )

    def course(self) -> Course:
        """Return what became of all sessions."""
        entries = self.ledger.state.entries
        return Course(
            start=self._start,
            equity=tuple(self._equity),
            held=floats(self._held),
            traded=floats(self._traded),
            trades=closed_trades(entries),
            books={name: self._worth(name) for name in sorted(self.ledger.state.books)},
            capital=capital_of(entries, self._start),
            costs={kind: floats(row[kind] for row in self._costs) for kind in CostKind},
            decided=self._decided,
            bound=tuple(self._bound),
            regimes=tuple(self._regimes),
            data=data_digest(self.panel),
            digest=self._digest.hexdigest(),
            volumes=self.panel.volume is not None,
            failures=tuple(self._failures),
            diversity=self._diversity(),
            problems=unadjusted(self.engine, self.panel, [day for day, _ in self._equity]),
            stranded=stranded(
                self.panel, total_positions(self.ledger.state.books), self._equity[-1][0]
            ),
        )

    def _worth(self, name: BookId) -> Floats:
        """Return the equity of a book, (T,), NaN where it had none or a mark was missing."""
        return np.array([float(row.get(name, "nan")) for row in self._books])

    def _diversity(self) -> tuple[Likeness, ...]:
        weights = {name: self._weights(lines) for name, lines in self._wanted.items()}
        return diversity(weights, self.panel.close)

    def _weights(self, lines: Mapping[date, StrategyLine]) -> Floats:
        """Return one strategy's weights, sessions by symbols of the panel, NaN where undecided."""
        weights = np.full_like(self.panel.close, np.nan)
        for row, day in enumerate(self.panel.sessions):
            if day in lines:
                weights[row] = 0.0
                for name, weight in lines[day].weights:
                    column = self.panel.column(name)
                    if column is not None:
                        weights[row, column] = float(weight)
        return weights
