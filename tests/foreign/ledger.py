"""What is true at a venue of others: one account, its orders and executions, to the last digit."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from tests.foreign.habits import NEW_YORK, Document

CRUMB = Decimal("1e-9")
ZERO = Decimal(0)
CENT = Decimal("0.01")


class Refused(Exception):  # noqa: N818 - a refusal is an answer
    """Mark what the venue does not take: a status, a number and words."""


@dataclass
class Order:
    """One order as it stands."""

    id: str
    name: str
    symbol: str
    side: str
    qty: Decimal
    limit: Decimal
    tif: str
    at: datetime
    status: str = "new"
    filled: Decimal = ZERO
    paid: Decimal = ZERO
    ended: datetime | None = None
    other: Document = field(default_factory=dict)
    """What it is told as instead, where a hand has entered it."""

    def document(self) -> Document:
        """Return it as the published schema names its fields."""
        average = (self.paid / self.filled).quantize(Decimal("1e-6")) if self.filled else None
        done = self.ended if self.status == "filled" else None
        return {
            "id": self.id,
            "client_order_id": self.name,
            "created_at": self.at,
            "updated_at": self.ended or self.at,
            "submitted_at": self.at,
            "filled_at": done,
            "expired_at": None,
            "canceled_at": self.ended if self.status == "canceled" else None,
            "failed_at": None,
            "replaced_at": None,
            "replaced_by": None,
            "replaces": None,
            "asset_id": str(UUID(int=sum(map(ord, self.symbol)))),
            "symbol": self.symbol,
            "asset_class": "us_equity",
            "notional": None,
            "qty": self.qty,
            "filled_qty": self.filled,
            "filled_avg_price": average,
            "order_class": "",
            "order_type": "limit",
            "type": "limit",
            "side": self.side,
            "time_in_force": self.tif,
            "limit_price": self.limit,
            "stop_price": None,
            "status": self.status,
            "extended_hours": False,
            "legs": None,
        } | self.other

    def is_open(self) -> bool:
        """Say whether it may still fill."""
        return self.status not in {"filled", "canceled"}


@dataclass(frozen=True)
class Fill:
    """One execution."""

    id: str
    order: Order
    qty: Decimal
    price: Decimal
    at: datetime
    cum: Decimal

    def document(self) -> Document:
        """Return it as an activity."""
        local = self.at.astimezone(NEW_YORK)
        left = self.order.qty - self.cum
        return {
            "id": f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}::{self.id}",
            "activity_type": "FILL",
            "transaction_time": self.at,
            "type": "partial_fill" if left else "fill",
            "price": self.price,
            "qty": self.qty,
            "side": self.order.side,
            "symbol": self.order.symbol,
            "leaves_qty": left,
            "order_id": self.order.id,
            "cum_qty": self.cum,
            "order_status": "partially_filled" if left else "filled",
        }


@dataclass
class Ledger:
    """The account; `cash` begins it."""

    cash: Decimal = Decimal(100_000)
    orders: dict[str, Order] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    held: dict[str, Decimal] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)

    def enter(self, asked: Document, at: datetime) -> Order:
        """Take an order.

        Raises:
            Refused: When it cannot be.
        """
        name = str(asked["client_order_id"])
        self.posts.append(name)
        if self.named(name) is not None:
            raise Refused(422, 40010001, "client_order_id must be unique")
        qty, limit = Decimal(asked["qty"]), Decimal(asked["limit_price"])
        side, symbol = str(asked["side"]), str(asked["symbol"])
        self._check(symbol, side, qty, limit)
        number = len(self.orders) + 1
        order = Order(
            id=f"{UUID(int=0xABCDEF << 100 | number)}",
            name=name,
            symbol=symbol,
            side=side,
            qty=qty,
            limit=limit,
            tif=str(asked["time_in_force"]),
            at=at,
        )
        self.orders[order.id.lower()] = order
        return order

    def _check(self, symbol: str, side: str, qty: Decimal, limit: Decimal) -> None:
        if limit != limit.quantize(CENT):
            words = f"invalid limit_price {limit}. sub-penny increment does not fulfill minimum"
            raise Refused(422, 42210000, f"{words} pricing criteria")
        if qty * limit < 1:
            raise Refused(403, 40310000, "cost basis must be >= minimal amount of order 1")
        if side == "buy" and qty * limit > self.buying_power():
            raise Refused(403, 40310000, "insufficient buying power")
        if side == "sell":
            free = self.held.get(symbol, ZERO) - sum(
                (one.qty - one.filled for one in self.open("sell") if one.symbol == symbol), ZERO
            )
            if qty > free:
                words = f"insufficient qty available for order (requested: {qty}"
                raise Refused(403, 40310000, f"{words}, available: {free})")

    def open(self, side: str) -> list[Order]:
        """Return the orders of one side that may still fill."""
        return [one for one in self.orders.values() if one.side == side and one.is_open()]

    def buying_power(self) -> Decimal:
        """Return dollars that may still be ordered for: twice the cash, without open buys."""
        reserved = ((one.qty - one.filled) * one.limit for one in self.open("buy"))
        return max(2 * self.cash - sum(reserved, ZERO), ZERO)

    def fill(self, order: Order, qty: Decimal, price: Decimal, at: datetime) -> Fill:
        """Let part of an order trade."""
        order.filled += qty
        order.paid += qty * price
        order.status = "filled" if order.filled == order.qty else "partially_filled"
        order.ended = at
        sign = 1 if order.side == "buy" else -1
        self.cash -= sign * qty * price
        held = self.held.get(order.symbol, ZERO) + sign * qty
        self.held[order.symbol] = held
        if not held:
            del self.held[order.symbol]
        number = len(self.fills) + 1
        fill = Fill(str(UUID(int=0xFED << 110 | number)), order, qty, price, at, order.filled)
        self.fills.append(fill)
        return fill

    def named(self, name: str) -> Order | None:
        """Return the order of that name."""
        return next((one for one in self.orders.values() if one.name == name), None)


def moment(text: str) -> datetime:
    """Return what a client wrote as a moment or a day."""
    if len(text) == len("2025-06-16"):
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
