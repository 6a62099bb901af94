"""The life of one order: a state and one complete table of what may follow what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.domain.orders.messages import ExecType, ExecutionReport, NewOrderSingle, OrdStatus
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.domain.values.frozen import maker, quickly
from alchemiser.domain.values.identifiers import ExecId
from alchemiser.domain.values.numbers import ZERO, cents


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """Sum up fills: what changed hands, without a sign.

    Attributes:
        quantity: Shares.
        notional: Dollars, the sum of quantity times price, exact.
        cash: Dollars that moved: each fill in whole cents.
        commission: Dollars charged, whole cents.
    """

    quantity: Decimal = ZERO
    notional: Decimal = ZERO
    cash: Decimal = ZERO
    commission: Decimal = ZERO

    def avg_px(self) -> Decimal | None:
        """Return dollars a share (FIX 6), or None when nothing changed hands."""
        return self.notional / self.quantity if self.quantity else None

    def __add__(self, other: "Traded") -> "Traded":
        return Traded(
            quantity=self.quantity + other.quantity,
            notional=self.notional + other.notional,
            cash=self.cash + other.cash,
            commission=self.commission + other.commission,
        )

    def __sub__(self, other: "Traded") -> "Traded":
        return Traded(
            quantity=self.quantity - other.quantity,
            notional=self.notional - other.notional,
            cash=self.cash - other.cash,
            commission=self.commission - other.commission,
        )


NOTHING: Final = Traded()
_traded: Final = maker(Traded)


def traded(report: ExecutionReport) -> Traded:
    """Return what one report says has changed hands: nothing, unless it tells of a fill."""
    notional = report.last_qty * report.last_px
    return _traded(
        quantity=report.last_qty,
        notional=notional,
        cash=cents(notional),
        commission=report.commission,
    )


_NO_FILLS: Final[Mapping[ExecId, Traded]] = MappingProxyType({})


def _no_fills() -> Mapping[ExecId, Traded]:
    return _NO_FILLS


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Hold what is known of one order.

    Attributes:
        request: What was asked for.
        status: The order's state, derived from the reports, never copied from the venue.
        done: The fills that stand: all that were told, without those taken back since.
        matched_qty: Shares that ever filled. Those taken back are included: they do not fill
            again, until the venue shows that they do.
        reported_qty: The highest cumulative quantity that any report named.
        fills: What each report has filled, whether it stands or not.
        void: Fills that were taken back or corrected, also ones that are not known yet.
        exec_ids: Reports already counted.
    """

    request: NewOrderSingle
    status: OrdStatus = OrdStatus.PENDING_NEW
    done: Traded = NOTHING
    matched_qty: Decimal = ZERO
    reported_qty: Decimal = ZERO
    fills: Mapping[ExecId, Traded] = field(default_factory=_no_fills)
    void: frozenset[ExecId] = frozenset()
    exec_ids: frozenset[ExecId] = frozenset()

    @property
    def cum_qty(self) -> Decimal:
        """Shares filled (FIX 14)."""
        return self.done.quantity

    def leaves_qty(self) -> Decimal:
        """Return the shares that may still fill (FIX 151): zero once the order is terminal."""
        return ZERO if self.status.is_terminal() else self.request.order_qty - self.matched_qty

    def avg_px(self) -> Decimal | None:
        """Return dollars a share over all fills (FIX 6), or None before the first."""
        return self.done.avg_px()

    def lacks_fills(self) -> bool:
        """Say whether the venue named more filled shares than its fills so far explain."""
        return self.reported_qty > self.matched_qty

    def is_done(self) -> bool:
        """Say whether the order is terminal and every fill is known."""
        return self.status.is_terminal() and not self.lacks_fills()


_order: Final = maker(Order)
_S = OrdStatus
_E = ExecType
_ON_FILLS: Final = frozenset({_E.TRADE, _E.TRADE_CANCEL, _E.TRADE_CORRECT})
_WORKING: Final = (_S.PENDING_NEW, _S.NEW, _S.PARTIALLY_FILLED, _S.PENDING_CANCEL)

