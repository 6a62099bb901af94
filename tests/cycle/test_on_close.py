"""Whole sessions whose orders wait for the closing auction (EX-07, OS-11)."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.memory.control import MemoryControl
from alchemiser.adapters.simulated import SimulatedBroker
from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import EnabledStrategy, Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.report import CycleReport
from alchemiser.domain.execution.work import Parent
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import OrdStatus, TimeInForce
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.planning.choosing import AlgorithmChoice
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.domain.values.session import Session
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.control import HaltRequest
from alchemiser.ports.market_data import MarketDataPort
from alchemiser.rules import asset, cumulative_return, when
from tests.cycle.world import FIRST, SECOND, make_engine, write_bars

HALF_DAY = date(2024, 7, 3)
ROTATES = when(cumulative_return("SPY", 1) > 0, asset("SPY"), asset("AGG"))
"""Holds SPY on the first day, and on the second sells it for AGG."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_bars(tmp_path / "bars")
    return tmp_path


def on_close(engine: Engine) -> Engine:
    """Return `engine` with one strategy that rotates, worked in the closing auction."""
    strategy = EnabledStrategy(
        strategy_id=StrategyId("spin"),
        weight=Decimal(1),
        strategy=RuleStrategy(ROTATES),
        content_hash="",
    )
    choice = AlgorithmChoice(usual=Algorithm.LIMIT_ON_CLOSE)
    planning = replace(engine.policy.planning, algorithms=choice)
    return replace(engine, strategies=(strategy,), policy=replace(engine.policy, planning=planning))


def go(engine: Engine, day: date) -> CycleReport:
    return asyncio.run(run_cycle(engine, day))


def session_of(engine: Engine, day: date) -> Session:
    session = engine.calendar.session(day)
    assert session is not None
    return session


def parents(engine: Engine, day: date) -> list[Parent]:
    cycle = Ledger(engine.journal).state.cycles[day]
    assert cycle.plan is not None
    return list(cycle.execution(cycle.plan).parents.values())


def test_buy_waits_for_the_auction_and_gets_the_closing_price(home: Path) -> None:
    """OS-14, OS-24: the broken part before it, the whole shares at the close, all in the books."""
    engine = on_close(make_engine(home, FIRST, 1))
    close_at = session_of(engine, FIRST).close_at

    report = go(engine, FIRST)

    assert (report.status, report.exit_code, report.reconciled) == (CycleStatus.COMPLETED, 0, True)
    (parent,) = parents(engine, FIRST)
    broken, whole = (child.order.request for child in parent.children)
    assert (broken.time_in_force, whole.time_in_force) == (
        TimeInForce.DAY,
        TimeInForce.AT_THE_CLOSE,
    )
    assert broken.order_qty < 1
    assert whole.order_qty % 1 == 0
    assert broken.order_qty + whole.order_qty == parent.planned.quantity
    last = report.fills[-1]
    price = Decimal((home / "bars" / "SPY.csv").read_text().splitlines()[3].split(",")[1])
    assert (last.quantity, last.price, last.commission) == (whole.order_qty, price, Decimal(0))
    assert close_at < last.at < close_at + timedelta(seconds=5)
    assert all(fill.at < close_at - timedelta(minutes=10) for fill in report.fills[:-1])
    with sqlite3.connect(home / "broker.db") as broker:
        assert broker.execute("SELECT time_in_force FROM orders ORDER BY entry").fetchall() == [
            ("day",),
            ("at_the_close",),
        ]


def test_rotation_is_traded_before_the_close_because_the_sell_pays_for_the_buy(
    home: Path,
) -> None:
    """OS-18: the plan says why."""
    go(on_close(make_engine(home, FIRST, 1)), FIRST)
    engine = on_close(make_engine(home, SECOND, 1))

    report = go(engine, SECOND)

    assert (report.status, report.reconciled) == (CycleStatus.COMPLETED, True)
    sell, buy = (parent.planned for parent in parents(engine, SECOND))
    assert sell.algorithm is buy.algorithm is Algorithm.MARKETABLE_LIMIT
    assert sell.instead_of.endswith("the buys of the plan wait for what is sold")
    assert buy.instead_of.endswith("it is paid from what is sold")
    close_at = session_of(engine, SECOND).close_at
    assert all(fill.at < close_at - timedelta(minutes=10) for fill in report.fills)


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        (Schedule(timing=Timing.NEXT_OPEN), "the session is decided at its open"),
        (Schedule(before_close=timedelta(minutes=10)), "it is too late for the closing auction"),
    ],
)
def test_session_that_cannot_wait_for_the_auction_says_why(
    home: Path, schedule: Schedule, why: str
) -> None:
    for path in (home / "bars").glob("*.csv"):
        rows = path.read_text().splitlines()
        rows = [f"{row},{row.split(',')[1]}" for row in rows]
        path.write_text("\n".join((rows[0].replace(",close,close", ",close,open"), *rows[1:])))
    engine = on_close(make_engine(home, FIRST, 1, schedule))

    report = go(engine, FIRST)

    assert report.status is CycleStatus.COMPLETED
    (parent,) = parents(engine, FIRST)
    assert parent.planned.instead_of == f"limit_on_close does not suit it: {why}"


