"""Everything the venue knows, and the order in which things happen there."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from types import MappingProxyType
from typing import Final

from alchemiser.adapters.venue.account import Account
from alchemiser.adapters.venue.activities import Activity
from alchemiser.adapters.venue.assets import Asset, Assets
from alchemiser.adapters.venue.clock import VenueClock
from alchemiser.adapters.venue.draws import Draws
from alchemiser.adapters.venue.faults import FaultBoard
from alchemiser.adapters.venue.market import VenueMarket
from alchemiser.adapters.venue.orders import Execution, Order
from alchemiser.adapters.venue.timetable import Timetable
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.venue_model.impact import ImpactModel
from alchemiser.domain.venue_model.settings import FeeSchedule, VenueSettings
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.reference import ReferencePort

PAPER: Final = VenueSettings(
    half_spread=MappingProxyType(dict.fromkeys(AssetClass, ZERO)),
    slippage=ZERO,
    impact=ImpactModel(coefficient=ZERO),
    partial_probability=Decimal("0.1"),
    parts_max=4,
    delay_min=timedelta(milliseconds=30),
    delay_max=timedelta(milliseconds=400),
    cancel_latency=timedelta(milliseconds=50),
    match_interval=timedelta(seconds=1),
    fees=FeeSchedule(regulatory=False),
)
"""How a paper account trades: at the quote, whole or now and then in parts, and for nothing."""

CONFIGURATIONS: Final = MappingProxyType({
    "disable_overnight_trading": False,
    "fractional_trading": True,
    "max_margin_multiplier": "4",
    "max_options_trading_level": 0,
    "no_shorting": False,
    "ptp_no_exception_entry": False,
    "suspend_trade": False,
    "trade_confirm_email": "all",
})

Publish = Callable[[str, Order, Execution | None], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Hold what the venue is made of.

    Attributes:
        wall: The real time, for latencies of the transport.
        clock: The venue's time.
        market: Its prices.
        calendar: Its sessions.
        reference: Classifies what is listed.
    """

    wall: ClockPort
    clock: VenueClock
    market: VenueMarket
    calendar: CalendarPort
    reference: ReferencePort


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Hold how the venue works.

    Attributes:
        cash: Dollars of the account at first.
        seed: What determines its chance and its identifiers.
        settings: What trading costs and how long it takes.
        rate_limit: Requests a minute; 0 is none.
    """

    cash: Decimal = Decimal(100_000)
    seed: int = 7
    settings: VenueSettings = field(default=PAPER)
    rate_limit: int = 200


class World:
    """Hold the state of the venue; its time moves when somebody lets it.

    Attributes:
        moment: The moment up to which everything has happened, UTC.
        listeners: Called after time has moved, with the new moment.
        subscribers: Called with each event on an order: its name, the order, the fill or None.
        halted: Symbols in which trading is halted by hand.
        configurations: The owner's settings of the account.
        activities: What changed the account, oldest first.
        requests: How many requests came in, by route; also those that were refused.
        resets: How many accounts there were before this one.
    """

    def __init__(self, sources: Sources, terms: Terms) -> None:
        self.wall, self.clock, self.market = sources.wall, sources.clock, sources.market
        self.terms, self.settings = terms, terms.settings
        self.timetable = Timetable(sources.calendar)
        self.draws = Draws(terms.seed)
        self.assets = Assets(sources.market.symbols(), sources.reference, self.draws)
        self.faults = FaultBoard()
        self.moment = self.clock.now()
        self.account = Account(self.moment, terms.cash)
        self.configurations: dict[str, object] = dict(CONFIGURATIONS)
        self.orders: list[Order] = []
        self.activities: list[Activity] = []
        self.halted: set[Symbol] = set()
        self.requests: Counter[str] = Counter()
        self.resets = 0
        self.listeners: list[Callable[[datetime], None]] = []
        self.subscribers: list[Publish] = []
        self._open: list[Order] = []
        self._by_id: dict[str, Order] = {}
        self._by_client: dict[str, Order] = {}
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._tickets = count()
        self._marks: dict[Symbol, Decimal] = {}

    def advance(self) -> None:
        """Let happen, in order of time, what is due by the clock's present moment."""
        now = self.clock.now()
        while self._agenda and self._agenda[0][0] <= now:
            at, _, action = heapq.heappop(self._agenda)
            self.moment = max(self.moment, at)
            action()
        moved = now > self.moment
        self.moment = max(self.moment, now)
        if moved:
            for listener in self.listeners:
                listener(self.moment)

    def due_at(self) -> datetime | None:
        """Return when something happens next, UTC, or None."""
        return self._agenda[0][0] if self._agenda else None

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        """Have `action` happen at `moment` (UTC), after what was put down for it before."""
        heapq.heappush(self._agenda, (moment, next(self._tickets), action))

    def after(self, delay: timedelta, action: Callable[[], None]) -> None:
        """Have `action` happen `delay` from now."""
        self.at(self.moment + delay, action)

    def publish(self, event: str, order: Order, execution: Execution | None = None) -> None:
        """Tell an event on `order` to whoever listens."""
        order.updated_at = self.moment
        for subscriber in self.subscribers:
            subscriber(event, order, execution)

    def quote(self, name: Symbol) -> Quote | None:
        """Return the quote of `name` now; halted also where it was halted by hand."""
        quote = self.market.quote(name, self.moment)
        if quote is None:
            return None
        self._marks[name] = quote.last
        return replace(quote, halted=True) if name in self.halted else quote

    def mark(self, name: Symbol) -> Decimal:
        """Return the last known price of `name`, dollars; zero when there never was one."""
        self.quote(name)
        return self._marks.get(name, ZERO)

    def asset(self, name: Symbol) -> Asset:
        """Return the listing of `name`."""
        return self.assets[name]

    def add(self, order: Order) -> None:
        """Keep a new order."""
        self.orders.append(order)
        self._open.append(order)
        self._by_id[order.id] = order
        self._by_client[order.client_order_id] = order

    def order(self, order_id: str) -> Order | None:
        """Return the order that the venue names so, or None."""
        return self._by_id.get(order_id)

    def order_of_client(self, client_order_id: str) -> Order | None:
        """Return the order that the client names so, or None."""
        return self._by_client.get(client_order_id)

    def reset(self, cash: Decimal | None) -> None:
        """Give the client another account, with nothing in it but `cash` dollars.

        Nothing of the old one is found any more; its orders have to have ended.

        Args:
            cash: None for as many as at first.
        """
        self.resets += 1
        self.account = Account(self.moment, self.terms.cash if cash is None else cash)
        self.orders, self.activities, self._open = [], [], []
        self._by_id, self._by_client = {}, {}

    def open_orders(self) -> Iterator[Order]:
        """Yield the orders that are not terminal, in order of arrival."""
        self._open = [one for one in self._open if not one.status.is_terminal()]
        return iter(tuple(self._open))
