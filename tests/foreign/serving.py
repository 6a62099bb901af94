"""A venue of others on a port of loopback, in a thread of its own."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from threading import Event, Thread
from typing import Final

from aiohttp import web

from alchemiser.adapters.sessions.table import SessionTable
from tests.foreign import rest, streams
from tests.foreign.habits import Habits
from tests.foreign.market import Market
from tests.foreign.venue import Venue

NEAR_CLOSE: Final = datetime.fromisoformat("2025-06-16T19:40:00+00:00")


FIRST_BAR: Final = date(2024, 6, 3)


def _past(first: date, last: date) -> list[date]:
    return [one.day for one in SessionTable().sessions(max(first, FIRST_BAR), last)]


@contextmanager
def serving(habits: Habits, at: datetime = NEAR_CLOSE) -> Iterator[tuple[Venue, str]]:
    """Serve a venue whose time begins at `at`; yield it and its address, without a scheme."""
    venue = Venue(Market(at, habits, time.monotonic, _past), habits)
    ready, stop = Event(), list[Callable[[], object]]()
    ports: list[int] = []

    async def serve() -> None:
        app = web.Application(middlewares=[rest.guarded])
        app[rest.VENUE] = venue
        app.add_routes([*rest.routes(), *streams.routes()])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        over, loop = asyncio.Event(), asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(over.set))
        ports.append(runner.addresses[0][1])
        ready.set()
        await over.wait()
        await runner.cleanup()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield venue, f"127.0.0.1:{ports[0]}"
    finally:
        for each in stop:
            each()
        thread.join(10)
    assert not thread.is_alive()


def configuration(address: str, more: str = "") -> str:
    """Return the configuration of a paper account at a venue."""
    return (
        '[account]\nmode = "paper"\n[broker]\nadapter = "alpaca"\n'
        f'trading_url = "http://{address}"\nstream_url = "ws://{address}/stream"\n'
        f'requests_per_minute = 10000\n[data]\nadapter = "alpaca"\nurl = "http://{address}"\n'
        f'stream_url = "ws://{address}/v2/iex"\nrequests_per_minute = 10000\n{more}'
        '[strategies.sixty-forty]\nplugin = "alchemiser-sixty-forty"\nweight = 0.97\n'
    )
