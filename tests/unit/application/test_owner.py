"""What the owner may change of strategies between sessions, and when it is refused."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.owner import Owner
from alchemiser.application.strategies import as_changed, check_weights, strategies_in_force
from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.journal.allocations import StrategyChanged
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import (
    CycleFinished,
    CycleStarted,
    CycleStatus,
    EntryPosted,
    OrderPlanned,
    Record,
)
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol, cycle_id
from alchemiser.testing.builders import ACCOUNT, DAY, NOW
from tests.cycle.world import FIRST, make_engine, write_bars

HEDGE, TREND, GONE = StrategyId("hedge"), StrategyId("trend"), StrategyId("gone")
CONFIGURED = {HEDGE: Decimal("0.4"), TREND: Decimal("0.6")}
CYCLE = cycle_id(ACCOUNT, DAY)
STARTED = CycleStarted(
    cycle_id=CYCLE,
    session=DAY,
    account=ACCOUNT,
    mode="simulated",
    code="",
    configuration="",
    plugins=(),
)
PLANNED = OrderPlanned(plan=OrderPlan(account=ACCOUNT, session=DAY, deadline=NOW))
FINISHED = CycleFinished(cycle_id=CYCLE, status=CycleStatus.COMPLETED, reason="", finished_at=NOW)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return an engine of two strategies, hedge and trend."""
    write_bars(tmp_path / "bars")
    return make_engine(tmp_path, FIRST, 1)


@pytest.fixture
def owner(engine: Engine) -> Owner:
    """Return the owner of `engine`."""
    return Owner(engine, CONFIGURED, actor="ann", reason="calm")


def written(engine: Engine, *records: Record) -> None:
    Ledger(engine.journal).record(records, at=NOW)


def state(engine: Engine) -> EngineState:
    return Ledger(engine.journal).state


def holding(name: StrategyId) -> EntryPosted:
    posting = Posting(
        book=BookId(name),
        kind=PostingKind.OPENING,
        cash=Decimal(1),
        symbol=Symbol("SPY"),
        quantity=Decimal(1),
    )
    return EntryPosted(reason="opening", postings=(posting,))


def test_change_is_recorded_with_who_and_why_and_is_told(engine: Engine, owner: Owner) -> None:
    change = owner.weigh(HEDGE, Decimal("0.3"))

    assert (change.enabled, change.weight, change.reweigh) == (True, Decimal("0.3"), True)
    assert state(engine).allocations.changes[HEDGE] == StrategyChanged(
        strategy=HEDGE,
        enabled=True,
        weight=Decimal("0.3"),
        reweigh=True,
        actor="ann",
        reason="calm",
    )


def test_nothing_is_changed_without_a_reason(engine: Engine) -> None:
    with pytest.raises(SettingsError, match="--reason"):
        Owner(engine, {}, actor="ann", reason=" ")


def test_enabling_what_is_as_configured_records_nothing(engine: Engine, owner: Owner) -> None:
    change = owner.enable(HEDGE)

    assert (change.enabled, change.weight, change.refused) == (True, Decimal("0.4"), False)
    assert engine.journal.head().sequence == 0


def test_enabling_restores_the_weight_of_the_configuration(engine: Engine, owner: Owner) -> None:
    owner.weigh(HEDGE, Decimal("0.3"))
    owner.disable(HEDGE, leaving=False)

    change = owner.enable(HEDGE)

    assert (change.weight, change.reweigh) == (Decimal("0.4"), True)
    assert state(engine).allocations.changes == {}


def test_disabling_without_exit_keeps_what_an_exit_has_left(engine: Engine, owner: Owner) -> None:
    owner.disable(HEDGE, leaving=True)

    assert not owner.disable(HEDGE, leaving=False).leaving
    assert not state(engine).allocations.changes[HEDGE].leaving


@pytest.mark.parametrize("weight", ["0", "-0.1", "1.000000001", "NaN", "Infinity", "0.0000000001"])
def test_weight_has_to_be_a_share_of_the_account(owner: Owner, weight: str) -> None:
    with pytest.raises(SettingsError, match="above 0 and at most 1"):
        owner.weigh(HEDGE, Decimal(weight))


