"""Alpaca's REST of the account, the clock, the calendar, assets and activities."""

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from aiohttp import web

from alchemiser.adapters.venue import statement, wire
from alchemiser.adapters.venue.answers import answer, body_of
from alchemiser.adapters.venue.history import history, window
from alchemiser.adapters.venue.listings import wanted_activities
from alchemiser.adapters.venue.queries import (
    choice_of,
    choices_of,
    count_of,
    moment_of,
    newest_first,
)
from alchemiser.adapters.venue.refusals import not_found
from alchemiser.adapters.venue.requests import NotUnderstoodError
from alchemiser.adapters.venue.timetable import NEW_YORK, extended_hours
from alchemiser.adapters.venue.world import CONFIGURATIONS, World

PAGE_MAX: Final = 100
_EARLIEST: Final = date(1990, 1, 2)
_LATEST: Final = date(2029, 12, 31)
_SETTLING_MAX: Final = timedelta(days=14)
"""Longer than it ever took from a trade to the next session, on which it settles."""
_ATTRIBUTES: Final = frozenset({
    *("ptp_no_exception", "ptp_with_exception", "ipo", "has_options", "options_late_close"),
    *("fractional_eh_enabled", "overnight_tradable", "overnight_halted"),
})
_CHOICES: Final[Mapping[str, Container[object]]] = {
    "max_margin_multiplier": frozenset({"1", "2", "4"}),
    "trade_confirm_email": frozenset({"all", "none"}),
    "max_options_trading_level": frozenset({0, 1, 2, 3}),
}
_GONE: Final = frozenset({"dtbp_check", "pdt_check"})


class AccountRoutes:
    """Answer requests about everything but orders and positions."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, app: web.Application) -> None:
        """Serve them in `app`."""
        router = app.router
        router.add_get("/v2/account", self.account)
        router.add_get("/v2/account/configurations", self.configurations)
        router.add_patch("/v2/account/configurations", self.configure)
        router.add_get("/v2/account/portfolio/history", self.history)
        router.add_get("/v2/account/activities", self.activities)
        router.add_get("/v2/account/activities/{kind}", self.activities)
        router.add_get("/v2/clock", self.clock)
        router.add_get("/v2/calendar", self.calendar)
        router.add_get("/v2/assets", self.assets)
        router.add_get("/v2/assets/{name}", self.asset)

    async def account(self, request: web.Request) -> web.Response:
        """Show the account."""
        del request
        return answer(statement.account(self._world))

    async def configurations(self, request: web.Request) -> web.Response:
        """Show the owner's settings."""
        del request
        return answer(self._world.configurations)

    async def configure(self, request: web.Request) -> web.Response:
        """Change the owner's settings; nulls, and settings that are gone, change nothing.

        Raises:
            NotUnderstoodError: When there is no such setting, or no such value.
        """
        body = await body_of(request)
        if not isinstance(body, dict):
            raise NotUnderstoodError("request body format is invalid")
        given = {name: one for name, one in body.items() if one is not None and name not in _GONE}
        for name, one in given.items():
            if name not in CONFIGURATIONS or not _fits(name, one):
                raise NotUnderstoodError(f"invalid {name}")
        self._world.configurations |= given
        return answer(self._world.configurations)

    async def history(self, request: web.Request) -> web.Response:
        """Show the equity over time, a point a session."""
        return answer(history(self._world, window(request.query, self._world.moment)))

    async def activities(self, request: web.Request) -> web.Response:
        """List what changed the account, newest first unless asked otherwise."""
        query = request.query
        size = count_of(query, "page_size", PAGE_MAX, PAGE_MAX)
        found = wanted_activities(request, self._world.activities)
        if newest_first(query):
            found.reverse()
        token = query.get("page_token")
        if token:
            places = [place for place, one in enumerate(found) if one.id == token]
            found = found[places[0] + 1 :] if places else []
        return answer([wire.activity(one) for one in found[:size]])

    async def clock(self, request: web.Request) -> web.Response:
        """Tell the time, and when the market opens and closes next."""
        del request
        world = self._world
        at, timetable = world.moment, world.timetable
        skew = world.faults.hit("clock_skew")
        closed = world.faults.hit("clock_closed") is not None
        told = at if skew is None else at + timedelta(seconds=skew.seconds)
        return answer({
            "timestamp": wire.local_moment(told),
            "is_open": timetable.current(at) is not None and not closed,
            "next_open": wire.local_moment(timetable.next_open(at)),
            "next_close": wire.local_moment(timetable.coming(at).close_at),
        })

    async def calendar(self, request: web.Request) -> web.Response:
        """List sessions, by their own days or by those on which their trades settle.

        Raises:
            NotUnderstoodError: When a value is none; a 400 here, as is published.
        """
        try:
            start, end = _day(request, "start", _EARLIEST), _day(request, "end", _LATEST)
            by = choice_of(request.query, "date_type", frozenset({"TRADING", "SETTLEMENT"}))
        except NotUnderstoodError as error:
            raise NotUnderstoodError(replace(error.refused, status=400)) from None
        first = max(start, _EARLIEST + _SETTLING_MAX) - _SETTLING_MAX
        rows = self._calendar(first, min(end, _LATEST))
        name = "settlement_date" if by == "SETTLEMENT" else "date"
        return answer([row for row in rows if f"{start}" <= row[name] <= f"{end}"])

    async def assets(self, request: web.Request) -> web.Response:
        """List what may be traded."""
        query = request.query
        attributes = choices_of(query, "attributes", _ATTRIBUTES)
        wanted = {
            "status": query.get("status"),
            "class": query.get("asset_class"),
            "exchange": query.get("exchange"),
        }
        rows: list[dict[str, Any]] = [wire.asset(one) for one in self._world.assets.all()]
        return answer([
            row
            for row in rows
            if all(value in {None, "", row[name]} for name, value in wanted.items())
            and (not attributes or not attributes.isdisjoint(row["attributes"]))
        ])

    async def asset(self, request: web.Request) -> web.Response:
        """Show one asset."""
        text = request.match_info["name"]
        name = self._world.assets.find(text)
        if name is None:
            return answer(not_found(f"asset not found for {text}"))
        return answer(wire.asset(self._world.asset(name)))

    def _calendar(self, start: date, end: date) -> list[dict[str, str]]:
        sessions = self._world.timetable.sessions(start, end + _SETTLING_MAX)
        return [
            {
                "date": f"{one.day}",
                "open": f"{one.open_at.astimezone(NEW_YORK):%H:%M}",
                "close": f"{one.close_at.astimezone(NEW_YORK):%H:%M}",
                "session_open": f"{extended_hours(one).open_at.astimezone(NEW_YORK):%H%M}",
                "session_close": f"{extended_hours(one).close_at.astimezone(NEW_YORK):%H%M}",
                "settlement_date": f"{following.day}",
            }
            for one, following in pairwise(sessions)
            if one.day <= end
        ]


def _fits(name: str, value: object) -> bool:
    if name in _CHOICES:
        return isinstance(value, str | int) and value in _CHOICES[name]
    return isinstance(value, bool)


def _day(request: web.Request, name: str, usual: date) -> date:
    found = moment_of(request.query.get(name))
    return usual if found is None else found.date()
