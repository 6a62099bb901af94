"""The life of an order at the venue depends on its fields and the time alone (OS-13, EX-07)."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import ExecType, OrdStatus
from alchemiser.domain.values.identifiers import OrderId
from alchemiser.domain.venue_model.matching import ScheduledFill
from alchemiser.domain.venue_model.order import Fill, VenueOrder
from tests.simulated_venue import DAY, ENTRY, SESSION, order

MINUTE = timedelta(minutes=1)
FRESH = VenueOrder(
    entry=4,
    order_id=OrderId("SIM123ABC-4"),
    order=order("a", "30", "510"),
    session=DAY,
    entered_at=ENTRY,
    closes_at=SESSION.close_at,
)


def after(seconds: float) -> datetime:
    return ENTRY + timedelta(seconds=seconds)


def scheduled(seconds: float, quantity: str) -> ScheduledFill:
    return ScheduledFill(
        delay=timedelta(seconds=seconds),
        quantity=Decimal(quantity),
        price=Decimal("500.07"),
        commission=Decimal("0.03"),
    )


MATCHED = FRESH.matched(ENTRY, (scheduled(0.5, "12"), scheduled(2, "18")))


def test_fresh_order_is_new_and_wholly_open() -> None:
    assert FRESH.leaves_qty() == FRESH.unmatched_qty() == 30
    assert FRESH.cum_qty() == 0
    assert [one.exec_type for one in FRESH.reports()] == [ExecType.NEW]


@pytest.mark.parametrize(
    ("seconds", "cum_qty", "status"),
    [
        (0.499999, 0, OrdStatus.NEW),
        (0.5, 12, OrdStatus.PARTIALLY_FILLED),
        (1.999999, 12, OrdStatus.PARTIALLY_FILLED),
        (2, 30, OrdStatus.FILLED),
    ],
)
def test_fill_counts_from_the_moment_it_is_due(
    seconds: float, cum_qty: int, status: OrdStatus
) -> None:
    then = MATCHED.as_of(after(seconds))

    assert then.cum_qty() == cum_qty
    assert then.ord_status is status
    assert then.leaves_qty() == 30 - cum_qty


def test_order_is_itself_when_nothing_is_due() -> None:
    assert MATCHED.as_of(after(0.4)) is MATCHED


def test_state_does_not_depend_on_how_often_it_was_asked() -> None:
    often = MATCHED
    for tenth in range(40):
        often = often.as_of(after(tenth / 10))

    assert often == MATCHED.as_of(after(3.9))


def test_what_a_due_fill_will_take_is_matched() -> None:
    assert MATCHED.unmatched_qty() == 0
    assert MATCHED.next_match_at(MINUTE) is None


def test_unmatched_rest_meets_the_next_quote_on_its_own_grid() -> None:
    partly = FRESH.matched(ENTRY, (scheduled(0.5, "12"),))

    assert FRESH.next_match_at(MINUTE) == ENTRY
    assert partly.unmatched_qty() == 18
    assert partly.next_match_at(MINUTE) == ENTRY + MINUTE
    assert partly.as_of(after(700)).next_match_at(MINUTE) == ENTRY + MINUTE


def test_no_match_at_or_after_the_end() -> None:
    last = replace(FRESH, matches=14)

    assert last.next_match_at(MINUTE) == SESSION.close_at - MINUTE
    assert replace(last, matches=15).next_match_at(MINUTE) is None
    assert last.canceled_from(SESSION.close_at - MINUTE).next_match_at(MINUTE) is None


def test_open_rest_expires_at_the_close() -> None:
    partly = FRESH.matched(ENTRY, (scheduled(0.5, "12"),))

    before = partly.as_of(SESSION.close_at - timedelta(microseconds=1))
    then = partly.as_of(SESSION.close_at)

    assert before.ord_status is OrdStatus.PARTIALLY_FILLED
    assert then.ord_status is OrdStatus.EXPIRED
    assert then.cum_qty() == 12
    assert then.leaves_qty() == 0
    last = then.reports()[-1]
    assert last.exec_type is ExecType.EXPIRED
    assert last.cum_qty == 12
    assert last.transact_time == SESSION.close_at


@pytest.mark.parametrize(
    ("cancel", "cum_qty", "status"),
    [
        (0.3, 0, OrdStatus.CANCELED),
        (0.5, 0, OrdStatus.CANCELED),  # a fill due at the very moment is too late
        (0.6, 12, OrdStatus.CANCELED),
        (2.1, 30, OrdStatus.FILLED),
    ],
)
def test_fills_due_before_the_cancel_takes_effect_count(
    cancel: float, cum_qty: int, status: OrdStatus
) -> None:
    """OS-23."""
    then = MATCHED.canceled_from(after(cancel)).as_of(after(10))

    assert then.cum_qty() == cum_qty
    assert then.ord_status is status
    assert then.due == ()


def test_first_cancel_stands() -> None:
    twice = FRESH.canceled_from(after(5)).canceled_from(after(9))

    assert twice.cancel_at == after(5)


@pytest.mark.parametrize(("early", "status"), [(0, OrdStatus.EXPIRED), (1, OrdStatus.CANCELED)])
def test_cancel_at_the_close_comes_too_late(early: int, status: OrdStatus) -> None:
    canceled = FRESH.canceled_from(SESSION.close_at - timedelta(microseconds=early))

    then = canceled.as_of(SESSION.close_at + MINUTE)

    assert then.ord_status is status
    assert then.reports()[-1].transact_time == canceled.ends_at()


def test_fill_due_after_the_close_never_happens() -> None:
    late = FRESH.matched(SESSION.close_at - timedelta(seconds=1), (scheduled(1, "12"),))

    assert late.as_of(SESSION.close_at + MINUTE).cum_qty() == 0


def test_reports_tell_the_whole_life_in_order() -> None:
    reports = MATCHED.as_of(after(5)).reports()

    assert [(one.exec_id, one.exec_type, one.ord_status) for one in reports] == [
        ("SIM123ABC-4-0", ExecType.NEW, OrdStatus.NEW),
        ("SIM123ABC-4-1", ExecType.TRADE, OrdStatus.PARTIALLY_FILLED),
        ("SIM123ABC-4-2", ExecType.TRADE, OrdStatus.FILLED),
    ]
    assert [one.cum_qty for one in reports] == [0, 12, 30]
    assert [one.last_qty for one in reports] == [0, 12, 18]
    trade = reports[1]
    assert (trade.last_px, trade.commission) == (Decimal("500.07"), Decimal("0.03"))
    assert [one.transact_time for one in reports] == [ENTRY, after(0.5), after(2)]
    assert {one.order_id for one in reports} == {"SIM123ABC-4"}


def test_final_report_carries_no_fill() -> None:
    last = MATCHED.canceled_from(after(1)).as_of(after(10)).reports()[-1]

    assert last.exec_id == "SIM123ABC-4-2"
    assert last.cum_qty == 12
    assert last.last_qty == last.last_px == last.commission == 0


def test_match_makes_delays_absolute() -> None:
    assert MATCHED.due[1] == Fill(
        at=after(2), quantity=Decimal(18), price=Decimal("500.07"), commission=Decimal("0.03")
    )


@pytest.mark.parametrize("canceled", [None, 30.0])
def test_nothing_happens_before_the_moment_at_which_it_changes(canceled: float | None) -> None:
    """Whoever asks before it may take the order for itself, and from then on it is another one."""
    partly = FRESH.matched(ENTRY, (scheduled(2, "3"), scheduled(1, "2")))
    for one in (FRESH, partly, partly.as_of(after(1.5)), partly.as_of(after(2))):
        told = one if canceled is None else one.canceled_from(after(canceled))
        at = told.changes_at(MINUTE)

        assert told.as_of(at - timedelta(microseconds=1)) is told
        meets = told.next_match_at(MINUTE) == at
        assert meets or told.as_of(at) is not told


def test_another_interval_is_another_moment() -> None:
    met = FRESH.matched(ENTRY, ())

    assert met.changes_at(MINUTE) == after(60)
    assert met.changes_at(2 * MINUTE) == after(120)


def test_what_was_told_of_an_order_is_told_again_as_it_was() -> None:
    """OS-13: a report is the same however often, and after however many fills, it is asked for."""
    first = MATCHED.reports()
    half = MATCHED.as_of(after(1))
    whole = half.as_of(after(3))

    told = whole.reports()

    assert [one.exec_type for one in told] == [ExecType.NEW, ExecType.TRADE, ExecType.TRADE]
    assert told[:1] == first
    assert told[:2] == half.reports()
    assert told == replace(whole).reports()
    assert all(one is again for one, again in zip(told, whole.reports(), strict=True))
