"""Messages between the engine and a venue, with FIX 4.4 names and meanings."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.frozen import quickly
from alchemiser.domain.values.identifiers import ClOrdId, ExecId, OrderId, Symbol, symbol
from alchemiser.domain.values.numbers import (
    CENT,
    SHARE,
    ZERO,
    finite,
    is_multiple,
    positive,
    round_up,
)


class Side(StrEnum):
    """Side (FIX 54)."""

    BUY = "buy"
    SELL = "sell"

    def sign(self) -> int:
        """Return 1 for a buy and -1 for a sell."""
        return 1 if self is BUY else -1


# Python 3.11 looks for a member in its class for ten times as long as for a name in a module.
BUY: Final = Side.BUY
SELL: Final = Side.SELL


class OrdType(StrEnum):
    """OrdType (FIX 40); every order carries a price bound, so there is no market order."""

    LIMIT = "limit"


class TimeInForce(StrEnum):
    """TimeInForce (FIX 59)."""

    DAY = "day"
    AT_THE_CLOSE = "at_the_close"
    """In the closing auction, or not at all (FIX 59=7); venues take whole shares only."""


class OrdStatus(StrEnum):
    """OrdStatus (FIX 39)."""

    PENDING_NEW = "pending_new"
    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    PENDING_CANCEL = "pending_cancel"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"

    def is_terminal(self) -> bool:
        """Say whether nothing can follow but a late fill or a correction."""
        return self in _TERMINAL


_TERMINAL = frozenset({OrdStatus.FILLED, OrdStatus.CANCELED, OrdStatus.EXPIRED, OrdStatus.REJECTED})


class ExecType(StrEnum):
    """ExecType (FIX 150): what one execution report tells."""

    NEW = "new"
    TRADE = "trade"
    PENDING_CANCEL = "pending_cancel"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    TRADE_CANCEL = "trade_cancel"
    """A fill is taken back: the trade is busted."""
    TRADE_CORRECT = "trade_correct"
    """A fill was of another quantity or price than told."""


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrderSingle:
    """Ask for one order (FIX D).

    Attributes:
        cl_ord_id: Our name of the order, unique for ever (FIX 11).
        symbol: What to trade (FIX 55).
        side: Buy or sell (FIX 54).
        order_qty: Shares, above zero, a multiple of 1e-9 (FIX 38).
        price: Limit in dollars, above zero (FIX 44).
        ord_type: Always a limit (FIX 40).
        time_in_force: For the day, or in the closing auction only (FIX 59).
    """

    cl_ord_id: ClOrdId
    symbol: Symbol
    side: Side
    order_qty: Decimal
    price: Decimal
    ord_type: OrdType = OrdType.LIMIT
    time_in_force: TimeInForce = TimeInForce.DAY

    def __post_init__(self) -> None:
        name = symbol(self.symbol)
        if name != self.symbol:
            msg = f"write {name} instead of {self.symbol} in an order."
            raise InvalidValueError(msg)
        positive(self.price, "price")
        if not is_multiple(positive(self.order_qty, "order_qty"), SHARE):
            msg = f"order_qty {self.order_qty} has more than nine decimals."
            raise InvalidValueError(msg)

    def is_on_close(self) -> bool:
        """Say whether it trades in the closing auction only."""
        return self.time_in_force is _AT_THE_CLOSE

    def notional(self) -> Decimal:
        """Return quantity times limit price, dollars."""
        return self.order_qty * self.price

    def cost(self) -> Decimal:
        """Return the most that a buy can take before fees: its notional, up to the next cent."""
        return round_up(self.notional(), CENT)


_AT_THE_CLOSE: Final = TimeInForce.AT_THE_CLOSE
_AMOUNTS: Final = ("cum_qty", "last_qty", "last_px", "commission")
_FILLS: Final = frozenset({ExecType.TRADE, ExecType.TRADE_CORRECT})
_TAKING_BACK: Final = frozenset({ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionReport:
    """Tell what happened to an order (FIX 8).

    Attributes:
        cl_ord_id: Our name of the order (FIX 11).
        order_id: The venue's name of the order (FIX 37).
        exec_id: The venue's name of this report, unique for ever (FIX 17).
        exec_type: What this report tells (FIX 150).
        ord_status: The order's state as the venue sees it (FIX 39).
        symbol: FIX 55.
        side: FIX 54.
        order_qty: Shares ordered (FIX 38).
        cum_qty: Shares filled so far, this report included (FIX 14).
        last_qty: Shares of this fill, a multiple of 1e-9; zero unless `exec_type` is a trade or
            corrects one (FIX 32).
        last_px: Dollars a share of this fill; zero unless it is of one (FIX 31).
        commission: Dollars charged for this fill, at or above zero, whole cents; zero unless it
            is of one (FIX 12).
        exec_ref_id: The report that is taken back or corrected; None unless one is (FIX 19).
        transact_time: When the venue saw it, UTC (FIX 60).
        text: Free words of the venue (FIX 58).
    """

    cl_ord_id: ClOrdId
    order_id: OrderId
    exec_id: ExecId
    exec_type: ExecType
    ord_status: OrdStatus
    symbol: Symbol
    side: Side
    order_qty: Decimal
    cum_qty: Decimal
    last_qty: Decimal = ZERO
    last_px: Decimal = ZERO
    commission: Decimal = ZERO
    transact_time: datetime
    exec_ref_id: ExecId | None = None
    text: str = ""

    def __post_init__(self) -> None:
        positive(self.order_qty, "order_qty")
        amounts = (self.cum_qty, self.last_qty, self.last_px, self.commission)
        for amount in amounts:
            # Most of most reports is nothing.
            if amount is not ZERO and (amount.is_signed() or not amount.is_finite()):
                self._check_amounts(amounts)
        fault = self._fault_of_kind() or self._fault_of_amounts()
        if fault:
            msg = f"report {self.exec_id} {fault}."
            raise InvalidValueError(msg)

    def _check_amounts(self, amounts: tuple[Decimal, ...]) -> None:
        for name, amount in zip(_AMOUNTS, amounts, strict=True):
            if finite(amount, name) < 0:
                msg = f"{name} must not be negative, as in report {self.exec_id}."
                raise InvalidValueError(msg)

    def _fault_of_kind(self) -> str:
        """Return what does not go with `exec_type`, or ""."""
        is_fill, takes_back = self.exec_type in _FILLS, self.exec_type in _TAKING_BACK
        if is_fill and not (self.last_qty and self.last_px):
            return "lacks last_qty or last_px"
        if not is_fill and (self.last_qty or self.last_px or self.commission):
            return "tells a fill but is no trade"
        if takes_back and not self.exec_ref_id:
            return "does not say which report it takes back"
        if not takes_back and self.exec_ref_id:
            return "names a report, but takes none back"
        return "takes itself back" if self.exec_ref_id == self.exec_id else ""

    def _fault_of_amounts(self) -> str:
        """Return what the books could not account for, or ""."""
        total, quantity, fee = self.cum_qty, self.last_qty, self.commission
        if total < quantity:
            return f"has a cum_qty {total} below its last_qty {quantity}"
        for shares in (total,) if quantity is total else (total, quantity):
            if shares is not ZERO and not is_multiple(shares, SHARE):
                return "has a quantity of more than nine decimals"
        return "has a commission of broken cents" if fee and not is_multiple(fee, CENT) else ""

    def leaves_qty(self) -> Decimal:
        """Return the shares still open (FIX 151): zero once the order is terminal."""
        return ZERO if self.ord_status.is_terminal() else self.order_qty - self.cum_qty


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The venue has the order; `report` is its first word on it."""

    report: ExecutionReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The venue refused this try for good.

    Attributes:
        code: Stable reason, such as `insufficient_buying_power`.
        text: The venue's words.
    """

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The request may or may not have reached the venue: ask by `cl_ord_id` before all else."""

    text: str


SubmitOutcome = Accepted | Rejected | Unknown


class CancelOutcome(StrEnum):
    """What the venue said to a cancel; only a later execution report ends the order."""

    ACCEPTED = "accepted"
    TOO_LATE = "too_late"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN = "unknown"
