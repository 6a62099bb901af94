"""The last gate reports the first violation in a fixed order of precedence (OS-06)."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle, Side, TimeInForce
from alchemiser.domain.risk import conduct, exposure, money, quoting, sizes, standing
from alchemiser.domain.risk.checks import ORDER_CHECKS, FitsInto, StaysWithin
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.gates import approve
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, TradingState, Violation
from alchemiser.domain.risk.measures import MEASURES
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, ListingStatus
from alchemiser.testing.builders import NOW, SESSION, a_context, an_account, an_order
from alchemiser.testing.fakes import quote
from alchemiser.testing.histories import sent_orders

SPY = Symbol("SPY")
AN_OTHER = an_order("AGG")
Case = tuple[NewOrderSingle, RiskContext]
Mend = Callable[[NewOrderSingle, RiskContext], Case]
LIMITS = replace(
    RESEARCH_LIMITS,
    max_position={AssetClass.STOCK: Decimal("0.2")},
    max_gross_exposure=Decimal("0.4"),
    max_order_notional=Decimal(100000),
    max_order_equity=Decimal("0.6"),
    max_orders_per_day=1,
)


def _instrument(**changes: ListingStatus) -> dict[Symbol, Instrument]:
    whole = Instrument(symbol=SPY, quantity_increment=Decimal(1))
    return {SPY: replace(whole, **changes)}  # type: ignore[arg-type]


def _worst(side: Side) -> Case:
    """Return an order that every check refuses, in a world that is wrong in every way."""
    order = an_order(quantity="1000.5", price="600.001", side=side)
    account = replace(an_account("10000", equity="100000"), blocked=True)
    context = replace(
        a_context(account, limits=LIMITS),
        now=SESSION.close_at,
        state=TradingState.HALTED,
        quotes={SPY: quote("SPY", "500.10", "499.90", at=NOW)},
        instruments=_instrument(status=ListingStatus.NOT_TRADABLE),
        sent=sent_orders([order], NOW),
        account=None,
    )
    return order, context


def _account(blocked: bool) -> Mend:
    account = replace(an_account("10000", equity="100000"), blocked=blocked)
    return lambda order, context: (order, replace(context, account=account))


def _quoted(bid: str, ask: str, age: int) -> Mend:
    fresh = quote("SPY", bid, ask, at=NOW - timedelta(seconds=age))
    return lambda order, context: (order, replace(context, quotes={SPY: fresh}))


COMMON: list[tuple[RiskCode, Mend]] = [
    (RiskCode.ACCOUNT_UNKNOWN, _account(blocked=True)),
    (RiskCode.ACCOUNT_BLOCKED, _account(blocked=False)),
    (RiskCode.TRADING_STATE, lambda o, c: (o, replace(c, state=TradingState.ACTIVE))),
    (RiskCode.SESSION_CLOSED, lambda o, c: (o, replace(c, now=NOW))),
    (RiskCode.SYMBOL_NOT_TRADABLE, lambda o, c: (o, replace(c, instruments=_instrument()))),
    (RiskCode.QUANTITY_INVALID, lambda o, c: (replace(o, order_qty=Decimal(1000)), c)),
    (RiskCode.PRICE_INVALID, lambda o, c: (replace(o, price=Decimal(600)), c)),
    (RiskCode.QUOTE_CROSSED, _quoted("499.90", "500.10", age=61)),
    (RiskCode.PRICE_STALE, _quoted("499.90", "500.10", age=60)),
    (RiskCode.PRICE_COLLAR, lambda o, c: (replace(o, price=Decimal(500)), c)),
    (RiskCode.DUPLICATE_INTENT, lambda o, c: (o, replace(c, sent=sent_orders([AN_OTHER], NOW)))),
    (RiskCode.MAX_ORDERS_PER_DAY, lambda o, c: (o, replace(c, sent={}))),
]
BUY = [
    *COMMON,
    (RiskCode.MAX_ORDER_NOTIONAL, lambda o, c: (replace(o, order_qty=Decimal(200)), c)),
    (RiskCode.MAX_ORDER_EQUITY, lambda o, c: (replace(o, order_qty=Decimal(120)), c)),
    (
        RiskCode.MAX_POSITION,
        lambda o, c: (
            o,
            replace(c, limits=replace(LIMITS, max_position={AssetClass.STOCK: Decimal("0.6")})),
        ),
    ),
    (RiskCode.MAX_GROSS_EXPOSURE, lambda o, c: (replace(o, order_qty=Decimal(40)), c)),
    (RiskCode.BUYING_POWER, lambda o, c: (replace(o, order_qty=Decimal(20)), c)),
]
SELL = [
    *COMMON,
    (
        RiskCode.SHORT_SALE,
        lambda o, c: (
            o,
            replace(c, account=an_account("10000", {"SPY": "1000"}, equity="100000")),
        ),
    ),
    (RiskCode.MAX_ORDER_NOTIONAL, lambda o, c: (replace(o, order_qty=Decimal(200)), c)),
]


@pytest.mark.parametrize(("side", "steps"), [(Side.BUY, BUY), (Side.SELL, SELL)])
def test_first_violation_is_the_one_reported(
    side: Side, steps: list[tuple[RiskCode, Mend]]
) -> None:
    """Mending one violation after the other brings up the next, and none is left at the end."""
    order, context = _worst(side)
    for code, mend in steps:
        verdict = approve(order, context)
        assert isinstance(verdict, Violation), code
        assert verdict.code is code
        order, context = mend(order, context)

    assert approve(order, context) == ApprovedOrder(order=order)


def test_each_check_stands_in_the_gate_once() -> None:
    """RC-17: a check that is written and forgotten is none."""
    checks = {
        value
        for module in (standing, quoting, conduct)
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_"
    }
    makers = {
        value
        for module in (sizes, exposure, money)
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_"
    }
    written = {*checks, *map(FitsInto, makers), *map(StaysWithin, MEASURES)}

    assert len(set(ORDER_CHECKS)) == len(ORDER_CHECKS)
    assert set(ORDER_CHECKS) == written


@pytest.mark.parametrize("price", ["500", "550"])
def test_gate_judges_an_order_for_the_closing_auction_as_any_other(price: str) -> None:
    """OS-06, OS-10: its limit must lie within the collar, too."""
    order = an_order("SPY", "10", price)
    on_close = replace(order, time_in_force=TimeInForce.AT_THE_CLOSE)

    verdict = approve(on_close, a_context())

    if price == "500":
        assert verdict == ApprovedOrder(order=on_close)
    else:
        assert isinstance(verdict, Violation)
        assert verdict == approve(order, a_context())
