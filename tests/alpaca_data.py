"""A broker's data and clock in memory, paged and stamped as the published interface says."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from alchemiser.domain.values.session import Session
from alchemiser.ports.errors import PortUnavailableError

NEW_YORK = ZoneInfo("America/New_York")
Row = dict[str, object]
Rows = Mapping[str, Sequence[Row]]


def silent(text: str) -> None:
    """Tell nobody."""
    del text


def stamp(day: date) -> str:
    """Return what a daily bar of `day` is stamped."""
    moment = datetime.combine(day, time(), NEW_YORK).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def bar(day: date, close: float, **changed: object) -> Row:
    """Return a sound bar as it is sent."""
    row: Row = {"t": stamp(day), "o": close, "h": close * 1.01, "l": close * 0.99, "c": close}
    return row | {"v": 1_000, "n": 10, "vw": close} | changed


@dataclass
class Broker:
    """Answer as the broker does, and count the requests by path.

    Attributes:
        adjusted: Bars by symbol, adjusted for everything.
        raw: Bars by symbol as traded.
        latest: Bodies of the latest quotes and trades, by the last but one part of the path.
        actions: Announcements by group.
        calendar: The sessions that it knows.
        clock: The body of its clock.
        page: Rows of a page at most.
        fails: Raises when it is to fail.
    """

    adjusted: Rows = field(default_factory=dict)
    raw: Rows = field(default_factory=dict)
    latest: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)
    actions: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    calendar: Sequence[Session] = ()
    clock: Mapping[str, object] = field(default_factory=dict)
    page: int = 10_000
    fails: bool = False
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def requests(self) -> Counter[str]:
        """Return how often each path was asked."""
        return Counter(path for path, _ in self.asked)

    def get(self, path: str, params: Mapping[str, str]) -> bytes:
        """Return the body of an answer.

        Raises:
            PortUnavailableError: When it is to fail.
        """
        self.asked.append((path, dict(params)))
        if self.fails:
            msg = "the broker does not answer"
            raise PortUnavailableError(msg)
        answer: Callable[[Mapping[str, str]], object] = {
            "/v2/stocks/bars": self._bars,
            "/v2/stocks/quotes/latest": lambda one: self._latest("quotes", one),
            "/v2/stocks/trades/latest": lambda one: self._latest("trades", one),
            "/v1/corporate-actions": self._actions,
            "/v2/calendar": self._calendar,
            "/v2/clock": lambda _: self.clock,
        }[path]
        return json.dumps(answer(params)).encode()

    def _bars(self, params: Mapping[str, str]) -> object:
        held = self.adjusted if params["adjustment"] == "all" else self.raw
        rows = [
            (name, row)
            for name in sorted(params["symbols"].split(","))
            for row in held.get(name, ())
            if params["start"] <= str(row["t"]) <= params["end"]
        ]
        start, size = int(params.get("page_token", "0")), min(self.page, int(params["limit"]))
        told: dict[str, list[Row]] = {}
        for name, row in rows[start : start + size]:
            told.setdefault(name, []).append(row)
        more = start + size < len(rows)
        return {"bars": told, "next_page_token": str(start + size) if more else None}

    def _latest(self, kind: str, params: Mapping[str, str]) -> object:
        held = self.latest.get(kind, {})
        return {kind: {name: held[name] for name in params["symbols"].split(",") if name in held}}

    def _actions(self, params: Mapping[str, str]) -> object:
        names = set(params["symbols"].split(","))
        rows = [
            (group, row)
            for group, told in self.actions.items()
            for row in told
            if names & {str(value) for value in row.values()}
            and params["start"] <= str(row["process_date"]) <= params["end"]
        ]
        start, size = int(params.get("page_token", "0")), min(self.page, int(params["limit"]))
        told: dict[str, list[Row]] = {}
        for group, row in rows[start : start + size]:
            told.setdefault(group, []).append(row)
        more = start + size < len(rows)
        return {"corporate_actions": told, "next_page_token": str(start + size) if more else None}

    def _calendar(self, params: Mapping[str, str]) -> object:
        return [
            {
                "date": str(one.day),
                "open": one.open_at.astimezone(NEW_YORK).strftime("%H:%M"),
                "close": one.close_at.astimezone(NEW_YORK).strftime("%H:%M"),
                "session_open": "0400",
                "session_close": "2000",
                "settlement_date": str(one.day),
            }
            for one in self.calendar
            if params["start"] <= str(one.day) <= params["end"]
        ]
