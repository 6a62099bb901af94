"""What clients write, understood or refused."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, TypeVar

from alchemiser.adapters.venue.orders import InForce, Kind, Leg, OrderClass, OrderRequest
from alchemiser.adapters.venue.refusals import Refused, malformed, unprocessable
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.identifiers import Symbol

CLIENT_ORDER_ID_LENGTH_MAX: Final = 128
TRAIL_PERCENT_MIN: Final = Decimal("0.1")
BOTH: Final = 2
DIGITS_MAX: Final = 20
"""Digits before the point, or zeros after it, of the numbers that are understood."""
_Body = Mapping[str, object]
_Enum = TypeVar("_Enum", bound=StrEnum)


class NotUnderstoodError(ValueError):
    """Mark a request that cannot be understood; carries the answer, a 422 of a message alone."""

    def __init__(self, said: str | Refused) -> None:
        self.refused = malformed(said) if isinstance(said, str) else said
        super().__init__(self.refused.message)


def number(body: _Body, name: str) -> Decimal | None:
    """Return the number under `name`, written as a number or a text; None where there is none.

    Raises:
        NotUnderstoodError: When it is neither.
    """
    value = body.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise NotUnderstoodError("request body format is invalid")
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise NotUnderstoodError("request body format is invalid") from None
    if not found.is_finite() or abs(found.adjusted()) > DIGITS_MAX:
        raise NotUnderstoodError("request body format is invalid")
    return found


def positive(body: _Body, name: str) -> Decimal | None:
    """Return the number under `name`, which has to be above zero; None where there is none.

    Raises:
        NotUnderstoodError: When it is no such number.
    """
    found = number(body, name)
    if found is not None and found <= 0:
        raise NotUnderstoodError(f"{name.replace('_', ' ')} must be > 0")
    return found


def text(body: _Body, name: str) -> str | None:
    """Return the text under `name`, or None where there is none.

    Raises:
        NotUnderstoodError: When it is no text.
    """
    value = body.get(name)
    if value is None:
        return None
    # Half a surrogate pair is no text that could be sent on.
    if not isinstance(value, str) or any("\ud800" <= char <= "\udfff" for char in value):
        raise NotUnderstoodError("request body format is invalid")
    return value or None


def flag(value: object) -> bool:
    """Return what `value` says: a boolean, or its name in any capitals."""
    return value if isinstance(value, bool) else str(value).lower() == "true"


def client_order_id(body: _Body) -> str | None:
    """Return the client's name of an order, or None where it gives none.

    Raises:
        NotUnderstoodError: When it is too long.
    """
    name = text(body, "client_order_id")
    if name is not None and len(name) > CLIENT_ORDER_ID_LENGTH_MAX:
        longest = CLIENT_ORDER_ID_LENGTH_MAX
        raise NotUnderstoodError(f"client_order_id must be no more than {longest} characters")
    return name


def choice(body: _Body, name: str, kinds: type[_Enum], refusal: str) -> _Enum:
    """Return the member of `kinds` under `name`.

    Raises:
        NotUnderstoodError: When there is none of this name.
    """
    try:
        return kinds(text(body, name) or "")
    except ValueError:
        raise NotUnderstoodError(refusal) from None


def order_request(body: object, find: Callable[[str], Symbol | None]) -> OrderRequest:
    """Return the order that `body` asks for.

    Args:
        body: The decoded request.
        find: Returns the symbol that a ticker or an asset's identifier names, or None.

    Raises:
        NotUnderstoodError: When it cannot be understood, or prices do not fit its type.
    """
    if not isinstance(body, dict):
        raise NotUnderstoodError("request body format is invalid")
    return _checked(
        OrderRequest(
            client_order_id=client_order_id(body),
            symbol=_symbol(body, find),
            side=choice(body, "side", Side, "invalid side"),
            kind=choice(body, "type", Kind, "invalid order type"),
            in_force=choice(body, "time_in_force", InForce, "invalid time_in_force"),
            quantity=positive(body, "qty"),
            notional=positive(body, "notional"),
            limit_price=positive(body, "limit_price"),
            stop_price=positive(body, "stop_price"),
            trail_price=positive(body, "trail_price"),
            trail_percent=positive(body, "trail_percent"),
            extended_hours=_extended_hours(body),
            order_class=_order_class(body),
            take_profit=_leg(body, "take_profit"),
            stop_loss=_leg(body, "stop_loss"),
            position_intent=text(body, "position_intent"),
        )
    )


def _symbol(body: _Body, find: Callable[[str], Symbol | None]) -> Symbol:
    name = text(body, "symbol")
    if name is None:
        raise NotUnderstoodError("symbol is required")
    found = find(name)
    if found is None:
        raise NotUnderstoodError(unprocessable(f'asset "{name}" not found'))
    return found


def _extended_hours(body: _Body) -> bool:
    value = body.get("extended_hours")
    if value is not None and not isinstance(value, bool):
        raise NotUnderstoodError("request body format is invalid")
    return bool(value)


def _order_class(body: _Body) -> OrderClass:
    name = text(body, "order_class")
    if name is None or name == "simple":
        return OrderClass.SIMPLE
    return choice(body, "order_class", OrderClass, "invalid order class")


def _leg(body: _Body, name: str) -> Leg | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise NotUnderstoodError("request body format is invalid")
    return Leg(limit_price=positive(value, "limit_price"), stop_price=positive(value, "stop_price"))


def _checked(request: OrderRequest) -> OrderRequest:
    """Return `request` when its prices and legs are those that its type and class need.

    Raises:
        NotUnderstoodError: When one is missing or too much.
    """
    if request.order_class is OrderClass.OCO:
        request = _as_profit(request)
    for is_wrong, message in (*_quantity(request), *_prices(request), *_legs(request)):
        if is_wrong:
            raise NotUnderstoodError(message)
    return request


def _as_profit(request: OrderRequest) -> OrderRequest:
    """Return an OCO with its take-profit price where its own limit stands."""
    if request.take_profit is None or request.limit_price is not None:
        return request
    return replace(request, limit_price=request.take_profit.limit_price)


def _quantity(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    quantity, notional = request.quantity, request.notional
    return (
        (quantity is not None and notional is not None, "only one of qty or notional is accepted"),
        (quantity is None and notional is None, "qty or notional is required"),
    )


def _prices(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    kind, limit, stop = request.kind, request.limit_price, request.stop_price
    trails = [one for one in (request.trail_price, request.trail_percent) if one is not None]
    percent = request.trail_percent
    trailing = kind is Kind.TRAILING_STOP
    return (
        (kind is Kind.LIMIT and limit is None, "limit orders require a limit price"),
        (kind is Kind.LIMIT and stop is not None, "limit orders require no stop price"),
        (kind is Kind.STOP and stop is None, "stop orders require a stop price"),
        (kind is Kind.STOP and limit is not None, "stop orders require no limit price"),
        (
            kind is Kind.STOP_LIMIT and (limit is None or stop is None),
            "stop limit orders require both stop and limit price",
        ),
        (
            kind is Kind.MARKET and (limit is not None or stop is not None),
            "market orders require no stop or limit price",
        ),
        (
            trailing and len(trails) != 1,
            "trailing stop orders must specify one of trail_price or trail_percent",
        ),
        (trailing and (limit or stop) is not None, "trailing stop orders take no other price"),
        (not trailing and bool(trails), "only trailing stop orders take a trail"),
        (
            percent is not None and percent < TRAIL_PERCENT_MIN,
            f"trail_percent must be greater than or equal to {TRAIL_PERCENT_MIN}",
        ),
    )


def _legs(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    profit, loss, kind = request.take_profit, request.stop_loss, request.order_class
    given = (profit is not None) + (loss is not None)
    return (
        (kind is OrderClass.SIMPLE and given > 0, "simple orders take no legs"),
        (
            kind is OrderClass.BRACKET and given < BOTH,
            "bracket orders require take_profit and stop_loss",
        ),
        (
            kind is OrderClass.OCO and (loss is None or request.limit_price is None),
            "oco orders require take_profit.limit_price and stop_loss.stop_price",
        ),
        (kind is OrderClass.OCO and request.kind is not Kind.LIMIT, "oco orders must be limit"),
        (kind is OrderClass.OTO and given != 1, "oto orders require one of the two legs"),
        (
            profit is not None and profit.limit_price is None,
            "take_profit.limit_price is required",
        ),
        (loss is not None and loss.stop_price is None, "stop_loss.stop_price is required"),
    )
