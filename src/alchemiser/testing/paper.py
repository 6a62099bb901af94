"""The numbered cases over an owner's paper account: few shares, real time, all cleared away."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, Final

from alchemiser.container.alpaca_parts import exchange_day
from alchemiser.container.assembly import UNBEGUN
from alchemiser.container.parts import Parts
from alchemiser.container.proving import prove_account, prove_purse
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.errors import PreflightError, SettingsError
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.domain.values.numbers import CENT, ZERO
from alchemiser.domain.values.session import Session
from alchemiser.settings import Settings
from alchemiser.testing.conformance import SYMBOLS, TRADED, Suite
from alchemiser.testing.contracts.broker import BrokerContract
from alchemiser.testing.contracts.broker_bench import BrokerBench
from alchemiser.testing.contracts.broker_many import BrokerManyContract
from alchemiser.testing.contracts.broker_refusals import BrokerRefusalsContract
from alchemiser.testing.contracts.calendar import CalendarContract
from alchemiser.testing.contracts.market_data import MarketDataBench, MarketDataContract
from alchemiser.testing.contracts.market_prices import MarketPricesContract
from alchemiser.testing.contracts.order_updates import OrderUpdatesContract
from alchemiser.testing.contracts.order_updates_bench import UpdatesBench

QUANTITY: Final = Decimal("2.5")
"""Shares of one order."""
_ANOTHER_MOMENT: Final = "it asks about another moment than the present"
_MOMENTS: Final = dict.fromkeys(("MD-09", "MD-10", "MD-18", "MD-19"), _ANOTHER_MOMENT)
_OURS, _THEIRS = "alc-", "cnf-"


@contextmanager
def paper_suites(settings: Settings) -> Iterator[tuple[Suite, ...]]:
    """Give the suites over the paper account of `settings`, whose engine is kept off meanwhile.

    Cases of the closing auction, and those that need another moment than the present, are left out.

    Raises:
        SettingsError: When it is no paper account, or there is no usable key.
        PreflightError: When its session is not on, or it holds or has ordered something of `SPY`.
        LeaseHeldError: When its engine is at work.
        PortUnavailableError: When the broker cannot be reached.
    """
    if settings.account.mode != "paper":
        msg = f'cases are run over a paper account: [account] mode is "{settings.account.mode}".'
        raise SettingsError(msg)
    parts = Parts(settings=settings, day=UNBEGUN.date(), code="", start=UNBEGUN)
    prove_purse(parts)
    prove_account(parts)
    session = _session_on(parts)
    with parts.lease().hold(parts.broker().lease_key()):
        _refuse_unless_clear(parts, session)
        attempts = count((parts.clock().now() - session.open_at).seconds + 1)
        yield _suites(parts, session, attempts)


def _suites(parts: Parts, session: Session, attempts: Iterator[int]) -> tuple[Suite, ...]:
    brokers = partial(_broker_bench, parts, session, attempts)
    data = partial(_data_bench, parts, session)
    return (
        Suite(contract=BrokerContract, bench=brokers),
        Suite(contract=BrokerRefusalsContract, bench=brokers),
        Suite(contract=BrokerManyContract, bench=brokers),
        Suite(contract=MarketDataContract, bench=data, left_out=_MOMENTS),
        Suite(contract=MarketPricesContract, bench=data, left_out=_MOMENTS),
        Suite(
            contract=OrderUpdatesContract, bench=partial(_updates_bench, parts, session, attempts)
        ),
        Suite(contract=CalendarContract, bench=partial(_calendar, parts)),
    )


def _session_on(parts: Parts) -> Session:
    now = parts.clock().now()
    session = parts.calendar().session(exchange_day(now))
    if session is None or not session.open_at <= now < session.close_at:
        msg = "the exchange is closed: run the cases while its session is on."
        raise PreflightError(msg)
    return session


def _refuse_unless_clear(parts: Parts, session: Session) -> None:
    broker = parts.broker()
    held = broker.account().shares.get(TRADED, ZERO)
    orders = (broker.reports(name) for name in broker.orders(session.day))
    working = any(
        reports and reports[-1].symbol == TRADED and not reports[-1].ord_status.is_terminal()
        for reports in orders
    )
    if held or working:
        msg = f"the account holds or orders {TRADED}: sell it and cancel its orders first."
        raise PreflightError(msg)


@contextmanager
def _broker_bench(parts: Parts, session: Session, attempts: Iterator[int]) -> Iterator[BrokerBench]:
    bench = _bench(parts, session, attempts)
    known = set(bench.broker.orders(session.day))
    try:
        yield bench
    finally:
        _clear(bench, known)


def _bench(parts: Parts, session: Session, attempts: Iterator[int]) -> BrokerBench:
    quote = _quote(parts)
    return BrokerBench(
        broker=parts.broker(),
        session=session.day,
        symbol=TRADED,
        quantity=QUANTITY,
        buy_filling=(quote.ask * Decimal("1.005")).quantize(CENT),
        buy_resting=(quote.bid * Decimal("0.86")).quantize(CENT),
        sell_filling=(quote.bid * Decimal("0.995")).quantize(CENT),
        elapse=partial(_elapse, parts),
        attempts=attempts,
        threads=4,
        named=_not_the_engines,
    )


def _quote(parts: Parts) -> Quote:
    quotes = parts.market().quotes([TRADED], at=parts.clock().now())
    if not quotes:
        msg = f"there is no quote of {TRADED}: run the cases when there is."
        raise PreflightError(msg)
    return quotes[0]


def _not_the_engines(name: ClOrdId) -> ClOrdId:
    """Return a name that the account's engine does not take for one of its own."""
    return ClOrdId(f"{_THEIRS}{name.removeprefix(_OURS)}")


def _elapse(parts: Parts, time: timedelta) -> None:
    clock = parts.clock()
    asyncio.run(clock.wait_until(clock.now() + time))


def _clear(bench: BrokerBench, known: set[ClOrdId]) -> None:
    """Cancel what still works of a bench's own orders, and sell what it still holds."""
    own = [name for name in bench.broker.orders(bench.session) if name not in known]
    for name in own:
        reports = bench.broker.reports(name)
        if reports and not reports[-1].ord_status.is_terminal():
            bench.broker.cancel(name)
    bench.elapse(timedelta(seconds=2))
    held = bench.held()
    if held > 0:
        order = bench.order(bench.sell_filling, side=Side.SELL, quantity=held)
        bench.accepted(order)
        bench.settled(order)


@contextmanager
def _updates_bench(
    parts: Parts, session: Session, attempts: Iterator[int]
) -> Iterator[UpdatesBench]:
    with _broker_bench(parts, session, attempts) as bench:
        plain: dict[str, Any] = {one.name: getattr(bench, one.name) for one in fields(BrokerBench)}
        updates: Any = parts.alpaca_updates()  # made by its name
        yield UpdatesBench(
            **plain,
            updates=updates,
            drop=lambda: None,  # nobody can break it from here
            close=updates.close,
            calls=parts.threaded_calls(),
        )


@contextmanager
def _data_bench(parts: Parts, session: Session) -> Iterator[MarketDataBench]:
    calendar = parts.calendar()
    before = calendar.sessions(session.day - timedelta(days=10), session.day)[-2]
    yield MarketDataBench(
        market=parts.alpaca_market(), calendar=calendar, symbols=SYMBOLS, last=before.day
    )


@contextmanager
def _calendar(parts: Parts) -> Iterator[object]:
    yield parts.calendar()
