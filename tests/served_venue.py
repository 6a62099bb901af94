"""The local venue on a port of loopback, in a thread, with prices and time that tests set."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http.client import HTTPConnection
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.system.clock import SystemClock
from alchemiser.adapters.venue.clock import VenueClock
from alchemiser.adapters.venue.market import VenueMarket
from alchemiser.adapters.venue.server import build_app, serve, urls
from alchemiser.adapters.venue.world import Sources, Terms, World
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol

OPEN = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
"""A Wednesday, half an hour after the open; the next day is a holiday."""
KEYS = {"APCA-API-KEY-ID": "key", "APCA-API-SECRET-KEY": "word"}


Answer = dict[str, Any]
"""A JSON object."""


@dataclass
class Prices:
    """Quote what tests say, two cents wide; implements VenueMarket."""

    middles: dict[str, str] = field(
        default_factory=lambda: {"SPY": "600.00", "TLT": "90.00", "NVDA": "180.00", "F": "0.5000"}
    )

    def symbols(self) -> tuple[Symbol, ...]:
        return tuple(Symbol(name) for name in sorted(self.middles))

    def quote(self, symbol: Symbol, at: datetime) -> Quote | None:
        if symbol not in self.middles:
            return None
        middle, half = Decimal(self.middles[symbol]), Decimal("0.01")
        return Quote(symbol=symbol, bid=middle - half, ask=middle + half, last=middle, at=at)


@dataclass(kw_only=True)
class Served:
    """A venue that is being served."""

    world: World
    prices: Prices
    urls: Mapping[str, str]

    def call(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """Return status and text of one request with keys."""
        status, content, _ = self.answered(method, path, body)
        return status, content

    def answered(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] = KEYS,
        patience: float = 10,
    ) -> tuple[int, str, Mapping[str, str]]:
        """Return status, text and headers of the answer to one request."""
        where = urlsplit(self.urls["trading_url"])
        connection = HTTPConnection(str(where.hostname), where.port, timeout=patience)
        try:
            content = body if isinstance(body, str) else json.dumps(body)
            connection.request(method, path, None if body is None else content, dict(headers))
            response = connection.getresponse()
            return response.status, response.read().decode(), dict(response.getheaders())
        finally:
            connection.close()

    def document(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON of the answer to one request, which has to succeed."""
        status, content = self.call(method, path, body)
        assert status < 300, content
        return json.loads(content)

    def advance(self, seconds: float = 2) -> None:
        """Move the venue's time."""
        self.document("POST", "/control/clock", {"advance": seconds})

    def fault(self, name: str, **parameters: object) -> None:
        """Switch a fault on."""
        self.document("POST", "/control/faults", {"name": name, **parameters})

    def hits(self) -> Mapping[str, int]:
        """Return how often each fault has struck."""
        counts: Mapping[str, int] = self.document("GET", "/control/faults")["counts"]
        return counts

    def order(self, **asked: object) -> Answer:
        """Enter an order that has to be taken; it buys a share of SPY unless told."""
        usual = {"symbol": "SPY", "side": "buy", "type": "market", "time_in_force": "day"}
        if "notional" not in asked:
            usual["qty"] = "1"
        found: Answer = self.document("POST", "/v2/orders", {**usual, **asked})
        return found

    def refused(self, **asked: object) -> tuple[int, Answer]:
        """Return status and JSON of the refusal of an order."""
        usual = {"symbol": "SPY", "side": "buy", "type": "market", "time_in_force": "day"}
        if "notional" not in asked:
            usual["qty"] = "1"
        status, content = self.call("POST", "/v2/orders", {**usual, **asked})
        assert status >= 400, content
        found: Answer = json.loads(content)
        return status, found

    def seen(self, order: Answer) -> Answer:
        """Return an order as it is now."""
        found: Answer = self.document("GET", f"/v2/orders/{order['id']}")
        return found

    def hold(self, symbol: str = "SPY", qty: str = "10") -> None:
        """Buy shares, and let the order fill."""
        self.order(symbol=symbol, qty=qty)
        self.advance()


def made(market: VenueMarket, terms: Terms, *, start: datetime = OPEN, speed: float = 0) -> World:
    """Return a venue that nobody serves yet."""
    wall = SystemClock()
    sources = Sources(
        wall=wall,
        clock=VenueClock(wall, start=start, speed=speed),
        market=market,
        calendar=SessionTable(),
        reference=ReferenceTable(),
    )
    return World(sources, terms)


@contextmanager
def served(  # noqa: PLR0913 - each is a setting of a venue
    *,
    start: datetime = OPEN,
    speed: float = 0,
    cash: str = "100000",
    rate_limit: int = 0,
    encoding: str = "binary",
    seed: int = 7,
    market: VenueMarket | None = None,
) -> Iterator[Served]:
    """Serve a venue whose time stands still, unless `speed` says otherwise, and whose prices do.

    `market` gives other prices, which move with time.
    """
    prices = Prices()
    terms = Terms(cash=Decimal(cash), seed=seed, rate_limit=rate_limit)
    world = made(market or prices, terms, start=start, speed=speed)
    ready = Event()
    stop: list[Callable[[], object]] = []
    ports: list[int] = []

    def announce(port: int) -> None:
        ports.append(port)
        ready.set()

    def work() -> None:
        asyncio.run(_until_stopped(world, encoding, announce, stop))

    thread = Thread(target=work, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield Served(world=world, prices=prices, urls=urls(ports[0]))
    finally:
        for each in stop:
            each()
        thread.join(10)
    assert not thread.is_alive()


async def _until_stopped(
    world: World,
    encoding: str,
    announce: Callable[[int], None],
    stop: list[Callable[[], object]],
) -> None:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(serve(build_app(world, encoding), 0, announce))
    stop.append(lambda: loop.call_soon_threadsafe(task.cancel))
    try:
        await task
    except asyncio.CancelledError:
        return
