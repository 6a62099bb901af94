"""Orders as the venue keeps them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Final

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import SHARE, ZERO

GTC_DAYS: Final = timedelta(days=90)
"""How long an order stands that is good till canceled."""


class Status(StrEnum):
    """State of an order, in Alpaca's words."""

    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REJECTED = "rejected"
    PENDING_CANCEL = "pending_cancel"
    PENDING_REPLACE = "pending_replace"
    PENDING_NEW = "pending_new"
    ACCEPTED = "accepted"
    ACCEPTED_FOR_BIDDING = "accepted_for_bidding"
    HELD = "held"

    def is_terminal(self) -> bool:
        """Say whether nothing can follow but a bust or a correction."""
        return self in _TERMINAL

    def is_working(self) -> bool:
        """Say whether it meets quotes."""
        return self in _WORKING


_TERMINAL: Final = frozenset({
    Status.FILLED,
    Status.CANCELED,
    Status.EXPIRED,
    Status.REPLACED,
    Status.REJECTED,
})
_WORKING: Final = frozenset({
    Status.NEW,
    Status.PARTIALLY_FILLED,
    Status.PENDING_CANCEL,
    Status.PENDING_REPLACE,
})


class Kind(StrEnum):
    """Type of an order."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING_STOP = "trailing_stop"


class InForce(StrEnum):
    """Time in force."""

    DAY = "day"
    GTC = "gtc"
    OPG = "opg"
    CLS = "cls"
    IOC = "ioc"
    FOK = "fok"


class OrderClass(StrEnum):
    """How an order and its legs hang together."""

    SIMPLE = ""
    BRACKET = "bracket"
    OCO = "oco"
    OTO = "oto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Hold one of the prices that a complex order brings along, dollars."""

    limit_price: Decimal | None = None
    stop_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """Hold what a client asks for, understood and with its prices present as its type needs them.

    Attributes:
        client_order_id: The client's name of it, or None to have one made.
        symbol: The ticker.
        side: Buy or sell.
        kind: Its type.
        in_force: How long it stands.
        quantity: Shares, above zero; None with a notional.
        notional: Dollars, above zero; None with a quantity.
        limit_price: Dollars, or None.
        stop_price: Dollars, or None.
        trail_price: Dollars below or above the best price, or None.
        trail_percent: The same in percent, or None.
        extended_hours: Whether it may trade outside regular hours.
        order_class: Whether legs come with it.
        take_profit: The leg that takes a profit, or None.
        stop_loss: The leg that stops a loss, or None.
        position_intent: What the client says it does to the position, or None.
    """

    client_order_id: str | None
    symbol: Symbol
    side: Side
    kind: Kind
    in_force: InForce
    quantity: Decimal | None = None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    extended_hours: bool = False
    order_class: OrderClass = OrderClass.SIMPLE
    take_profit: Leg | None = None
    stop_loss: Leg | None = None
    position_intent: str | None = None


@dataclass(slots=True, kw_only=True)
class Execution:
    """Record one fill; a bust or a correction changes it.

    Attributes:
        execution_id: Its name.
        activity_id: Its name among the account's activities, which ends in `execution_id`.
        at: When it happened, UTC.
        quantity: Shares, above zero.
        price: Dollars a share.
        cum_qty: The order's filled shares after it.
        position_qty: Signed shares of the account after it.
        busted: Whether it was taken back.
    """

    execution_id: str
    activity_id: str
    at: datetime
    quantity: Decimal
    price: Decimal
    cum_qty: Decimal
    position_qty: Decimal
    busted: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """Hold an order with all that has happened to it.

    Attributes:
        number: Its place in the order of arrival, from 1.
        id: The venue's name of it.
        client_order_id: The client's.
        asked: What was asked for.
        quantity: Shares wanted; a leg's follow its sibling's fills. None while a notional waits.
        limit_price: Dollars, or None.
        stop_price: Dollars, or None; a trailing stop's moves.
        status: Its state.
        session: The session whose close ends it, unless it stands until canceled.
        created_at: When it arrived, UTC.
        updated_at: When it last changed, UTC.
        visible_at: Until then queries do not find it, UTC.
        executions: Its fills, oldest first.
        due: Shares whose fills are scheduled.
        matches: How often it has met a quote.
        triggered: Whether its stop price was reached.
        high_water: A trailing stop's best price since it stands, or None.
        inherited_qty: Shares that the orders it replaces had filled.
        inherited_cost: Dollars that these cost.
        parent: The order it is a leg of, or None.
        legs: Its own legs.
        replaces: The order it replaces, or None.
        replaced_by: The order that replaces it, or None.
        moments: When it came to certain states, UTC, by the key that tells it.
    """

    number: int
    id: str
    client_order_id: str
    asked: OrderRequest
    quantity: Decimal | None
    limit_price: Decimal | None
    stop_price: Decimal | None
    status: Status
    session: date
    created_at: datetime
    updated_at: datetime
    visible_at: datetime
    executions: list[Execution] = field(default_factory=list)
    due: Decimal = ZERO
    matches: int = 0
    triggered: bool = False
    high_water: Decimal | None = None
    inherited_qty: Decimal = ZERO
    inherited_cost: Decimal = ZERO
    parent: "Order | None" = None
    legs: list["Order"] = field(default_factory=list)
    replaces: "Order | None" = None
    replaced_by: "Order | None" = None
    moments: dict[str, datetime] = field(default_factory=dict)

    @property
    def symbol(self) -> Symbol:
        """The ticker."""
        return self.asked.symbol

    @property
    def side(self) -> Side:
        """Buy or sell."""
        return self.asked.side

    def valid_executions(self) -> list[Execution]:
        """Return the fills that stand."""
        return [one for one in self.executions if not one.busted]

    def filled_qty(self) -> Decimal:
        """Return the shares filled so far, those of the orders it replaces included."""
        return self.inherited_qty + sum((one.quantity for one in self.valid_executions()), ZERO)

    def average_price(self) -> Decimal | None:
        """Return the average price of the fills, dollars, or None without any."""
        filled = self.filled_qty()
        if not filled:
            return None
        cost = sum((one.quantity * one.price for one in self.valid_executions()), ZERO)
        return ((self.inherited_cost + cost) / filled).quantize(SHARE, rounding=ROUND_DOWN)

    def leaves_qty(self) -> Decimal:
        """Return the shares still open: zero once terminal, and while a notional is not priced."""
        if self.status.is_terminal() or self.quantity is None:
            return ZERO
        return self.quantity - self.filled_qty()

    def siblings(self) -> list["Order"]:
        """Return the orders of which at most one is to fill with it."""
        if self.parent is None:
            return self.legs if self.asked.order_class is OrderClass.OCO else []
        family = [one for one in self.parent.legs if one is not self]
        if self.parent.asked.order_class is OrderClass.OCO:
            family.append(self.parent)
        return family

    def is_complex(self) -> bool:
        """Say whether it came with legs, or is one."""
        return self.parent is not None or self.asked.order_class is not OrderClass.SIMPLE
