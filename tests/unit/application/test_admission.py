"""Whether a session may be started and traded: what has been, what stands, and the hour."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.memory.control import MemoryControl
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.admission import closed, halted, overridden, owners_brake, refusal
from alchemiser.application.engine import Engine, Mode
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import (
    CycleFinished,
    CycleStarted,
    CycleStatus,
    OrderPlanned,
    Record,
)
from alchemiser.domain.journal.restrictions import (
    BreakerTripped,
    EquityMarked,
    TradingHalted,
    TradingReduced,
)
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.risk.breakers import Action, BreakerCode, Trip
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import AccountId, cycle_id
from alchemiser.ports.control import HaltRequest
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.testing.builders import ACCOUNT, DAY, NOW, SESSION
from tests.cycle.world import FIRST, make_engine, write_bars

BEFORE, AFTER = DAY - timedelta(days=3), DAY + timedelta(days=1)
HALT = TradingHalted(actor="ann", reason="fire")
REDUCE = TradingReduced(actor="bob", reason="careful")
PLANNED = OrderPlanned(plan=OrderPlan(account=ACCOUNT, session=DAY, deadline=NOW, orders=()))
FINISHED = CycleFinished(
    cycle_id=cycle_id(ACCOUNT, DAY), status=CycleStatus.COMPLETED, reason="", finished_at=NOW
)
STARTED = CycleStarted(
    cycle_id=cycle_id(ACCOUNT, DAY),
    session=DAY,
    account=ACCOUNT,
    mode="simulated",
    code="",
    configuration="",
    plugins=(),
)


def folded(*records: Record) -> EngineState:
    state = EngineState()
    for record in records:
        state.apply(record, NOW)
    return state


def tripped(action: Action) -> BreakerTripped:
    return BreakerTripped(
        trip=Trip(code=BreakerCode.RUNAWAY, action=action, observed="2", limit="1", session=DAY)
    )


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return an engine at a moment of the session, whose brake is not set."""
    write_bars(tmp_path / "bars")
    made = make_engine(tmp_path, FIRST, 1)
    return replace(made, clock=VirtualClock(NOW), control=MemoryControl())


@pytest.mark.parametrize(
    ("records", "day", "why"),
    [
        ((), DAY, ""),
        ((STARTED,), DAY, ""),
        ((STARTED, FINISHED), DAY, ""),
        ((STARTED, PLANNED), DAY, ""),
        ((STARTED, PLANNED, FINISHED), DAY, "is already finished"),
        ((STARTED, PLANNED, FINISHED), BEFORE, "is already traded"),
        ((STARTED, PLANNED, FINISHED), AFTER, ""),
    ],
)
def test_session_that_is_over_or_lies_before_one_is_not_started(
    records: tuple[Record, ...], day: date, why: str
) -> None:
    """OS-08: what was not planned may be tried again."""
    found = refusal(folded(*records), ACCOUNT, day)

    assert (why in found) if why else (found == "")


def test_session_before_one_that_was_judged_is_not_started() -> None:
    """RC-06: losses are measured in the order of the sessions, though nothing was planned."""
    state = folded(STARTED, EquityMarked(session=DAY, equity=Decimal(100)), FINISHED)

    assert "lies before it" in refusal(state, ACCOUNT, BEFORE)
    assert refusal(state, ACCOUNT, DAY) == refusal(state, ACCOUNT, AFTER) == ""


def test_journal_of_another_account_is_not_traded_on() -> None:
    with pytest.raises(SettingsError, match="a journal of its own"):
        refusal(folded(STARTED), AccountId("PAOTHER"), DAY)


def test_open_session_may_be_traded(engine: Engine) -> None:
    assert closed(engine, folded(STARTED), SESSION, DAY) == ""


def test_day_without_a_session_is_not_traded(engine: Engine) -> None:
    """OS-19."""
    assert "is not a session" in closed(engine, folded(STARTED), None, DAY)


