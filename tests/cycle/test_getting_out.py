"""Getting out: all is cancelled and sold, whatever the engine does, and trading stays halted.

Two strategies have bought six funds on the first day, in a world of real files.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.cycle import run_cycle
from alchemiser.application.emergency import liquidate
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.liquidation import LiquidationReport
from alchemiser.application.operate import halt, overview, reduce_only, resume
from alchemiser.domain.journal.records import CycleKind, CycleStatus
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument, ListingStatus
from tests.cycle.world import FIRST, SECOND, make_engine, run, write_bars


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder in which the first day was traded."""
    write_bars(tmp_path / "bars")
    assert run(tmp_path, FIRST, 1).status is CycleStatus.COMPLETED
    return tmp_path


def go(engine: Engine, *, take_over: bool = False) -> LiquidationReport:
    waiting = VirtualClock(engine.clock.now())
    return asyncio.run(
        liquidate(engine, waiting, actor="owner", reason="enough", take_over=take_over)
    )


def standing(home: Path) -> TradingState:
    return Ledger(make_engine(home, FIRST, 1).journal).state.state


def test_everything_is_sold_and_books_agree_with_the_broker(home: Path) -> None:
    """RC-11: partial fills included; no book holds a share afterwards."""
    engine = make_engine(home, SECOND, 1)

    report = go(engine)

    assert report.exit_code() == 0, report.sentence()
    assert engine.broker.account().positions == ()
    state = Ledger(engine.journal).state
    assert all(not book.positions for book in state.books.values())
    assert sum(book.cash for book in state.books.values()) == engine.broker.account().cash
    assert {fill.side for fill in report.fills} == {Side.SELL}
    assert state.state is TradingState.HALTED
    assert [one.started.kind for one in state.liquidations[SECOND]] == [CycleKind.LIQUIDATION]


def test_nothing_is_bought_after_it_until_a_person_resumes(home: Path) -> None:
    """RC-11, FAULTS invariant 20."""
    go(make_engine(home, SECOND, 1))

    halted = run(home, SECOND, 1)
    resumed = asyncio.run(resume(make_engine(home, SECOND, 1), actor="owner", reason="again"))

    assert (halted.status, halted.exit_code) == (CycleStatus.SKIPPED, 3)
    assert resumed.state is TradingState.ACTIVE
    assert run(home, SECOND, 1).orders


def test_second_liquidation_finds_nothing_to_do(home: Path) -> None:
    go(make_engine(home, SECOND, 1))

    again = go(make_engine(home, SECOND, 1))

    assert (again.exit_code(), again.fills) == (0, ())


def test_outside_hours_nothing_is_sent_and_the_halt_stands(home: Path) -> None:
    """OS-19, RC-11."""
    engine = make_engine(home, SECOND, 1)
    closed = engine.calendar.session(SECOND)
    assert closed is not None
    engine.clock.advance_to(closed.close_at + timedelta(hours=2))  # type: ignore[attr-defined]

    report = go(engine)

    assert report.exit_code() == 3
    assert report.fills == ()
    assert {why for _, why in report.left} == {"the exchange is closed"}
    assert standing(home) is TradingState.HALTED


