"""The session table says what exchange_calendars says, quickly and without it."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from importlib.resources import files
from time import process_time

import pytest

from alchemiser.adapters.sessions import generate, table
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.ports.errors import InputError

PROBE = """
import sys
from datetime import date
from alchemiser.adapters.sessions.table import SessionTable
SessionTable().sessions(date(2024, 1, 1), date(2024, 12, 31))
print(sorted({"pandas", "exchange_calendars", "zoneinfo"} & sys.modules.keys()))
"""


# exchange_calendars 4.13 uses what pandas 3.1 deprecates.
@pytest.mark.filterwarnings("ignore:Series.values returning:DeprecationWarning")
def test_table_is_what_the_generator_writes() -> None:
    """DA-09, FAULTS G05: fails when exchange_calendars has learnt something new."""
    stored = files("alchemiser.adapters.sessions").joinpath(table.TABLE).read_bytes()

    assert generate.render().encode("ascii") == stored


def test_calendar_answers_from_the_first_to_the_last_year() -> None:
    sessions = SessionTable().sessions(date(1990, 1, 1), date(2030, 12, 31))

    assert (sessions[0].day, sessions[-1].day) == (date(1990, 1, 2), date(2030, 12, 31))
    assert len(sessions) == 10_322


@pytest.mark.parametrize("day", [date(1989, 12, 31), date(2031, 1, 1)])
def test_calendar_refuses_a_day_outside_its_years(day: date) -> None:
    calendar = SessionTable()
    asks: list[Callable[[], object]] = [
        lambda: calendar.session(day),
        lambda: calendar.sessions(min(day, date(2024, 1, 2)), max(day, date(2024, 1, 2))),
    ]

    for ask in asks:
        with pytest.raises(InputError) as refused:
            ask()
        assert str(refused.value) == (
            f"{day} lies outside the exchange calendar, which covers 1990-01-01 to 2030-12-31: "
            "choose a day within it or install a newer release."
        )


def test_table_loads_in_less_than_twenty_milliseconds() -> None:
    """PF-05."""
    SessionTable().session(date(2024, 8, 5))

    def seconds() -> float:
        table._table.cache_clear()
        table._year.cache_clear()
        start = process_time()
        SessionTable().session(date(2024, 8, 5))
        return process_time() - start

    assert min(seconds() for _ in range(3)) < 0.020


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2024, 7, 3), date(2024, 7, 5)),
        (date(2024, 7, 4), date(2024, 7, 4)),
        (date(2023, 12, 29), date(2024, 1, 2)),
        (date(2022, 12, 31), date(2025, 1, 1)),
        (date(1990, 1, 1), date(1990, 1, 2)),
        (date(2030, 12, 31), date(2030, 12, 31)),
        (date(2024, 7, 5), date(2024, 7, 3)),
        (date(2025, 1, 2), date(2024, 12, 31)),
    ],
)
def test_span_holds_the_sessions_of_its_days(start: date, end: date) -> None:
    calendar = SessionTable()
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    each = [found for day in days if (found := calendar.session(day)) is not None]

    assert calendar.sessions(start, end) == tuple(each)


def test_spans_are_not_kept() -> None:
    """DA-05: what is kept is bounded by the years of the table, whatever is asked for."""
    calendar = SessionTable()
    last = [calendar.sessions(date(2018, 1, 2), date(2024, 1, day))[-1] for day in range(2, 32)]

    assert calendar.sessions(date(2018, 1, 2), date(2024, 1, 31))[-1] is last[-1]
    assert calendar.sessions(date(2018, 1, 2), date(2024, 1, 31)) is not calendar.sessions(
        date(2018, 1, 2), date(2024, 1, 31)
    )
    assert table._year.cache_info().currsize <= 41


def test_calendar_needs_no_heavy_library(bare_environment: dict[str, str]) -> None:
    """PF-05."""
    run = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", PROBE],
        env=bare_environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout == "[]\n"
