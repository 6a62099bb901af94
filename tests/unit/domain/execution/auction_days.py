"""Days drawn from a seed whose orders wait for the closing auction, on a faulty wire."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from alchemiser.domain.books.ledger import Book, Books
from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.orders.closing import AuctionTimes
from alchemiser.domain.orders.messages import (
    CancelOutcome,
    NewOrderSingle,
    Rejected,
    Side,
    SubmitOutcome,
)
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.identifiers import BookId, ClOrdId
from alchemiser.domain.values.numbers import SHARE
from alchemiser.testing.builders import ACCOUNT, DAY, NOW, SESSION
from tests.unit.domain.execution.bench import some_rules
from tests.unit.domain.execution.random_days import BOOKS, SYMBOLS, an_order
from tests.unit.domain.execution.scripted_venue import Faults, Life, ScriptedVenue, script_of
from tests.unit.domain.execution.trading_day import TradingDay, Troubles

CUTOFF = SESSION.close_at - timedelta(minutes=10)
TOLD_WITHIN = timedelta(seconds=60)
"""How long after the close the last fill comes."""


@dataclass(slots=True)
class AuctionVenue(ScriptedVenue):
    """Hold a closing auction: nothing enters or leaves it from the cutoff on."""

    def _enter(self, order: NewOrderSingle, now: datetime) -> SubmitOutcome:
        known = order.cl_ord_id in self.orders
        if order.is_on_close() and now >= CUTOFF and not known:
            self.reach["came after the cutoff"] += 1
            return Rejected(code="close_cutoff", text="the auction takes no more orders")
        return ScriptedVenue._enter(self, order, now)

    def _accept(self, order: NewOrderSingle, now: datetime, *, sent: datetime) -> None:
        if order.is_on_close() and now >= CUTOFF:
            self.reach["arrived after the cutoff"] += 1
            return
        ScriptedVenue._accept(self, order, now, sent=sent)
        if order.is_on_close():
            script = Random(f"auction {self.seed} {order.cl_ord_id}")
            self.orders[order.cl_ord_id].due = script_of(order, self.close_at, 10, script)

    def _work(self, life: Life, now: datetime) -> None:
        close_at = self.close_at
        if life.request.is_on_close():
            self.reach["waited for the auction"] += 1
            self.close_at = close_at + TOLD_WITHIN
        ScriptedVenue._work(self, life, now)
        self.close_at = close_at

    def cancel(self, name: ClOrdId, now: datetime) -> CancelOutcome:
        """Refuse what comes after the cutoff."""
        known = self.orders.get(name)
        if known is not None and known.request.is_on_close() and now >= CUTOFF:
            self.reach["cancelled after the cutoff"] += 1
            return CancelOutcome.TOO_LATE
        return ScriptedVenue.cancel(self, name, now)


def an_auction_day(seed: int) -> TradingDay:
    """Return a day of one to four orders of one side, most of them for the auction.

    What crashes, halts and outages do falls on the entry, on the wait or on the close.
    """
    chance = Random(f"auction {seed}")
    side = chance.choice(tuple(Side))
    marks = {name: Decimal(chance.randint(2000, 60000)) / 100 for name in SYMBOLS}
    orders: list[PlannedOrder] = []
    for name in sorted(chance.sample(SYMBOLS, k=chance.randint(1, 4))):
        quantity = Decimal(chance.randint(1, 40)) + SHARE * chance.choice((0, 1, 123_456_789))
        order = an_order(chance, name, side, quantity, marks[name], mixed=True)
        on_close = chance.random() < 0.8
        algorithm = Algorithm.LIMIT_ON_CLOSE if on_close else order.algorithm
        orders.append(replace(order, algorithm=algorithm))
    books: Books = {BookId(name): Book() for name in BOOKS}
    cash = Decimal(0)
    if side is Side.BUY:
        cost = sum((one.quantity * one.limit_price for one in orders), Decimal(0))
        cash = (cost * Decimal("1.01")).quantize(Decimal("0.01"))
    for order in orders if side is Side.SELL else ():
        for book, part in order.claims:
            books[book].positions[order.symbol] = part
    books[BookId("klm")].cash = cash
    venue = AuctionVenue(
        seed=seed,
        faults=Faults.drawn(chance),
        marks=marks,
        cash=cash,
        positions={one.symbol: one.quantity for one in orders if side is Side.SELL},
        close_at=SESSION.close_at,
    )
    deadline = AuctionTimes().told_until(SESSION)
    return TradingDay(
        plan=OrderPlan(account=ACCOUNT, session=DAY, deadline=deadline, orders=tuple(orders)),
        rules=some_rules(funds=SYMBOLS),
        settings=ExecutionSettings(
            poll_seconds=chance.choice((5, 10)),
            absences_min=chance.choice((1, 3)),
            sends_max=chance.choice((1, 3)),
            algorithms=AlgorithmSettings(order_seconds_max=chance.choice((20, 60))),
        ),
        venue=venue,
        troubles=_troubles(chance),
        books=books,
    )


def _troubles(chance: Random) -> Troubles:
    halt = NOW + timedelta(seconds=chance.choice((0, 400, 900)) + chance.uniform(0, 60))
    # Between the first send and its answer, so that what is lost is found out after the cutoff.
    cut = NOW + timedelta(seconds=chance.choice((0, 0, 400, 900)) + chance.uniform(0, 4))
    outage = timedelta(seconds=chance.choice((0, 0, 30, 300, 2000)))
    horizon = chance.choice((30, 300, 1500))
    crashes = (chance.randint(1, horizon) for _ in range(chance.choice((0, 1, 2))))
    return Troubles(
        crashes=frozenset(crashes),
        halt_at=halt if chance.random() < 0.4 else None,
        outage=(cut, cut + outage),
        heal_at=NOW + timedelta(seconds=chance.choice((0, 400, 100_000))),
    )
