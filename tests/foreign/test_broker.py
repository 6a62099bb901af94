"""Orders and books at a venue that others wrote, each of its habits by itself."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

import pytest

from alchemiser.adapters.alpaca.assets import read_assets
from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.adapters.alpaca.calendar import read_calendar
from alchemiser.adapters.alpaca.clock import VenueClock, read_clock
from alchemiser.adapters.alpaca.market import AlpacaMarketData
from alchemiser.adapters.alpaca.transport import Transport
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.orders.activity import ActivityKind
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import (
    Accepted,
    CancelOutcome,
    NewOrderSingle,
    OrdStatus,
    Rejected,
    Side,
)
from alchemiser.domain.orders.order import Order, apply
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.numbers import cents
from tests.foreign.habits import REFUSING, SENDING, TRADING, WRITING
from tests.foreign.serving import serving
from tests.foreign.venue import Venue
from tests.unit.adapters.alpaca.telling import PATIENT, Alerts, transport

SPY, AGG = Symbol("SPY"), Symbol("AGG")
DAY = date(2025, 6, 16)
BUY = NewOrderSingle(
    cl_ord_id=ClOrdId("alc-foreign-1"),
    symbol=SPY,
    side=Side.BUY,
    order_qty=Decimal("10.123456789"),
    price=Decimal(700),
)
REST = replace(BUY, cl_ord_id=ClOrdId("alc-foreign-2"), price=Decimal(500))
DEAR = replace(BUY, cl_ord_id=ClOrdId("alc-foreign-3"), order_qty=Decimal(9_000))
HABITS = (*WRITING, *SENDING, *REFUSING, *TRADING)
TOGETHER = "all together"
_Found = TypeVar("_Found")


@dataclass
class Desk:
    """A venue of others and our adapter at it."""

    venue: Venue
    line: Transport
    broker: AlpacaBroker
    alerts: Alerts

    def settled(self, order: NewOrderSingle) -> Order:
        """Return what is told of `order` once all of its shares are explained."""

        def told() -> Order | None:
            state = Order(request=order)
            for report in self.broker.reports(order.cl_ord_id) or ():
                state = apply(state, report)
            return state if state.status is OrdStatus.FILLED else None

        return until(told)


def until(ask: Callable[[], _Found | None]) -> _Found:
    """Return what `ask` finds, asked again while it finds nothing."""
    end = time.monotonic() + 10
    while (found := ask()) is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


@pytest.fixture(params=[*HABITS, TOGETHER])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Return the adapter at a venue of one habit, or of all that can be had at once."""
    habit: str = request.param
    apart = {
        *("early close", "nothing tradable", "numbers quoted", "stamps without fraction"),
        *("speaking HTTP/1.0", "busy until a date", "busy without a word"),
        *("crumbs of a share", "numbers with exponents", "positions of nothing"),
    }
    with serving(frozenset(HABITS) - apart if habit == TOGETHER else frozenset({habit})) as (
        venue,
        address,
    ):
        alerts = Alerts()
        line = transport(f"http://{address}", limits=PATIENT, alerts=alerts)
        broker = AlpacaBroker(line, VenueClock(line, time.monotonic, _rest))
        yield Desk(venue, line, broker, alerts)
        broker.close()


async def _rest(seconds: float) -> None:
    raise AssertionError(seconds)


def test_orders_are_known_once_and_books_are_those_of_the_venue(desk: Desk) -> None:
    """OS-08, OS-13: whatever the venue makes of what the documents leave open."""
    broker, ledger = desk.broker, desk.venue.ledger
    before = broker.account()
    taken, again = (broker.submit(ApprovedOrder(order=BUY)) for _ in range(2))
    assert isinstance(taken, Accepted)
    assert taken == again
    order = desk.settled(BUY)

    assert [one.name for one in ledger.orders.values()] == [BUY.cl_ord_id]
    assert order.cum_qty == BUY.order_qty
    assert order.done.notional == sum(one.qty * one.price for one in ledger.fills)
    assert len(order.fills) == sum(1 for one in ledger.fills if one.qty)
    happened = broker.activities(DAY)
    trades = [one for one in happened if one.kind is ActivityKind.TRADE]
    assert sum(one.quantity for one in trades) == BUY.order_qty == ledger.held["SPY"]
    assert {one.cl_ord_id for one in trades} == {BUY.cl_ord_id}
    after = broker.account()
    assert [(one.symbol, one.quantity) for one in after.positions] == [("SPY", BUY.order_qty)]
    assert before.cash == cents(Decimal(100_000))
    assert after.cash == cents(desk.venue.cash())
    if "money to the last digit" not in desk.venue.habits:
        assert after.cash - before.cash == sum(one.cash for one in happened)
    assert desk.alerts.told == []


def test_orders_that_do_not_fill_are_cancelled_or_refused(desk: Desk) -> None:
    """OS-11: in whatever words and shapes the venue says so."""
    broker = desk.broker
    filled, rested = (broker.submit(ApprovedOrder(order=one)) for one in (BUY, REST))
    refused = broker.submit(ApprovedOrder(order=DEAR))

    assert isinstance(filled, Accepted)
    assert isinstance(rested, Accepted)
    assert isinstance(refused, Rejected)
    assert refused.code == "insufficient_buying_power"
    assert broker.reports(DEAR.cl_ord_id) is None
    assert broker.cancel(REST.cl_ord_id) is CancelOutcome.ACCEPTED
    assert broker.cancel(REST.cl_ord_id) is CancelOutcome.TOO_LATE
    ended = broker.reports(REST.cl_ord_id)
    assert ended is not None
    assert ended[-1].ord_status is OrdStatus.CANCELED
    desk.settled(BUY)
    ours = {BUY.cl_ord_id, REST.cl_ord_id}
    assert ours <= set(broker.orders(DAY))
    assert broker.found(ours) == {name: broker.reports(name) for name in ours}
    assert desk.alerts.told == []


def test_prices_days_and_assets_are_those_of_the_venue(desk: Desk) -> None:
    """Bars over many pages, both sides of quotes, hours and what may be traded."""
    market, tell = desk.venue.market, list[str]().append
    data = AlpacaMarketData(desk.line, SessionTable(), tell=tell, feed="iex")
    panel = data.history((AGG, SPY), first=date(2025, 3, 3), last=date(2025, 6, 13))
    names = ("AGG", "SPY")
    closes = [[float(market.price(name, day)) for name in names] for day in panel.sessions]
    assert panel.close.tolist() == closes
    assert panel.raw_close is not None
    assert panel.raw_close.tolist() == closes
    quotes = data.quotes((AGG, SPY), at=market.now())
    assert [(one.symbol, one.bid, one.ask) for one in quotes] == [
        (name, *market.sides(name)) for name in ("AGG", "SPY")
    ]
    assert data.corporate_actions((SPY,), first=DAY, last=DAY) == ()

    sessions = read_calendar(desk.line, DAY, date(2025, 7, 31))
    assert len(sessions) == 32
    early = "early close" in desk.venue.habits
    assert sessions[DAY].close_at.hour == (17 if early else 20)
    assert read_clock(desk.line).is_open is not early
    assets = read_assets(desk.line)
    assert assets[AGG].tradable is ("nothing tradable" not in desk.venue.habits)
    assert assets[AGG].fractionable is ("no parts of a share" not in desk.venue.habits)
