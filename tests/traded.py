"""Short ways to say what was bought, sold and posted."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from alchemiser.domain.books.history import Entry, Exchange, Trade
from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.books.lots import Lots
from alchemiser.domain.books.sharing import share
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.orders.order import Order, apply
from alchemiser.domain.orders.plan import Claims
from alchemiser.domain.values.identifiers import HOUSE, BookId, ClOrdId, Symbol
from alchemiser.testing.builders import an_order

M = Symbol("M")
NEW = Symbol("NEW")


def whole(amount: Decimal | None) -> int:
    """Return an amount that is known and whole."""
    assert amount is not None
    assert amount == int(amount)
    return int(amount)


def bought(day: str, quantity: str, cost: str, symbol: Symbol = M) -> Trade:
    return _trade(day, Decimal(quantity), -Decimal(cost), symbol)


def sold(day: str, quantity: str, proceeds: str, symbol: Symbol = M) -> Trade:
    return _trade(day, -Decimal(quantity), Decimal(proceeds), symbol)


def _trade(day: str, quantity: Decimal, cash: Decimal, symbol: Symbol) -> Trade:
    kind = PostingKind.FILL
    when = date.fromisoformat(day)
    return Trade(day=when, symbol=symbol, quantity=quantity, cash=cash, kind=kind)


def spun_off(day: str, shares: str, basis: str | None = None) -> Exchange:
    """Give shares of `NEW` to those who keep `M`."""
    return Exchange(
        day=date.fromisoformat(day),
        given=(),
        received=((NEW, Decimal(shares)),),
        cash=Decimal(0),
        kept=M,
        basis=None if basis is None else Decimal(basis),
    )


def costs(lots: Lots) -> list[tuple[str, Decimal | None, str]]:
    """Return of each lot that is held what it is, what it has cost and since when it is held."""
    return [(lot.symbol, lot.cost, str(lot.held_since)) for lot in lots.open]


def entry(  # noqa: PLR0913 - one argument a column
    day: str,
    kind: PostingKind,
    cash: str = "0",
    quantity: str = "0",
    symbol: Symbol | None = None,
    *,
    book: str = HOUSE,
    reference: str = "",
    order: str | None = None,
) -> Entry:
    posting = Posting(
        book=BookId(book),
        kind=kind,
        cash=Decimal(cash),
        symbol=symbol,
        quantity=Decimal(quantity),
        reference=reference,
    )
    return Entry(
        day=date.fromisoformat(day),
        posting=posting,
        order=None if order is None else ClOrdId(order),
    )


def allocated(
    day: date, reports: Sequence[ExecutionReport], claims: Claims, order: str
) -> list[Entry]:
    """Return the entries of an order of which `reports` are told in their order."""
    first = reports[0]
    request = an_order(first.symbol, str(first.order_qty), side=first.side)
    followed = Order(request=request)
    entries = []
    for report in reports:
        after = apply(followed, report)
        postings = share(report, claims, followed.done, after.done)
        entries += [Entry(day=day, posting=one, order=ClOrdId(order)) for one in postings]
        followed = after
    return entries
