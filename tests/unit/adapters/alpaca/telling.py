"""A few orders and executions, told as Alpaca tells them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.adapters.alpaca.health import Health
from alchemiser.adapters.alpaca.transport import Limits, Rim, Transport
from alchemiser.adapters.system.clock import VirtualClock, stopwatch
from alchemiser.adapters.system.pause import Pause
from tests.unit.adapters.alpaca.loopback import Asked, Loopback, Told, serving

NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
QUICK = Limits(connect=0.5, read=0.5, total=1.0, wait=0.01, wait_max=0.05, per_minute=60_000)
PATIENT = replace(QUICK, read=1.0, total=4.0)
"""For those who are answered: a busy machine may stand still for a second."""


class Word:
    """A secret of tests."""

    def __init__(self, text: str = "a secret") -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text


class Ring:
    """The keys of a test: a newer one with each reading anew, as long as there is one."""

    def __init__(self, *names: str) -> None:
        self.names = list(names or ("key",))
        self.readings: list[bool] = []

    def __call__(self, *, refresh: bool) -> tuple[str, Word]:
        self.readings.append(refresh)
        if refresh and len(self.names) > 1:
            del self.names[0]
        return self.names[0], Word()


@dataclass(slots=True)
class Alerts:
    """What a person was told."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, kind: str, text: str) -> None:
        self.told.append((kind, text))

    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.told}


def transport(
    url: str, *, limits: Limits = QUICK, keys: Ring | None = None, alerts: Alerts | None = None
) -> Transport:
    """Return a quick transport."""
    health = Health(alerts or Alerts())
    rim = Rim(stopwatch=stopwatch(), pause=Pause(), chance=lambda: 0.5, health=health)
    return Transport(url, keys or Ring(), rim, limits)


def always(value: object) -> Callable[[Asked], Told]:
    """Return what answers every time with `value`."""
    return lambda _: told(value)


def order_row(name: str = "alc-1", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return an order as it is told."""
    row: dict[str, Any] = {
        "id": f"id-{name}",
        "client_order_id": name,
        "created_at": "2026-11-27T15:00:00.123456789Z",
        "submitted_at": "2026-11-27T15:00:00.123456789Z",
        "updated_at": "2026-11-27T15:00:05Z",
        "symbol": "SPY",
        "asset_class": "us_equity",
        "notional": None,
        "qty": "10",
        "filled_qty": "0",
        "type": "limit",
        "side": "buy",
        "time_in_force": "day",
        "limit_price": "601.1",
        "status": "new",
        "legs": None,
        "a_key_of_tomorrow": {"deep": [1]},
    }
    return row | changes


def fill_row(number: int, quantity: str, cum_qty: str, **changes: object) -> dict[str, Any]:
    """Return an execution as it is told."""
    row: dict[str, Any] = {
        "id": f"202611271000{number:05d}::exec-{number}",
        "activity_type": "FILL",
        "transaction_time": f"2026-11-27T15:00:0{number}Z",
        "type": "partial_fill",
        "price": "600.55",
        "qty": quantity,
        "cum_qty": cum_qty,
        "side": "buy",
        "symbol": "SPY",
        "order_id": "id-alc-1",
    }
    return row | changes


def account_row(**changes: object) -> dict[str, Any]:
    """Return the account as it is told."""
    row: dict[str, Any] = {
        "id": "e6fe16f3-64a4-4921-8928-cadf02f92f98",
        "account_number": "PA3ABCDEF",
        "status": "ACTIVE",
        "currency": "USD",
        "cash": "12345.678",
        "equity": "20000.5",
        "buying_power": "24691.35",
        "maintenance_margin": "2296.45",
        "trading_blocked": False,
        "account_blocked": False,
        "trade_suspended_by_user": False,
        "shorting_enabled": True,
    }
    return row | changes


def told(value: object, status: int = 200, **headers: str) -> Told:
    """Return an answer of JSON."""
    return Told(status, json.dumps(value).encode(), headers)


def query(asked: Asked) -> dict[str, str]:
    """Return the query of what was asked."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(asked.path).query).items()}


@dataclass(slots=True)
class Desk:
    """A broker against a loopback that stands for Alpaca."""

    broker: AlpacaBroker
    venue: Loopback
    alerts: Alerts
    health: Health

    def know(self, *rows: dict[str, Any], fills: tuple[dict[str, Any], ...] = ()) -> None:
        """Let the venue have orders and executions."""
        by_name = {row["client_order_id"]: row for row in rows}

        def find(asked: Asked) -> Told:
            row = by_name.get(query(asked)["client_order_id"])
            missing = {"code": 40410000, "message": "order not found"}
            return told(missing, 404) if row is None else told(row)

        standing = self.venue.standing
        standing["GET /v2/orders:by_client_order_id"] = find
        standing["GET /v2/account/activities/FILL"] = lambda _: told(fills)
        for row in rows:
            standing[f"GET /v2/orders/{row['id']}"] = always(row)

    def paths(self) -> list[str]:
        """Return what was asked, without queries."""
        return [f"{one.method} {one.path.partition('?')[0]}" for one in self.venue.asked]


@contextmanager
def desk(*, limits: Limits = QUICK, keys: Ring | None = None) -> Iterator[Desk]:
    """Serve a venue that knows nothing yet, and a broker at it."""
    alerts = Alerts()
    with serving() as venue:
        venue.standing["GET /v2/clock"] = always({"timestamp": NOW.isoformat(), "is_open": True})
        line = transport(venue.url, limits=limits, keys=keys, alerts=alerts)
        broker = AlpacaBroker(line, VirtualClock(NOW))
        yield Desk(broker, venue, alerts, line.health())
        broker.close()
