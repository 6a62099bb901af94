"""Fills as they are on record: hundreds of orders sent to the simulated broker."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random

from alchemiser.adapters.simulated import SimulatedBroker
from alchemiser.domain.execution.calibration.samples import ChildSample, sampled
from alchemiser.domain.execution.facts import ExecutionReported, OrderIntended
from alchemiser.domain.execution.quality import TimedFact
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.orders.working import Algorithm, Liquidity
from alchemiser.domain.values.identifiers import BookId, Symbol, cl_ord_id
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import CENT
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.testing.builders import ACCOUNT, DAY, SESSION
from alchemiser.testing.fakes import FakeCalendar, FakeMarket, FakeReference, FixedClock, approved

STOCK, BROAD, SECTOR, LEVERAGED = map(Symbol, ("STK", "BRD", "SCT", "LEV"))
INSTRUMENTS = {
    STOCK: Instrument(symbol=STOCK, asset_class=AssetClass.STOCK),
    BROAD: Instrument(symbol=BROAD, asset_class=AssetClass.BROAD_FUND),
    SECTOR: Instrument(symbol=SECTOR, asset_class=AssetClass.SECTOR_FUND),
    LEVERAGED: Instrument(symbol=LEVERAGED, asset_class=AssetClass.LEVERAGED_FUND),
}
LIQUIDITY = {
    name: Liquidity(volatility=Decimal("0.02"), daily_volume=Decimal(volume))
    for name, volume in (
        (STOCK, 600_000),
        (BROAD, 1_500_000),
        (SECTOR, 900_000),
        (LEVERAGED, 1_000_000),
    )
}
BETWEEN = timedelta(seconds=61)
"""From one order to the next: longer than any fill is prompt."""
DAY_ORDERS = 40
"""After so many orders the day begins anew: the venue looks at all of them for each new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desire:
    """Ask for one order: how much of what, and how far through the mid.

    `spread` is the half width of the quote, a fraction of its middle; below zero it is crossed.
    """

    symbol: Symbol
    dollars: float
    side: Side = Side.BUY
    price: float = 400.0
    offset: float = 0.05
    spread: float = 0.0


@dataclass(slots=True)
class Recorder:
    """Send orders to the simulated broker, one a minute, and keep what a journal would keep."""

    settings: VenueSettings
    seed: int = 7
    children: list[ChildSample] = field(default_factory=list)
    _clock: FixedClock = field(init=False)
    _market: FakeMarket = field(init=False)
    _broker: SimulatedBroker = field(init=False)
    _count: int = 0

    def __post_init__(self) -> None:
        self._open()

    def work(self, desires: Sequence[Desire]) -> list[ChildSample]:
        """Work `desires`, and return what all of them so far say."""
        for desire in desires:
            self._count += 1
            if self._count % DAY_ORDERS == 0:
                self._open()
            self._work(desire)
        return self.children

    def _open(self) -> None:
        """Begin the day anew, with a broker that holds enough of everything."""
        self._clock, self._market = FixedClock(SESSION.open_at), FakeMarket()
        self._broker = SimulatedBroker(
            path=None,
            name="paper",
            cash=Decimal(10**12),
            market=self._market,
            clock=self._clock,
            calendar=FakeCalendar([SESSION]),
            reference=FakeReference(INSTRUMENTS.values()),
            settings=self.settings,
            seed=self.seed,
            price_increment=CENT,
            liquidity=lambda name, _: LIQUIDITY[name],
        )

    def _work(self, desire: Desire) -> None:
        quote = self._quoted(desire)
        if desire.side is Side.SELL:
            self._trade(Side.BUY, desire, quote)
        facts, execution = self._trade(desire.side, desire, quote)
        self.children += sampled(execution, facts, INSTRUMENTS, self.settings.impact.completed)

    def _quoted(self, desire: Desire) -> Quote:
        mid, half = Decimal(str(desire.price)), Decimal(str(desire.price * desire.spread))
        quote = Quote(
            symbol=desire.symbol, bid=mid - half, ask=mid + half, last=mid, at=self._clock.now()
        )
        self._market.tell(quote)
        return quote

    def _trade(
        self, side: Side, desire: Desire, quote: Quote
    ) -> tuple[list[TimedFact], ExecutionState]:
        order = self._order(side, desire)
        planned = PlannedOrder(
            cl_ord_id=order.cl_ord_id,
            symbol=order.symbol,
            side=side,
            quantity=order.order_qty,
            limit_price=order.price,
            reference_price=quote.mid(),
            claims=((BookId("nuclear"), order.order_qty),),
            attempt=self._count,
            algorithm=Algorithm.MARKETABLE_LIMIT,
            liquidity=LIQUIDITY[order.symbol],
        )
        plan = OrderPlan(account=ACCOUNT, session=DAY, deadline=SESSION.close_at, orders=(planned,))
        begun = self._clock.now()
        expire = begun + BETWEEN
        sent = OrderIntended(order=order, expire_time=expire, mid=quote.mid())
        self._broker.submit(approved(order))
        self._clock.advance(BETWEEN)
        self._broker.cancel(order.cl_ord_id)
        self._clock.advance(timedelta(seconds=1))
        facts: list[TimedFact] = [(begun, sent)]
        facts += [
            (report.transact_time, ExecutionReported(report=report))
            for report in self._broker.reports(order.cl_ord_id) or ()
        ]
        execution = ExecutionState(plan=plan)
        for at, fact in facts:
            execution.apply(fact, at)
        return facts, execution

    def _order(self, side: Side, desire: Desire) -> NewOrderSingle:
        worst = desire.price * (1 + float(side.sign()) * desire.offset)
        return NewOrderSingle(
            cl_ord_id=cl_ord_id(
                account=ACCOUNT,
                session=DAY,
                name=desire.symbol,
                buy=side is Side.BUY,
                attempt=self._count,
            ),
            symbol=desire.symbol,
            side=side,
            order_qty=Decimal(max(1, round(desire.dollars / desire.price))),
            price=Decimal(f"{worst:.2f}"),
        )


def drawn(count: int, seed: int, symbols: Sequence[Symbol] = tuple(INSTRUMENTS)) -> list[Desire]:
    """Return orders of both sides, many sizes and prices of a few hundred dollars."""
    chance = Random(seed)
    return [
        Desire(
            symbol=symbols[number % len(symbols)],
            dollars=chance.uniform(1_000, 300_000),
            side=chance.choice((Side.BUY, Side.SELL)),
            price=round(chance.uniform(300, 600), 2),
        )
        for number in range(count)
    ]
