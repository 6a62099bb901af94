"""What stops the engine itself: failures, refusals, blindness, a wrong clock, runaway, breaks."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.engine import Engine
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import Rejected, SubmitOutcome
from alchemiser.domain.risk.breakers import BreakerCode
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.rules import asset, price, weight_equal, when
from tests.cycle.losses import DAYS, FOUR, ONE, QUIET, THREE, TWO, Desk, enabled, write_falls
from tests.cycle.test_breakers_strategies import Failing

CALM = {"AGG": [0.001] * 6, "GLD": [0.001] * 6, "QQQ": [0.001] * 6, "SPY": [0.001] * 6}
MANY = weight_equal(asset("AGG"), asset("GLD"), asset("QQQ"), asset("SPY"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk with one strategy that holds four funds, on quiet days."""
    write_falls(tmp_path, **CALM)
    return Desk(tmp_path, strategies=enabled({"many": "1"}, {"many": MANY}))


class Broker:
    """Pass everything on to another broker."""

    def __init__(self, engine: Engine) -> None:
        self._broker = engine.broker
        self.account_id, self.lease_key = self._broker.account_id, self._broker.lease_key
        self.cancel, self.reports = self._broker.cancel, self._broker.reports
        self.orders, self.activities = self._broker.orders, self._broker.activities

    def account(self) -> AccountSnapshot:
        """Return the account."""
        return self._broker.account()

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Send an order."""
        return self._broker.submit(order)


class Refusing(Broker):
    """Refuse every order, and count them."""

    def __init__(self, engine: Engine, counted: list[str]) -> None:
        super().__init__(engine)
        self._counted = counted

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Refuse `order`."""
        self._counted.append(str(order.order.symbol))
        return Rejected(code="no_money", text="buying power is 7")


def test_orders_that_the_broker_refuses_stop_the_session_and_halt(desk: Desk) -> None:
    """RC-09: the second day does not even begin."""
    desk.breakers = replace(QUIET, refusals_max=2)
    sent: list[str] = []

    first = desk.run(ONE, lambda engine: replace(engine, broker=Refusing(engine, sent)))
    second = desk.run(TWO)

    assert first.status is CycleStatus.PARTIAL
    assert desk.tripped() == [BreakerCode.BROKER_REFUSALS]
    assert desk.standing() is TradingState.HALTED
    assert "broker_refusals" in desk.ears.codes()
    assert (second.status, second.exit_code, second.orders) == (CycleStatus.SKIPPED, 3, ())
    assert "broker_refusals" in second.reason


def test_fewer_refusals_than_that_halt_nothing(desk: Desk) -> None:
    """RC-09: four orders are refused, five would be too many."""
    sent: list[str] = []

    desk.run(ONE, lambda engine: replace(engine, broker=Refusing(engine, sent)))

    assert len(sent) == 4
    assert desk.tripped() == []
    assert desk.standing() is TradingState.ACTIVE


def test_cycles_that_fail_in_a_row_halt(tmp_path: Path) -> None:
    """RC-09: nothing else counts as working again."""
    write_falls(tmp_path, **CALM)
    desk = Desk(tmp_path, breakers=replace(QUIET, strategy_failures_max=None))
    failing = Failing()
    desk.strategies = (replace(desk.strategies[0], strategy=failing),)

    failed = [desk.run(day).status for day in (ONE, TWO, THREE)]
    failing.fails = False
    fourth = desk.run(FOUR)

    assert failed == [CycleStatus.FAILED] * 3
    assert (fourth.status, fourth.orders) == (CycleStatus.SKIPPED, ())
    assert desk.tripped() == [BreakerCode.CYCLE_FAILURES]
    assert desk.standing() is TradingState.HALTED
    assert not desk.resume(FOUR).refused
    assert desk.run(FOUR).status is CycleStatus.COMPLETED


class Blind:
    """A market that cannot be read."""

    def __init__(self, engine: Engine) -> None:
        self.bars, self.check = engine.market.bars, engine.market.check
        self.corporate_actions = engine.market.corporate_actions

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Fail.

        Raises:
            PortUnavailableError: Always.
        """
        del symbols, at
        msg = "the source is away"
        raise PortUnavailableError(msg)


def blind(engine: Engine) -> Engine:
    """Return `engine` without a view of the market."""
    return replace(engine, market=Blind(engine))


def test_inputs_that_stay_unread_stop_buying(desk: Desk) -> None:
    """RC-09: at the second session in a row; the positions are kept and trading may go on later."""
    desk.run(ONE)
    before = desk.held()

    once = desk.run(TWO, blind)
    assert (once.status, desk.tripped()) == (CycleStatus.SKIPPED, [])
    twice = desk.run(THREE, blind)

    assert (twice.status, twice.exit_code) == (CycleStatus.SKIPPED, 3)
    assert desk.tripped() == [BreakerCode.DATA_LOSS]
    assert desk.standing() is TradingState.REDUCING
    assert "data_loss" in desk.ears.codes()
    assert desk.held() == before


def test_inputs_that_were_read_between_stop_nothing(desk: Desk) -> None:
    """RC-09."""
    for day, sees in zip(DAYS, (True, False, True, False, True), strict=False):
        desk.run(day, (lambda one: one) if sees else blind)

    assert desk.tripped() == []


class Elsewhen(Broker):
    """A broker whose clock differs from ours."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        super().__init__(engine)
        self._late = timedelta(seconds=seconds)

    def account(self) -> AccountSnapshot:
        """Return the account as of another moment."""
        account = self._broker.account()
        return replace(account, at=account.at + self._late)


