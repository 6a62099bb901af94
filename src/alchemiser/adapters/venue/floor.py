"""The venue's floor: orders meet quotes, fill and end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.adapters.venue.activities import FILL, Activity, activity_id
from alchemiser.adapters.venue.orders import (
    Execution,
    InForce,
    Kind,
    Order,
    OrderClass,
    Status,
)
from alchemiser.adapters.venue.pricing import bound, follow_trail, increment, is_reached, venue_view
from alchemiser.adapters.venue.world import World
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.numbers import SHARE, ZERO, round_down
from alchemiser.domain.values.session import Session
from alchemiser.domain.venue_model.matching import Market, ScheduledFill, fill_schedule, touch

_PATIENCE: Final = 60
_PAUSE_MAX: Final = timedelta(seconds=15)
_ACK_MIN: Final = timedelta(milliseconds=2)
_ACK_SPREAD: Final = timedelta(milliseconds=18)
_AT_AUCTION: Final = frozenset({InForce.OPG, InForce.CLS})
_AT_ONCE: Final = frozenset({InForce.IOC, InForce.FOK})
_ENDED_AT: Final = {
    Status.CANCELED: "canceled_at",
    Status.EXPIRED: "expired_at",
    Status.REJECTED: "failed_at",
    Status.REPLACED: "replaced_at",
}


class Floor:
    """Work the orders of the venue.

    Attributes:
        session: The session that is on, or None.
        extended: The same with the hours before and after it, for orders that ask for them.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._meeting: dict[str, datetime] = {}
        self.session = world.timetable.current(world.moment)
        self.extended = world.timetable.current(world.moment, extended=True)

    def hours(self, order: Order) -> Session | None:
        """Return the hours that are on in which `order` may trade, or None."""
        return self.extended if order.asked.extended_hours else self.session

    def enter(self, order: Order) -> None:
        """Begin to work `order`, which has been admitted."""
        if order.parent is not None:
            order.status = Status.HELD
        elif order.asked.in_force in _AT_AUCTION:
            order.status = Status.ACCEPTED_FOR_BIDDING
        elif self.hours(order) is None:
            order.status = Status.ACCEPTED
        else:
            order.status = Status.PENDING_NEW
            draw = self._world.draws.uniforms(f"ack|{order.id}")[0]
            self._world.after(
                _ACK_MIN + _ACK_SPREAD * float(draw), lambda: self._acknowledge(order)
            )
        for leg in order.legs:
            self.enter(leg)

    def end(self, order: Order, status: Status) -> None:
        """Let `order` end in `status`, and with it what hangs on it; once it has ended, do nothing.

        A replaced order leaves its family to its successor.
        """
        if order.status.is_terminal():
            return
        self._finish(order, status)
        if status is not Status.REPLACED:
            for sibling in order.siblings():
                self.end(sibling, Status.CANCELED)

    def _finish(self, order: Order, status: Status) -> None:
        if order.status.is_terminal():
            return
        order.status = status
        order.due = ZERO
        order.moments[_ENDED_AT[status]] = self._world.moment
        self._world.publish(status.value, order)
        for leg in order.legs:
            if leg.status is Status.HELD:
                self._finish(leg, Status.CANCELED)

    def meet(self, order: Order) -> None:
        """Let `order` meet the quote now, and again until it has ended."""
        self._meeting.pop(order.id, None)
        hours = self.hours(order)
        if hours is None or not self._is_watched(order):
            return
        self._meet_again(order, hours)
        quote = self._world.quote(order.symbol)
        if quote is None or quote.halted or quote.is_crossed():
            return
        if self._world.faults.hit("no_fills", order.symbol):
            return
        if self._is_triggered(order, quote):
            self._match(order, quote)

    def fill(self, order: Order, quantity: Decimal, price: Decimal) -> None:
        """Fill `quantity` shares of `order` at `price`, or what of them is still open."""
        quantity = min(quantity, order.leaves_qty())
        if quantity <= 0:
            return
        world = self._world
        signed = quantity * order.side.sign()
        world.account.move_to(
            world.account.balance.traded(world.moment, order.symbol, signed, price)
        )
        name = f"{order.id}|{len(order.executions)}"
        told = listed = world.draws.uuid(f"execution|{name}")
        if world.faults.hit("stream_other_names", order.symbol):
            listed = world.draws.uuid(f"activity|{name}")
        execution = Execution(
            execution_id=told,
            activity_id=activity_id(world.moment, listed),
            at=world.moment,
            quantity=quantity,
            price=price,
            cum_qty=order.filled_qty() + quantity,
            position_qty=world.account.balance.quantity(order.symbol),
        )
        order.executions.append(execution)
        self._keep(order, execution)
        is_filled = not order.leaves_qty()
        if is_filled:
            order.status = Status.FILLED
            order.moments["filled_at"] = world.moment
        elif order.status in {Status.NEW, Status.ACCEPTED_FOR_BIDDING}:
            order.status = Status.PARTIALLY_FILLED
        world.publish("fill" if is_filled else "partial_fill", order, execution)
        self._follow_fill(order)

    def activate(self, order: Order) -> None:
        """Let `order` stand in the market, and meet it."""
        order.status = Status.NEW if not order.filled_qty() else Status.PARTIALLY_FILLED
        if order.asked.in_force in _AT_AUCTION:
            order.status = Status.ACCEPTED_FOR_BIDDING
        self._world.publish("new", order)
        self.meet(order)
        if order.asked.order_class is OrderClass.OCO:
            for leg in order.legs:
                self.meet(leg)

    def _acknowledge(self, order: Order) -> None:
        if order.status is not Status.PENDING_NEW:
            return
        if self._world.faults.hit("reject_after_accept", order.symbol):
            self.end(order, Status.REJECTED)
        else:
            self.activate(order)

    def _keep(self, order: Order, execution: Execution) -> None:
        self._world.activities.append(
            Activity(
                id=execution.activity_id,
                kind=FILL,
                at=execution.at,
                order=order,
                execution=execution,
                symbol=order.symbol,
            )
        )

    def _follow_fill(self, order: Order) -> None:
        """Wake the legs of a filled order, and shrink or end what may not fill beside it."""
        is_filled = order.status is Status.FILLED
        if order.asked.order_class in {OrderClass.BRACKET, OrderClass.OTO} and is_filled:
            alone = len(order.legs) == 1
            for leg in order.legs:
                if leg.status is Status.HELD:
                    if alone or leg.asked.kind is Kind.LIMIT:
                        self.activate(leg)
                    else:
                        self.meet(leg)
        for sibling in order.siblings():
            if is_filled:
                self.end(sibling, Status.CANCELED)
            elif not sibling.status.is_terminal():
                sibling.quantity = order.leaves_qty()

    def _is_watched(self, order: Order) -> bool:
        if order.status is Status.HELD:
            parent = order.parent
            return parent is not None and (
                parent.status is Status.FILLED
                or (parent.asked.order_class is OrderClass.OCO and parent.status.is_working())
            )
        return order.status.is_working()

    def _meet_again(self, order: Order, hours: Session) -> None:
        at = self._world.moment + self._pause(order)
        if at < hours.close_at:
            self._meeting[order.id] = at
            self._world.at(at, lambda: self._meet_as_planned(order, at))

    def _pause(self, order: Order) -> timedelta:
        """Return how long until an order meets the quote again: longer, the longer it stands."""
        pause = (self._world.moment - order.created_at) / _PATIENCE
        return min(max(pause, self._world.settings.match_interval), _PAUSE_MAX)

    def _meet_as_planned(self, order: Order, at: datetime) -> None:
        """Meet the quote, unless the order has met one since, and will again at another time."""
        if self._meeting.get(order.id) == at:
            self.meet(order)

    def _is_triggered(self, order: Order, quote: Quote) -> bool:
        """Say whether the order's stop price, if it has one, has been reached."""
        if order.asked.kind in {Kind.MARKET, Kind.LIMIT} or order.triggered:
            return True
        follow_trail(order, quote)
        if not is_reached(order, quote):
            return False
        order.triggered = True
        if order.status is Status.HELD:
            order.status = Status.NEW
            for sibling in order.siblings():
                self._finish(sibling, Status.CANCELED)
            self._world.publish("new", order)
        return True

    def _match(self, order: Order, quote: Quote) -> None:
        limit, best = bound(order, quote), touch(order.side, quote, ZERO)
        fills: tuple[ScheduledFill, ...] = ()
        if (limit - best) * order.side.sign() >= 0:
            fills = self._fills(order, quote, limit)
        self.plan(order, fills, Status.CANCELED if order.asked.in_force in _AT_ONCE else None)

    def _fills(self, order: Order, quote: Quote, limit: Decimal) -> tuple[ScheduledFill, ...]:
        """Return what is still open of `order`, in the parts that fill at this quote."""
        world = self._world
        if order.quantity is None and order.asked.notional is not None:
            best = touch(order.side, quote, ZERO)
            order.quantity = round_down(order.asked.notional / best, SHARE)
        wanted = order.leaves_qty() - order.due
        if wanted <= 0:
            return ()
        order.matches += 1
        listed = world.asset(order.symbol).instrument
        priced = replace(listed, price_increment=increment(quote.last))
        return fill_schedule(
            venue_view(order, limit),
            wanted,
            Market(quote=quote, instrument=priced),
            world.settings,
            world.draws.uniforms(f"match|{order.id}|{order.matches}"),
        )

    def plan(self, order: Order, fills: tuple[ScheduledFill, ...], then: Status | None) -> None:
        """Let `order` get `fills`, and then end as `then`, unless it is filled or that is None."""
        for one in fills:
            order.due += one.quantity
            self._world.after(one.delay, self._due(order, one))
        if then is not None:
            last = max((one.delay for one in fills), default=timedelta(0))
            self._world.after(last, lambda: self.end(order, then))

    def _due(self, order: Order, planned: ScheduledFill) -> Callable[[], None]:
        def happen() -> None:
            if order.status.is_terminal():
                return
            order.due -= planned.quantity
            is_open = self.hours(order) is not None or order.asked.in_force in _AT_AUCTION
            if is_open and order.symbol not in self._world.halted:
                self.fill(order, planned.quantity, planned.price)

        return happen