# None refuses the report. A status equal to the key's leaves the state alone: reports may come
# late, twice or in disorder, so what a later state already implies is no news.
# A trade's entry is the state while quantity is left; a complete fill of a working order ends
# FILLED. Trades after CANCELED or EXPIRED happen in the real world: the fill crossed the cancel.
# What a fill that was taken back changes for an order that was filled whole is `AFTER_A_BUST`.
# A rejection is refused in every state once there are fills, as fills are after a rejection.
TRANSITIONS: Final[dict[tuple[OrdStatus, ExecType], OrdStatus | None]] = {
    (_S.PENDING_NEW, _E.NEW): _S.NEW,
    (_S.PENDING_NEW, _E.TRADE): _S.PARTIALLY_FILLED,
    (_S.PENDING_NEW, _E.PENDING_CANCEL): _S.PENDING_CANCEL,
    (_S.PENDING_NEW, _E.CANCELED): _S.CANCELED,
    (_S.PENDING_NEW, _E.EXPIRED): _S.EXPIRED,
    (_S.PENDING_NEW, _E.REJECTED): _S.REJECTED,
    (_S.NEW, _E.NEW): _S.NEW,
    (_S.NEW, _E.TRADE): _S.PARTIALLY_FILLED,
    (_S.NEW, _E.PENDING_CANCEL): _S.PENDING_CANCEL,
    (_S.NEW, _E.CANCELED): _S.CANCELED,
    (_S.NEW, _E.EXPIRED): _S.EXPIRED,
    (_S.NEW, _E.REJECTED): _S.REJECTED,
    (_S.PARTIALLY_FILLED, _E.NEW): _S.PARTIALLY_FILLED,
    (_S.PARTIALLY_FILLED, _E.TRADE): _S.PARTIALLY_FILLED,
    (_S.PARTIALLY_FILLED, _E.PENDING_CANCEL): _S.PENDING_CANCEL,
    (_S.PARTIALLY_FILLED, _E.CANCELED): _S.CANCELED,
    (_S.PARTIALLY_FILLED, _E.EXPIRED): _S.EXPIRED,
    (_S.PARTIALLY_FILLED, _E.REJECTED): None,
    (_S.PENDING_CANCEL, _E.NEW): _S.PENDING_CANCEL,
    (_S.PENDING_CANCEL, _E.TRADE): _S.PENDING_CANCEL,
    (_S.PENDING_CANCEL, _E.PENDING_CANCEL): _S.PENDING_CANCEL,
    (_S.PENDING_CANCEL, _E.CANCELED): _S.CANCELED,
    (_S.PENDING_CANCEL, _E.EXPIRED): _S.EXPIRED,
    (_S.PENDING_CANCEL, _E.REJECTED): _S.REJECTED,
    (_S.FILLED, _E.NEW): _S.FILLED,
    (_S.FILLED, _E.TRADE): None,
    (_S.FILLED, _E.PENDING_CANCEL): _S.FILLED,
    (_S.FILLED, _E.CANCELED): None,
    (_S.FILLED, _E.EXPIRED): None,
    (_S.FILLED, _E.REJECTED): None,
    (_S.CANCELED, _E.NEW): _S.CANCELED,
    (_S.CANCELED, _E.TRADE): _S.CANCELED,
    (_S.CANCELED, _E.PENDING_CANCEL): _S.CANCELED,
    (_S.CANCELED, _E.CANCELED): _S.CANCELED,
    (_S.CANCELED, _E.EXPIRED): _S.CANCELED,
    (_S.CANCELED, _E.REJECTED): None,
    (_S.EXPIRED, _E.NEW): _S.EXPIRED,
    (_S.EXPIRED, _E.TRADE): _S.EXPIRED,
    (_S.EXPIRED, _E.PENDING_CANCEL): _S.EXPIRED,
    (_S.EXPIRED, _E.CANCELED): _S.EXPIRED,
    (_S.EXPIRED, _E.EXPIRED): _S.EXPIRED,
    (_S.EXPIRED, _E.REJECTED): None,
    (_S.REJECTED, _E.NEW): _S.REJECTED,
    (_S.REJECTED, _E.TRADE): None,
    (_S.REJECTED, _E.PENDING_CANCEL): _S.REJECTED,
    (_S.REJECTED, _E.CANCELED): None,
    (_S.REJECTED, _E.EXPIRED): None,
    (_S.REJECTED, _E.REJECTED): _S.REJECTED,
    # What is taken back or corrected is money and shares; how the order stands is another matter.
    # It may be told before the fill that it takes back.
    **{(status, _E.TRADE_CANCEL): status for status in _S if status is not _S.REJECTED},
    **{(status, _E.TRADE_CORRECT): status for status in _S if status is not _S.REJECTED},
    (_S.REJECTED, _E.TRADE_CANCEL): None,
    (_S.REJECTED, _E.TRADE_CORRECT): None,
}
AFTER_A_BUST: Final = frozenset({
    (_S.FILLED, _E.TRADE),
    (_S.FILLED, _E.CANCELED),
    (_S.FILLED, _E.EXPIRED),
})
"""What else may follow once a fill was taken back of an order that stays FILLED: it is filled
again, or the venue says that it is over."""
_FILLED: Final = _S.FILLED
_REJECTED: Final = _S.REJECTED
_TRADE: Final = _E.TRADE


