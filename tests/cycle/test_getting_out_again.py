"""Getting out that was cut off midway is taken up again, and nothing is sold twice."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.emergency import liquidate
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.liquidation import LiquidationReport
from alchemiser.application.operate import overview
from alchemiser.domain.journal.chain import verify
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import ExecutionReport, Side, SubmitOutcome
from alchemiser.domain.risk.breakers import Action
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.ports.control import HaltRequest
from alchemiser.rules import asset
from tests.cycle.losses import FOUR, ONE, QUIET, THREE, TWO, Desk, enabled, write_falls
from tests.cycle.world import FIRST, SECOND, make_engine, run, write_bars


class Lost(Exception):  # noqa: N818 - what a power cut is
    """The process is gone."""


class PowerCut:
    """A broker that takes the process away at the n-th passing of a point."""

    def __init__(self, engine: Engine, point: str, left: int) -> None:
        self._broker, self._point, self._left = engine.broker, point, left
        self.account_id, self.lease_key = self._broker.account_id, self._broker.lease_key
        self.cancel, self.orders = self._broker.cancel, self._broker.orders
        self.activities = self._broker.activities

    def _pass(self, point: str) -> None:
        self._left -= point == self._point
        if self._left < 1:
            raise Lost

    def account(self) -> AccountSnapshot:
        """Return the account."""
        self._pass("account")
        return self._broker.account()

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Send an order."""
        self._pass("before a send")
        outcome = self._broker.submit(order)
        self._pass("after a send")
        return outcome

    def reports(self, name: ClOrdId) -> tuple[ExecutionReport, ...] | None:
        """Ask for an order's reports."""
        found = self._broker.reports(name)
        self._pass("reports")
        return found


def go(engine: Engine) -> LiquidationReport:
    waiting = VirtualClock(engine.clock.now())
    return asyncio.run(liquidate(engine, waiting, actor="owner", reason="enough"))


@pytest.mark.parametrize(
    ("point", "left"),
    [
        *(("account", left) for left in (1, 2, 3)),
        *((at, left) for at in ("before a send", "after a send", "reports") for left in (1, 2, 4)),
    ],
)
def test_liquidation_that_was_cut_off_is_taken_up_again(
    tmp_path: Path, point: str, left: int
) -> None:
    """RC-11, FAULTS invariants 1, 9 and 31: at any call of the broker."""
    write_bars(tmp_path / "bars")
    assert run(tmp_path, FIRST, 1).status is CycleStatus.COMPLETED
    bought = {
        row.symbol: row.quantity
        for row in make_engine(tmp_path, FIRST, 1).broker.account().positions
    }
    engine = make_engine(tmp_path, SECOND, 1)
    with pytest.raises(Lost):
        go(replace(engine, broker=PowerCut(engine, point, left)))

    report = go(make_engine(tmp_path, SECOND, 1))

    after = make_engine(tmp_path, SECOND, 1)
    assert report.exit_code() == 0, report.sentence()
    assert after.broker.account().positions == ()
    assert overview(after).breaks == ()
    state = Ledger(after.journal).state
    sold: dict[str, Decimal] = {}
    for fill in (one for cycle in state.liquidations[SECOND] for one in cycle.fills):
        assert fill.side is Side.SELL
        sold[fill.symbol] = sold.get(fill.symbol, Decimal(0)) + fill.last_qty
    assert sold == bought
    assert state.state is TradingState.HALTED
    assert verify(after.journal.read()).ok


@pytest.fixture
def falling(tmp_path: Path) -> Desk:
    """Return a desk whose second day trips a breaker that sells everything."""
    write_falls(tmp_path, AGG=[0.001] * 4, SPY=[0.01, -0.1, 0.01, 0.01])
    limits = replace(
        QUIET,
        max_daily_loss=None,
        max_drawdown=Decimal("0.04"),
        drawdown_action=Action.LIQUIDATE,
    )
    desk = Desk(
        tmp_path, breakers=limits, strategies=enabled({"still": "1"}, {"still": asset("SPY")})
    )
    desk.run(ONE)
    return desk


def cut(point: str, left: int) -> Callable[[Engine], Engine]:
    return lambda engine: replace(engine, broker=PowerCut(engine, point, left))


@pytest.mark.parametrize("point", ["before a send", "after a send", "reports"])
def test_breaker_that_was_cut_off_while_it_sold_goes_on_with_the_next_run(
    falling: Desk, point: str
) -> None:
    """RC-08, FAULTS invariant 31."""
    with pytest.raises(Lost):
        falling.run(TWO, cut(point, 1))

    again = falling.run(TWO)

    assert again.exit_code == 3
    assert falling.held() == {}
    assert falling.standing() is TradingState.HALTED


def test_owners_halt_stops_a_breaker_that_sells(falling: Desk) -> None:
    """RC-10, FAULTS invariant 19: the kill switch is read before every order, whoever sells."""

    def pulled(engine: Engine) -> Engine:
        request = HaltRequest(actor="ann", reason="wait", at=engine.clock.now())
        engine.control.request_halt(request)
        return engine

    before = falling.held()
    with pytest.raises(Lost):
        falling.run(TWO, cut("before a send", 1))

    third, fourth = falling.run(THREE, pulled), falling.run(FOUR)

    assert falling.state().standing.latch.action() is Action.LIQUIDATE
    assert (third.exit_code, fourth.exit_code) == (3, 3)
    assert falling.held() == before != {}
    assert "wait" in third.reason
