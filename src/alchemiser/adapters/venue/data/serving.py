"""The data interface, put into the venue's server."""

from datetime import datetime

from aiohttp import web

from alchemiser.adapters.venue.answers import answer, body_of
from alchemiser.adapters.venue.data.prices import Prices
from alchemiser.adapters.venue.data.query import Plan
from alchemiser.adapters.venue.data.rest import rest_routes
from alchemiser.adapters.venue.data.source import Source
from alchemiser.adapters.venue.data.stream import DataStream
from alchemiser.adapters.venue.requests import flag, number
from alchemiser.adapters.venue.world import World


def add_data_routes(app: web.Application, world: World, prices: Prices) -> DataStream:
    """Serve market data of `prices` in `app`, as of the time of `world`, with its faults.

    What is halted at the venue is halted here; a change of that is told once time has moved.
    """

    def sync(now: datetime) -> None:
        prices.halts.follow(world.halted, now)

    def present() -> datetime:
        sync(world.moment)
        return world.moment

    source = Source(prices=prices, now=present, plan=Plan(), faults=world.faults)

    async def control(request: web.Request) -> web.Response:
        """Change the plan: `recent` and `symbols_max`; tell it and the connections there are."""
        plan, body = source.plan, await body_of(request)
        if isinstance(body, dict) and "recent" in body:
            plan.recent = flag(body["recent"])
        if isinstance(body, dict) and "symbols_max" in body:
            most = number(body, "symbols_max")
            plan.stream_symbols_max = None if most is None else int(most)
        return answer({
            "recent": plan.recent,
            "symbols_max": plan.stream_symbols_max,
            "connections": stream.count(),
            "subscribed": stream.subscribed(),
        })

    app.add_routes(rest_routes(source))
    stream = DataStream(source)
    stream.add_to(app)
    app.router.add_post("/control/data", control)
    world.listeners += [sync, stream.tick]
    return stream
