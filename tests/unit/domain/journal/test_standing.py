"""What restricts trading only tightens by itself; the past it is judged by comes from records."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import (
    CycleFinished,
    CycleStarted,
    CycleStatus,
    EntryPosted,
    Record,
    StrategyFailed,
    StrategyUndecided,
    TargetDecided,
)
from alchemiser.domain.journal.restrictions import (
    BreakerTripped,
    EquityMarked,
    TradingHalted,
    TradingReduced,
    TradingResumed,
)
from alchemiser.domain.journal.standing import SESSIONS_KEPT, Standing
from alchemiser.domain.risk.breakers import Action, BreakerCode, Trip
from alchemiser.domain.risk.history import Anchors
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.identifiers import HOUSE, BookId, ExecId, StrategyId, cycle_id
from alchemiser.testing.builders import ACCOUNT, DAY, NOW, a_fill, an_order

KLM = StrategyId("klm")
BOOK = BookId("klm")
HALF = Decimal("0.5")
HALT = TradingHalted(actor="ann", reason="fire")
REDUCE = TradingReduced(actor="bob", reason="careful")
RESUME = TradingResumed(actor="ann", reason="calm")
RANK = {TradingState.ACTIVE: 0, TradingState.REDUCING: 1, TradingState.HALTED: 2}


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def trip(
    action: Action, code: BreakerCode = BreakerCode.RUNAWAY, strategy: StrategyId | None = None
) -> BreakerTripped:
    return BreakerTripped(
        trip=Trip(code=code, action=action, observed="2", limit="1", session=DAY, strategy=strategy)
    )


def marked(number: int, equity: str, book: str | None = None) -> EquityMarked:
    books = () if book is None else ((BOOK, Decimal(book)),)
    return EquityMarked(session=day(number), equity=Decimal(equity), books=books)


def finished(status: CycleStatus = CycleStatus.COMPLETED, *, unread: bool = False) -> CycleFinished:
    return CycleFinished(
        cycle_id=cycle_id(ACCOUNT, DAY), status=status, reason="", finished_at=NOW, unread=unread
    )


def started(number: int) -> CycleStarted:
    return CycleStarted(
        cycle_id=cycle_id(ACCOUNT, day(number)),
        session=day(number),
        account=ACCOUNT,
        mode="simulated",
        code="",
        configuration="",
        plugins=(),
    )


def funding(amount: str) -> tuple[Posting, ...]:
    """Return the transfer of `amount` dollars from the house to the book."""
    kind, text = PostingKind.FUNDING, "capital"
    return (
        Posting(book=HOUSE, kind=kind, cash=-Decimal(amount), reference=text),
        Posting(book=BOOK, kind=kind, cash=Decimal(amount), reference=text),
    )


def folded(*records: Record) -> EngineState:
    state = EngineState()
    for record in records:
        state.apply(record, NOW)
    return state


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ((), TradingState.ACTIVE),
        ((HALT,), TradingState.HALTED),
        ((REDUCE,), TradingState.REDUCING),
        ((HALT, REDUCE), TradingState.HALTED),
        ((REDUCE, HALT), TradingState.HALTED),
        ((trip(Action.DISABLE, strategy=KLM),), TradingState.ACTIVE),
        ((trip(Action.STOP_INCREASING),), TradingState.REDUCING),
        ((trip(Action.REDUCE),), TradingState.REDUCING),
        ((trip(Action.LIQUIDATE),), TradingState.HALTED),
        ((trip(Action.HALT), REDUCE), TradingState.HALTED),
        ((trip(Action.HALT), trip(Action.STOP_INCREASING)), TradingState.HALTED),
        ((HALT, REDUCE, trip(Action.HALT), RESUME), TradingState.ACTIVE),
    ],
)
def test_strictest_of_people_and_breakers_counts(
    records: tuple[Record, ...], state: TradingState
) -> None:
    """RC-06, FAULTS invariant 20: one resume lifts everything."""
    assert folded(*records).state is state


def test_reason_names_everything_that_stands() -> None:
    state = folded(HALT, REDUCE, trip(Action.REDUCE, BreakerCode.DRAWDOWN))

    assert state.standing.reason() == (
        "fire (ann); careful (bob); the account: drawdown is 2, the limit 1"
    )
    assert folded().standing.reason() == ""


EVENTS: list[st.SearchStrategy[Record]] = [
    st.sampled_from([HALT, REDUCE, started(3)]),
    st.builds(trip, st.sampled_from(Action), st.sampled_from(BreakerCode)),
    st.builds(trip, st.just(Action.DISABLE), st.sampled_from(BreakerCode), st.just(KLM)),
    st.builds(marked, st.just(3), st.sampled_from(["1", "90", "100", "1000"])),
    st.builds(finished, st.sampled_from(CycleStatus), unread=st.booleans()),
]


@given(st.lists(st.one_of(EVENTS), max_size=30))
def test_no_record_but_a_resume_loosens_anything(events: list[Record]) -> None:
    """FAULTS invariant 20: whatever is recorded, in whatever order."""
    state = folded(started(3))
    states, disabled = [state.state], [state.standing.latch.disabled()]
    for event in events:
        state.apply(event, NOW)
        states.append(state.state)
        disabled.append(state.standing.latch.disabled())

    assert all(RANK[before] <= RANK[after] for before, after in pairwise(states))
    assert all(before <= after for before, after in pairwise(disabled))
    state.apply(RESUME, NOW)
    assert state.state is TradingState.ACTIVE
    assert state.standing.latch.disabled() == frozenset()


def test_losses_are_measured_from_the_session_before_and_the_peak() -> None:
    """RC-06, RC-08: a second mark of a session replaces the first."""
    state = folded(marked(0, "100"), marked(1, "120"), marked(1, "110"), marked(2, "90"))

    anchors = state.standing.anchors

    assert anchors(day(2)) == Anchors(last_close=Decimal(110), peak=Decimal(120))
    assert anchors(day(3)) == Anchors(last_close=Decimal(90), peak=Decimal(120))
    assert anchors(day(0)) == Anchors(last_close=None, peak=Decimal(120))
    assert folded().standing.anchors(DAY) == Anchors()


@pytest.mark.parametrize(
    ("code", "peak"), [(BreakerCode.DRAWDOWN, "75"), (BreakerCode.RUNAWAY, "100")]
)
def test_resume_forgives_only_a_loss_that_stopped_trading(code: BreakerCode, peak: str) -> None:
    """RC-08: a halt for another reason does not hide what was lost."""
    state = folded(marked(0, "100"), marked(1, "75"), trip(Action.REDUCE, code), RESUME)

    assert state.standing.anchors(day(2)) == Anchors(last_close=Decimal(75), peak=Decimal(peak))


def test_resume_forgives_only_the_book_that_lost() -> None:
    """RC-07: the peaks of the account and of other books stay."""
    other = BookId("tecl")
    moved = Posting(book=other, kind=PostingKind.FUNDING, cash=Decimal(40), reference="capital")
    both = ((BOOK, Decimal(30)), (other, Decimal(20)))
    state = folded(
        started(0),
        EntryPosted(reason="funding", postings=(*funding("50"), moved)),
        marked(0, "100"),
        EquityMarked(session=day(1), equity=Decimal(80), books=both),
        trip(Action.DISABLE, BreakerCode.STRATEGY_DRAWDOWN, KLM),
        RESUME,
    )

    assert state.standing.books[BOOK].drawdown(Decimal(30)) == 0
    assert state.standing.books[other].drawdown(Decimal(20)) == HALF
    assert state.standing.anchors(day(2)).peak == 100


def test_first_loss_of_a_new_book_is_measured_from_what_it_was_given() -> None:
    """RC-07: in the session after the one in which it was funded."""
    state = folded(
        started(0), marked(0, "100"), EntryPosted(reason="funding", postings=funding("50"))
    )

    track = state.standing.books[BOOK]

    assert track.day_loss(day(1), Decimal(45)) == Decimal("0.1")
    assert track.day_loss(day(0), Decimal(45)) is None
    assert track.drawdown(Decimal(45)) == Decimal("0.1")


def test_money_that_comes_later_is_no_gain_and_hides_no_loss() -> None:
    """RC-07."""
    state = folded(
        started(0),
        EntryPosted(reason="funding", postings=funding("50")),
        marked(1, "100", book="40"),
        EntryPosted(reason="funding", postings=funding("20")),
    )

    track = state.standing.books[BOOK]

    assert track.drawdown(Decimal(60)) == Decimal("0.2")
    assert track.day_loss(day(2), Decimal(60)) == 0


def failed(number: int) -> tuple[Record, ...]:
    return (
        started(number),
        StrategyFailed(strategy=KLM, reason="?"),
        finished(CycleStatus.FAILED, unread=True),
    )


DECIDED = TargetDecided(strategy=KLM, tree="", weights=(), trace=())
UNDECIDED = StrategyUndecided(strategy=KLM, reason="?", symbols=(), lacks_history=False, trace=())


def counts(*records: Record) -> tuple[int, int, int]:
    standing = folded(*records).standing
    return standing.failures_of(KLM), standing.failed_cycles(), standing.unread()


def test_failures_are_counted_by_session() -> None:
    """RC-09: trying a session again is no second failure."""
    assert counts(*failed(0)) == (1, 1, 1)
    assert counts(*failed(0), *failed(0)) == (1, 1, 1)
    assert counts(*failed(0), *failed(1), *failed(2)) == (3, 3, 3)


def test_a_session_that_succeeds_ends_the_count() -> None:
    """RC-09: in a row means in a row."""
    assert counts(*failed(0), started(1), DECIDED, finished(), *failed(2)) == (1, 1, 1)


def test_what_did_not_happen_neither_fails_nor_succeeds() -> None:
    """RC-09: an undecided strategy has not failed; a skipped session says nothing of cycles."""
    skipped = (started(1), UNDECIDED, finished(CycleStatus.SKIPPED))

    assert counts(*failed(0), *skipped) == (1, 1, 0)


def test_resume_ends_every_count() -> None:
    """RC-09."""
    assert counts(*failed(0), *failed(1), RESUME) == (0, 0, 0)


def test_unread_sessions_count_the_present_one_once() -> None:
    """RC-09: asked before the session's end is recorded."""
    standing = folded(*failed(0)).standing

    assert (standing.unread_with(day(0)), standing.unread_with(day(1))) == (1, 2)


def test_trades_of_so_many_sessions_are_remembered() -> None:
    """OS-09, SE-01: the oldest session is forgotten whole."""
    standing = Standing()
    for number in range(SESSIONS_KEPT + 1):
        for name in ("one", "two"):
            standing.trade(day(number), a_fill(an_order("SPY", "10"), exec_id=name))

    assert list(standing.executions) == [day(one) for one in range(1, SESSIONS_KEPT + 1)]
    assert all(len(trades) == 2 for trades in standing.executions.values())


def test_trade_that_was_taken_back_is_forgotten() -> None:
    """B14: one of another session, or one that nobody knows, changes nothing."""
    standing = Standing()
    standing.trade(day(0), a_fill(an_order("SPY", "10"), exec_id="one"))
    before = standing.executions[day(0)].copy()

    for session, name in ((day(1), "one"), (day(0), "two")):
        standing.take_back(session, ExecId(name))
    assert standing.executions == {day(0): before}

    standing.take_back(day(0), ExecId("one"))
    assert standing.executions == {day(0): {}}