def apply(order: Order, report: ExecutionReport) -> Order:
    """Return `order` after `report`; the same report again changes nothing.

    Raises:
        InvalidTransitionError: When the report is of another order, overfills it, or cannot
            follow the present state.
    """
    request = order.request
    _same_order(request, report)
    if report.exec_id in order.exec_ids:
        return order
    status, kind = TRANSITIONS[order.status, report.exec_type], report.exec_type
    matched, done, fills, void = order.matched_qty, order.done, order.fills, order.void
    if kind in _ON_FILLS:
        done, fills, void = _filled(order, report)
        if kind is _TRADE:
            matched += report.last_qty
    if void and matched > request.order_qty:
        # Only a venue that lets busted shares fill again can come to so many.
        matched = max(order.matched_qty, done.quantity)
    if status is None and _follows_a_bust(order, report):
        status = _FILLED
    if status is None or (status is _REJECTED and matched):
        msg = f"order {report.cl_ord_id} is {order.status}: a report of {kind} cannot follow."
        raise InvalidTransitionError(msg)
    _fits(request, max(matched, report.cum_qty, done.quantity))
    if matched == request.order_qty and order.status in _WORKING:
        status = _FILLED
    return _order(
        request=request,
        status=status,
        done=done,
        matched_qty=matched,
        reported_qty=max(order.reported_qty, report.cum_qty),
        fills=fills,
        void=void,
        exec_ids=order.exec_ids | {report.exec_id},
    )


def comes_too_early(order: Order, report: ExecutionReport) -> bool:
    """Say whether a fill has room only once another one is taken back, which may be told later."""
    most, stands, quantity = order.request.order_qty, order.done.quantity, report.last_qty
    if quantity <= most - stands or report.exec_id in order.exec_ids | order.void:
        return False
    corrected = report.exec_ref_id
    if corrected is not None and corrected not in order.void:
        stands -= order.fills.get(corrected, NOTHING).quantity
    return quantity <= most < stands + quantity


def _follows_a_bust(order: Order, report: ExecutionReport) -> bool:
    """Say whether a report makes sense because a fill of a whole order was taken back.

    An end may be told before the bust: then it names fewer shares than have filled.
    """
    if (order.status, report.exec_type) not in AFTER_A_BUST:
        return False
    names_less = report.exec_type is not _TRADE and report.cum_qty < order.matched_qty
    return names_less or bool(order.void)


def _filled(
    order: Order, report: ExecutionReport
) -> tuple[Traded, Mapping[ExecId, Traded], frozenset[ExecId]]:
    """Return what stands, what was told and what was taken back after a report of a fill."""
    done, void = order.done, order.void
    fill, taken_back = traded(report), report.exec_ref_id
    if taken_back is not None and taken_back not in void:
        done, void = done - order.fills.get(taken_back, NOTHING), void | {taken_back}
    if report.exec_id not in void:
        done = fill if done is NOTHING else done + fill
    return done, MappingProxyType({**order.fills, report.exec_id: fill}), void


def _same_order(request: NewOrderSingle, report: ExecutionReport) -> None:
    ours = request.cl_ord_id, request.symbol, request.side, request.order_qty
    theirs = report.cl_ord_id, report.symbol, report.side, report.order_qty
    if ours != theirs:
        msg = f"report {report.exec_id} tells of {theirs}, not of {ours}."
        raise InvalidTransitionError(msg)


def _fits(request: NewOrderSingle, filled: Decimal) -> None:
    if filled > request.order_qty:
        msg = f"fills of {filled} overfill order {request.cl_ord_id} of {request.order_qty}."
        raise InvalidTransitionError(msg)
