"""The venue's desk: takes, replaces and cancels orders, and closes positions."""

from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Final

from alchemiser.adapters.venue.auctions import is_locked
from alchemiser.adapters.venue.floor import Floor
from alchemiser.adapters.venue.means import Asking
from alchemiser.adapters.venue.orders import (
    InForce,
    Kind,
    Leg,
    Order,
    OrderClass,
    OrderRequest,
    Status,
)
from alchemiser.adapters.venue.refusals import Refused, not_found, unprocessable
from alchemiser.adapters.venue.replacing import Changes, after_split, chained
from alchemiser.adapters.venue.rules import intent, refusal
from alchemiser.adapters.venue.world import World
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, SHARE

_HUNDRED: Final = Decimal(100)
_ABOUT_TO_END: Final = frozenset({Status.PENDING_CANCEL, Status.PENDING_REPLACE})
_MICROSECOND: Final = timedelta(microseconds=1)


class Desk:
    """Do what clients ask for."""

    def __init__(self, world: World, floor: Floor) -> None:
        self._world = world
        self._floor = floor
        self._made_so_far = 0
        self._last_at = world.moment

    def enter(self, request: OrderRequest) -> Order | Refused:
        """Take an order, or say why not."""
        asking = Asking(world=self._world, request=request)
        refused = refusal(asking)
        if refused is not None:
            return refused
        told = replace(request, position_intent=intent(asking))
        order = self._made(told, None)
        self._add_legs(order)
        self._world.add(order)
        for leg in order.legs:
            self._world.add(leg)
        hidden = self._world.faults.hit("hidden_order", order.symbol)
        if hidden is not None:
            order.visible_at += timedelta(seconds=hidden.seconds)
        self._floor.enter(order)
        return order

    def cancel(self, order: Order) -> Refused | None:
        """Begin to cancel `order`, or say why that is too late."""
        world = self._world
        if order.status.is_terminal():
            return unprocessable(f'order is already in "{order.status.value}" state')
        if order.status is Status.PENDING_CANCEL:
            return unprocessable("order pending cancel")
        if is_locked(order.asked.in_force, world.timetable, world.moment):
            return unprocessable("order is not cancelable")
        order.status = Status.PENDING_CANCEL
        order.moments["cancel_requested_at"] = order.updated_at = world.moment
        stuck = world.faults.hit("cancel_stuck", order.symbol)
        latency = world.settings.cancel_latency
        if world.faults.hit("cancel_fill_race", order.symbol):
            world.after(latency / 2, lambda: self._fill_whole(order))
        elif stuck is not None:
            latency = timedelta(seconds=stuck.seconds)
        world.after(latency, lambda: self._floor.end(order, Status.CANCELED))
        return None

    def cancel_now(self, order: Order) -> None:
        """Let `order` end as canceled at once."""
        self._floor.end(order, Status.CANCELED)

    def replace(self, order: Order, changes: Changes) -> Order | Refused:
        """Begin to replace `order` by one with `changes`, or say why not; answers the new one."""
        world = self._world
        request = chained(order, changes)
        if isinstance(request, Refused):
            return request
        refused = refusal(Asking(world=world, request=request, replaces=order))
        if refused is not None:
            return refused
        new = self._made(request, order.parent)
        new.replaces, new.status = order, Status.PENDING_NEW
        before, order.status = order.status, Status.PENDING_REPLACE
        order.updated_at = world.moment
        world.add(new)
        world.after(world.settings.cancel_latency, lambda: self._replaced(order, new, before))
        return new

    def split(self, name: Symbol, ratio: Decimal) -> None:
        """Let the open orders of `name` follow a split that gives `ratio` shares for one.

        Each is replaced by one of the same worth; where shares become fewer, they are canceled.
        Source: FINRA Rule 5330.
        """
        for order in self._world.open_orders():
            ends = order.status.is_terminal() or order.status in _ABOUT_TO_END
            if order.symbol != name or ends:
                continue
            if ratio < 1:
                self._floor.end(order, Status.CANCELED)
            elif order.quantity is not None:
                self._follow(order, ratio)

    def _follow(self, order: Order, ratio: Decimal) -> None:
        new = self._made(after_split(order, ratio), order.parent)
        self._world.add(new)
        before, order.status = order.status, Status.PENDING_REPLACE
        new.replaces = order
        self._succeed(order, new, before, ratio)

    def close(self, name: Symbol, quantity: Decimal | None) -> Order | Refused:
        """Send a market order that closes `quantity` shares of the position; None is all of it."""
        held = self._world.account.balance.quantity(name)
        if not held:
            return not_found("position does not exist")
        return self.enter(
            OrderRequest(
                client_order_id=None,
                symbol=name,
                side=Side.SELL if held > 0 else Side.BUY,
                kind=Kind.MARKET,
                in_force=InForce.DAY,
                quantity=abs(held) if quantity is None else quantity,
            )
        )

    def share_of(self, name: Symbol, percentage: Decimal) -> Decimal:
        """Return `percentage` of the position in `name`, in shares; whole ones where it must be."""
        held = abs(self._world.account.balance.quantity(name))
        step = self._world.asset(name).instrument.quantity_increment
        return (held * percentage / _HUNDRED).quantize(max(step, SHARE), rounding=ROUND_DOWN)

    def _made(self, request: OrderRequest, parent: Order | None) -> Order:
        world = self._world
        self._made_so_far += 1
        number = self._made_so_far
        # No two orders have one moment: lists of them are paged by it.
        self._last_at = at = max(world.moment, self._last_at + _MICROSECOND)
        order_id = world.draws.uuid(f"order|{number}")
        client = request.client_order_id or world.draws.uuid(f"client|{number}")
        return Order(
            number=number,
            id=order_id,
            client_order_id=client,
            asked=replace(request, client_order_id=client),
            quantity=request.quantity,
            limit_price=request.limit_price,
            stop_price=request.stop_price,
            status=Status.PENDING_NEW,
            session=world.timetable.coming(world.moment, extended=request.extended_hours).day,
            created_at=at,
            updated_at=at,
            visible_at=world.moment,
            parent=parent,
        )

    def _add_legs(self, order: Order) -> None:
        asked = order.asked
        profit = asked.take_profit if asked.order_class is not OrderClass.OCO else None
        for leg in (profit, asked.stop_loss):
            if leg is not None:
                order.legs.append(self._made(_leg_request(asked, leg), order))

    def _fill_whole(self, order: Order) -> None:
        quote = self._world.quote(order.symbol)
        if quote is not None:
            self._floor.fill(order, order.leaves_qty(), _price(order, quote))

    def _replaced(self, old: Order, new: Order, before: Status) -> None:
        world = self._world
        if new.status.is_terminal():
            return
        if old.status is not Status.PENDING_REPLACE or world.faults.hit(
            "replace_rejected", old.symbol
        ):
            if old.status is Status.PENDING_REPLACE:
                old.status = Status.PARTIALLY_FILLED if old.filled_qty() else before
            world.publish("order_replace_rejected", old)
            self._floor.end(new, Status.REJECTED)
            return
        self._succeed(old, new, before, ONE)

    def _succeed(self, old: Order, new: Order, before: Status, ratio: Decimal) -> None:
        """Let `new` go on where `old` stood, in shares of which there are `ratio` for one."""
        new.inherited_qty = old.filled_qty() * ratio
        new.inherited_cost = (old.average_price() or Decimal(0)) * old.filled_qty()
        old.replaced_by = new
        new.legs, old.legs = old.legs, []
        for leg in new.legs:
            leg.parent = new
        if old.parent is not None:
            old.parent.legs = [new if leg is old else leg for leg in old.parent.legs]
        self._floor.end(old, Status.REPLACED)
        if before is Status.ACCEPTED:  # it waits for its session still
            new.status = before
        elif before is Status.HELD:
            new.status = Status.HELD
            self._floor.meet(new)
        else:
            self._floor.activate(new)


def _leg_request(asked: OrderRequest, leg: Leg) -> OrderRequest:
    """Return the exit order that `leg` of an entry, or of an OCO, asks for."""
    is_exit = asked.order_class is OrderClass.OCO
    opposite = Side.SELL if asked.side is Side.BUY else Side.BUY
    side = asked.side if is_exit else opposite
    kind = Kind.LIMIT
    if leg.stop_price is not None:
        kind = Kind.STOP if leg.limit_price is None else Kind.STOP_LIMIT
    return OrderRequest(
        client_order_id=None,
        symbol=asked.symbol,
        side=side,
        kind=kind,
        in_force=asked.in_force,
        quantity=asked.quantity,
        limit_price=leg.limit_price,
        stop_price=leg.stop_price,
        order_class=asked.order_class,
        position_intent=f"{side.value}_to_close",
    )


def _price(order: Order, quote: Quote) -> Decimal:
    if order.limit_price is not None:
        return order.limit_price
    return quote.ask if order.side is Side.BUY else quote.bid
