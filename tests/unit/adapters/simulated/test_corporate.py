"""Splits, dividends, money and trades by hand in the venue's account."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.simulated.corporate import Exchange, perform
from alchemiser.adapters.simulated.store import MemoryStore
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.orders.activity import ActivityKind
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.fakes import FakeMarket, quote, regular_session
from tests.simulated_venue import DAY, EXACT, NEXT_DAY, SPY, TECL, World, order, sell, world

TOMORROW = regular_session(NEXT_DAY)
AN_HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "file"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], World]:
    """Return a maker of worlds that hold ten SPY."""

    def made() -> World:
        path = tmp_path / "broker.db" if request.param == "file" else None
        found = world(path, settings=EXACT)
        if not found.broker.account().positions:
            found.submit(order("a", "10", "500.02"))
            found.seconds(10)
        return found

    return made


def until_tomorrow(found: World) -> None:
    found.market.tell(quote("SPY", "249.99", "250.01", at=TOMORROW.open_at))
    found.elapse(TOMORROW.open_at + AN_HOUR - found.clock.now())


def held(found: World) -> Decimal:
    (row,) = found.broker.account().positions
    return row.quantity


def test_split_doubles_what_is_held_as_the_session_opens_and_is_told_once(
    make: Callable[[], World],
) -> None:
    found = make()
    found.market.act(CorporateAction(symbol=SPY, ex_day=NEXT_DAY, split=Decimal(2)))
    equity = found.broker.account().equity

    found.elapse(TOMORROW.open_at - timedelta(seconds=1) - found.clock.now())
    assert held(found) == 10
    until_tomorrow(found)

    assert held(found) == 20
    assert found.broker.account().equity == equity
    (told,) = found.broker.activities(DAY)
    assert (told.kind, told.symbol, told.quantity) == (ActivityKind.SPLIT, SPY, Decimal(10))
    assert found.broker.activities(DAY) == (told,)
    assert found.broker.activities(NEXT_DAY + timedelta(days=1)) == ()


def test_thirds_of_shares_come_out_whole(make: Callable[[], World]) -> None:
    found = make()
    found.submit(order("b", "5", "500.02"))
    third = Decimal(1) / Decimal(3)
    found.market.act(CorporateAction(symbol=SPY, ex_day=NEXT_DAY, split=third))

    until_tomorrow(found)

    assert held(found) == 5


def test_dividend_is_paid_on_its_pay_day_for_what_was_held_as_the_ex_day_began(
    make: Callable[[], World],
) -> None:
    found = make()
    pay_day = NEXT_DAY + timedelta(days=9)
    action = CorporateAction(
        symbol=SPY, ex_day=NEXT_DAY, dividend=Decimal("1.234"), pay_day=pay_day
    )
    found.market.act(action)
    until_tomorrow(found)
    found.submit(order("late", "30", "260"))
    found.seconds(10)
    cash = found.broker.account().cash

    assert found.broker.activities(DAY) == ()
    found.elapse(timedelta(days=9))

    (paid,) = found.broker.activities(DAY)
    assert (paid.kind, paid.day, paid.cash) == (ActivityKind.DIVIDEND, pay_day, Decimal("12.34"))
    assert found.broker.account().cash == cash + Decimal("12.34")


def test_owner_moves_money_and_trades_by_hand(make: Callable[[], World]) -> None:
    """M01, M06."""
    found = make()
    cash = found.broker.account().cash

    deposit = found.broker.transfer(Decimal("100.00"))
    sale = found.broker.trade(SPY, Decimal(-4), Decimal("499.125"))

    assert found.broker.account().cash == cash + 100 + Decimal("1996.50")
    assert held(found) == 6
    assert found.broker.activities(DAY) == (deposit, sale)
    assert len({deposit.activity_id, sale.activity_id}) == 2


@pytest.mark.parametrize(("kept", "left"), [(False, {TECL: 5}), (True, {SPY: 10, TECL: 5})])
def test_holders_are_given_another_share_for_theirs_or_besides(
    make: Callable[[], World], kept: bool, left: dict[Symbol, int]
) -> None:
    found = make()
    cash = found.broker.account().cash
    terms = Exchange(
        symbol=SPY, received=TECL, ratio=Decimal("0.5"), kept=kept, cash=Decimal("1.005")
    )

    told = found.broker.exchange(terms)

    account = found.broker.account()
    assert {row.symbol: row.quantity for row in account.positions} == left
    assert account.cash == cash + Decimal("10.05")
    assert found.broker.activities(DAY) == (told,)
    assert (told.received, told.received_quantity) == (TECL, Decimal(5))


def test_nothing_is_given_for_what_is_not_held_or_is_on_order(make: Callable[[], World]) -> None:
    found = make()
    terms = Exchange(symbol=SPY, received=TECL, ratio=Decimal("0.5"))

    with pytest.raises(InvalidValueError, match="0 shares are held"):
        found.broker.exchange(replace(terms, symbol=TECL, received=SPY))
    with pytest.raises(InvalidValueError, match="neither for itself"):
        replace(terms, received=SPY)
    found.submit(sell("b", "1", "510.00"))
    with pytest.raises(InvalidValueError, match="orders in them"):
        found.broker.exchange(terms)


def test_owner_cannot_take_what_is_not_there(make: Callable[[], World]) -> None:
    found = make()
    before = found.broker.account()

    with pytest.raises(InvalidValueError, match="cannot be taken out"):
        found.broker.transfer(Decimal(-1000000))
    with pytest.raises(InvalidValueError, match="neither pay"):
        found.broker.trade(SPY, Decimal(-11), Decimal(500))
    with pytest.raises(InvalidValueError, match="neither pay"):
        found.broker.trade(Symbol("TECL"), Decimal(10**6), Decimal(500))

    assert replace(found.broker.account(), at=before.at) == before


def test_owner_cannot_take_what_open_orders_need(make: Callable[[], World]) -> None:
    """Brokers hold it back; taken twice, it would leave a short position or a debt."""
    found = make()
    cash = found.broker.account().cash
    found.submit(sell("b", "8", "510.00"))
    found.submit(order("c", "2", "490.00"))

    with pytest.raises(InvalidValueError, match="neither pay"):
        found.broker.trade(SPY, Decimal(-3), Decimal(500))
    with pytest.raises(InvalidValueError, match="neither pay"):
        found.broker.trade(SPY, Decimal(1), cash)
    with pytest.raises(InvalidValueError, match="cannot be taken out"):
        found.broker.transfer(-cash)

    found.broker.trade(SPY, Decimal(-2), Decimal(500))
    found.broker.transfer(-(cash - 980))
    assert found.broker.account().cash == 1980


def test_activity_that_was_edited_into_nonsense_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broker.db"
    found = world(path, settings=EXACT)
    found.broker.transfer(Decimal("1.00"))
    with sqlite3.connect(path) as file:
        file.execute("UPDATE activities SET kind = 'gift'")

    with pytest.raises(Exception, match="transfer-1 in the broker's file cannot be read"):
        found.broker.activities(DAY)


@pytest.mark.parametrize(
    ("cash", "days", "charged"),
    [("-3600.00", 3, "-3.60"), ("-0.10", 1, None), ("3600.00", 3, None), ("0.00", 3, None)],
)
def test_a_debit_balance_costs_interest_by_calendar_days(
    cash: str, days: int, charged: str | None
) -> None:
    """BT-04: 3600 x 0.12 x 3 / 360; a credit earns nothing."""
    store, settings = MemoryStore(Decimal(cash)), replace(EXACT, margin_rate=Decimal("0.12"))
    last = DAY + timedelta(days=days)

    for day in (DAY, last, last):
        perform(store, FakeMarket(), day, settings)

    told = [(one.kind, one.day, one.cash) for one in store.activities(DAY)]
    expected = [] if charged is None else [(ActivityKind.INTEREST, last, Decimal(charged))]
    assert told == expected
    assert store.account().cash == Decimal(cash) + Decimal(charged or 0)
