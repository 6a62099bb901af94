"""Records fold to books, cycles and trading state; recovery is the same path (RS-11)."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

import pytest

from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.books.reconciliation import Break
from alchemiser.domain.books.sharing import share
from alchemiser.domain.execution.facts import (
    ExecutionReported,
    FillAllocated,
    OrderIntended,
    OrderReduced,
)
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.journal.codec import RecordCodec
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import (
    RECORD_TYPES,
    BreakFound,
    CycleFinished,
    CycleStarted,
    CycleStatus,
    EntryPosted,
    InputsTaken,
    OrderApproved,
    OrderPlanned,
    PortfolioAssessed,
    Reconciled,
    Record,
    Stage,
    StrategyFailed,
    StrategyUndecided,
    SymbolBlocked,
    TargetDecided,
    TargetsConsolidated,
)
from alchemiser.domain.journal.restrictions import TradingHalted, TradingResumed
from alchemiser.domain.orders.messages import ExecType
from alchemiser.domain.orders.order import NOTHING, traded
from alchemiser.domain.orders.plan import Crossing, OrderPlan
from alchemiser.domain.portfolio.consolidation import Contribution
from alchemiser.domain.risk.clipping import Limited
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol, cycle_id
from alchemiser.testing.builders import (
    ACCOUNT,
    DAY,
    NOW,
    SESSION,
    a_book,
    a_bust,
    a_correction,
    a_fill,
    a_planned_order,
    a_report,
    an_account,
    an_order,
    some_claims,
)
from alchemiser.testing.fakes import quote

NEXT_DAY = DAY + timedelta(days=1)
SPY, AGG = Symbol("SPY"), Symbol("AGG")
KLM, TECL = StrategyId("klm"), StrategyId("tecl")
ORDER = an_order("SPY", "7", "502.60")
CLAIMS = some_claims(klm="5", tecl="2")
FIRST, SECOND = a_fill(ORDER, "3", "500.20"), a_fill(ORDER, "4", "500.30", before="3")
CROSSING = Crossing(
    symbol=AGG,
    price=Decimal(98),
    quantity=Decimal("2.5"),
    buys=some_claims(klm="2.5"),
    sells=some_claims(tecl="2.5"),
)
PLAN = OrderPlan(
    account=ACCOUNT,
    session=DAY,
    deadline=SESSION.close_at,
    crossings=(CROSSING,),
    orders=(a_planned_order(ORDER, reference="500", klm="5", tecl="2"),),
)
CODEC: RecordCodec[Record] = RecordCodec(RECORD_TYPES)


def started(day: date = DAY, code: str = "0f") -> CycleStarted:
    return CycleStarted(
        cycle_id=cycle_id(ACCOUNT, day),
        session=day,
        account=ACCOUNT,
        mode="simulated",
        code=code,
        configuration="1e",
        plugins=((KLM, "2d"),),
    )


def finished(status: CycleStatus = CycleStatus.COMPLETED, day: date = DAY) -> CycleFinished:
    return CycleFinished(cycle_id=cycle_id(ACCOUNT, day), status=status, reason="", finished_at=NOW)


def decided(strategy: StrategyId, weight: str) -> TargetDecided:
    return TargetDecided(strategy=strategy, tree="3c", weights=((SPY, Decimal(weight)),), trace=())


def funded(book: str, cash: str, shares: str = "0") -> EntryPosted:
    posting = Posting(
        book=BookId(book),
        kind=PostingKind.FUNDING,
        cash=Decimal(cash),
        symbol=AGG,
        quantity=Decimal(shares),
    )
    return EntryPosted(reason="funding", postings=(posting,))


INTENDED = OrderIntended(order=ORDER, expire_time=NOW)
FILLED = (
    ExecutionReported(report=a_report(ORDER, ExecType.NEW)),
    ExecutionReported(report=FIRST),
    FillAllocated(cl_ord_id=ORDER.cl_ord_id, postings=share(FIRST, CLAIMS, NOTHING, traded(FIRST))),
    ExecutionReported(report=SECOND),
    FillAllocated(
        cl_ord_id=ORDER.cl_ord_id,
        postings=share(SECOND, CLAIMS, traded(FIRST), traded(FIRST) + traded(SECOND)),
    ),
)
FUNDING = (funded("klm", "6000"), funded("tecl", "2000", "4"))
WHOLE_DAY: Sequence[Record] = (
    started(),
    InputsTaken(
        session=DAY,
        bars=None,
        provisional=((SPY, Decimal(500)),),
        quotes=(quote("SPY", "499.90", "500.10", at=NOW),),
        account=an_account("8000"),
    ),
    SymbolBlocked(symbol=Symbol("OKLO"), code="stale", detail="no bar"),
    Reconciled(stage=Stage.BEFORE),
    *FUNDING,
    decided(KLM, "0.5"),
    StrategyFailed(strategy=TECL, reason="raised"),
    TargetsConsolidated(contributions=(), crossings=(CROSSING,)),
    PortfolioAssessed(limited=(), refused=()),
    OrderPlanned(plan=PLAN),
    OrderApproved(order=ORDER),
    INTENDED,
    *FILLED,
    Reconciled(stage=Stage.AFTER),
    finished(),
)


def folded(records: Iterable[Record]) -> EngineState:
    state = EngineState()
    for second, record in enumerate(records):
        state.apply(record, NOW + timedelta(seconds=second))
    return state


def test_empty_journal_is_an_active_engine_that_knows_nothing() -> None:
    state = EngineState()

    assert state.state is TradingState.ACTIVE
    assert (state.books, state.cycles, state.current) == ({}, {}, None)
    assert (state.account, state.last_planned, state.last_at) == (None, None, None)


@pytest.mark.parametrize("told_first", ["fill", "bust"])
def test_fill_that_is_taken_back_is_none_of_the_cycle_s(told_first: str) -> None:
    """B14, FAULTS invariant 2: in whichever order the two are told."""
    plan = OrderPlanned(plan=PLAN)
    fills = [ExecutionReported(report=FIRST), ExecutionReported(report=SECOND)]
    bust = ExecutionReported(report=a_bust(ORDER, FIRST.exec_id))
    told = [*fills, bust] if told_first == "fill" else [bust, *fills]

    state = folded([started(), plan, INTENDED, *told])

    assert state.cycle().fills == [SECOND]
    assert list(state.standing.executions[DAY]) == [SECOND.exec_id]


def test_fill_that_is_corrected_counts_as_corrected() -> None:
    """B14."""
    correction = a_correction(ORDER, FIRST.exec_id, "2", "500.10")
    told = [ExecutionReported(report=one) for one in (FIRST, SECOND, correction)]

    state = folded([started(), OrderPlanned(plan=PLAN), INTENDED, *told])

    assert state.cycle().fills == [SECOND, correction]
    assert [one.quantity for one in state.standing.executions[DAY].values()] == [4, 2]


def test_day_folds_to_its_books_and_its_cycle() -> None:
    """3 and 4 SPY at 500.20 and 500.30 are shared 5 : 2, 2.5 AGG cross at 98."""
    state = folded(WHOLE_DAY)

    assert state.books == {
        "klm": a_book("3253.71", {"AGG": "2.5", "SPY": "5"}),
        "tecl": a_book("1244.49", {"AGG": "1.5", "SPY": "2"}),
    }
    assert state.account == ACCOUNT
    assert state.last_planned == DAY
    assert state.last_at == NOW + timedelta(seconds=len(WHOLE_DAY) - 1)
    cycle = state.cycles[DAY]
    assert cycle is state.current
    assert cycle.plan == PLAN
    assert cycle.fills == [FIRST, SECOND]
    assert cycle.answers == {KLM: WHOLE_DAY[6], TECL: WHOLE_DAY[7]}
    assert list(cycle.blocked) == ["OKLO"]
    assert cycle.reconciled_after
    assert cycle.is_over()


@pytest.mark.parametrize("length", range(len(WHOLE_DAY) + 1))
def test_records_read_back_fold_to_the_same_state_at_every_crash_point(length: int) -> None:
    """FAULTS invariant 25."""
    records = WHOLE_DAY[:length]
    read_back = [CODEC.decode(*CODEC.encode(record)) for record in records]

    assert folded(read_back) == folded(records) == folded(records)


def test_every_record_type_is_registered_once() -> None:
    """A type that is missing would stop the engine when it is first written."""
    union = set(get_args(Record))

    assert union == set(RECORD_TYPES)
    assert len(RECORD_TYPES) == len(union)
    assert all(is_dataclass(kind) and fields(kind) for kind in RECORD_TYPES)


CYCLE_RECORDS = (
    decided(KLM, "0.5"),
    StrategyUndecided(strategy=KLM, reason="", symbols=(), lacks_history=True, trace=()),
    OrderPlanned(plan=PLAN),
    INTENDED,
    Reconciled(stage=Stage.AFTER),
    BreakFound(stage=Stage.AFTER, breaks=()),
    finished(),
)


@pytest.mark.parametrize("record", CYCLE_RECORDS, ids=lambda record: type(record).__name__)
def test_record_of_a_cycle_that_never_began_is_refused(record: Record) -> None:
    with pytest.raises(InvalidTransitionError, match="none was started"):
        folded([record])


def test_interrupted_cycle_is_gone_on_with_after_a_restart() -> None:
    """RS-11, FAULTS invariant 31: the plan stands, and what was sent is known."""
    state = folded([started(), decided(KLM, "0.5"), OrderPlanned(plan=PLAN), INTENDED])
    before = state.current

    state.apply(started(code="newer"), NOW)

    assert state.current is before is state.cycles[DAY]
    assert state.cycles[DAY].plan == PLAN
    assert state.cycles[DAY].started.code == "0f"


def test_cycle_that_ended_without_a_plan_may_begin_again() -> None:
    """A holiday, a halt or missing data is no decision."""
    state = folded([started(), decided(KLM, "0.5"), finished(CycleStatus.SKIPPED)])
    assert not state.cycles[DAY].is_over()

    state.apply(started(code="newer"), NOW)

    assert state.cycles[DAY].answers == {}
    assert state.cycles[DAY].started.code == "newer"
    assert state.current is state.cycles[DAY]


def test_inputs_taken_anew_replace_what_the_data_gate_found_before() -> None:
    state = folded(WHOLE_DAY[:3])
    assert list(state.cycles[DAY].blocked) == ["OKLO"]

    state.apply(WHOLE_DAY[1], NOW)

    assert state.cycles[DAY].blocked == {}


def test_cycle_that_was_planned_and_ended_never_begins_again() -> None:
    """DESIGN §3: no re-decision after the plan in that session."""
    state = folded(WHOLE_DAY)

    with pytest.raises(InvalidTransitionError, match="2024-08-05 is over"):
        state.apply(started(), NOW)
    state.apply(started(NEXT_DAY), NOW)

    assert list(state.cycles) == [DAY, NEXT_DAY]


def test_second_plan_in_a_cycle_is_refused_and_moves_no_book() -> None:
    """J03: one plan is one record, and there is one plan."""
    state = folded([started(), *FUNDING, OrderPlanned(plan=PLAN)])
    books = {name: (book.cash, dict(book.positions)) for name, book in state.books.items()}

    with pytest.raises(InvalidTransitionError, match="already planned"):
        state.apply(OrderPlanned(plan=PLAN), NOW)

    assert {name: (one.cash, one.positions) for name, one in state.books.items()} == books


def test_crossings_are_booked_with_the_plan_before_any_order() -> None:
    """J03: a crash right after the plan must not lose them, nor book them twice."""
    state = folded([started(), *FUNDING, OrderPlanned(plan=PLAN)])

    assert state.books == {
        "klm": a_book("5755.00", {"AGG": "2.5"}),
        "tecl": a_book("2245.00", {"AGG": "1.5"}),
    }


def test_execution_is_replayed_from_the_facts_alone() -> None:
    """RS-11, FAULTS invariant 25."""
    state = folded([started(), OrderPlanned(plan=PLAN)])
    cycle = state.cycles[DAY]
    fresh = cycle.execution(PLAN)
    assert fresh.parents[ORDER.cl_ord_id].phase() is Phase.PLANNED

    for record in (INTENDED, *FILLED[:3]):
        state.apply(record, NOW)
    working, again = cycle.execution(PLAN), cycle.execution(PLAN)

    child = working.children[ORDER.cl_ord_id]
    assert child.phase is Phase.WORKING
    assert child.sent_at == NOW
    assert child.order.cum_qty == 3
    assert working is not again
    assert working == again


def test_reports_other_than_fills_are_facts_but_no_fills() -> None:
    reduced = OrderReduced(
        cl_ord_id=ORDER.cl_ord_id,
        planned=Decimal(7),
        released=Decimal(6),
        code=RiskCode.BUYING_POWER,
    )

    cycle = folded([started(), OrderPlanned(plan=PLAN), INTENDED, FILLED[0], reduced]).cycles[DAY]

    assert [fact for _, fact in cycle.facts] == [INTENDED, FILLED[0], reduced]
    assert cycle.fills == []


def test_what_the_decision_was_is_kept() -> None:
    contribution = Contribution(
        book=BookId("klm"), symbol=SPY, weight=Decimal(1), held=Decimal(0), wanted=Decimal(7)
    )
    limited = Limited(
        code=RiskCode.MAX_POSITION,
        symbol=SPY,
        wanted=Decimal(7),
        allowed=Decimal(6),
        limit="0.1",
    )
    refused = Violation(code=RiskCode.ACCOUNT_BLOCKED, observed="blocked", limit="open")

    cycle = folded([
        started(),
        TargetsConsolidated(contributions=(contribution,), crossings=()),
        PortfolioAssessed(limited=(limited,), refused=(refused,)),
    ]).cycles[DAY]

    assert cycle.contributions == (contribution,)
    assert cycle.limited == (limited,)
    assert cycle.refused == (refused,)


BEFORE, AFTER = Reconciled(stage=Stage.BEFORE), Reconciled(stage=Stage.AFTER)
CASH = Break(symbol=None, expected=Decimal(7), observed=Decimal(6))
BROKEN = BreakFound(stage=Stage.AFTER, breaks=(CASH,))


@pytest.mark.parametrize(
    ("records", "breaks", "reconciled"),
    [
        ([], None, False),
        ([BEFORE], None, False),
        ([BEFORE, AFTER], None, True),
        ([BEFORE, BROKEN], BROKEN, False),
        ([BROKEN, AFTER], None, True),
        ([BEFORE, AFTER, BROKEN], BROKEN, False),
    ],
)
def test_last_comparison_of_books_and_broker_counts(
    records: list[Record], breaks: BreakFound | None, *, reconciled: bool
) -> None:
    """OS-24: a day is never both reconciled and broken."""
    cycle = folded([started(), *records]).cycles[DAY]

    assert cycle.breaks == breaks
    assert cycle.reconciled_after is reconciled


def test_halt_stands_until_a_person_resumes() -> None:
    """FAULTS invariants 19 and 20, M04: over restarts and over days."""
    halt = TradingHalted(actor="engine", reason="a break")
    later = TradingHalted(actor="owner", reason="holiday")

    state = folded([started(), halt, finished(CycleStatus.FAILED), started(NEXT_DAY)])
    assert state.state is TradingState.HALTED
    assert state.standing.halt == halt

    state.apply(later, NOW)
    assert state.standing.halt == later

    resumed = folded([halt, later, TradingResumed(actor="owner", reason="mended")])
    assert resumed.state is TradingState.ACTIVE
    assert resumed.standing.halt is None


def test_halt_needs_no_cycle() -> None:
    """M03: the owner may halt an engine that never ran."""
    assert folded([TradingHalted(actor="owner", reason="wait")]).state is TradingState.HALTED
