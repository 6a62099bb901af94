"""What an event of the trade updates says, as an execution report."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from alchemiser.adapters.alpaca.streams.frames import FrameError, fields, moment, number, word
from alchemiser.domain.orders.messages import ExecType, ExecutionReport, OrdStatus, Side
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import (
    CL_ORD_ID_PREFIX,
    ClOrdId,
    ExecId,
    OrderId,
    symbol,
)
from alchemiser.domain.values.numbers import ZERO, plain

_E = ExecType
_S = OrdStatus

# What leaves an order open says no more than that the venue has it, which is what `NEW` says. Of
# an order that was replaced (by a hand, or for a corporate action) only a question can tell what
# became of the rest, and a day that is done ends with `expired`: neither ends an order here.
REPLACED: Final = "replaced"
"""The event after which the order's end has to be asked for, and the text of its report."""
EXEC_TYPES: Final[Mapping[str, ExecType]] = MappingProxyType({
    "accepted": _E.NEW,
    "accepted_for_bidding": _E.NEW,
    "calculated": _E.NEW,
    "canceled": _E.CANCELED,
    "done_for_day": _E.NEW,
    "expired": _E.EXPIRED,
    "fill": _E.TRADE,
    "held": _E.NEW,
    "new": _E.NEW,
    "order_cancel_rejected": _E.NEW,
    "order_replace_rejected": _E.NEW,
    "partial_fill": _E.TRADE,
    "pending_cancel": _E.PENDING_CANCEL,
    "pending_new": _E.NEW,
    "pending_replace": _E.NEW,
    "rejected": _E.REJECTED,
    REPLACED: _E.NEW,
    "restated": _E.NEW,
    "stopped": _E.NEW,
    "suspended": _E.NEW,
    "trade_bust": _E.TRADE_CANCEL,
    "trade_correct": _E.TRADE_CORRECT,
})
"""Every event that Alpaca describes, by its name."""

STATUSES: Final[Mapping[str, OrdStatus]] = MappingProxyType({
    "accepted": _S.NEW,
    "accepted_for_bidding": _S.NEW,
    "calculated": _S.NEW,
    "canceled": _S.CANCELED,
    "done_for_day": _S.NEW,
    "expired": _S.EXPIRED,
    "filled": _S.FILLED,
    "held": _S.NEW,
    "new": _S.NEW,
    "partially_filled": _S.PARTIALLY_FILLED,
    "pending_cancel": _S.PENDING_CANCEL,
    "pending_new": _S.PENDING_NEW,
    "pending_replace": _S.NEW,
    "pending_review": _S.NEW,
    "rejected": _S.REJECTED,
    REPLACED: _S.NEW,
    "stopped": _S.NEW,
    "suspended": _S.NEW,
})
"""Every state of an order that Alpaca describes."""

_SIDES: Final = {"buy": Side.BUY, "sell": Side.SELL, "sell_short": Side.SELL}
_ON_FILLS: Final = frozenset({_E.TRADE, _E.TRADE_CANCEL, _E.TRADE_CORRECT})
_PRICED: Final = frozenset({_E.TRADE, _E.TRADE_CORRECT})


class ForeignOrderError(FrameError):
    """Mark an event on an order of somebody else that cannot be told in our words."""


def report_of(event: object) -> ExecutionReport:
    """Return what `event`, the `data` of one message, tells.

    A fill's `exec_id` is the broker's execution id; all else is named by its order and state, so
    that the same again has the same name.

    Raises:
        ForeignOrderError: When it is of somebody else's order, of a kind we have no words for.
        FrameError: When it is not understood; names the event.
    """
    told = fields(event, "an event")
    order = fields(told.get("order"), "an order")
    try:
        return _report(told, order)
    except (FrameError, InvalidValueError) as error:
        msg = f"an event {told.get('event')!s:.40} is not understood ({error})"
        raise (ForeignOrderError if _is_foreign(told, order) else FrameError)(msg) from error


def _is_foreign(told: Mapping[Any, Any], order: Mapping[Any, Any]) -> bool:
    """Say whether an event is known, and of an order that is surely not one of ours."""
    name = order.get("client_order_id")
    is_named = isinstance(name, str) and not name.startswith(CL_ORD_ID_PREFIX)
    return is_named and str(told.get("event")) in EXEC_TYPES


def _report(told: Mapping[Any, Any], order: Mapping[Any, Any]) -> ExecutionReport:
    name = word(told, "event")
    if name not in EXEC_TYPES:
        raise FrameError("it is unknown")
    order_id, filled = word(order, "id"), number(order, "filled_qty")
    exec_type, status = EXEC_TYPES[name], _status(order)
    if exec_type is ExecType.TRADE and not number(told, "qty"):
        # An execution of no share says that the venue has the order, and how much is filled.
        exec_type = ExecType.NEW
    if exec_type is ExecType.REJECTED and filled:
        # What has traded was not refused: the rest of it has ended.
        exec_type, status = ExecType.CANCELED, OrdStatus.CANCELED
    exec_id, taken_back = _names(told, exec_type, f"{order_id}/{_state(exec_type, filled)}")
    return ExecutionReport(
        cl_ord_id=ClOrdId(word(order, "client_order_id")),
        order_id=OrderId(order_id),
        exec_id=exec_id,
        exec_type=exec_type,
        ord_status=status,
        symbol=symbol(word(order, "symbol")),
        side=_side(order),
        order_qty=number(order, "qty"),
        cum_qty=filled,
        last_qty=_amount(told, "qty", exec_type),
        last_px=_amount(told, "price", exec_type),
        transact_time=moment(told, "timestamp"),
        exec_ref_id=taken_back,
        text=name,
    )


def _names(
    told: Mapping[Any, Any], exec_type: ExecType, otherwise: str
) -> tuple[ExecId, ExecId | None]:
    """Return the name of the report, and of the fill that it takes back if it does."""
    if exec_type not in _ON_FILLS:
        return ExecId(otherwise), None
    execution = word(told, "execution_id")
    if exec_type is ExecType.TRADE:
        return ExecId(execution), None
    taken_back = told.get("previous_execution_id") or execution
    if taken_back == execution:
        # Told under the name of the fill itself.
        return ExecId(f"{execution}:{exec_type}"), ExecId(execution)
    return ExecId(execution), ExecId(word(told, "previous_execution_id"))


def _state(exec_type: ExecType, filled: Decimal) -> str:
    """Name a state as answers about orders do: it is one report wherever it is told."""
    if exec_type is ExecType.NEW and filled:
        return f"filled-{plain(filled)}"
    return exec_type.value


def _status(order: Mapping[Any, Any]) -> OrdStatus:
    told = word(order, "status")
    if told not in STATUSES:
        raise FrameError(f"status {told:.40} is unknown")
    return STATUSES[told]


def _side(order: Mapping[Any, Any]) -> Side:
    told = word(order, "side")
    if told not in _SIDES:
        raise FrameError(f"side {told:.40} is unknown")
    return _SIDES[told]


def _amount(told: Mapping[Any, Any], name: str, exec_type: ExecType) -> Decimal:
    return number(told, name) if exec_type in _PRICED else ZERO
