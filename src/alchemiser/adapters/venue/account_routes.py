"""Alpaca's REST of the account, the clock, the calendar, assets and activities."""

import re
from collections.abc import Container, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from aiohttp import web

from alchemiser.adapters.venue import statement, wire
from alchemiser.adapters.venue.activities import Activity
from alchemiser.adapters.venue.answers import answer, body_of, count_of
from alchemiser.adapters.venue.refusals import not_found
from alchemiser.adapters.venue.requests import NotUnderstoodError
from alchemiser.adapters.venue.timetable import NEW_YORK, extended_hours, local_day
from alchemiser.adapters.venue.trading_routes import moment_of
from alchemiser.adapters.venue.world import CONFIGURATIONS, World

PAGE_MAX: Final = 100
_EARLIEST: Final = date(1990, 1, 2)
_LATEST: Final = date(2029, 12, 31)
PERIOD_DAYS_MAX: Final = 3660
_PERIOD: Final = re.compile(r"(\d{1,4})([DWMA])", re.ASCII)
_DAYS: Final = {"D": 1, "W": 7, "M": 31, "A": 366}
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
        """Show the equity over time, a point a session.

        Raises:
            NotUnderstoodError: When the period is none.
        """
        text = request.query.get("period")
        if text is None:
            return answer(statement.history(self._world, timedelta(days=_DAYS["M"])))
        found = _PERIOD.fullmatch(text)
        if found is None:
            raise NotUnderstoodError("invalid period")
        days = int(found[1]) * _DAYS[found[2]]
        return answer(statement.history(self._world, timedelta(days=min(days, PERIOD_DAYS_MAX))))

    async def activities(self, request: web.Request) -> web.Response:
        """List what changed the account, newest first unless asked otherwise."""
        size = count_of(request, "page_size", PAGE_MAX, PAGE_MAX)
        found = list(self._wanted(request))
        if request.query.get("direction", "desc") != "asc":
            found.reverse()
        token = request.query.get("page_token")
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
        """List sessions."""
        start = _day(request.query.get("start"), _EARLIEST)
        end = _day(request.query.get("end"), _LATEST)
        sessions = self._world.timetable.sessions(max(start, _EARLIEST), min(end, _LATEST))
        return answer([
            {
                "date": f"{one.day}",
                "open": f"{one.open_at.astimezone(NEW_YORK):%H:%M}",
                "close": f"{one.close_at.astimezone(NEW_YORK):%H:%M}",
                "session_open": f"{extended_hours(one).open_at.astimezone(NEW_YORK):%H%M}",
                "session_close": f"{extended_hours(one).close_at.astimezone(NEW_YORK):%H%M}",
                "settlement_date": f"{self._world.timetable.coming(one.close_at).day}",
            }
            for one in sessions
        ])

    async def assets(self, request: web.Request) -> web.Response:
        """List what may be traded."""
        query = request.query
        wanted = {
            "status": query.get("status"),
            "class": query.get("asset_class"),
            "exchange": query.get("exchange"),
        }
        rows = [wire.asset(one) for one in self._world.assets.all()]
        return answer([
            row
            for row in rows
            if all(value in {None, "", row[name]} for name, value in wanted.items())
        ])

    async def asset(self, request: web.Request) -> web.Response:
        """Show one asset."""
        text = request.match_info["name"]
        name = self._world.assets.find(text)
        if name is None:
            return answer(not_found(f"asset not found for {text}"))
        return answer(wire.asset(self._world.asset(name)))

    def _wanted(self, request: web.Request) -> Iterator[Activity]:
        query = request.query
        named = request.match_info.get("kind") or query.get("activity_types") or ""
        kinds, category = {one for one in named.split(",") if one}, query.get("category")
        order_id = query.get("order_id")
        after, until = moment_of(query.get("after")), moment_of(query.get("until"))
        day = moment_of(query.get("date"))
        for one in self._world.activities:
            if (
                (not kinds or one.kind in kinds)
                and (category is None or one.is_trade() is (category == "trade_activity"))
                and (order_id is None or (one.order is not None and one.order.id == order_id))
                and _is_between(one.at, after, until)
                and (day is None or local_day(one.at) == day.date())
            ):
                yield one


def _is_between(at: datetime, after: datetime | None, until: datetime | None) -> bool:
    return (after is None or at > after) and (until is None or at <= until)


def _fits(name: str, value: object) -> bool:
    if name in _CHOICES:
        return isinstance(value, str | int) and value in _CHOICES[name]
    return isinstance(value, bool)


def _day(text: str | None, usual: date) -> date:
    found = moment_of(text)
    return usual if found is None else found.date()
