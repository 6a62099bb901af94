"""Ten years in which everything happens to an account that can: the books sum to it every day."""

import asyncio
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import numpy as np
import pytest

from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.backtest import WholePanelAnalyst
from alchemiser.application.cycle import Cycle
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import CODEC, Ledger
from alchemiser.domain.books.history import of_account, of_book
from alchemiser.domain.books.lots import LotMethod, Lots
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.profit import profit
from alchemiser.domain.journal.account_records import ActivityBooked
from alchemiser.domain.journal.allocations import StrategyChanged
from alchemiser.domain.journal.records import CycleStatus, EntryPosted, Record
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import ACCRUALS, HOUSE, StrategyId, Symbol
from tests.cycle.decade import FIRST, LAST, START, SYMBOLS, make_engine

SEED = 11
CENT = Decimal("0.01")


class Owner:
    """Put money in and take it out, trade by hand, and give a strategy more or less."""

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        assert isinstance(engine.broker, SimulatedBroker)
        self._engine, self._broker, self._ledger = engine, engine.broker, ledger
        self._draws = np.random.default_rng(SEED)
        self.did: Counter[str] = Counter()

    def interfere(self) -> None:
        """Do one of it on about one day in ten, before the engine decides."""
        draw = self._draws.random()
        house = self._ledger.state.books[HOUSE]
        if draw < 0.03:
            self._act("deposit", self._broker.transfer, self._dollars(5_000))
        elif draw < 0.05:
            self._act("withdrawal", self._broker.transfer, -min(house.cash / 4, Decimal(4_000)))
        elif draw < 0.08:
            self._trade()
        elif draw < 0.10:
            self._reweight()

    def _trade(self) -> None:
        name = Symbol(str(self._draws.choice(SYMBOLS)))
        (quote,) = self._engine.market.quotes([name], at=self._engine.clock.now())
        held = {row.symbol: row.quantity for row in self._broker.account().positions}
        quantity = Decimal(int(self._draws.integers(1, 8)))
        if self._draws.random() < 0.5 and held.get(name, Decimal(0)) > quantity:
            self._act("sale by hand", self._broker.trade, name, -quantity, quote.mid())
        elif self._broker.account().cash > quantity * quote.mid():
            self._act("purchase by hand", self._broker.trade, name, quantity, quote.mid())

    def _reweight(self) -> None:
        """Give a strategy another weight, or switch it off and on again; all weigh at most 0.9."""
        name = StrategyId(str(self._draws.choice(["hedge", "rotation", "trend"])))
        change = StrategyChanged(
            strategy=name,
            enabled=self._draws.random() < 0.8,
            weight=Decimal(int(self._draws.integers(10, 31))) / 100,
            reweigh=True,
            actor="owner",
            reason="as drawn",
        )
        self._ledger.record((change,), at=self._engine.clock.now())
        self.did["re-weighting" if change.enabled else "switching off"] += 1

    def _act(self, what: str, act: object, *arguments: object) -> None:
        assert callable(act)
        cents = [a.quantize(Decimal("0.01")) if isinstance(a, Decimal) else a for a in arguments]
        act(*cents)
        self.did[what] += 1

    def _dollars(self, most: int) -> Decimal:
        return Decimal(int(self._draws.integers(100, most * 100))) / 100


def assert_equal(ledger: Ledger, engine: Engine, day: date) -> None:
    """Add the books up by hand, accruals included, and hold them against the broker's account."""
    books, account = ledger.state.books, engine.broker.account()
    assert sum(book.cash for book in books.values()) == account.cash, day
    held: Counter[Symbol] = Counter()
    for book in books.values():
        held.update(book.positions)
    theirs = {row.symbol: row.quantity for row in account.positions}
    assert {name: shares for name, shares in held.items() if shares} == theirs, day


