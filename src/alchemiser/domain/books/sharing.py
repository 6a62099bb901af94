"""How the fills of one net order are shared out to the books that claimed it."""

from decimal import Decimal
from typing import Final

from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.orders.order import Traded
from alchemiser.domain.orders.plan import Claims
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import BookId
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, apportion

_FILL: Final = PostingKind.FILL
_posting: Final = maker(Posting)


def share(
    report: ExecutionReport, claims: Claims, before: Traded, after: Traded
) -> tuple[Posting, ...]:
    """Return the postings by which `report` makes the books hold their parts of `after`.

    Everything is shared cumulatively: each book gets its part of all shares, dollars and fees less
    its part of what there was before. So every book pays the average price of the whole, and in
    whatever order fills come, are taken back or corrected, the books end the same.

    Args:
        report: What was told; the postings name it.
        claims: Who wants how many shares of the order.
        before: What all fills that stood before came to.
        after: What they come to now.
    """
    sign = report.side.sign()
    postings = []
    for book, shares, amount, fee in _changes(claims, before, after):
        if shares or amount:
            postings.append(
                _posting(
                    book=book,
                    kind=_FILL,
                    cash=-sign * amount,
                    symbol=report.symbol,
                    quantity=sign * shares,
                    reference=report.exec_id,
                )
            )
        if fee:
            postings.append(
                Posting(book=book, kind=PostingKind.FEE, cash=-fee, reference=report.exec_id)
            )
    return tuple(postings)


def _changes(
    claims: Claims, before: Traded, after: Traded
) -> list[tuple[BookId, Decimal, Decimal, Decimal]]:
    """Return the shares, dollars and fees that each claim gets more, or less, than before."""
    if len(claims) == 1:
        quantity, cash = after.quantity - before.quantity, after.cash - before.cash
        return [(claims[0][0], quantity, cash, after.commission - before.commission)]
    parts = zip(claims, _parts(before, claims), _parts(after, claims), strict=True)
    return [
        (book, new[0] - old[0], new[1] - old[1], new[2] - old[2]) for (book, _), old, new in parts
    ]


def _parts(whole: Traded, claims: Claims) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Return the shares, dollars and fees of each claim; dollars follow the shares."""
    if not whole.quantity:
        return [(ZERO, ZERO, ZERO) for _ in claims]
    shares = apportion(whole.quantity, claims, SHARE)
    held = [(book, part) for (book, _), part in zip(claims, shares, strict=True)]
    dollars, fees = (apportion(sum_, held, CENT) for sum_ in (whole.cash, whole.commission))
    return list(zip(shares, dollars, fees, strict=True))
