"""Thousands of seeded days with faults, crashes and halts, checked against the venue's truth."""

from collections import Counter

from tests.unit.domain.execution.random_days import a_faulty_day, live_through

SEEDS = 1000
REACH_MIN = 3
REACHED = (
    *("request_lost", "answer_lost", "accepted_late", "rejected", "repeat_rejected", "denied"),
    *("query_lost", "reports_repeated", "reports_shuffled", "reports_withheld", "cancel_lost"),
    *("cancel_answer_lost", "account_unreadable", "quote_missing"),
    *("arrived late", "sent again", "rejected while an earlier send is coming"),
    *("a fill crossed a cancel", "canceled", "expired", "crash", "kept back", "gave up", "halt"),
    *("intended again", "outage", "health at the deadline"),
    *("answer to the dead", "timer poll", "timer deadline", "timer give_up"),
    *("OrderRefused", "OrderReduced", "OrderIntended", "OrderRejected", "OutcomeUnknown"),
    *("ExecutionReported", "FillAllocated", "CancelIntended"),
)
"""What a run of all seeds has to meet, each `REACH_MIN` times: else it proves nothing."""


STEPS = ("DoneForDay", "timer step")
"""What orders of many children meet besides."""


def test_faulty_days_keep_every_invariant() -> None:
    """Invariants 1 to 7, 9, 10, 12, 14, 16 to 19, 31, 32, 35, 37 and 44; OS-08, OS-13, OS-18."""
    met: Counter[str] = Counter()

    for seed in range(SEEDS):
        met += live_through(a_faulty_day(seed))

    assert not {name: met[name] for name in REACHED if met[name] < REACH_MIN}


def test_faulty_days_keep_every_invariant_whatever_works_the_orders() -> None:
    """The same, EX-01 to EX-03, EX-07, OS-22 and OS-23: children follow one another."""
    met: Counter[str] = Counter()

    for seed in range(SEEDS):
        met += live_through(a_faulty_day(seed, mixed=True))

    assert not {name: met[name] for name in (*REACHED, *STEPS) if met[name] < REACH_MIN}


def test_same_seed_gives_the_same_day() -> None:
    """A seed that fails can be looked at."""
    days = [a_faulty_day(11) for _ in range(2)]

    for day in days:
        live_through(day)

    assert days[0].journal == days[1].journal
    assert days[0].journal != []
