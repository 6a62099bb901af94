"""Losses of the account stop buying, shrink it or sell everything, until a person resumes."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.ledger import CODEC
from alchemiser.application.operate import overview
from alchemiser.application.report import CycleReport
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.journal.restrictions import BreakerTripped
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.breakers import Action, BreakerCode
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.rebalance import Frequency, Rebalance
from alchemiser.ports.broker import BrokerPort
from alchemiser.rules import asset
from tests.cycle.losses import (
    FIVE,
    FOUR,
    ONE,
    QUIET,
    THREE,
    TWO,
    Desk,
    enabled,
    write_falls,
)

FALL = {"SPY": [0.01, -0.05, 0.01, 0.01, 0.01, 0.01], "AGG": [0.001] * 6}
DEEP = replace(QUIET, max_daily_loss=None, max_drawdown=Decimal("0.04"))
STILL = enabled({"still": "1"}, {"still": asset("SPY")})
MONTHLY = Rebalance(frequency=Frequency.MONTHLY)


def sides(report: CycleReport) -> set[tuple[Side, str]]:
    return {(line.side, str(line.symbol)) for line in report.orders}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk that has bought SPY on the first day; the second brings a loss of 5 %."""
    write_falls(tmp_path, **FALL)
    made = Desk(tmp_path)
    assert made.run(ONE).status is CycleStatus.COMPLETED
    return made


def test_loss_of_a_day_is_recorded_told_and_lets_only_sells_go(desk: Desk) -> None:
    """RC-06: from the broker's equity, before anything is decided."""
    report = desk.run(TWO)

    assert report.status is CycleStatus.COMPLETED
    assert sides(report) == {(Side.SELL, "SPY")}
    assert [str(row.code) for row in report.limited] == ["trading_state"]
    assert desk.standing() is TradingState.REDUCING
    (told,) = (one for one in desk.ears.heard if one.code == "daily_loss")
    assert "daily_loss is 0.0498" in told.text
    decoded = [
        CODEC.decode(one.type, one.version, one.data) for one in desk.engine(TWO).journal.read()
    ]
    (trip,) = (one.trip for one in decoded if isinstance(one, BreakerTripped))
    assert (trip.code, trip.session, trip.limit) == (BreakerCode.DAILY_LOSS, TWO, "0.04")


def test_loss_stops_buying_for_as_long_as_nobody_resumes(desk: Desk) -> None:
    """RC-06, FAULTS invariant 20: survives restarts, and is told once."""
    desk.run(TWO)

    later = [desk.run(day) for day in (THREE, FOUR, FIVE)]

    assert all(report.orders == () for report in later)
    assert desk.standing() is TradingState.REDUCING
    assert desk.held() == {}
    assert desk.ears.codes().count("daily_loss") == 1


def test_loss_is_lifted_by_a_person_and_only_after_the_cool_off(desk: Desk) -> None:
    """RC-06, FAULTS invariant 20: the day of the loss itself is too early."""
    desk.run(TWO)

    early = desk.resume(TWO)
    later = desk.resume(THREE)

    assert (early.refused, early.state) == (True, TradingState.REDUCING)
    assert "1 sessions have to pass" in early.reason
    assert (later.refused, later.state) == (False, TradingState.ACTIVE)
    assert sides(desk.run(THREE)) == {(Side.BUY, "SPY")}
    assert desk.standing() is TradingState.ACTIVE


@pytest.mark.parametrize("cool_off", [0, 2])
def test_cool_off_counts_sessions_and_not_days(tmp_path: Path, cool_off: int) -> None:
    """RC-06: three days lie between the second and the third session."""
    write_falls(tmp_path, **FALL)
    desk = Desk(tmp_path, breakers=replace(QUIET, cool_off_sessions=cool_off))
    for day in (ONE, TWO):
        desk.run(day)

    refused = [desk.resume(day).refused for day in (TWO, THREE, FOUR)]

    assert refused == ([False] * 3 if cool_off == 0 else [True, True, False])


@pytest.fixture
def deep(tmp_path: Path) -> Desk:
    """Return the same with one strategy that wants SPY whatever happens."""
    write_falls(tmp_path, **FALL)
    made = Desk(tmp_path, breakers=DEEP, strategies=STILL)
    made.run(ONE)
    return made


def test_drawdown_stops_increasing(deep: Desk) -> None:
    """RC-08: what is held stays, nothing is added."""
    before = deep.held()

    report = deep.run(TWO)

    assert report.orders == ()
    assert deep.held() == before
    assert deep.standing() is TradingState.REDUCING
    assert deep.tripped() == [BreakerCode.DRAWDOWN]