class Frozen:
    """A market in which one symbol is halted."""

    def __init__(self, engine: Engine, name: Symbol) -> None:
        self._market, self._name = engine.market, name
        self.bars, self.check = engine.market.bars, engine.market.check
        self.corporate_actions = engine.market.corporate_actions

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return the quotes, one of them halted."""
        found = self._market.quotes(symbols, at=at)
        return tuple(replace(one, halted=one.symbol == self._name) for one in found)


def test_halted_symbol_is_left_and_named_and_sold_when_it_trades_again(home: Path) -> None:
    """RC-11, OS-20."""
    engine = make_engine(home, SECOND, 1)

    report = go(replace(engine, market=Frozen(engine, Symbol("SPY"))))

    assert report.exit_code() == 1
    assert [(str(row.symbol), why) for row, why in report.left] == [("SPY", "it is halted")]
    assert report.fills

    assert go(make_engine(home, SECOND, 2)).exit_code() == 0
    assert make_engine(home, SECOND, 1).broker.account().positions == ()


class Suspended:
    """Reference data by which one symbol cannot be traded."""

    def __init__(self, engine: Engine, name: Symbol) -> None:
        self._reference, self._name = engine.reference, name

    def instrument(self, name: Symbol) -> Instrument:
        """Return the instrument of `name`."""
        found = self._reference.instrument(name)
        return replace(found, status=ListingStatus.SUSPENDED) if name == self._name else found


def test_suspended_symbol_is_left_and_named(home: Path) -> None:
    """RC-11, OS-20."""
    engine = make_engine(home, SECOND, 1)

    report = go(replace(engine, reference=Suspended(engine, Symbol("TLT"))))

    assert [(str(row.symbol), why) for row, why in report.left] == [("TLT", "it is suspended")]


def test_what_our_own_gate_refuses_is_told_with_its_code_and_numbers(home: Path) -> None:
    """RC-11, OS-17: it was never sent, so nobody could take it."""
    engine = make_engine(home, SECOND, 1)
    limits = replace(engine.policy.limits, price_collar=Decimal("1e-9"))

    report = go(replace(engine, policy=replace(engine.policy, limits=limits)))

    assert report.exit_code() == 3
    assert len(report.left) == len(engine.broker.account().positions)
    for row, why in report.left:
        assert why.startswith("price_collar is ")
        assert why.endswith(", the limit 0.000000001")
        assert f"{row.symbol}: {why}" in report.sentence()


def test_engine_that_holds_the_account_is_told_to_halt_and_waited_for(home: Path) -> None:
    """RC-10: nothing is sold beside a working engine."""
    engine = make_engine(home, SECOND, 1)

    with engine.lease.hold(engine.broker.lease_key()):
        report = go(make_engine(home, SECOND, 1))

    assert report.exit_code() == 3
    assert "--take-over" in report.refused
    assert engine.control.halt_request() is not None
    assert engine.broker.account().positions != ()


def test_frozen_engine_is_taken_over_and_can_do_nothing_afterwards(home: Path) -> None:
    """RC-10, FAULTS invariant 30."""
    engine = make_engine(home, SECOND, 1)
    frozen = Ledger(engine.journal)
    frozen.take_over()

    with engine.lease.hold(engine.broker.lease_key()):
        report = go(make_engine(home, SECOND, 1), take_over=True)

    assert report.exit_code() == 0
    assert engine.broker.account().positions == ()
    assert not frozen.owns_journal()


def test_interrupted_day_is_followed_to_its_end_before_anything_is_sold(tmp_path: Path) -> None:
    """RC-11: what was sent and not filled is cancelled first, so that nothing is sold twice."""
    write_bars(tmp_path / "bars")
    engine = make_engine(tmp_path, FIRST, 1)

    class Lost(Exception):  # noqa: N818 - what a power cut is
        pass

    class PowerCut:
        def __init__(self) -> None:
            self.sent = 0
            self.__dict__.update({
                name: getattr(engine.broker, name)
                for name in (
                    "account",
                    "account_id",
                    "activities",
                    "cancel",
                    "lease_key",
                    "orders",
                    "reports",
                )
            })

        def submit(self, order: object) -> object:
            self.sent += 1
            if self.sent > 2:
                raise Lost
            return engine.broker.submit(order)  # type: ignore[arg-type]

    with pytest.raises(Lost):
        asyncio.run(run_cycle(replace(engine, broker=PowerCut()), FIRST))  # type: ignore[arg-type]

    report = go(make_engine(tmp_path, FIRST, 1))

    assert report.exit_code() == 0, report.sentence()
    assert engine.broker.account().positions == ()
    assert overview(make_engine(tmp_path, FIRST, 1)).breaks == ()


def test_reduce_only_lets_sells_go_and_holds_buys_back(home: Path) -> None:
    """RC-06: the second day rotates; what it sells is sold, what it wants is listed."""
    change = reduce_only(make_engine(home, SECOND, 1), actor="owner", reason="careful")

    report = run(home, SECOND, 1)

    assert change.state is TradingState.REDUCING
    assert report.status is CycleStatus.COMPLETED
    assert {line.side for line in report.orders} == {Side.SELL}
    assert {str(row.code) for row in report.limited} == {"trading_state"}
    assert standing(home) is TradingState.REDUCING


def test_halt_outranks_reduce_only_and_one_resume_lifts_both(home: Path) -> None:
    """FAULTS invariant 20."""
    engine = make_engine(home, SECOND, 1)
    halt(engine, actor="owner", reason="stop")

    change = reduce_only(make_engine(home, SECOND, 1), actor="owner", reason="careful")

    assert change.state is TradingState.HALTED
    assert (
        asyncio.run(resume(make_engine(home, SECOND, 1), actor="owner", reason="go")).state
        == "active"
    )
    assert standing(home) is TradingState.ACTIVE
    assert engine.control.halt_request() is None


def test_file_that_stops_buying_can_be_made_by_hand(home: Path) -> None:
    """RC-10."""
    (home / "control").mkdir(exist_ok=True)
    (home / "control" / "REDUCE-ONLY").touch()

    report = run(home, SECOND, 1)

    assert {line.side for line in report.orders} == {Side.SELL}
    assert standing(home) is TradingState.REDUCING


@pytest.mark.parametrize("day", [FIRST])
def test_liquidation_of_an_empty_account_is_done_at_once(tmp_path: Path, day: date) -> None:
    write_bars(tmp_path / "bars")
    engine = make_engine(tmp_path, day, 1)

    report = go(engine)

    assert (report.exit_code(), report.fills, report.left) == (0, (), ())
    assert engine.broker.account().cash == Decimal(100_000)
