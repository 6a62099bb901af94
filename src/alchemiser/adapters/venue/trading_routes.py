"""Alpaca's REST of orders and positions."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from aiohttp import web

from alchemiser.adapters.venue import statement, wire
from alchemiser.adapters.venue.answers import answer, body_of
from alchemiser.adapters.venue.desk import Desk
from alchemiser.adapters.venue.listings import order_list
from alchemiser.adapters.venue.orders import Order, OrderRequest
from alchemiser.adapters.venue.queries import count_of, flag_of, newest_first, order_id_of
from alchemiser.adapters.venue.refusals import INTERNAL, Refused, not_found
from alchemiser.adapters.venue.replacing import changes
from alchemiser.adapters.venue.requests import NotUnderstoodError, order_request, positive
from alchemiser.adapters.venue.world import World
from alchemiser.domain.values.identifiers import Symbol

ORDERS_DEFAULT: Final = 50
ORDERS_MAX: Final = 500
_FAILED: Final = Refused(status=500, code=INTERNAL, message="internal server error")


class TradingRoutes:
    """Answer requests about orders and positions."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world = world
        self._desk = desk

    def add_to(self, app: web.Application) -> None:
        """Serve them in `app`."""
        router = app.router
        router.add_post("/v2/orders", self.take)
        router.add_get("/v2/orders", self.orders)
        router.add_delete("/v2/orders", self.cancel_all)
        router.add_get("/v2/orders:by_client_order_id", self.by_client_order_id)
        router.add_get("/v2/orders/{order_id}", self.order)
        router.add_patch("/v2/orders/{order_id}", self.replace)
        router.add_delete("/v2/orders/{order_id}", self.cancel)
        router.add_get("/v2/positions", self.positions)
        router.add_delete("/v2/positions", self.close_all)
        router.add_get("/v2/positions/{name}", self.position)
        router.add_delete("/v2/positions/{name}", self.close)

    async def take(self, request: web.Request) -> web.Response:
        """Take an order."""
        asked = order_request(await body_of(request), self._world.assets.find)
        late = self._world.faults.hit("late_acceptance", asked.symbol)
        if late is not None:
            at = timedelta(seconds=late.seconds)
            self._world.after(at, lambda: self._enter_late(asked))
            return answer(Refused(status=504, code=None, message="gateway timeout"))
        return self._shown(self._desk.enter(asked), nested=True)

    async def orders(self, request: web.Request) -> web.Response:
        """List orders."""
        query, asked = request.query, order_list(request)
        limit = count_of(query, "limit", ORDERS_DEFAULT, ORDERS_MAX)
        found = asked.of(self._visible())
        if newest_first(query):
            found.reverse()
        cut = self._world.faults.hit("orders_truncated")
        if cut is not None:
            limit = min(limit, cut.value)
        return answer([wire.order(one, self._world, nested=asked.nested) for one in found[:limit]])

    async def order(self, request: web.Request) -> web.Response:
        """Show one order."""
        return self._shown(self._found(request), nested=flag_of(request.query, "nested"))

    async def by_client_order_id(self, request: web.Request) -> web.Response:
        """Show the order that the client names so.

        Raises:
            NotUnderstoodError: When the client names none.
        """
        name = request.query.get("client_order_id")
        if not name:
            raise NotUnderstoodError("client_order_id is required")
        found = self._world.order_of_client(name)
        if found is None or found.visible_at > self._world.moment:
            return answer(not_found(f"order not found for {name}"))
        return self._shown(found)

    async def replace(self, request: web.Request) -> web.Response:
        """Replace an order by another."""
        found = self._found(request)
        wanted = changes(await body_of(request))
        if isinstance(found, Refused):
            return answer(found)
        return self._shown(self._desk.replace(found, wanted))

    async def cancel(self, request: web.Request) -> web.Response:
        """Cancel an order."""
        found = self._found(request)
        refused = found if isinstance(found, Refused) else self._desk.cancel(found)
        return web.Response(status=204) if refused is None else answer(refused)

    async def cancel_all(self, request: web.Request) -> web.Response:
        """Cancel every open order."""
        del request
        return answer(self._cancel_all(), status=207)

    async def positions(self, request: web.Request) -> web.Response:
        """List positions."""
        del request
        return answer(statement.positions(self._world))

    async def position(self, request: web.Request) -> web.Response:
        """Show one position."""
        name = self._held(request)
        held = None if name is None else statement.seen_balance(self._world).holdings.get(name)
        if name is None or held is None:
            return answer(not_found("position does not exist"))
        return answer(statement.position(self._world, name, held))

    async def close(self, request: web.Request) -> web.Response:
        """Close a position, or a part of it.

        Raises:
            NotUnderstoodError: When the part is none.
        """
        name = self._held(request)
        if name is None:
            return answer(not_found("position does not exist"))
        quantity, percentage = positive(request.query, "qty"), positive(request.query, "percentage")
        if quantity is not None and percentage is not None:
            raise NotUnderstoodError("only one of qty or percentage is accepted")
        if percentage is not None:
            quantity = self._part(name, percentage)
        return self._shown(self._desk.close(name, quantity))

    async def close_all(self, request: web.Request) -> web.Response:
        """Close every position."""
        if flag_of(request.query, "cancel_orders"):
            self._cancel_all(at_once=True)
        answers = [self._closed(name) for name in sorted(self._world.account.balance.holdings)]
        return answer(answers, status=207)

    def _closed(self, name: Symbol) -> wire.Document:
        failed = self._world.faults.hit("partial_207", name)
        result = _FAILED if failed is not None else self._desk.close(name, None)
        if isinstance(result, Refused):
            return {"symbol": name, "status": result.status, "body": result.document()}
        return {"symbol": name, "status": 200, "body": wire.order(result, self._world)}

    def _cancel_all(self, *, at_once: bool = False) -> list[wire.Document]:
        answers: list[wire.Document] = []
        for one in self._world.open_orders():
            if one.status.is_terminal() or _goes_with_its_entry(one):
                continue
            if self._world.faults.hit("partial_207", one.symbol):
                body = _FAILED.document()
                answers.append({"id": one.id, "status": _FAILED.status, "body": body})
                continue
            refused = self._desk.cancel(one)
            status = 200 if refused is None else refused.status
            body = {} if refused is None else {"body": refused.document()}
            answers.append({"id": one.id, "status": status, **body})
            if at_once and refused is None:
                self._desk.cancel_now(one)
        return answers

    def _enter_late(self, asked: OrderRequest) -> None:
        self._desk.enter(asked)

    def _visible(self) -> list[Order]:
        moment = self._world.moment
        return [one for one in self._world.orders if one.visible_at <= moment]

    def _found(self, request: web.Request) -> Order | Refused:
        name = order_id_of(request.match_info["order_id"])
        found = self._world.order(name)
        if found is None or found.visible_at > self._world.moment:
            return not_found(f"order not found for {name}")
        return found

    def _held(self, request: web.Request) -> Symbol | None:
        return self._world.assets.find(request.match_info["name"])

    def _part(self, name: Symbol, percentage: Decimal) -> Decimal:
        if percentage > Decimal(100):
            raise NotUnderstoodError("percentage must be between 0 and 100")
        part = self._desk.share_of(name, percentage)
        if not part:
            raise NotUnderstoodError("qty must be > 0")
        return part

    def _shown(self, found: Order | Refused, *, nested: bool = False) -> web.Response:
        if isinstance(found, Refused):
            return answer(found)
        return answer(wire.order(found, self._world, nested=nested))


def _goes_with_its_entry(one: Order) -> bool:
    return one.parent is not None and not one.parent.status.is_terminal()
