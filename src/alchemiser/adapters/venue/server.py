"""The venue's server."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from alchemiser.adapters.venue.account_routes import AccountRoutes
from alchemiser.adapters.venue.answers import WORLD, refusing
from alchemiser.adapters.venue.bell import Bell
from alchemiser.adapters.venue.control_routes import ControlRoutes
from alchemiser.adapters.venue.data.prices import Prices
from alchemiser.adapters.venue.data.serving import add_data_routes
from alchemiser.adapters.venue.desk import Desk
from alchemiser.adapters.venue.floor import Floor
from alchemiser.adapters.venue.gate import Gate
from alchemiser.adapters.venue.stream import JSON_BINARY, TradeUpdates
from alchemiser.adapters.venue.trading_routes import TradingRoutes
from alchemiser.adapters.venue.world import World

HOST = "127.0.0.1"
_TICK_MIN = 0.001
_TICK_MAX = 0.05


def build_app(world: World, encoding: str = JSON_BINARY) -> web.Application:
    """Return the server of `world`; `encoding` is how its stream goes to those who ask for none."""
    app = web.Application()
    app[WORLD] = world
    gate = Gate(world)
    gate.add_to(app)
    app.middlewares.append(refusing)
    floor = Floor(world)
    Bell(world, floor)
    desk, updates = Desk(world, floor), TradeUpdates(world, encoding)
    TradingRoutes(world, desk).add_to(app)
    AccountRoutes(world).add_to(app)
    updates.add_to(app)
    ControlRoutes(world, desk, floor, updates).add_to(app)
    if isinstance(world.market, Prices):
        add_data_routes(app, world, world.market)
    app.cleanup_ctx.append(_ticking)
    return app


async def serve(app: web.Application, port: int, announce: Callable[[int], None]) -> None:
    """Serve `app` on loopback until this is cancelled.

    Args:
        app: The server.
        port: Where; 0 is any free one.
        announce: Called with the port once requests are taken.

    Raises:
        OSError: When the port is taken.
    """
    log = logging.getLogger("aiohttp.server")
    log.addFilter(_is_ours)
    runner = web.AppRunner(app, access_log=None, logger=log, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        announce(int(runner.addresses[0][1]))
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
        log.removeFilter(_is_ours)


def urls(port: int) -> dict[str, str]:
    """Return where each part of the venue is found, as clients want it written."""
    rest = f"http://{HOST}:{port}"
    stream = f"ws://{HOST}:{port}"
    return {
        "trading_url": rest,
        "data_url": rest,
        "stream_url": f"{stream}/stream",
        "data_stream_url": f"{stream}/v2/iex",
        "control_url": f"{rest}/control",
    }


def _is_ours(record: logging.LogRecord) -> bool:
    """Say whether a failure is the venue's: what is no HTTP is refused, and no news to anybody."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | web.RequestPayloadError)


async def _ticking(app: web.Application) -> AsyncIterator[None]:
    """Let time pass while the server runs: events come although nobody asks."""
    loop, world = asyncio.get_running_loop(), app[WORLD]
    timer: list[asyncio.TimerHandle] = []

    def tick() -> None:
        try:
            world.advance()
        finally:
            timer[:] = [loop.call_later(_pause(world.due_at(), world), tick)]

    tick()
    yield
    timer[0].cancel()


def _pause(due: datetime | None, world: World) -> float:
    """Return the seconds until something may happen next."""
    if due is None or not world.clock.speed:
        return _TICK_MAX
    left = (due - world.clock.now()).total_seconds() / world.clock.speed
    return min(max(left, _TICK_MIN), _TICK_MAX)