def test_early_close_moves_the_auction(home: Path) -> None:
    """TE-14: the third of July closes at one in New York; nothing waits until four."""
    for path in (home / "bars").glob("*.csv"):
        days = ("2024-06-28", "2024-07-01", "2024-07-02", "2024-07-03")
        rows = path.read_text().splitlines()
        prices = [row.split(",")[1] for row in rows[1:]]
        # Up on the last day, so that SPY is held.
        prices = [*prices[:3], prices[2][:-1] + "9"]
        moved = [f"{day},{price}" for day, price in zip(days, prices, strict=True)]
        path.write_text("\n".join((rows[0], *moved)))
    engine = on_close(make_engine(home, HALF_DAY, 1))
    close_at = session_of(engine, HALF_DAY).close_at
    assert close_at == datetime(2024, 7, 3, 17, 0, tzinfo=UTC)

    report = go(engine, HALF_DAY)

    assert report.status is CycleStatus.COMPLETED
    assert close_at < report.fills[-1].at < close_at + timedelta(seconds=5)
    assert engine.clock.now() < close_at + timedelta(minutes=1)


@dataclass
class Timed(MemoryControl):
    """Halt at a moment."""

    clock: ClockPort
    moment: datetime

    def __post_init__(self) -> None:
        super().__init__()

    def halt_request(self) -> HaltRequest | None:
        """Return the halt once its moment has come."""
        if self.clock.now() < self.moment:
            return None
        return HaltRequest(
            actor="owner", reason="enough", at=self.moment, state=TradingState.HALTED
        )


@pytest.mark.parametrize(
    ("minutes", "end", "cash_left"),
    [(12, OrdStatus.CANCELED, True), (5, OrdStatus.FILLED, False)],
)
def test_halt_cancels_until_the_cutoff_and_follows_to_the_end_after_it(
    home: Path, minutes: int, end: OrdStatus, cash_left: bool
) -> None:
    """RC-10, OS-23: whichever it is, books and broker agree."""
    engine = on_close(make_engine(home, FIRST, 1))
    moment = session_of(engine, FIRST).close_at - timedelta(minutes=minutes)
    engine = replace(engine, control=Timed(engine.clock, moment))

    report = go(engine, FIRST)

    (parent,) = parents(engine, FIRST)
    assert parent.children[-1].order.status is end
    assert (engine.broker.account().cash > 90_000) is cash_left
    assert report.reconciled
    assert Ledger(engine.journal).state.state is TradingState.HALTED


@dataclass(frozen=True)
class Jumping:
    """A market in which every price doubles at a moment."""

    market: MarketDataPort
    moment: datetime

    def check(self) -> None:
        """Check the market beneath."""
        self.market.check()

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return the bars of the market beneath."""
        return self.market.bars(symbols, through=through)

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return the actions of the market beneath."""
        return self.market.corporate_actions(symbols, first=first, last=last)

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return its quotes, doubled from the moment on."""
        factor = 2 if at >= self.moment else 1
        return tuple(
            replace(one, bid=one.bid * factor, ask=one.ask * factor, last=one.last * factor)
            for one in self.market.quotes(symbols, at=at)
        )


def test_order_that_the_close_runs_away_from_stays_unfilled_and_the_report_says_so(
    home: Path,
) -> None:
    """OS-10, OS-12: no market order, whatever the auction does."""
    engine = on_close(make_engine(home, FIRST, 1))
    market = Jumping(engine.market, session_of(engine, FIRST).close_at)
    assert isinstance(engine.broker, SimulatedBroker)
    engine = replace(engine, market=market, broker=replace(engine.broker, market=market))

    report = go(engine, FIRST)

    assert (report.status, report.exit_code, report.reconciled) == (CycleStatus.PARTIAL, 1, True)
    assert "the closing auction did not fill all of it" in report.reason
    assert report.orders[-1].status is OrdStatus.EXPIRED
