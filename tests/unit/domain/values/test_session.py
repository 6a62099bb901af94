"""Regular hours are half open and in UTC."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.session import Session

OPEN = datetime(2024, 8, 5, 13, 30, tzinfo=UTC)
CLOSE = datetime(2024, 8, 5, 20, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def session(open_at: datetime = OPEN, close_at: datetime = CLOSE) -> Session:
    return Session(day=date(2024, 8, 5), open_at=open_at, close_at=close_at)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [(OPEN - MOMENT, False), (OPEN, True), (CLOSE - MOMENT, True), (CLOSE, False)],
)
def test_session_is_open_from_its_first_moment_to_just_before_its_last(
    at: datetime, is_open: bool
) -> None:
    """OS-19."""
    assert session().is_open(at) is is_open


@pytest.mark.parametrize(
    "moment",
    [OPEN.replace(tzinfo=None), OPEN.astimezone(timezone(timedelta(hours=-4)))],
    ids=["naive", "New York"],
)
def test_times_outside_utc_are_refused(moment: datetime) -> None:
    with pytest.raises(InvalidValueError, match="in UTC"):
        session(open_at=moment)


@pytest.mark.parametrize("close_at", [OPEN, OPEN - MOMENT])
def test_session_that_ends_before_it_begins_is_refused(close_at: datetime) -> None:
    with pytest.raises(InvalidValueError, match="after it closes"):
        session(close_at=close_at)
