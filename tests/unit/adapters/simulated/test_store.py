"""The venue's memory and its file answer the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.simulated.sqlite_store import SqliteStore
from alchemiser.adapters.simulated.store import MemoryStore, Store
from alchemiser.domain.orders.messages import OrdStatus, Side
from alchemiser.domain.values.identifiers import AccountId, OrderId, Symbol
from alchemiser.domain.venue_model.order import Fill, VenueOrder
from tests.simulated_venue import DAY, ENTRY, NEXT_DAY, SESSION, order

CASH = Decimal(1000)
SPY, TECL = Symbol("SPY"), Symbol("TECL")


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    memory = request.param == "memory"
    path, name = tmp_path / "broker.db", AccountId("SIM123456")
    made = MemoryStore(CASH) if memory else SqliteStore(path, account_id=name, name="s", cash=CASH)
    yield made
    made.close()


def entered(number: int, symbol: Symbol, side: Side, *fills: Fill) -> VenueOrder:
    """Return an order of thirty shares that has filled so far."""
    return VenueOrder(
        entry=number,
        order_id=OrderId(f"V-{number}"),
        order=order(f"o{number}", "30", "100", symbol=symbol, side=side),
        session=DAY,
        entered_at=ENTRY,
        closes_at=SESSION.close_at,
        ord_status=OrdStatus.PARTIALLY_FILLED,
        fills=fills,
    )


def a_fill(seconds: int, quantity: str, price: str = "100.005", fee: str = "0.02") -> Fill:
    """Return a fill so many seconds after the entry."""
    return Fill(
        at=ENTRY + timedelta(seconds=seconds),
        quantity=Decimal(quantity),
        price=Decimal(price),
        commission=Decimal(fee),
    )


def test_sales_are_told_in_cents_without_their_fees_and_without_purchases(store: Store) -> None:
    """SE-01: what is sold is money when it has settled; a purchase brings none."""
    first, second = a_fill(1, "1"), a_fill(2, "2")
    sold = entered(1, SPY, Side.SELL, first)
    store.save_order(sold)
    store.save_order(entered(2, TECL, Side.BUY, a_fill(1, "3")))
    store.save_order(replace(sold, fills=(first, second)))
    store.save_order(replace(sold, fills=(first, second), ord_status=OrdStatus.CANCELED))
    later = replace(entered(3, SPY, Side.SELL, a_fill(3, "4")), session=NEXT_DAY)
    store.save_order(later)

    by_day = {day: Decimal(0) for day in (DAY, NEXT_DAY)}
    for day, dollars in store.sales(DAY):
        by_day[day] += dollars

    # 100.005 is a hundred dollars and no cent, to the even one; 200.01 and 400.02 are whole cents.
    assert by_day == {DAY: Decimal("299.97"), NEXT_DAY: Decimal("400.00")}
    assert [day for day, _ in store.sales(NEXT_DAY)] == [NEXT_DAY]
    assert store.sales(NEXT_DAY + timedelta(days=1)) == []


def test_trades_of_one_symbol_in_one_session_are_told_in_their_time(store: Store) -> None:
    """SE-02: what else was traded completes no day trade in it."""
    store.save_order(entered(1, SPY, Side.BUY, a_fill(5, "1"), a_fill(6, "2")))
    store.save_order(entered(2, SPY, Side.SELL, a_fill(3, "3")))
    store.save_order(entered(3, TECL, Side.SELL, a_fill(1, "4")))
    store.save_order(replace(entered(4, SPY, Side.BUY, a_fill(2, "5")), session=NEXT_DAY))

    found = store.trades_in(DAY, SPY)

    assert [one.fill.quantity for one in found] == [Decimal(3), Decimal(1), Decimal(2)]
    assert [one for one in store.trades(DAY) if (one.session, one.symbol) == (DAY, SPY)] == [*found]
    assert store.trades_in(DAY, Symbol("GLD")) == ()


def test_an_order_moves_when_it_meets_a_quote_fills_or_ends_and_not_before(store: Store) -> None:
    """Whoever asks more often, or only once, is told of the same orders."""
    interval = timedelta(minutes=1)
    waiting = replace(entered(1, SPY, Side.BUY), ord_status=OrdStatus.NEW, matches=1)
    due = (replace(a_fill(5, "30"), at=ENTRY + timedelta(seconds=5)),)
    filling = replace(entered(2, TECL, Side.BUY), ord_status=OrdStatus.NEW, matches=1, due=due)
    store.save_order(waiting)
    store.save_order(filling)

    def moving(seconds: float) -> list[int]:
        at = ENTRY + timedelta(seconds=seconds)
        return [one.entry for one in store.moving(at, interval)]

    assert [moving(4.9), moving(5), moving(5)] == [[], [2], [2]]
    store.save_order(replace(filling, due=(), fills=due, ord_status=OrdStatus.FILLED))
    assert [moving(5), moving(59), moving(60)] == [[], [], [1]]
    store.save_order(replace(entered(3, SPY, Side.BUY), due=(a_fill(2, "30"),), matches=1))
    assert moving(60) == [1, 3]
    store.save_order(replace(waiting, ord_status=OrdStatus.CANCELED))
    assert moving(60) == [3]