@pytest.mark.parametrize("seconds", [30, -30, 3600])
def test_clock_that_is_not_the_brokers_halts_before_any_order(desk: Desk, seconds: int) -> None:
    """RC-09, OS-19: in either direction, at thirty seconds."""
    report = desk.run(ONE, lambda engine: replace(engine, broker=Elsewhen(engine, seconds)))

    assert (report.status, report.exit_code, report.orders) == (CycleStatus.SKIPPED, 3, ())
    assert desk.tripped() == [BreakerCode.CLOCK_SKEW]
    assert desk.standing() is TradingState.HALTED
    assert desk.held() == {}
    assert "clock_skew" in desk.ears.codes()


@pytest.mark.parametrize("seconds", [29.9, -29.9])
def test_clock_that_is_nearly_the_brokers_halts_nothing(desk: Desk, seconds: float) -> None:
    """RC-09."""
    report = desk.run(ONE, lambda engine: replace(engine, broker=Elsewhen(engine, seconds)))

    assert (desk.tripped(), report.status) == ([], CycleStatus.COMPLETED)


class Slow:
    """A market whose bars take fifty seconds to fetch."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.quotes, self.check = engine.market.quotes, engine.market.check
        self.corporate_actions = engine.market.corporate_actions

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return the bars, late."""
        clock = self._engine.clock
        assert isinstance(clock, VirtualClock)
        clock.advance_to(clock.now() + timedelta(seconds=50))
        return self._engine.market.bars(symbols, through=through)


def test_slow_market_is_no_wrong_clock(desk: Desk) -> None:
    """RC-09: the two clocks are compared as of the moment the account was read."""
    report = desk.run(ONE, lambda engine: replace(engine, market=Slow(engine)))

    assert (desk.tripped(), report.status) == ([], CycleStatus.COMPLETED)


@pytest.mark.parametrize("name", ["max_orders_per_day", "max_orders_per_minute"])
def test_more_orders_than_a_sound_engine_sends_halt(desk: Desk, name: str) -> None:
    """OS-09: the plan is refused whole, and the next day is not begun."""
    desk.limits = {name: 3}

    first = desk.run(ONE)
    second = desk.run(TWO)

    assert (first.status, first.fills) == (CycleStatus.FAILED, ())
    assert desk.held() == {}
    assert desk.tripped() == [BreakerCode.RUNAWAY]
    assert desk.standing() is TradingState.HALTED
    (told,) = (one for one in desk.ears.heard if one.code == "runaway")
    assert name in told.text
    assert second.exit_code == 3


def alter(desk: Desk, quantity: str) -> None:
    """Change the broker's position in SPY behind the engine's back."""
    with sqlite3.connect(desk.home / "broker.db") as broker:
        broker.execute(f"UPDATE positions SET quantity = '{quantity}' WHERE symbol = 'SPY'")  # noqa: S608


def test_difference_before_a_decision_ends_the_session_and_is_named(desk: Desk) -> None:
    """FAULTS invariant 9: nothing is traded for as long as it is there."""
    desk.run(ONE)
    whole = desk.held()["SPY"]
    alter(desk, "1.5")

    second, third = desk.run(TWO), desk.run(THREE)
    alter(desk, f"{whole}")
    fourth = desk.run(FOUR)

    for report in (second, third):
        assert (report.status, report.exit_code, report.orders) == (CycleStatus.FAILED, 4, ())
        assert f"SPY: the books say {whole}, the broker 1.5" in report.reason
    assert fourth.status is CycleStatus.COMPLETED


class Off(Broker):
    """A broker that is wrong by a dollar once it has taken an order."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._cash = Decimal(0)

    def account(self) -> AccountSnapshot:
        """Return the account, with or without another dollar."""
        account = self._broker.account()
        return replace(account, cash=account.cash + self._cash)

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Send an order, and be wrong from then on."""
        self._cash = Decimal(1)
        return super().submit(order)


def test_difference_after_trading_halts_and_resume_waits_until_it_is_gone(desk: Desk) -> None:
    """FAULTS invariants 9 and 20."""
    first = desk.run(ONE, lambda engine: replace(engine, broker=Off(engine)))
    whole = desk.held()["SPY"]
    alter(desk, "1.5")
    refused = desk.resume(TWO)
    alter(desk, f"{whole}")
    resumed = desk.resume(TWO)

    assert (first.exit_code, len(first.breaks)) == (4, 1)
    assert "cash: the books say" in first.reason
    assert {"unreconciled"} <= set(desk.ears.codes())
    assert (refused.refused, refused.state) == (True, TradingState.HALTED)
    assert "SPY: the books say" in refused.reason
    assert (resumed.refused, resumed.state) == (False, TradingState.ACTIVE)
    assert desk.run(TWO).status is CycleStatus.COMPLETED


def test_rule_without_prices_decides_nothing_and_fails_nothing(desk: Desk) -> None:
    """RC-09: what cannot decide has not failed."""
    desk.strategies = enabled({"many": "1"}, {"many": when(price("TLT") > 0, MANY, asset("SPY"))})

    for day in DAYS[:4]:
        assert desk.run(day).status is CycleStatus.SKIPPED

    assert desk.tripped() == []
