"""What every request passes: time moves, keys are asked for, limits and faults strike."""

from asyncio import Event
from datetime import datetime, timedelta
from email.utils import format_datetime

from aiohttp import web
from aiohttp.typedefs import Handler

from alchemiser.adapters.venue import fault_answers
from alchemiser.adapters.venue.answers import answer
from alchemiser.adapters.venue.faults import Fault
from alchemiser.adapters.venue.rate_limit import RateLimit
from alchemiser.adapters.venue.refusals import TOO_MANY, Refused
from alchemiser.adapters.venue.world import World

_UNAUTHORIZED = Refused(status=401, code=None, message="unauthorized.")
_LIMITED = Refused(status=429, code=TOO_MANY, message="rate limit exceeded")
_HANGING = frozenset({"hang", "accept_then_hang"})
_DROPPING = frozenset({"drop", "accept_then_drop"})


class Gate:
    """Stand before every route."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._trading = RateLimit(world.terms.rate_limit)
        self._data = RateLimit(world.terms.rate_limit)
        self._closing = Event()

    def add_to(self, app: web.Application) -> None:
        """Stand before the routes of `app`."""

        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self.pass_through(request, handler)

        app.middlewares.append(gate)
        app.on_shutdown.append(self._close)

    async def pass_through(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request pass, or answer it as the venue's rules and faults have it."""
        self._world.advance()
        path = request.path
        if not path.startswith("/v") or request.headers.get("Upgrade"):
            return await handler(request)
        resource = request.match_info.route.resource
        self._world.requests["unknown" if resource is None else resource.canonical] += 1
        if not _has_key(request):
            return answer(_UNAUTHORIZED)
        now, limit = self._world.wall.now(), self._data if _is_data(path) else self._trading
        if not limit.take(now):
            return self._headed(answer(_LIMITED), limit, now)
        fault = self._world.faults.hit_request("request", request.method, path, request.query)
        instead = None if fault is None else await self._before(fault, request)
        if instead is not None:
            return instead
        response = await handler(request)
        fault = self._world.faults.hit_request("answer", request.method, path, request.query)
        if fault is not None and isinstance(response, web.Response):
            response = await self._after(fault, request, response)
        return self._headed(response, limit, now)

    def _headed(
        self, response: web.StreamResponse, limit: RateLimit, now: datetime
    ) -> web.StreamResponse:
        """Return `response` with the venue's own time, as a server elsewhere would tell it."""
        at = self._world.clock.now()
        response.headers["Date"] = format_datetime(at.replace(microsecond=0), usegmt=True)
        response.headers.update(limit.headers(now, at - now))
        return response

    async def _before(self, fault: Fault, request: web.Request) -> web.Response | None:
        name = fault.kind.name
        if name in _DROPPING:
            return _dropped(request)
        if name in _HANGING:
            await self._closing.wait()
        if name == "delay":
            await self._wait(fault)
            self._world.advance()
        return fault_answers.before(fault, self._world.clock.now().timestamp())

    async def _after(
        self, fault: Fault, request: web.Request, response: web.Response
    ) -> web.Response:
        name = fault.kind.name
        if name in _DROPPING:
            return _dropped(request)
        if name in _HANGING:
            await self._closing.wait()
        if name in _HANGING or name == "late_answer":
            await self._wait(fault)
            return response
        return fault_answers.after(fault, response)

    async def _wait(self, fault: Fault) -> None:
        wall = self._world.wall
        await wall.wait_until(wall.now() + timedelta(seconds=fault.seconds))

    async def _close(self, app: web.Application) -> None:
        del app
        self._closing.set()


def _has_key(request: web.Request) -> bool:
    headers = request.headers
    both = headers.get("APCA-API-KEY-ID") and headers.get("APCA-API-SECRET-KEY")
    return bool(both or headers.get("Authorization"))


def _is_data(path: str) -> bool:
    return path.startswith(("/v1", "/v2/stocks"))


def _dropped(request: web.Request) -> web.Response:
    """Break the connection; what is returned reaches nobody."""
    if request.transport is not None:
        request.transport.close()
    return web.Response(status=500)
