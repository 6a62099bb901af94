"""From everything that the account holds to one plan that closes it."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from alchemiser.domain.books.ledger import Book
from alchemiser.domain.orders.account import Position
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import Claims, OrderPlan, PlannedOrder
from alchemiser.domain.orders.pricing import limit_price
from alchemiser.domain.planning.planner import PlanInputs, PlanSettings
from alchemiser.domain.values.identifiers import HOUSE, BookId, Symbol, cl_ord_id
from alchemiser.domain.values.numbers import SHARE, ZERO, apportion, round_down


def liquidation_plan(
    positions: Collection[Position],
    books: Mapping[BookId, Book],
    inputs: PlanInputs,
    settings: PlanSettings,
    attempts: Mapping[tuple[Symbol, Side], int],
) -> OrderPlan:
    """Return a plan that closes every position that has a quote and can be traded.

    What is held is sold, what is short is bought back, and nothing else is bought.

    Args:
        positions: What is to be closed.
        books: Who owns it; what no book owns is the house's.
        inputs: Quotes and reference data; a symbol without either is left out.
        settings: How far through the touch a limit may go.
        attempts: The last number that was used of each symbol's slot in the session; the first
            is the session's own plan's, whether it was used or not.
    """
    sides = ((row, Side.SELL if row.quantity > 0 else Side.BUY) for row in positions)
    orders = [
        _order(row, side, books, inputs, settings, attempts.get((row.symbol, side), 1) + 1)
        for row, side in sides
        if not any(True for _ in left_out((row,), inputs))
    ]
    return OrderPlan(
        account=inputs.account,
        session=inputs.session,
        deadline=inputs.deadline,
        orders=tuple(sorted(orders, key=lambda order: order.side is Side.BUY)),
    )


def left_out(positions: Collection[Position], inputs: PlanInputs) -> Iterator[tuple[Symbol, str]]:
    """Yield each position that no order can be planned for, and why."""
    for row in positions:
        instrument = inputs.instruments[row.symbol]
        quote = inputs.quotes.get(row.symbol)
        if not instrument.tradable:
            yield row.symbol, f"it is {instrument.status.replace('_', ' ')}"
        elif quote is None:
            yield row.symbol, "it has no quote that is fresh enough"
        elif quote.halted:
            yield row.symbol, "it is halted"
        elif abs(row.quantity) < instrument.quantity_increment:
            yield row.symbol, "there is less of it than can be traded"


def _order(
    row: Position,
    side: Side,
    books: Mapping[BookId, Book],
    inputs: PlanInputs,
    settings: PlanSettings,
    attempt: int,
) -> PlannedOrder:
    quote, instrument = inputs.quotes[row.symbol], inputs.instruments[row.symbol]
    claims = _owners(row, books, round_down(abs(row.quantity), instrument.quantity_increment))
    return PlannedOrder(
        cl_ord_id=cl_ord_id(
            account=inputs.account,
            session=inputs.session,
            name=row.symbol,
            buy=side is Side.BUY,
            attempt=attempt,
        ),
        symbol=row.symbol,
        side=side,
        quantity=sum((shares for _, shares in claims), ZERO),
        limit_price=limit_price(side, quote, instrument, settings.limit_offset),
        reference_price=quote.mid(),
        claims=claims,
        attempt=attempt,
    )


def _owners(row: Position, books: Mapping[BookId, Book], quantity: Decimal) -> Claims:
    """Return who trades how much: in proportion to what each book holds, the house the rest.

    Of a short position each book buys back what it owes.
    """
    sign = 1 if row.quantity > 0 else -1
    held = {name: book.positions.get(row.symbol, ZERO) for name, book in sorted(books.items())}
    owned = {name: sign * shares for name, shares in held.items() if sign * shares > 0}
    rest = max(abs(row.quantity) - sum(owned.values(), ZERO), ZERO)
    owned[HOUSE] = owned.get(HOUSE, ZERO) + rest
    claims = sorted((name, shares) for name, shares in owned.items() if shares)
    parts = apportion(quantity, claims, SHARE)
    return tuple((name, part) for (name, _), part in zip(claims, parts, strict=True) if part)