@pytest.mark.parametrize(
    "records", [(HALT,), (tripped(Action.HALT),), (tripped(Action.LIQUIDATE),)]
)
def test_halted_session_is_not_traded_and_says_what_lifts_it(
    engine: Engine, records: tuple[Record, ...]
) -> None:
    """FAULTS invariant 18."""
    state = folded(*records, STARTED)

    why = closed(engine, state, SESSION, DAY)

    assert why == halted(state.standing)
    assert "alchemiser resume --reason" in why


@pytest.mark.parametrize("records", [(REDUCE,), (tripped(Action.REDUCE),)])
def test_session_in_which_nothing_is_bought_is_traded(
    engine: Engine, records: tuple[Record, ...]
) -> None:
    """RC-06."""
    assert closed(engine, folded(*records, STARTED), SESSION, DAY) == ""


def test_what_was_planned_is_followed_to_its_end_when_halted_or_late(engine: Engine) -> None:
    """FAULTS invariant 35."""
    late = replace(engine, clock=VirtualClock(SESSION.close_at + timedelta(hours=1)))

    for records in ((STARTED, PLANNED), (STARTED, PLANNED, HALT)):
        assert closed(late, folded(*records), SESSION, DAY) == ""


HOURS = [SESSION.open_at - timedelta(seconds=1), SESSION.close_at, NOW + timedelta(days=1)]


@pytest.mark.parametrize("at", HOURS)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("outside", [False, True])
def test_only_paper_trading_may_be_let_trade_at_any_hour(
    engine: Engine, at: object, mode: Mode, *, outside: bool
) -> None:
    """OS-19: no setting opens the market for a live account; where one does, it is recorded."""
    clock = VirtualClock(at)  # type: ignore[arg-type]
    engine = replace(engine, clock=clock, mode=mode, outside_hours=outside)

    allowed = outside and mode is Mode.PAPER

    assert (closed(engine, folded(STARTED), SESSION, DAY) == "") is allowed
    assert [one.control for one in overridden(engine)] == ["session_closed"] * allowed


def asked(engine: Engine, state: TradingState) -> None:
    engine.control.request_halt(HaltRequest(actor="ann", reason="fire", at=NOW, state=state))


@pytest.mark.parametrize(
    ("records", "request_of", "taken"),
    [
        ((), None, None),
        ((), TradingState.HALTED, TradingHalted),
        ((), TradingState.REDUCING, TradingReduced),
        ((REDUCE,), TradingState.HALTED, TradingHalted),
        ((REDUCE,), TradingState.REDUCING, None),
        ((HALT,), TradingState.HALTED, None),
        ((HALT,), TradingState.REDUCING, None),
        ((tripped(Action.REDUCE),), TradingState.HALTED, TradingHalted),
        ((tripped(Action.HALT),), TradingState.HALTED, TradingHalted),
        ((tripped(Action.LIQUIDATE),), TradingState.HALTED, TradingHalted),
    ],
)
def test_owners_brake_is_taken_into_the_chain_once(
    engine: Engine,
    records: tuple[Record, ...],
    request_of: TradingState | None,
    taken: type | None,
) -> None:
    """RC-10: also beside a breaker that stands, since it stops even a breaker's sales."""
    if request_of is not None:
        asked(engine, request_of)

    found = owners_brake(engine, folded(*records))

    assert found == (None if taken is None else taken(actor="ann", reason="fire"))


class Unreadable(MemoryControl):
    """A brake that cannot be read."""

    def halt_request(self) -> HaltRequest | None:
        """Fail.

        Raises:
            PortUnavailableError: Always.
        """
        msg = "The disk is gone."
        raise PortUnavailableError(msg)


def test_brake_that_cannot_be_read_is_a_halt(engine: Engine) -> None:
    """RC-10."""
    engine = replace(engine, control=Unreadable())

    assert owners_brake(engine, folded()) == TradingHalted(
        actor="engine", reason="The disk is gone."
    )
    assert owners_brake(engine, folded(HALT)) is None
