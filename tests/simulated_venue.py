"""A simulated broker in a small told world, for the tests of the venue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from alchemiser.adapters.simulated import SimulatedBroker
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import NewOrderSingle, Side, SubmitOutcome
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, ListingStatus
from alchemiser.domain.venue_model.impact import ImpactModel
from alchemiser.domain.venue_model.settings import FeeSchedule, VenueSettings
from alchemiser.testing.fakes import (
    FakeCalendar,
    FakeMarket,
    FakeReference,
    FixedClock,
    approved,
    quote,
    regular_session,
)

DAY = date(2024, 8, 5)
NEXT_DAY = date(2024, 8, 6)
SESSION = regular_session(DAY)
ENTRY = SESSION.close_at - timedelta(minutes=15)
SPY, TECL, BRKB, HALT = Symbol("SPY"), Symbol("TECL"), Symbol("BRK.B"), Symbol("HALT")
INSTRUMENTS = (
    Instrument(symbol=SPY, asset_class=AssetClass.BROAD_FUND),
    Instrument(symbol=TECL, asset_class=AssetClass.LEVERAGED_FUND),
    Instrument(symbol=BRKB, quantity_increment=Decimal(1)),
    Instrument(symbol=HALT, status=ListingStatus.NOT_TRADABLE),
)
EXACT = VenueSettings(
    half_spread=dict.fromkeys(AssetClass, Decimal(0)),
    slippage=Decimal(0),
    impact=ImpactModel(coefficient=Decimal(0)),
    partial_probability=Decimal(0),
    fees=FeeSchedule(regulatory=False),
)
"""A venue without cost: one fill at the touch."""


def quotes() -> list[Quote]:
    """Return a morning's quotes of the four symbols."""
    return [
        quote("SPY", "499.98", "500.02", at=SESSION.open_at),
        quote("TECL", "71.30", "71.36", at=SESSION.open_at),
        quote("BRK.B", "430.10", "430.30", at=SESSION.open_at),
        quote("HALT", "12.00", "12.04", at=SESSION.open_at),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Hold a broker with the clock and the market that move it."""

    broker: SimulatedBroker
    clock: FixedClock
    market: FakeMarket

    def submit(self, order: NewOrderSingle) -> SubmitOutcome:
        """Send `order`."""
        return self.broker.submit(approved(order))

    def elapse(self, by: timedelta) -> None:
        """Let the clock go on."""
        self.clock.advance(by)

    def seconds(self, number: float) -> None:
        """Let the clock go on by `number` seconds."""
        self.clock.advance(timedelta(seconds=number))


def world(
    path: Path | None = None,
    *,
    settings: VenueSettings | None = None,
    seed: int = 7,
    name: str = "paper",
    cash: str = "100000.00",
    told: Sequence[Quote] | None = None,
) -> World:
    """Return a world fifteen minutes before the close of `DAY`."""
    clock = FixedClock(ENTRY)
    market = FakeMarket(quotes() if told is None else told)
    broker = SimulatedBroker(
        path=path,
        name=name,
        cash=Decimal(cash),
        market=market,
        clock=clock,
        calendar=FakeCalendar([SESSION, regular_session(NEXT_DAY)]),
        reference=FakeReference(INSTRUMENTS),
        settings=settings or VenueSettings(),
        seed=seed,
        price_increment=Decimal("0.01"),
    )
    return World(broker=broker, clock=clock, market=market)


def order(
    name: str,
    quantity: str,
    price: str,
    *,
    symbol: Symbol = SPY,
    side: Side = Side.BUY,
) -> NewOrderSingle:
    """Return an order named `name`."""
    return NewOrderSingle(
        cl_ord_id=ClOrdId(name),
        symbol=symbol,
        side=side,
        order_qty=Decimal(quantity),
        price=Decimal(price),
    )


def sell(name: str, quantity: str, price: str, *, symbol: Symbol = SPY) -> NewOrderSingle:
    """Return a sell named `name`."""
    return order(name, quantity, price, symbol=symbol, side=Side.SELL)
