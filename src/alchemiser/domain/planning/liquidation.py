"""From everything that the account holds to one plan of sells."""

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
    attempts: Mapping[Symbol, int],
) -> OrderPlan:
    """Return a plan that sells every position that has a quote and can be traded, and buys nothing.

    Args:
        positions: What is to be sold.
        books: Who owns it; what no book owns is the house's.
        inputs: Quotes and reference data; a symbol without either is left out.
        settings: How far through the touch a limit may go.
        attempts: The last number that was used of each symbol's slot in the session; the first
            is the session's own plan's, whether it was used or not.
    """
    orders = (
        _order(row, books, inputs, settings, attempts.get(row.symbol, 1) + 1) for row in positions
    )
    return OrderPlan(
        account=inputs.account,
        session=inputs.session,
        deadline=inputs.deadline,
        orders=tuple(order for order in orders if order is not None),
    )


def left_out(positions: Collection[Position], inputs: PlanInputs) -> Iterator[tuple[Symbol, str]]:
    """Yield each position that no order can be planned for, and why."""
    for row in positions:
        instrument = inputs.instruments[row.symbol]
        quote = inputs.quotes.get(row.symbol)
        if row.quantity < 0:
            yield row.symbol, "it is a short position, and nothing is bought: cover it by hand"
        elif not instrument.tradable:
            yield row.symbol, f"it is {instrument.status.replace('_', ' ')}"
        elif quote is None:
            yield row.symbol, "it has no quote that is fresh enough"
        elif quote.halted:
            yield row.symbol, "it is halted"
        elif row.quantity < instrument.quantity_increment:
            yield row.symbol, "there is less of it than can be sold"


def _order(
    row: Position,
    books: Mapping[BookId, Book],
    inputs: PlanInputs,
    settings: PlanSettings,
    attempt: int,
) -> PlannedOrder | None:
    if any(True for _ in left_out((row,), inputs)):
        return None
    quote, instrument = inputs.quotes[row.symbol], inputs.instruments[row.symbol]
    claims = _owners(row, books, round_down(row.quantity, instrument.quantity_increment))
    return PlannedOrder(
        cl_ord_id=cl_ord_id(
            account=inputs.account,
            session=inputs.session,
            name=row.symbol,
            buy=False,
            attempt=attempt,
        ),
        symbol=row.symbol,
        side=Side.SELL,
        quantity=sum((shares for _, shares in claims), ZERO),
        limit_price=limit_price(Side.SELL, quote, instrument, settings.limit_offset),
        reference_price=quote.mid(),
        claims=claims,
        attempt=attempt,
    )


def _owners(row: Position, books: Mapping[BookId, Book], quantity: Decimal) -> Claims:
    """Return who sells how much: in proportion to what each book holds, the house the rest."""
    held = {name: book.positions.get(row.symbol, ZERO) for name, book in sorted(books.items())}
    owned = {name: shares for name, shares in held.items() if shares > 0}
    owned[HOUSE] = owned.get(HOUSE, ZERO) + max(row.quantity - sum(owned.values(), ZERO), ZERO)
    claims = sorted((name, shares) for name, shares in owned.items() if shares)
    parts = apportion(quantity, claims, SHARE)
    return tuple((name, part) for (name, _), part in zip(claims, parts, strict=True) if part)