def test_weights_in_force_sum_to_at_most_one(engine: Engine, owner: Owner) -> None:
    with pytest.raises(SettingsError, match=r"hedge cannot have 0\.41 .* the others have 0\.6"):
        owner.weigh(HEDGE, Decimal("0.41"))
    owner.disable(TREND, leaving=False)
    owner.weigh(HEDGE, Decimal(1))
    with pytest.raises(SettingsError, match=r"trend cannot have 0\.6"):
        owner.enable(TREND)

    assert set(state(engine).allocations.changes) == {HEDGE, TREND}


def test_unknown_strategy_is_refused_and_the_house_is_none(engine: Engine, owner: Owner) -> None:
    written(engine, STARTED, FINISHED, holding(StrategyId("house")))

    for name in (GONE, StrategyId("house")):
        with pytest.raises(SettingsError, match="name one of hedge, trend"):
            owner.disable(name, leaving=True)
        with pytest.raises(SettingsError, match="there is no strategy"):
            owner.weigh(name, Decimal("0.1"))
        with pytest.raises(SettingsError, match="there is no strategy"):
            owner.enable(name)


def test_book_of_a_strategy_that_is_configured_no_more_can_be_given_up(
    engine: Engine, owner: Owner
) -> None:
    written(engine, STARTED, FINISHED, holding(GONE))

    change = owner.disable(GONE, leaving=True)

    assert (change.leaving, change.weight) == (True, None)


def test_disabled_strategy_is_not_weighed(owner: Owner) -> None:
    owner.disable(HEDGE, leaving=False)

    with pytest.raises(SettingsError, match="hedge is disabled: enable it first"):
        owner.weigh(HEDGE, Decimal("0.1"))


def test_change_is_refused_while_another_engine_works(engine: Engine, owner: Owner) -> None:
    with engine.lease.hold(engine.broker.lease_key()):
        change = owner.disable(HEDGE, leaving=False)

    assert change.refused
    assert "Another engine" in change.reason
    assert change.enabled
    assert engine.journal.head().sequence == 0


def test_change_is_refused_until_a_planned_session_is_finished(
    engine: Engine, owner: Owner
) -> None:
    written(engine, STARTED)
    assert not owner.disable(HEDGE, leaving=False).refused
    written(engine, PLANNED)

    refused = owner.enable(HEDGE)

    assert refused.refused
    assert f"session {DAY} is not finished and orders may be in flight" in refused.reason
    assert not refused.enabled
    written(engine, FINISHED)
    assert not owner.enable(HEDGE).refused


def test_engine_works_with_what_the_owner_left_it(engine: Engine, owner: Owner) -> None:
    written(engine, STARTED, FINISHED, holding(HEDGE))
    owner.disable(HEDGE, leaving=False)
    owner.weigh(TREND, Decimal("0.2"))

    changed = as_changed(engine, state(engine))

    assert [(row.strategy_id, row.weight) for row in changed.strategies] == [
        (TREND, Decimal("0.2"))
    ]
    assert [row.strategy_id for row in changed.disabled] == [HEDGE]


def test_disabled_strategy_without_shares_is_not_measured(engine: Engine, owner: Owner) -> None:
    owner.disable(HEDGE, leaving=False)

    assert as_changed(engine, state(engine)).disabled == ()


def test_configuration_that_grew_under_a_change_is_refused_at_start(
    engine: Engine, owner: Owner
) -> None:
    owner.weigh(HEDGE, Decimal("0.3"))
    grown = [replace(row, weight=Decimal("0.8")) for row in engine.strategies]

    with pytest.raises(SettingsError, match=r"sum to 1\.1, more than 1"):
        check_weights(strategies_in_force(grown, state(engine).allocations))


@pytest.mark.parametrize("name", ["house", "house.accruals"])
def test_books_of_no_strategy_cannot_be_disabled(engine: Engine, owner: Owner, name: str) -> None:
    """What the accruals owe is paid by the broker: given up, the house would pay it."""
    written(engine, STARTED, holding(HEDGE), holding(StrategyId(name)))

    with pytest.raises(SettingsError, match="name one of hedge, trend"):
        owner.disable(StrategyId(name), leaving=True)

    assert not state(engine).allocations.changes
