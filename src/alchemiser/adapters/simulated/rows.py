"""How the venue's values stand in the columns of its file."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.orders.messages import NewOrderSingle, OrdStatus, Side, TimeInForce
from alchemiser.domain.values.errors import DomainError
from alchemiser.domain.values.identifiers import ClOrdId, OrderId, Symbol
from alchemiser.domain.venue_model.history import Trade
from alchemiser.domain.venue_model.order import Fill, VenueOrder
from alchemiser.ports.errors import InputError

_EXPONENT_MAX: Final = 12
"""Ten trillion shares or dollars are a slip of the hand; beyond, products lose their cents."""

Row = tuple[str | int | None, ...]
"""What SQLite takes and gives for one row."""


def text(value: Decimal) -> str:
    """Return `value` without an exponent, all its decimals kept."""
    return format(value, "f")


def number(cell: object, place: str) -> Decimal:
    """Return the decimal in `cell`, which no sum with it may overflow.

    Raises:
        InputError: When it holds no such number; `place` says where a person has to look.
    """
    try:
        value = Decimal(str(cell))
    except InvalidOperation as error:
        raise InputError(_not_a_number(cell, place)) from error
    if not value.is_finite() or value.adjusted() > _EXPONENT_MAX:
        raise InputError(_not_a_number(cell, place))
    return value


def order_row(order: VenueOrder) -> Row:
    """Return the row of `order` in the table `orders`."""
    asked = order.order
    return (
        order.entry,
        asked.cl_ord_id,
        order.order_id,
        order.session.isoformat(),
        asked.symbol,
        asked.side.value,
        text(asked.order_qty),
        text(asked.price),
        order.ord_status.value,
        order.entered_at.isoformat(),
        order.closes_at.isoformat(),
        order.matches,
        cancel_cell(order),
        asked.time_in_force.value,
    )


def cancel_cell(order: VenueOrder) -> str | None:
    """Return `orders.cancel_at` of `order`: ISO 8601, UTC, or NULL."""
    return None if order.cancel_at is None else order.cancel_at.isoformat()


def fill_rows(order: VenueOrder) -> list[Row]:
    """Return the rows of `order` in the table `fills`, oldest first."""
    asked = order.order
    return [
        (
            asked.cl_ord_id,
            report,
            order.exec_id(report),
            asked.symbol,
            asked.side.value,
            *_amounts(fill),
        )
        for report, fill in enumerate(order.fills, start=1)
    ]


def due_rows(order: VenueOrder) -> list[Row]:
    """Return the rows of `order` in the table `due_fills`, soonest first."""
    return [
        (order.order.cl_ord_id, place, *_amounts(fill))
        for place, fill in enumerate(order.due, start=1)
    ]


def order_from_rows(row: Row, fills: Sequence[Row], due: Sequence[Row]) -> VenueOrder:
    """Return the order of its rows in `orders`, `fills` and `due_fills`.

    Raises:
        InputError: When a cell was changed into something that no order can hold.
    """
    entry, cl_ord_id, order_id, session, symbol, side, quantity, price, *rest = row
    ord_status, entered_at, closes_at, matches, cancel_at, time_in_force = rest
    try:
        return VenueOrder(
            entry=int(str(entry)),
            order_id=OrderId(str(order_id)),
            order=NewOrderSingle(
                cl_ord_id=ClOrdId(str(cl_ord_id)),
                symbol=Symbol(str(symbol)),
                side=Side(str(side)),
                order_qty=number(quantity, "orders.order_qty"),
                price=number(price, "orders.price"),
                time_in_force=TimeInForce(str(time_in_force)),
            ),
            session=date.fromisoformat(str(session)),
            entered_at=_moment(entered_at),
            closes_at=_moment(closes_at),
            matches=int(str(matches)),
            cancel_at=None if cancel_at is None else _moment(cancel_at),
            ord_status=OrdStatus(str(ord_status)),
            due=tuple(_fill(cells) for cells in due),
            fills=tuple(_fill(cells) for cells in fills),
        )
    except (ValueError, DomainError) as error:
        msg = f"order {cl_ord_id} in the broker's file cannot be read ({error}): restore the file."
        raise InputError(msg) from error


def trade_from_row(row: Row) -> Trade:
    """Return the fill of a row that also names its session, symbol and side.

    Raises:
        InputError: When a cell was changed into something that no fill can hold.
    """
    session, name, side, *cells = row
    try:
        return Trade(
            session=date.fromisoformat(str(session)),
            symbol=Symbol(str(name)),
            side=Side(str(side)),
            fill=_fill(tuple(cells)),
        )
    except (ValueError, DomainError) as error:
        msg = f"a fill of {name} in the broker's file cannot be read ({error}): restore the file."
        raise InputError(msg) from error


def day(cell: object) -> date:
    """Return the date in `cell`.

    Raises:
        InputError: When it holds none.
    """
    try:
        return date.fromisoformat(str(cell))
    except ValueError as error:
        msg = f"{cell!r} in the broker's file is no day: restore the file."
        raise InputError(msg) from error


def activity_row(activity: Activity) -> Row:
    """Return the row of `activity` in the table `activities`, without its number and pay day."""
    return (
        activity.activity_id,
        activity.kind.value,
        activity.day.isoformat(),
        text(activity.cash),
        activity.symbol,
        text(activity.quantity),
        activity.text,
        activity.received,
        text(activity.received_quantity),
    )


def activity_from_row(row: Row) -> Activity:
    """Return the activity of its row.

    Raises:
        InputError: When a cell was changed into something that no activity can hold.
    """
    name, kind, day, cash, symbol, quantity, told, received, received_quantity = row
    try:
        return Activity(
            activity_id=str(name),
            kind=ActivityKind(str(kind)),
            day=date.fromisoformat(str(day)),
            cash=number(cash, "activities.cash"),
            symbol=None if symbol is None else Symbol(str(symbol)),
            quantity=number(quantity, "activities.quantity"),
            received=None if received is None else Symbol(str(received)),
            received_quantity=number(received_quantity, "activities.received_quantity"),
            text=str(told),
        )
    except (ValueError, DomainError) as error:
        msg = f"activity {name} in the broker's file cannot be read ({error}): restore the file."
        raise InputError(msg) from error


def _fill(cells: Row) -> Fill:
    at, quantity, price, commission = cells
    return Fill(
        at=_moment(at),
        quantity=number(quantity, "fills.quantity"),
        price=number(price, "fills.price"),
        commission=number(commission, "fills.commission"),
    )


def _moment(cell: object) -> datetime:
    return datetime.fromisoformat(str(cell)).astimezone(UTC)


def _amounts(fill: Fill) -> tuple[str, str, str, str]:
    return text(fill.quantity), text(fill.price), text(fill.commission), fill.at.isoformat()


def _not_a_number(cell: object, place: str) -> str:
    return f"{place} in the broker's file is {cell!r}, which is no usable number: correct it there."