def test_drawdown_halves_every_target_once(deep: Desk) -> None:
    """RC-08: half of the position goes, and not half of the rest on the next day."""
    deep.breakers = replace(DEEP, drawdown_action=Action.REDUCE)
    before = deep.held()["SPY"]

    reports = [deep.run(day) for day in (TWO, THREE, FOUR)]

    assert [sides(report) for report in reports] == [{(Side.SELL, "SPY")}, set(), set()]
    assert abs(deep.held()["SPY"] / before - Decimal("0.5")) < Decimal("0.01")
    assert deep.standing() is TradingState.REDUCING


def test_drawdown_halves_a_book_that_rests_too(tmp_path: Path) -> None:
    """RC-08: a breaker does not wait for the next month's rebalancing."""
    write_falls(tmp_path, **FALL)
    monthly = tuple(
        replace(one, strategy=RuleStrategy(asset("SPY"), rebalance=MONTHLY)) for one in STILL
    )
    desk = Desk(tmp_path, breakers=replace(DEEP, drawdown_action=Action.REDUCE), strategies=monthly)
    desk.run(ONE)
    before = desk.held()["SPY"]

    report = desk.run(TWO)

    assert sides(report) == {(Side.SELL, "SPY")}
    assert abs(desk.held()["SPY"] / before - Decimal("0.5")) < Decimal("0.01")


def test_drawdown_sells_everything_and_halts(deep: Desk) -> None:
    """RC-08, RC-11: within the same run; what follows is not traded until a person resumes."""
    deep.breakers = replace(DEEP, drawdown_action=Action.LIQUIDATE)

    report = deep.run(TWO)

    assert (report.status, report.exit_code) == (CycleStatus.SKIPPED, 3)
    assert "drawdown is 0.0" in report.reason
    assert deep.held() == {}
    assert deep.standing() is TradingState.HALTED
    assert {"drawdown", "liquidated"} <= set(deep.ears.codes())
    assert deep.run(THREE).exit_code == 3
    assert deep.resume(TWO).refused
    assert not deep.resume(FOUR).refused
    assert sides(deep.run(FOUR)) == {(Side.BUY, "SPY")}


def test_after_a_resume_losses_are_measured_from_there(deep: Desk) -> None:
    """RC-08: the loss that was accepted does not trip again; a new one does."""
    deep.run(TWO)
    deep.resume(THREE)

    calm = deep.run(THREE)
    write_falls(deep.home, SPY=[0.01, -0.05, 0.01, -0.05], AGG=[0.001] * 4)
    again = deep.run(FOUR)

    assert calm.status is CycleStatus.COMPLETED
    assert deep.standing() is TradingState.REDUCING
    assert again.orders == ()
    assert deep.ears.codes().count("drawdown") == 2


def test_loss_over_several_sessions_stops_buying(tmp_path: Path) -> None:
    """RC-15: no single day is bad enough."""
    write_falls(tmp_path, SPY=[0.0, -0.02, -0.02, -0.02], AGG=[0.001] * 4)
    trend = replace(QUIET, max_trend_loss=Decimal("0.05"), trend_sessions=3)
    desk = Desk(tmp_path, breakers=trend, strategies=STILL)

    for day in (ONE, TWO, THREE):
        desk.run(day)
        assert desk.tripped() == []
    desk.run(FOUR)

    assert desk.tripped() == [BreakerCode.PNL_TREND]
    assert desk.standing() is TradingState.REDUCING


class Misstated:
    """A broker whose equity is a tenth below what its own positions are worth."""

    def __init__(self, broker: BrokerPort) -> None:
        self._broker = broker
        self.account_id, self.lease_key = broker.account_id, broker.lease_key
        self.submit, self.cancel = broker.submit, broker.cancel
        self.reports, self.orders = broker.reports, broker.orders
        self.activities = broker.activities

    def account(self) -> AccountSnapshot:
        """Return the account with another equity."""
        account = self._broker.account()
        return replace(account, equity=account.equity * Decimal("0.9"))


def test_equity_that_our_marks_contradict_trips_nothing_and_is_told(desk: Desk) -> None:
    """RC-06: one wrong figure of the broker sells nothing; somebody has to look."""
    write_falls(desk.home, SPY=[0.01, 0.001], AGG=[0.001] * 2)

    desk.run(TWO, lambda engine: replace(engine, broker=Misstated(engine.broker)))

    assert desk.tripped() == []
    assert desk.standing() is TradingState.ACTIVE
    assert "equity_doubted" in desk.ears.codes()
    assert desk.held() != {}


def test_brake_that_only_stops_buying_is_not_told_as_a_halt(desk: Desk) -> None:
    """RC-06, RC-10: also before any run has taken it into the chain."""
    (desk.home / "control").mkdir(exist_ok=True)
    (desk.home / "control" / "REDUCE-ONLY").touch()

    told = overview(desk.engine(TWO))

    assert (told.state, told.reason) == (
        TradingState.REDUCING,
        "REDUCE-ONLY file present (unknown)",
    )
    assert desk.resume(TWO).state is TradingState.ACTIVE
    assert overview(desk.engine(TWO)).state is TradingState.ACTIVE
