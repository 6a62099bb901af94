"""What the venue holds, as Alpaca's JSON has it: numbers are texts, times are RFC 3339."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from alchemiser.adapters.venue.activities import Activity
from alchemiser.adapters.venue.assets import Asset
from alchemiser.adapters.venue.orders import GTC_DAYS, Execution, InForce, Order, OrderClass
from alchemiser.adapters.venue.timetable import NEW_YORK
from alchemiser.adapters.venue.world import World
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import CENT, ONE, plain

Document = dict[str, object]

EQUITY: Final = "us_equity"
_RATIO: Final = Decimal("1e-10")
_MOMENTS: Final = ("filled_at", "expired_at", "canceled_at", "failed_at", "replaced_at")


def moment(at: datetime) -> str:
    """Return `at` (UTC) with microseconds and `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def local_moment(at: datetime) -> str:
    """Return `at` (UTC) in New York, with its offset."""
    return at.astimezone(NEW_YORK).isoformat()


def money(value: Decimal) -> str:
    """Return dollars with two decimals."""
    return f"{value.quantize(CENT, rounding=ROUND_HALF_EVEN):f}"


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def order(one: Order, world: World, *, nested: bool = False) -> Document:
    """Return an order; with `nested` its legs stand in it."""
    asked = one.asked
    moments = {name: one.moments.get(name) for name in _MOMENTS}
    return {
        "id": one.id,
        "client_order_id": one.client_order_id,
        "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at),
        "submitted_at": moment(one.created_at),
        **{name: None if at is None else moment(at) for name, at in moments.items()},
        "replaced_by": None if one.replaced_by is None else one.replaced_by.id,
        "replaces": None if one.replaces is None else one.replaces.id,
        "asset_id": world.asset(one.symbol).id,
        "symbol": one.symbol,
        "asset_class": EQUITY,
        "notional": _number(asked.notional),
        "qty": None if asked.notional is not None else _number(one.quantity),
        "filled_qty": plain(one.filled_qty()),
        "filled_avg_price": _number(one.average_price()),
        "order_class": asked.order_class.value,
        "order_type": asked.kind.value,
        "type": asked.kind.value,
        "side": one.side.value,
        "position_intent": asked.position_intent,
        "time_in_force": asked.in_force.value,
        "limit_price": _number(one.limit_price),
        "stop_price": _number(one.stop_price),
        "status": one.status.value,
        "extended_hours": asked.extended_hours,
        "legs": [order(leg, world) for leg in one.legs] if nested and one.legs else None,
        "trail_percent": _number(asked.trail_percent),
        "trail_price": _number(asked.trail_price),
        "hwm": _number(one.high_water),
        "subtag": None,
        "source": "access_key",
        "expires_at": moment(_expiry(one, world)),
    }


def _expiry(one: Order, world: World) -> datetime:
    if one.asked.in_force is InForce.GTC:
        return one.created_at + GTC_DAYS
    return world.timetable.ends_at(one.session, extended=one.asked.extended_hours)


def trade_update(
    event: str, one: Order, execution: Execution | None, world: World, number: int
) -> Document:
    """Return the data of an event on an order; `number` counts the venue's events."""
    at = world.moment if execution is None else execution.at
    requested = one.moments.get("cancel_requested_at")
    has_legs = one.asked.order_class is not OrderClass.SIMPLE
    document: Document = {
        "event": event,
        "timestamp": moment(at),
        "at": moment(at),
        "event_id": world.draws.ulid(int(at.timestamp() * 1000), number),
        "order": {
            **order(one, world, nested=has_legs),
            "cancel_requested_at": None if requested is None else moment(requested),
        },
    }
    if execution is not None:
        document |= {
            "execution_id": execution.execution_id,
            "price": plain(execution.price),
            "qty": plain(execution.quantity),
            "position_qty": plain(execution.position_qty),
        }
    return document


def asset(one: Asset) -> Document:
    """Return a listing."""
    instrument = one.instrument
    requirement = "100" if abs(instrument.leverage) > ONE else "30"
    kind = "Fund" if instrument.asset_class is not AssetClass.STOCK else "Common Stock"
    return {
        "id": one.id,
        "class": EQUITY,
        "exchange": one.exchange,
        "symbol": one.symbol,
        "name": f"{one.symbol} {kind}",
        "status": "active",
        "tradable": instrument.tradable,
        "marginable": True,
        "shortable": True,
        "borrow_status": "easy_to_borrow",
        "easy_to_borrow": True,
        "fractionable": one.fractionable,
        "maintenance_margin_requirement": int(requirement),
        "margin_requirement_long": requirement,
        "margin_requirement_short": requirement,
        "attributes": ["fractional_eh_enabled"] if one.fractionable else [],
    }


def activity(one: Activity) -> Document:
    """Return a change of the account."""
    if one.order is not None and one.execution is not None:
        return _trade(one, one.order, one.execution)
    document: Document = {
        "id": one.id,
        "activity_type": one.kind,
        "date": f"{one.at.astimezone(NEW_YORK):%Y-%m-%d}",
        "created_at": moment(one.at),
        "net_amount": money(one.net_amount or Decimal(0)),
        "description": one.description,
        "status": "executed",
        "currency": "USD",
    }
    for name, value in (("qty", one.quantity), ("per_share_amount", one.per_share_amount)):
        if value is not None:
            document[name] = plain(value)
    return document if one.symbol is None else {**document, "symbol": one.symbol}


def _trade(one: Activity, filled: Order, execution: Execution) -> Document:
    whole = filled.quantity or execution.cum_qty
    leaves = whole - execution.cum_qty
    return {
        "id": one.id,
        "activity_type": one.kind,
        "transaction_time": moment(one.at),
        "type": "partial_fill" if leaves else "fill",
        "price": plain(execution.price),
        "qty": plain(execution.quantity),
        "side": filled.side.value,
        "symbol": filled.symbol,
        "leaves_qty": plain(leaves),
        "order_id": filled.id,
        "cum_qty": plain(execution.cum_qty),
        "order_status": "partially_filled" if leaves else "filled",
    }


def ratio(part: Decimal, whole: Decimal) -> str:
    """Return `part` over `whole` with ten decimals; nothing of nothing is 0."""
    return plain((part / whole).quantize(_RATIO)) if whole else "0"


def names(symbols: str | None) -> frozenset[Symbol]:
    """Return the tickers in a list with commas."""
    return frozenset(Symbol(one) for one in (symbols or "").split(",") if one)
