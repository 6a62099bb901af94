"""Values of the domain in one line each, so that a test names only the parts that matter to it.

Numbers are given as text, moments and names have defaults: 15 minutes before the close of
Monday, 5 August 2024.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from alchemiser.domain.books.ledger import Book
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.messages import (
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    OrdStatus,
    Side,
)
from alchemiser.domain.orders.plan import Claims, PlannedOrder
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskLimits, TradingState
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.values.identifiers import (
    AccountId,
    BookId,
    ExecId,
    OrderId,
    Symbol,
    cl_ord_id,
)
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.testing.fakes import quote, regular_session
from alchemiser.testing.histories import a_history

DAY = date(2024, 8, 5)
SESSION = regular_session(DAY)
NOW = SESSION.close_at - timedelta(minutes=15)
ACCOUNT = AccountId("PA3SLPYWC0RN")
NO_POSITIONS: Mapping[str, str] = {}


def an_order(
    name: str = "SPY",
    quantity: str = "10",
    price: str = "500",
    *,
    side: Side = Side.BUY,
    attempt: int = 1,
) -> NewOrderSingle:
    """Return an order of `quantity` shares at a limit of `price` dollars."""
    buy = side is Side.BUY
    return NewOrderSingle(
        cl_ord_id=cl_ord_id(
            account=ACCOUNT, session=DAY, name=Symbol(name), buy=buy, attempt=attempt
        ),
        symbol=Symbol(name),
        side=side,
        order_qty=Decimal(quantity),
        price=Decimal(price),
    )


def a_report(
    order: NewOrderSingle,
    exec_type: ExecType,
    *,
    cum_qty: str = "0",
    exec_id: str | None = None,
) -> ExecutionReport:
    """Return a report on `order` that tells no fill; its id follows from `exec_type`."""
    return ExecutionReport(
        cl_ord_id=order.cl_ord_id,
        order_id=OrderId("venue-7"),
        exec_id=ExecId(exec_id or f"venue-7-{exec_type}"),
        exec_type=exec_type,
        ord_status=OrdStatus(exec_type.value),
        symbol=order.symbol,
        side=order.side,
        order_qty=order.order_qty,
        cum_qty=Decimal(cum_qty),
        transact_time=NOW,
    )


def a_fill(
    order: NewOrderSingle,
    quantity: str = "10",
    price: str = "499.50",
    *,
    before: str = "0",
    commission: str = "0",
    exec_id: str | None = None,
) -> ExecutionReport:
    """Return a report that `quantity` shares filled after `before` others."""
    cum_qty = Decimal(before) + Decimal(quantity)
    filled = cum_qty == order.order_qty
    return ExecutionReport(
        cl_ord_id=order.cl_ord_id,
        order_id=OrderId("venue-7"),
        exec_id=ExecId(exec_id or f"venue-7-fill-to-{cum_qty}"),
        exec_type=ExecType.TRADE,
        ord_status=OrdStatus.FILLED if filled else OrdStatus.PARTIALLY_FILLED,
        symbol=order.symbol,
        side=order.side,
        order_qty=order.order_qty,
        cum_qty=cum_qty,
        last_qty=Decimal(quantity),
        last_px=Decimal(price),
        commission=Decimal(commission),
        transact_time=NOW,
    )


def a_bust(order: NewOrderSingle, fill: str, *, exec_id: str | None = None) -> ExecutionReport:
    """Return a report that takes back the fill that was told as `fill`."""
    report = a_report(order, ExecType.NEW, exec_id=exec_id or f"bust-of-{fill}")
    return replace(report, exec_type=ExecType.TRADE_CANCEL, exec_ref_id=ExecId(fill))


def a_correction(
    order: NewOrderSingle,
    fill: str,
    quantity: str,
    price: str,
    *,
    commission: str = "0",
    exec_id: str | None = None,
) -> ExecutionReport:
    """Return a report that the fill told as `fill` was of `quantity` shares at `price`."""
    return replace(
        a_fill(order, quantity, price, commission=commission),
        exec_id=ExecId(exec_id or f"correction-of-{fill}"),
        exec_type=ExecType.TRADE_CORRECT,
        ord_status=OrdStatus.PARTIALLY_FILLED,
        exec_ref_id=ExecId(fill),
    )


def some_claims(**shares: str) -> Claims:
    """Return claims of books by name, such as `some_claims(nuclear="3", tecl="4.5")`."""
    return tuple((BookId(name), Decimal(shares[name])) for name in sorted(shares))


def an_intent(name: str, *, buy: bool = True, **shares: str) -> NetIntent:
    """Return the wish of books for `shares` more, or with `buy=False` fewer, of `name`."""
    return NetIntent(symbol=Symbol(name), buy=buy, claims=some_claims(**shares))


def a_planned_order(order: NewOrderSingle, *, reference: str, **shares: str) -> PlannedOrder:
    """Return `order` as a plan holds it, decided at the mid `reference` for the books' claims."""
    return PlannedOrder(
        cl_ord_id=order.cl_ord_id,
        symbol=order.symbol,
        side=order.side,
        quantity=order.order_qty,
        limit_price=order.price,
        reference_price=Decimal(reference),
        claims=some_claims(**shares),
    )


def a_book(cash: str = "0", positions: Mapping[str, str] = NO_POSITIONS) -> Book:
    """Return a book with `cash` dollars and shares by symbol."""
    shares = {Symbol(name): Decimal(quantity) for name, quantity in positions.items()}
    return Book(cash=Decimal(cash), positions=shares)


def decided(**weights: str) -> Decided:
    """Return the decision for `weights` by symbol, such as `decided(SPY="0.6", AGG="0.4")`."""
    return Decided(
        target=TargetPortfolio.of({name: Decimal(weight) for name, weight in weights.items()})
    )


def an_account(
    cash: str = "100000",
    positions: Mapping[str, str] = NO_POSITIONS,
    *,
    equity: str | None = None,
    buying_power: str | None = None,
    blocked: bool = False,
) -> AccountSnapshot:
    """Return an account; equity and buying power are its cash unless given."""
    return AccountSnapshot(
        account=ACCOUNT,
        cash=Decimal(cash),
        equity=Decimal(equity or cash),
        buying_power=Decimal(buying_power) if buying_power else max(Decimal(cash), ZERO),
        blocked=blocked,
        positions=tuple(
            Position(symbol=Symbol(name), quantity=Decimal(positions[name]))
            for name in sorted(positions)
        ),
        at=NOW,
    )


def a_context(
    account: AccountSnapshot | None = None,
    *,
    quotes: Iterable[Quote] | None = None,
    instruments: Iterable[Instrument] | None = None,
    limits: RiskLimits | None = None,
    state: TradingState = TradingState.ACTIVE,
) -> RiskContext:
    """Return the world at `NOW`; without `quotes`, SPY is bid at 499.90 and offered at 500.10.

    Symbols without one of `instruments` are plain stocks; the books hold the account's cash.
    """
    account = account or an_account()
    if quotes is None:
        quotes = (quote("SPY", "499.90", "500.10", at=NOW),)
    quoted = {one.symbol: one for one in quotes}
    known = {name: Instrument(symbol=name) for name in quoted}
    known |= {one.symbol: one for one in instruments or ()}
    return RiskContext(
        now=NOW,
        state=state,
        session=SESSION,
        account=account,
        cash=account.cash,
        quotes=quoted,
        instruments=known,
        limits=limits or RiskLimits(),
        history=a_history(SESSION.day, {*quoted, *known}),
    )
