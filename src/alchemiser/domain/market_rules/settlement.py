"""When a trade becomes money and shares."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Final

from alchemiser.domain.market_rules.dated import Rules, Since
from alchemiser.domain.values.errors import InvalidValueError

CYCLE: Final = Rules(
    "settlement",
    (
        Since(date(1975, 1, 1), 5, "custom of the street before Rule 15c6-1"),
        Since(date(1995, 6, 7), 3, "SEC Rule 15c6-1, Release 34-33023"),
        Since(date(2017, 9, 5), 2, "SEC Rule 15c6-1 as amended, Release 34-80295"),
        Since(date(2024, 5, 28), 1, "SEC Rule 15c6-1 as amended, Release 34-96930"),
    ),
)
"""Business days from a trade to its settlement, by the day of the trade."""
OCTOBER, NOVEMBER, ARMISTICE = 10, 11, 11
BANK_HOLIDAYS: Final = 2
"""Days a year on which the exchange trades and no bank settles."""


def settles_on(day: date, sessions: Iterable[date]) -> date:
    """Return the day on which a trade of `day` settles.

    Banks are closed on Columbus Day and Veterans Day: there is trading, and no settlement.

    Args:
        day: The session of the trade.
        sessions: Sessions that follow, ascending; those up to `day` are passed over.

    Raises:
        InvalidValueError: When the sessions end before the settlement, or `day` is before 1975.
    """
    left = CYCLE.on(day).value
    for business_day in _business_days(day, sessions):
        left -= 1
        if not left:
            return business_day
    msg = f"the sessions after {day} end before a trade of that day settles: hand in more."
    raise InvalidValueError(msg)


def has_settled(traded: date, day: date, sessions: Sequence[date]) -> bool:
    """Say whether a trade of `traded` is money and shares on `day`.

    Args:
        traded: The session of the trade.
        day: The day that is asked about; what settles on it has settled.
        sessions: Sessions from `traded` to `day` at least, ascending.

    Raises:
        InvalidValueError: When `traded` is before 1975.
    """
    since = sessions[bisect_right(sessions, traded) : bisect_right(sessions, day)]
    cycle = CYCLE.on(traded).value
    # Nearly all that is asked about was sold long ago; bank holidays are weeks apart, two a year.
    if len(since) > cycle + BANK_HOLIDAYS:
        return True
    return len(since) >= cycle and sum(not is_bank_holiday(one) for one in since) >= cycle


@cache  # bounded by the days that sessions are known of
def is_bank_holiday(session: date) -> bool:
    """Say whether the exchange trades on `session` and no bank settles."""
    columbus = _second_monday_of_october(session.year)
    veterans = date(session.year, NOVEMBER, ARMISTICE)
    if veterans.isoweekday() == 7:  # noqa: PLR2004 - a Sunday: the Monday after is kept
        veterans += timedelta(days=1)
    return session in {columbus, veterans}


def _business_days(day: date, sessions: Iterable[date]) -> Iterator[date]:
    return (one for one in sessions if one > day and not is_bank_holiday(one))


def _second_monday_of_october(year: int) -> date:
    first = date(year, OCTOBER, 1)
    return first + timedelta(days=(-first.weekday()) % 7 + 7)
