"""The venue's bell: what happens when a session opens and closes."""

from dataclasses import replace

from alchemiser.adapters.venue.floor import Floor
from alchemiser.adapters.venue.orders import GTC_DAYS, InForce, Order, Status
from alchemiser.adapters.venue.power import maintenance
from alchemiser.adapters.venue.pricing import bound, increment, venue_view
from alchemiser.adapters.venue.world import World
from alchemiser.domain.values.session import Session
from alchemiser.domain.venue_model.auction import auction_fill
from alchemiser.domain.venue_model.matching import ScheduledFill


class Bell:
    """Ring at every opening and every close from now on, and where extended hours begin and end."""

    def __init__(self, world: World, floor: Floor) -> None:
        self._world = world
        self._floor = floor
        self._await_session()
        self._await_extended()

    def _await_session(self) -> None:
        session = self._world.timetable.coming(self._world.moment)
        if session.open_at > self._world.moment:
            self._world.at(session.open_at, lambda: self._open(session))
        self._world.at(session.close_at, lambda: self._close(session))

    def _open(self, session: Session) -> None:
        """Hold the opening auction, and let orders that wait meet the market."""
        if self._world.timetable.current(session.open_at) is None:
            return  # the day has become a holiday meanwhile
        self._floor.session = session
        for order in self._world.open_orders():
            if order.asked.in_force is InForce.OPG and order.session == session.day:
                self._auction(order)
            else:
                self._wake(order)

    def _wake(self, order: Order) -> None:
        if order.status is Status.ACCEPTED:
            self._floor.activate(order)
        else:
            self._floor.meet(order)

    def _await_extended(self) -> None:
        hours = self._world.timetable.coming(self._world.moment, extended=True)
        if hours.open_at > self._world.moment:
            self._world.at(hours.open_at, lambda: self._begin(hours))
        self._world.at(hours.close_at, lambda: self._stop(hours))

    def _begin(self, hours: Session) -> None:
        """Let orders that may trade before the session meet the market."""
        if self._world.timetable.current(hours.open_at, extended=True) is None:
            return  # the day has become a holiday meanwhile
        self._floor.extended = hours
        for order in self._world.open_orders():
            if order.asked.extended_hours:
                self._wake(order)

    def _stop(self, hours: Session) -> None:
        """End the orders of the day that could trade after the session."""
        was_on, self._floor.extended = self._floor.extended is not None, None
        if was_on:
            for order in self._world.open_orders():
                if order.asked.extended_hours and _ends_with(order, hours):
                    self._floor.end(order, Status.EXPIRED)
        self._await_extended()

    def _close(self, session: Session) -> None:
        """Hold the closing auction, end the orders of the day, and close the account's day."""
        world, was_open = self._world, self._floor.session is not None
        self._floor.session = None
        if was_open:
            for order in world.open_orders():
                if order.asked.in_force is InForce.CLS and order.session == session.day:
                    self._auction(order)
                elif not order.asked.extended_hours and _ends_with(order, session):
                    self._floor.end(order, Status.EXPIRED)
            world.account.close_day(world.moment, world.mark, maintenance(world))
        self._await_session()

    def _auction(self, order: Order) -> None:
        quote = self._world.quote(order.symbol)
        fills: tuple[ScheduledFill, ...] = ()
        if quote is not None:
            instrument = self._world.asset(order.symbol).instrument
            fills = auction_fill(
                venue_view(order, bound(order, quote)),
                quote,
                replace(instrument, price_increment=increment(quote.last)),
                self._world.settings,
                self._world.draws.uniforms(f"auction|{order.id}")[0],
            )
        self._floor.plan(order, fills, Status.EXPIRED)


def _ends_with(order: Order, session: Session) -> bool:
    if order.asked.in_force is InForce.GTC:
        return session.close_at >= order.created_at + GTC_DAYS
    return order.session <= session.day
