"""The whole plan of one session: one record, made once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.working import Algorithm, Liquidity
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.frozen import maker, quickly
from alchemiser.domain.values.identifiers import AccountId, BookId, ClOrdId, Symbol, cl_ord_id
from alchemiser.domain.values.numbers import ZERO, positive

_message: Final = maker(NewOrderSingle)

Claims = tuple[tuple[BookId, Decimal], ...]
"""Books and the shares of an order each of them wants, above zero, sorted by book."""


def claimed(claims: Claims) -> Decimal:
    """Return the shares that all `claims` ask for together."""
    if len(claims) == 1:
        return claims[0][1]
    return sum((shares for _, shares in claims), ZERO)


class OnFailure(StrEnum):
    """What becomes of the rest of a plan when the venue has refused an order of it."""

    GO_ON = "go_on"
    """Every other order is worked; buys shrink to what failed sells have left."""
    STOP_INCREASING = "stop_increasing"
    """Nothing more is bought; sells go on."""


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOrder:
    """Ask for one net order on behalf of one or more books.

    Attributes:
        cl_ord_id: The order's slot.
        symbol: What to trade.
        side: Buy or sell.
        quantity: Shares, above zero: the sum of `claims`.
        limit_price: Dollars a share, the worst price taken.
        reference_price: The mid on which the decision was made, dollars.
        claims: Who wants how many of the shares.
        attempt: The number of its slot; further orders for it take the numbers after.
        algorithm: How it is worked.
        instead_of: Why it is not worked as the owner wished, or "".
        liquidity: What is known of its market.
    """

    cl_ord_id: ClOrdId
    symbol: Symbol
    side: Side
    quantity: Decimal
    limit_price: Decimal
    reference_price: Decimal
    claims: Claims
    attempt: int = 1
    algorithm: Algorithm = Algorithm.MARKETABLE_LIMIT
    instead_of: str = ""
    liquidity: Liquidity = Liquidity()  # noqa: RUF009 - frozen
    _request: NewOrderSingle | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if claimed(self.claims) != self.quantity:
            msg = f"the claims on {self.cl_ord_id} do not sum to {self.quantity}."
            raise InvalidValueError(msg)

    def request(self) -> NewOrderSingle:
        """Return the message that asks a venue for this order; it is made once."""
        if self._request is None:
            request = _message(
                cl_ord_id=self.cl_ord_id,
                symbol=self.symbol,
                side=self.side,
                order_qty=self.quantity,
                price=self.limit_price,
            )
            object.__setattr__(self, "_request", request)
            return request
        return self._request


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Trade between books at the reference mid, without the venue and without a fee.

    Attributes:
        symbol: What changes hands.
        price: The mid, dollars.
        quantity: Shares, above zero: the sum of each side.
        buys: Books that receive shares.
        sells: Books that give them.
    """

    symbol: Symbol
    price: Decimal
    quantity: Decimal
    buys: Claims
    sells: Claims

    def __post_init__(self) -> None:
        positive(self.price, "the price of a crossing")
        positive(self.quantity, "the quantity of a crossing")
        for side, claims in (("buys", self.buys), ("sells", self.sells)):
            if claimed(claims) != self.quantity:
                msg = f"the {side} of {self.symbol} do not sum to {self.quantity}."
                raise InvalidValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlan:
    """Hold everything that is to be done in one session.

    Attributes:
        account: Whose orders.
        session: The session's label.
        deadline: When every order must be terminal, UTC.
        crossings: Trades between books; booked with the plan.
        orders: Sells first, each side sorted by symbol; buys wait until every sell is terminal.
        on_failure: What becomes of the rest when the venue has refused an order.
        slots: Each of the orders by its symbol and side.
    """

    account: AccountId
    session: date
    deadline: datetime
    crossings: tuple[Crossing, ...] = ()
    orders: tuple[PlannedOrder, ...] = ()
    on_failure: OnFailure = OnFailure.GO_ON
    slots: Mapping[tuple[Symbol, Side], PlannedOrder] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        slots = {(order.symbol, order.side): order for order in self.orders}
        object.__setattr__(self, "slots", slots)
        if len(slots) < len(self.orders):
            msg = f"the plan of {self.session} has two orders of one side of one symbol."
            raise InvalidValueError(msg)

    def child_id(self, order: PlannedOrder, number: int) -> ClOrdId:
        """Return the id of what is sent for `order` after `number` others: its own at first."""
        if number == 0:
            return order.cl_ord_id
        return cl_ord_id(
            account=self.account,
            session=self.session,
            name=order.symbol,
            buy=order.side is Side.BUY,
            attempt=order.attempt + number,
        )
