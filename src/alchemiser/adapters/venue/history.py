"""The account's equity over time, a point a session."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.adapters.venue.queries import Query, choice_of, moment_of
from alchemiser.adapters.venue.requests import NotUnderstoodError
from alchemiser.adapters.venue.timetable import local_day
from alchemiser.adapters.venue.wire import Document
from alchemiser.adapters.venue.world import World

PERIOD_DAYS_MAX: Final = 3660
_EARLIEST: Final = datetime(1990, 1, 3, tzinfo=UTC)
_PERIOD: Final = re.compile(r"(\d{1,4})([DWMA])", re.ASCII)
_DAYS: Final = {"D": 1, "W": 7, "M": 31, "A": 366}
_CHOICES: Final = {
    "timeframe": frozenset({"1Min", "5Min", "15Min", "1H", "1D"}),
    "intraday_reporting": frozenset({"market_hours", "extended_hours", "continuous"}),
    "pnl_reset": frozenset({"no_reset", "per_day"}),
}
"""What is understood, and changes nothing: the venue keeps the equity of each close alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Hold a part of the past, UTC, both ends included."""

    first: datetime
    last: datetime


def window(query: Query, now: datetime) -> Window:
    """Return the part of the past that `query` asks for at `now`: the last month unless told.

    Raises:
        NotUnderstoodError: When a value is none, all three ends are given, or it ends before it
            begins.
    """
    for name, allowed in _CHOICES.items():
        choice_of(query, name, allowed)
    start, end = moment_of(query.get("start")), moment_of(query.get("end"))
    if start and end and query.get("period"):
        raise NotUnderstoodError("only two of start, end and period are accepted")
    period = _period(query)
    if start is None:
        last = _known(end or now, now)
        return Window(first=max(last - period, _EARLIEST), last=last)
    first = _known(start, now)
    last = first + period if query.get("period") else end or now
    if last < first:
        raise NotUnderstoodError("end should not be before start")
    return Window(first=first, last=_known(last, now))


def history(world: World, asked: Window) -> Document:
    """Return the equity at each close in `asked`, and now where that lies in it.

    The account has had its first cash since ever: before the venue's start nothing changed.
    """
    points = [one for one in _points(world, asked) if asked.first <= one[0] <= asked.last]
    base = points[0][1] if points else None
    gains = [equity - points[0][1] for _, equity in points]
    document: Document = {
        "timestamp": [int(at.timestamp()) for at, _ in points],
        "equity": [float(equity) for _, equity in points],
        "profit_loss": [float(one) for one in gains],
        "profit_loss_pct": [float(one / base) if base else None for one in gains],
        "base_value": None if base is None else float(base),
        "timeframe": "1D",
    }
    return document | ({"base_value_asof": f"{local_day(points[0][0])}"} if points else {})


def _points(world: World, asked: Window) -> list[tuple[datetime, Decimal]]:
    account = world.account
    opened = account.opened_at
    earlier = world.timetable.sessions(local_day(asked.first), local_day(opened))
    points = [
        (session.close_at, account.initial_cash) for session in earlier if session.close_at < opened
    ]
    return [*points, *account.equity_log, (world.moment, account.balance.equity(world.mark))]


def _period(query: Query) -> timedelta:
    text = query.get("period") or "1M"
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise NotUnderstoodError("invalid period")
    return timedelta(days=min(int(found[1]) * _DAYS[found[2]], PERIOD_DAYS_MAX))


def _known(at: datetime, now: datetime) -> datetime:
    return min(max(at, _EARLIEST), now)
