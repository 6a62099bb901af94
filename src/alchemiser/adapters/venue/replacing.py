"""What may be changed in an order that stands."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from alchemiser.adapters.venue.orders import InForce, Kind, Order, OrderRequest, Status
from alchemiser.adapters.venue.pricing import increment
from alchemiser.adapters.venue.refusals import Refused, malformed, unprocessable
from alchemiser.adapters.venue.requests import (
    NotUnderstoodError,
    choice,
    client_order_id,
    positive,
    text,
)
from alchemiser.domain.values.numbers import ONE, SHARE, is_multiple, round_down

_REPLACEABLE: Final = frozenset({Status.NEW, Status.PARTIALLY_FILLED, Status.HELD})
_LIMITED: Final = frozenset({Kind.LIMIT, Kind.STOP_LIMIT})
_STOPPED: Final = frozenset({Kind.STOP, Kind.STOP_LIMIT})
_TRAILING: Final = frozenset({Kind.TRAILING_STOP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Hold what a client wants changed; None leaves a thing as it is.

    Attributes:
        client_order_id: The new order's name.
        quantity: Shares of the whole chain: what has been filled counts.
        in_force: How long it stands.
        limit_price: Dollars.
        stop_price: Dollars.
        trail: Dollars or percent, whichever the order has.
    """

    client_order_id: str | None = None
    quantity: Decimal | None = None
    in_force: InForce | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail: Decimal | None = None


def changes(body: object) -> Changes:
    """Return what `body` wants changed.

    Raises:
        NotUnderstoodError: When it cannot be understood.
    """
    if not isinstance(body, dict):
        raise NotUnderstoodError("request body format is invalid")
    if body.get("notional") is not None:
        raise NotUnderstoodError(unprocessable("notional orders cannot be replaced"))
    in_force = None
    if text(body, "time_in_force") is not None:
        in_force = choice(body, "time_in_force", InForce, "invalid time_in_force")
    return Changes(
        client_order_id=client_order_id(body),
        quantity=positive(body, "qty"),
        in_force=in_force,
        limit_price=positive(body, "limit_price"),
        stop_price=positive(body, "stop_price"),
        trail=positive(body, "trail"),
    )


def chained(order: Order, wanted: Changes) -> OrderRequest | Refused:
    """Return what `order` asks for after `wanted`, or why it cannot be changed so."""
    refused = _state(order) or _content(order, wanted)
    if refused is not None:
        return refused
    asked = order.asked
    by_percent = asked.trail_percent is not None
    request = replace(
        asked,
        client_order_id=wanted.client_order_id,
        quantity=wanted.quantity or order.quantity,
        in_force=wanted.in_force or asked.in_force,
        limit_price=wanted.limit_price or order.limit_price,
        stop_price=wanted.stop_price or asked.stop_price,
        trail_percent=(wanted.trail or asked.trail_percent) if by_percent else None,
        trail_price=None if by_percent else wanted.trail or asked.trail_price,
        take_profit=None if order.legs else asked.take_profit,
        stop_loss=None if order.legs else asked.stop_loss,
    )
    if replace(request, client_order_id=asked.client_order_id) == asked:
        return unprocessable("order parameters are not changed")
    return request


def after_split(order: Order, ratio: Decimal) -> OrderRequest:
    """Return what `order` asks for once its symbol gave `ratio` shares for one, at least one.

    Shares are rounded down to whole ones where they were whole, prices down to their step.
    Source: FINRA Rule 5330.
    """
    asked = order.asked

    def price(before: Decimal | None) -> Decimal | None:
        if before is None:
            return None
        return round_down(before / ratio, increment(before / ratio))

    quantity = order.quantity
    if quantity is not None:
        quantity = round_down(quantity * ratio, ONE if is_multiple(quantity, ONE) else SHARE)
    return replace(
        asked,
        client_order_id=None,
        quantity=quantity,
        limit_price=price(order.limit_price),
        stop_price=price(order.stop_price),
        trail_price=price(asked.trail_price),
        take_profit=None,
        stop_loss=None,
    )


def _state(order: Order) -> Refused | None:
    if order.replaced_by is not None:
        return unprocessable("order already replaced")
    if order.status.is_terminal():
        return unprocessable("unable to replace order, order is not open")
    if order.status is Status.PENDING_REPLACE:
        return unprocessable("order chain not fully replaced")
    if order.status not in _REPLACEABLE:
        return unprocessable(f"cannot replace order in {order.status.value} status")
    return None


def _content(order: Order, wanted: Changes) -> Refused | None:
    kind, quantity = order.asked.kind, wanted.quantity
    if order.asked.notional is not None:
        return unprocessable("notional orders cannot be replaced")
    if quantity is not None:
        if not is_multiple(quantity, ONE):
            return malformed("qty must be a whole number")
        if order.is_complex():
            return unprocessable("qty cannot be changed for advanced orders")
        if quantity <= order.filled_qty():
            return unprocessable("qty must be > filled_qty")
    for name, price, kinds in (
        ("limit_price", wanted.limit_price, _LIMITED),
        ("stop_price", wanted.stop_price, _STOPPED),
        ("trail", wanted.trail, _TRAILING),
    ):
        if price is not None and kind not in kinds:
            return malformed(f"{name} is no parameter of {kind.value} orders")
    return None
