"""Each fault of the venue alone: the day ends as it should, nothing twice, nothing lost."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pytest

from alchemiser.adapters.venue.fault_kinds import KINDS, FaultKind
from tests.faults.lockstep import CALENDAR, Account, account
from tests.faults.settling import faults_of, settle

DAYS: Final = tuple(one.day for one in CALENDAR.sessions(date(2023, 1, 11), date(2023, 1, 13)))
STRUCK: Final = "faults of the local venue, as they struck"
DONE, PART, SKIPPED, OPEN = 0, 1, 3, 4
READINGS: Final = 13
"""Requests of a day before its first order; a fault among them leaves the day alone."""
UNUSED: Final = {
    "replace_rejected": "A23, A24: orders are never replaced",
    "partial_207": "A22: nor are all cancelled at once",
    "data_page_loop": "C10: five symbols fit on a page; tests of the adapter turn pages",
}
"""What the engine never meets here, and why."""

Tell = Callable[[str, object], None]

ENDS: Final = {
    # A read that stays refused or cannot be read leaves the day alone, and says why.
    **dict.fromkeys(("delay", "hang", "drop", "error_500", "bad_gateway", "unavailable"), SKIPPED),
    **dict.fromkeys(("gateway_timeout", "rate_limited", "rate_limited_bare"), SKIPPED),
    **dict.fromkeys(("unauthorized", "forbidden", "truncated_json", "empty_body"), SKIPPED),
    **dict.fromkeys(("html_200", "null_body", "nan_numbers", "huge_numbers"), SKIPPED),
    **dict.fromkeys(("negative_numbers", "clock_skew"), SKIPPED),
    # An order that is refused for good leaves the plan unfinished.
    **dict.fromkeys(("insufficient_buying_power", "insufficient_qty", "wash_trade"), PART),
    **dict.fromkeys(("not_fractionable", "day_trade_denied", "bad_limit"), PART),
    **dict.fromkeys(("reject_after_accept", "account_blocked"), PART),
    **dict.fromkeys(("cancel_filled", "cancel_lost", "cancel_stuck"), PART),
}
"""How a day ends in which a fault strikes up to six times from its beginning; 0 where not named."""

DATA_ENDS: Final = {
    # Prices that are wrong and look true: the symbol's own orders are refused, or do not fill.
    **dict.fromkeys(("data_crossed_quote", "data_split_without_action"), PART),
    **dict.fromkeys(("data_wrong_adjustment", "data_revised", "data_thin_feed"), DONE),
}
"""How a day ends whose market data are at fault; nothing is decided where not named."""
MOST: Final = {"cancel_filled": 2, "cancel_lost": 2, "cancel_stuck": 1}
"""Strikes of faults that each cost a day's waiting."""
FIRST_ORDER_RESTS: Final = {"cancel_filled", "cancel_lost", "cancel_fill_race", "cancel_stuck"}


def of(*places: str) -> list[FaultKind]:
    wanted = (one for one in KINDS.values() if one.where in places and one.name not in UNUSED)
    return [one for one in wanted if not one.name.startswith("data_stream")]


def second_day(here: Account, kind: FaultKind, times: int, *, after: int = 0) -> int:
    """Trade a day in peace, then one with the fault; return how that ended."""
    assert here.run(DAYS[0]).exit_code == DONE
    here.go_to(DAYS[1])
    if kind.name in FIRST_ORDER_RESTS:
        here.venue.fault("no_fills", times=-1)
    here.venue.fault(kind.name, times=min(times, MOST.get(kind.name, times)), after=after)
    return here.run(DAYS[1]).exit_code


def third_day(here: Account, kind: FaultKind, tell: Tell) -> None:
    """Let the fault end: the account comes to rest, and the next day is traded in peace."""
    struck = here.venue.hits().get(kind.name, 0)
    settle(here, DAYS[1])
    assert faults_of(here) == []
    here.go_to(DAYS[2])
    report = here.run(DAYS[2])
    assert (report.exit_code, report.reconciled) == (DONE, True), report.reason
    assert faults_of(here) == []
    assert struck > 0, "the fault was met"
    for number in kind.ids.split():
        tell(STRUCK, f"{number} {kind.name} {struck}")


@pytest.mark.parametrize("kind", of("request", "answer", "venue"), ids=lambda one: one.name)
def test_a_fault_that_strikes_at_once(kind: FaultKind, record_property: Tell) -> None:
    """FAULTS §1.A: from the first question of the day on, up to six times."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        ended = second_day(here, kind, 6)

        assert ended == ENDS.get(kind.name, DONE)
        third_day(here, kind, record_property)


@pytest.mark.parametrize("kind", of("request", "answer"), ids=lambda one: one.name)
def test_a_fault_in_the_middle_of_the_day(kind: FaultKind, record_property: Tell) -> None:
    """FAULTS §1.A: once orders are on their way; what is unknown is never taken for done."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        path_is_orders = kind.path.startswith("/v2/orders")

        ended = second_day(here, kind, 3, after=1 if path_is_orders else READINGS)

        assert ended in {DONE, PART, OPEN}
        third_day(here, kind, record_property)


@pytest.mark.parametrize("kind", of("data"), ids=lambda one: one.name)
def test_market_data_at_fault(kind: FaultKind, record_property: Tell) -> None:
    """FAULTS §1.C: all day long; nothing is decided on what cannot be true."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        ended = second_day(here, kind, -1)

        assert ended == DATA_ENDS.get(kind.name, SKIPPED)
        third_day(here, kind, record_property)


@pytest.mark.parametrize("kind", of("stream"), ids=lambda one: one.name)
def test_an_order_stream_at_fault(kind: FaultKind, record_property: Tell) -> None:
    """FAULTS §1.B: all day long; what is not told is asked for."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        here.listen()
        ended = second_day(here, kind, 20)

        assert ended == DONE
        third_day(here, kind, record_property)


def test_accepted_and_answered_504_four_times_in_a_row_is_one_order(record_property: Tell) -> None:
    """A04, OS-10: what an SDK makes four orders of."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        here.venue.fault("accept_then_504", times=4)
        report = here.run(DAYS[0])

        assert report.exit_code == DONE
        names = [row["client_order_id"] for row in here.truth()["orders"]]
        assert len(names) == len(set(names)) == len(report.orders) == 5
        assert faults_of(here) == []
        record_property(STRUCK, f"A04 accept_then_504 {here.venue.hits()['accept_then_504']}")


def test_a_crash_after_an_unknown_send_makes_no_second_order() -> None:
    """J02: the journal alone is left; the venue is asked before anything is sent."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        here.venue.fault("accept_then_drop", times=3)
        here.run(DAYS[0])
        here.restart()
        here.clock.advance_to(here.clock.now() + timedelta(minutes=1))

        settle(here, DAYS[0])

        assert faults_of(here) == []
