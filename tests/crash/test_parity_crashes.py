"""A day on which the engine was killed is compared like any other: exactly, with its reasons."""

import os
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.parity.report import DayLine
from alchemiser.domain.parity.components import Component
from alchemiser.domain.parity.lacking import Cause
from alchemiser.domain.values.numbers import CENT, ZERO
from tests.crash.mortal import Countdown, run_until
from tests.cycle.parity_world import MEAN, TRADED, compare, parts, trade, write_bars

BEFORE, KILLED, AFTER = TRADED[:3], TRADED[3], TRADED[4:]
"""On the day of the kill both strategies rotate: two sells, four buys, two crossings."""
ORDERS = 6


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("begun")
    write_bars(folder)
    trade(folder, *BEFORE)
    return folder


@pytest.fixture
def home(begun: Path, tmp_path: Path) -> Path:
    """Return a home that has traded the days before the one that is cut short."""
    return shutil.copytree(begun, tmp_path / "home")


def kill(home: Path, point: str, times: int = 1) -> None:
    status = run_until(home, KILLED, 1, Countdown(point, times), venue=MEAN)
    assert os.WIFSIGNALED(status), f"{point} was not passed {times} times"


@pytest.mark.parametrize(
    "point",
    [
        "after InputsTaken",
        "after OrderPlanned",
        "between send and acknowledgement",
        "between fill and record",
        "before reconciled-after",
    ],
)
def test_killed_and_run_again_on_its_day_is_its_shadow_to_the_cent(home: Path, point: str) -> None:
    """BT-05, BT-06, RS-11."""
    kill(home, point)
    trade(home, KILLED, *AFTER)

    report = compare(home)

    assert [day.session for day in report.days] == list(TRADED[:-1])
    assert (report.differing, parts(report), report.unexplained()) == ((), {}, ())
    assert report.compared == 2 * len(TRADED)


def killed_day(home: Path) -> tuple[DayLine, dict[Component, Decimal]]:
    """Return the day that was cut short and its components, and prove that no other has any."""
    report = compare(home)
    told = parts(report)
    assert (report.differing, report.unexplained()) == ((), ())
    (day,) = (day for day in report.days if day.session == KILLED)
    assert told == {
        one: dollars
        for one, dollars in day.components.items()
        if dollars and one is not Component.ROUNDING
    }
    return day, told


@pytest.mark.parametrize("point", ["after InputsTaken", "before OrderPlanned"])
def test_killed_before_its_plan_and_ended_by_the_next_day_is_missed(home: Path, point: str) -> None:
    """BT-06, RS-11: what the shadow gained by trading is what was missed."""
    kill(home, point)
    trade(home, *AFTER)

    day, told = killed_day(home)

    assert told.keys() == {Component.MISSED}
    assert (day.decided, day.orders) == (False, ())
    assert told[Component.MISSED] == day.live - day.shadow != ZERO


@pytest.mark.parametrize(
    ("point", "times", "sent"),
    [
        ("after OrderPlanned", 1, 0),
        ("after OrderIntended", 1, 0),
        ("between send and acknowledgement", 1, 1),
        ("between fill and record", 2, 2),
        ("after fill", 4, 6),
    ],
)
def test_killed_in_mid_day_and_ended_by_the_next_one_is_unfilled(
    home: Path, point: str, times: int, sent: int
) -> None:
    """BT-06, RS-11: what had reached the venue filled; what was not sent any more is given up."""
    kill(home, point, times)
    trade(home, *AFTER)

    day, told = killed_day(home)

    assert day.decided
    assert len(day.orders) == ORDERS - sent
    assert told.keys() == ({Component.UNFILLED} if day.orders else set())
    lacks = [lack for order in day.orders for lack in order.lacks]
    assert {one.lack.cause for one in lacks} <= {Cause.GIVEN_UP}
    assert all(
        one.lack.quantity == order.order.quantity for order in day.orders for one in order.lacks
    )
    dollars = sum((one.dollars for one in lacks), ZERO)
    assert abs(dollars - day.components[Component.UNFILLED]) <= ORDERS * CENT


def test_nobody_for_two_days_after_a_kill_is_two_kinds_of_days(home: Path) -> None:
    """BT-06: the session after the kill is missed, and measured by the books."""
    kill(home, "between fill and record", 2)
    trade(home, AFTER[-1])

    report = compare(home)

    assert parts(report).keys() == {Component.UNFILLED, Component.MISSED}
    assert [day.session for day in report.days if not day.decided] == [AFTER[0]]
    assert report.unexplained() == ()


def test_killed_on_the_day_the_account_began(tmp_path: Path) -> None:
    """BT-06: the books were opened by a run that died, and the day is compared all the same."""
    write_bars(tmp_path)
    status = run_until(tmp_path, TRADED[0], 1, Countdown("after fill", 2), venue=MEAN)
    assert os.WIFSIGNALED(status)
    trade(tmp_path, *TRADED[1:3])

    report = compare(tmp_path)

    assert parts(report).keys() <= {Component.UNFILLED}
    assert report.days[0].session == TRADED[0]
    assert report.unexplained() == ()
