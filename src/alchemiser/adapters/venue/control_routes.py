"""The control endpoint: moves time, switches faults, acts by other hands, and tells the truth."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from aiohttp import web

from alchemiser.adapters.venue import hands, wire
from alchemiser.adapters.venue.answers import answer, body_of
from alchemiser.adapters.venue.desk import Desk
from alchemiser.adapters.venue.faults import close_code
from alchemiser.adapters.venue.floor import Floor
from alchemiser.adapters.venue.orders import Execution, Order
from alchemiser.adapters.venue.queries import moment_of
from alchemiser.adapters.venue.refusals import Refused, not_found
from alchemiser.adapters.venue.requests import flag, number, order_request, positive, text
from alchemiser.adapters.venue.stream import TradeUpdates
from alchemiser.adapters.venue.truth import truth
from alchemiser.adapters.venue.world import World
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ZERO

STEP_MAX: Final = 400_000_000


class ControlRoutes:
    """Answer those who direct the venue."""

    def __init__(self, world: World, desk: Desk, floor: Floor, updates: TradeUpdates) -> None:
        self._world = world
        self._desk = desk
        self._floor = floor
        self._updates = updates

    def add_to(self, app: web.Application) -> None:
        """Serve them in `app`."""
        router = app.router
        router.add_get("/control", self.overview)
        router.add_get("/control/clock", self.clock)
        router.add_post("/control/clock", self.move_clock)
        router.add_get("/control/faults", self.faults)
        router.add_post("/control/faults", self.arm)
        router.add_delete("/control/faults", self.disarm)
        router.add_delete("/control/faults/{name}", self.disarm)
        router.add_get("/control/truth", self.truth)
        router.add_post("/control/activities", self.book)
        router.add_post("/control/orders", self.enter)
        router.add_delete("/control/orders/{order_id}", self.cancel)
        router.add_post("/control/orders/{order_id}/bust", self.bust)
        router.add_post("/control/orders/{order_id}/correct", self.correct)
        router.add_post("/control/reset", self.reset)
        router.add_post("/control/halt", self.halt)
        router.add_post("/control/halt/{symbol}", self.halt)
        router.add_post("/control/assets/{symbol}", self.change_asset)
        router.add_post("/control/holiday", self.close_day)
        router.add_post("/control/stream", self.stream)

    async def overview(self, request: web.Request) -> web.Response:
        """Say how things stand, and what may be asked for."""
        resources = (one.canonical for one in request.app.router.resources())
        paths = sorted({one for one in resources if one.startswith("/control")})
        requests = dict(sorted(self._world.requests.items()))
        return answer({**self._clock(), "paths": paths, "requests": requests})

    async def clock(self, request: web.Request) -> web.Response:
        """Tell the venue's time."""
        del request
        return answer(self._clock())

    async def move_clock(self, request: web.Request) -> web.Response:
        """Move time: `advance` seconds, or `to` a moment, or at a `speed`."""
        body = _object(await body_of(request))
        clock, speed = self._world.clock, number(body, "speed")
        step, to = _step(body), moment_of(text(body, "to"))
        # Whoever leaves the years of the calendar is told so before anything has moved.
        self._world.timetable.coming(to or clock.now() + step)
        if speed is not None:
            clock.run_at(float(speed))
        clock.advance(step)
        if to is not None:
            clock.move_to(to)
        self._world.advance()
        return answer(self._clock())

    async def faults(self, request: web.Request) -> web.Response:
        """List what is switched on, how often each fault struck, and what there is."""
        del request
        return answer(self._world.faults.document())

    async def arm(self, request: web.Request) -> web.Response:
        """Switch a fault on."""
        return answer(self._world.faults.arm(await body_of(request)).document(), status=201)

    async def disarm(self, request: web.Request) -> web.Response:
        """Switch faults off."""
        count = self._world.faults.disarm(request.match_info.get("name"))
        return answer({"switched_off": count})

    async def truth(self, request: web.Request) -> web.Response:
        """Tell what is really so."""
        del request
        return answer(truth(self._world))

    async def book(self, request: web.Request) -> web.Response:
        """Change the account by what is no trade."""
        body = _object(await body_of(request))
        named = text(body, "symbol")
        name, ratio = None if named is None else self._symbol(named), number(body, "ratio")
        activity = hands.book(
            self._world,
            text(body, "activity_type") or "",
            name=name,
            amount=number(body, "net_amount"),
            per_share=number(body, "per_share_amount"),
            ratio=ratio,
        )
        if activity.kind == hands.SPLIT and name is not None and ratio is not None:
            self._desk.split(name, ratio)
        return answer(wire.activity(activity), status=201)

    async def enter(self, request: web.Request) -> web.Response:
        """Enter an order by another hand; with `price` it fills at once, at that price."""
        body = _object(await body_of(request))
        price = positive(body, "price")
        asked = order_request(
            {"type": "market", "time_in_force": "day", **body}, self._world.assets.find
        )
        found = self._desk.enter(asked)
        if isinstance(found, Order) and price is not None:
            self._floor.fill(found, found.leaves_qty(), price)
        return answer(found) if isinstance(found, Refused) else self._shown(found)

    async def cancel(self, request: web.Request) -> web.Response:
        """Cancel an order by another hand, at once."""
        found = self._order(request)
        if isinstance(found, Refused):
            return answer(found)
        self._desk.cancel_now(found)
        return self._shown(found)

    async def bust(self, request: web.Request) -> web.Response:
        """Take back a fill, the last one unless `execution_id` names another."""
        found = self._execution(request, _object(await body_of(request)))
        if isinstance(found, Refused):
            return answer(found)
        hands.bust(self._world, *found)
        return self._shown(found[0])

    async def correct(self, request: web.Request) -> web.Response:
        """Correct the price of a fill, the last one unless `execution_id` names another.

        Raises:
            InvalidValueError: When there is no price.
        """
        body = _object(await body_of(request))
        price, found = positive(body, "price"), self._execution(request, body)
        if isinstance(found, Refused):
            return answer(found)
        if price is None:
            msg = "a correction needs a price."
            raise InvalidValueError(msg)
        hands.correct(self._world, *found, price)
        return self._shown(found[0])

    async def reset(self, request: web.Request) -> web.Response:
        """End what is open, and go on with another account that has `cash` dollars alone."""
        cash = positive(_object(await body_of(request)), "cash")
        for order in self._world.open_orders():
            self._desk.cancel_now(order)
        self._world.reset(cash)
        return answer(truth(self._world))

    async def halt(self, request: web.Request) -> web.Response:
        """Halt a symbol, or with `halted` false let it trade again."""
        body = _object(await body_of(request))
        name = self._symbol(request.match_info.get("symbol") or text(body, "symbol") or "")
        if flag(body.get("halted", True)):
            self._world.halted.add(name)
        else:
            self._world.halted.discard(name)
        return answer({"halted": sorted(self._world.halted)})

    async def change_asset(self, request: web.Request) -> web.Response:
        """Change whether a symbol is `tradable` and `fractionable`."""
        body = _object(await body_of(request))
        wanted = {key: flag(body[key]) for key in ("tradable", "fractionable") if key in body}
        name = self._symbol(request.match_info["symbol"])
        return answer(wire.asset(self._world.assets.change(name, **wanted)))

    async def close_day(self, request: web.Request) -> web.Response:
        """Make a day a holiday.

        Raises:
            InvalidValueError: When it is no day.
        """
        told = text(_object(await body_of(request)), "day") or ""
        try:
            day = date.fromisoformat(told)
        except ValueError:
            msg = f"day {told!r} is no day: write one such as 2026-11-27."
            raise InvalidValueError(msg) from None
        self._world.timetable.close_day(day)
        return answer({"day": told})

    async def stream(self, request: web.Request) -> web.Response:
        """Close (`close`, a code), break (`abort`) or mute (`mute`) the connections there are."""
        body = _object(await body_of(request))
        code = number(body, "close")
        if flag(body.get("mute", False)):
            return answer({"connections": self._updates.mute()})
        if code is None and not flag(body.get("abort", False)):
            return answer({"connections": self._updates.count()})
        count = self._updates.break_off(code=None if code is None else close_code(int(code)))
        return answer({"connections": count})

    def _clock(self) -> wire.Document:
        world = self._world
        return {
            "now": wire.moment(world.moment),
            "speed": world.clock.speed,
            "is_open": world.timetable.current(world.moment) is not None,
            "next_open": wire.moment(world.timetable.next_open(world.moment)),
            "next_close": wire.moment(world.timetable.coming(world.moment).close_at),
        }

    def _symbol(self, told: str) -> Symbol:
        found = self._world.assets.find(told)
        if found is None:
            msg = f"the venue does not list {told!r}."
            raise InvalidValueError(msg)
        return found

    def _order(self, request: web.Request) -> Order | Refused:
        name = request.match_info["order_id"]
        found = self._world.order(name) or self._world.order_of_client(name)
        return not_found(f"order not found for {name}") if found is None else found

    def _execution(
        self, request: web.Request, body: Mapping[str, object]
    ) -> tuple[Order, Execution] | Refused:
        order, wanted = self._order(request), text(body, "execution_id")
        if isinstance(order, Refused):
            return order
        for one in reversed(order.executions):
            if wanted is None or one.execution_id == wanted:
                return order, one
        return not_found("execution not found")

    def _shown(self, order: Order) -> web.Response:
        return answer(wire.order(order, self._world))


def _step(body: Mapping[str, object]) -> timedelta:
    seconds = number(body, "advance") or ZERO
    if not 0 <= seconds <= STEP_MAX:
        msg = f"advance must be from 0 to {STEP_MAX} seconds, not {seconds}."
        raise InvalidValueError(msg)
    return timedelta(seconds=float(seconds))


def _object(body: object) -> Mapping[str, object]:
    if isinstance(body, dict):
        return body
    msg = "a control request is a JSON object."
    raise InvalidValueError(msg)