@pytest.mark.timeout(900)
def test_books_sum_to_the_broker_on_every_day_of_ten_years(tmp_path: Path) -> None:
    """OS-13, OS-24, SE-01: to the cent and the ninth decimal, whatever happens to the account."""
    engine = make_engine(tmp_path, SEED)
    ledger = Ledger(engine.journal)
    cycle = Cycle(engine, ledger, WholePanelAnalyst(engine, LAST))
    owner = Owner(engine, ledger)
    seen: Counter[str] = Counter()
    assert isinstance(engine.clock, VirtualClock)
    for count, session in enumerate(engine.calendar.sessions(FIRST, LAST)):
        engine.clock.advance_to(engine.schedule.moment(session))
        if count:
            owner.interfere()
        report = asyncio.run(cycle.run(session.day)).report()
        assert report.status in (CycleStatus.COMPLETED, CycleStatus.PARTIAL), report.reason
        assert report.reconciled
        assert not report.breaks
        assert_equal(ledger, engine, session.day)
        fills = Counter(fill.cl_ord_id for fill in report.fills)
        seen["partly filled"] += sum(1 for parts in fills.values() if parts > 1)
        accruals = ledger.state.books.get(ACCRUALS)
        seen["owed overnight"] += accruals is not None and accruals.cash < 0
        if count % 500 == 499:
            assert Ledger(engine.journal).state.books == ledger.state.books, session.day
    assert_it_happened(engine, ledger, owner.did, seen)
    assert_lots_explain_every_book(engine, ledger)


def assert_it_happened(
    engine: Engine, ledger: Ledger, did: Counter[str], seen: Counter[str]
) -> None:
    """Add the account up from its beginning; a run in which nothing happened proves nothing."""
    told = activities(engine)
    assert cash_from_the_start(ledger, told) == engine.broker.account().cash
    happened = Counter(activity.kind for activity in told)
    assert happened[ActivityKind.SPLIT] >= 10
    assert happened[ActivityKind.DIVIDEND] >= 150
    assert did["deposit"] >= 50
    assert did["withdrawal"] >= 20
    assert did["purchase by hand"] >= 20
    assert did["sale by hand"] >= 10
    assert did["re-weighting"] >= 25
    assert did["switching off"] >= 5
    transfers = sum(isinstance(one, EntryPosted) for one in records(engine))
    assert transfers >= 25
    assert happened[ActivityKind.TRADE] == did["purchase by hand"] + did["sale by hand"]
    assert seen["partly filled"] >= 1_000
    assert seen["owed overnight"] >= 500


def assert_lots_explain_every_book(engine: Engine, ledger: Ledger) -> None:
    """Hold lots against positions, and what was put in and gained against what a book is worth."""
    state, account = ledger.state, engine.broker.account()
    names = sorted({name for book in state.books.values() for name in book.positions})
    quotes = engine.market.quotes(names, at=engine.clock.now())
    marks = {quote.symbol: quote.mid() for quote in quotes}
    for name, book in state.books.items():
        history = of_book(state.entries, name)
        lots = match(history.movements)
        found = profit(history, lots, marks)
        assert shares(lots) == book.positions, name
        assert found.realised is not None
        assert found.unrealised is not None
        gained = found.realised + found.unrealised + found.dividends + found.interest
        assert found.contributed + gained - found.other_fees == book.equity(marks), name
    of_all = match(of_account(state.entries).movements, LotMethod.HIGHEST_COST)
    assert shares(of_all) == {row.symbol: row.quantity for row in account.positions}
    assert len(of_all.disposals) >= 500


def shares(lots: Lots) -> dict[Symbol, Decimal]:
    """Return the shares of all open lots, by symbol."""
    held: Counter[Symbol] = Counter()
    for lot in lots.open:
        held[lot.symbol] += lot.quantity  # type: ignore[assignment]
    return {name: Decimal(quantity) for name, quantity in held.items() if quantity}


def records(engine: Engine) -> list[Record]:
    """Return everything that was recorded, in order."""
    return [CODEC.decode(row.type, row.version, row.data) for row in engine.journal.read()]


def activities(engine: Engine) -> list[Activity]:
    """Return what was booked, in order, from the records."""
    return [one.activity for one in records(engine) if isinstance(one, ActivityBooked)]


def cash_from_the_start(ledger: Ledger, told: list[Activity]) -> Decimal:
    """Return the opening balance, all fills and all activities together (FAULTS, invariant 10)."""
    cash = START + sum((one.cash for one in told), Decimal(0))
    for cycle in ledger.state.cycles.values():
        for fill in cycle.fills:
            value = (fill.last_qty * fill.last_px).quantize(CENT, rounding=ROUND_HALF_EVEN)
            cash -= fill.side.sign() * value + fill.commission
    return cash
