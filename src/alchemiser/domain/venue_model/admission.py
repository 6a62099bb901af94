"""The checks that a venue in session makes before it takes an order."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.market_rules.day_trades import NO_DAY_TRADES, DayTrades, day_trade_refusal
from alchemiser.domain.market_rules.day_trading import DayTradeRegime
from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.orders.closing import whole_shares
from alchemiser.domain.orders.messages import NewOrderSingle, Rejected, Side
from alchemiser.domain.values.frozen import quickly
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.venue_model.account import (
    VenueAccount,
    buying_power,
    reserved_quantity,
)
from alchemiser.domain.venue_model.order import VenueOrder, buy_cost
from alchemiser.domain.venue_model.settings import VenueSettings


class RejectCode(StrEnum):
    """Why the venue refused an order, in the order in which it looks."""

    DUPLICATE_CL_ORD_ID = "duplicate_cl_ord_id"
    MARKET_CLOSED = "market_closed"
    CLOSE_CUTOFF = "close_cutoff"
    NOT_TRADABLE = "not_tradable"
    NOT_FRACTIONABLE = "not_fractionable"
    FRACTIONAL_ON_CLOSE = "fractional_on_close"
    INVALID_PRICE = "invalid_price"
    NOTIONAL_BELOW_MINIMUM = "notional_below_minimum"
    NO_QUOTE = "no_quote"
    INSUFFICIENT_BUYING_POWER = "insufficient_buying_power"
    INSUFFICIENT_QUANTITY = "insufficient_quantity"
    DAY_TRADE_DENIED = "day_trade_denied"


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Hold how the account stands by the rules of the market; the default has never traded.

    Attributes:
        unsettled: Dollars of its cash that come from sales and have not settled.
        regime: The rule on day trades in force.
        day_trades: Those of the last sessions, without and with the order.
        deficit: Dollars by which its margin falls short; at most zero is none.
    """

    unsettled: Decimal = ZERO
    regime: DayTradeRegime = DayTradeRegime.UNKNOWN
    day_trades: DayTrades = NO_DAY_TRADES
    deficit: Decimal = ZERO


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Hold what an arriving order is checked against.

    Attributes:
        instrument: What it trades, with the venue's increments.
        quote: The market when it arrived, or None when there was none.
        account: The account before it.
        open_orders: The account's open orders.
        settings: The venue.
        standing: How the account stands by the rules of the market.
    """

    instrument: Instrument
    quote: Quote | None
    account: VenueAccount
    open_orders: tuple[VenueOrder, ...]
    settings: VenueSettings
    standing: Standing = Standing()


def refusal(order: NewOrderSingle, admission: Admission) -> Rejected | None:
    """Return the first reason why the venue does not take `order`, or None when it does.

    The account trades with its own cash and shares: no margin, no shorts, and what open orders
    may still use is not free. In a cash account neither is what has been sold and not settled; of
    a margin account, day trades are judged by the rule in force.
    """
    for code, check in _CHECKS:
        text = check(order, admission)
        if text is not None:
            return Rejected(code=code.value, text=text)
    return None


def _not_tradable(order: NewOrderSingle, admission: Admission) -> str | None:
    return None if admission.instrument.tradable else f"{order.symbol} is not tradable"


def _not_fractionable(order: NewOrderSingle, admission: Admission) -> str | None:
    increment = admission.instrument.quantity_increment
    if order.order_qty % increment == 0:
        return None
    return f"quantity {order.order_qty} of {order.symbol} is not a multiple of {increment}"


def _fractional_on_close(order: NewOrderSingle, admission: Admission) -> str | None:
    del admission
    if not order.is_on_close() or order.order_qty == whole_shares(order.order_qty):
        return None
    return f"the closing auction takes whole shares of {order.symbol}, not {order.order_qty}"


def _invalid_price(order: NewOrderSingle, admission: Admission) -> str | None:
    increment = admission.instrument.price_increment
    if order.price % increment == 0:
        return None
    return f"limit price {order.price} of {order.symbol} is not a multiple of {increment}"


def _notional_below_minimum(order: NewOrderSingle, admission: Admission) -> str | None:
    least = admission.settings.notional_min
    return None if order.notional() >= least else f"notional {order.notional()} is below {least}"


def _no_quote(order: NewOrderSingle, admission: Admission) -> str | None:
    return f"{order.symbol} has no quote" if admission.quote is None else None


def _insufficient_buying_power(order: NewOrderSingle, admission: Admission) -> str | None:
    if order.side is not Side.BUY:
        return None
    fees = admission.settings.fees
    cost = buy_cost(order, order.order_qty, fees)
    locked = admission.settings.locked(admission.standing.unsettled)
    free = buying_power(admission.account, admission.open_orders, fees, locked=locked)
    return None if cost <= free else f"the order may cost {cost}, the buying power is {free}"


def _insufficient_quantity(order: NewOrderSingle, admission: Admission) -> str | None:
    if order.side is not Side.SELL:
        return None
    held = admission.account.positions.get(order.symbol, ZERO)
    free = held - reserved_quantity(admission.open_orders, order.symbol)
    if order.order_qty <= free:
        return None
    return f"requested {order.order_qty} of {order.symbol}, available {free} of {held}"


def _day_trade_denied(order: NewOrderSingle, admission: Admission) -> str | None:
    if admission.settings.kind is AccountKind.CASH:
        return None  # the rules are on margin; settled cash has paid for whatever is sold again
    if not admission.standing.day_trades.completes():
        return None  # whatever the equity is, which takes a walk through all positions
    found = day_trade_refusal(
        admission.standing.regime,
        admission.standing.day_trades,
        equity=admission.account.equity(),
        deficit=admission.standing.deficit,
    )
    if found is None:
        return None
    observed, limit = found
    return f"{order.symbol} would be sold on the day it was bought: {observed}, allowed {limit}"


_CHECKS: tuple[tuple[RejectCode, Callable[[NewOrderSingle, Admission], str | None]], ...] = (
    (RejectCode.NOT_TRADABLE, _not_tradable),
    (RejectCode.NOT_FRACTIONABLE, _not_fractionable),
    (RejectCode.FRACTIONAL_ON_CLOSE, _fractional_on_close),
    (RejectCode.INVALID_PRICE, _invalid_price),
    (RejectCode.NOTIONAL_BELOW_MINIMUM, _notional_below_minimum),
    (RejectCode.NO_QUOTE, _no_quote),
    (RejectCode.INSUFFICIENT_BUYING_POWER, _insufficient_buying_power),
    (RejectCode.INSUFFICIENT_QUANTITY, _insufficient_quantity),
    (RejectCode.DAY_TRADE_DENIED, _day_trade_denied),
)
