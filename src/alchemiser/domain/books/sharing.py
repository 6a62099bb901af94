"""How the fills of one net order are shared out to the books that claimed it."""

from decimal import Decimal

from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.orders.plan import Claims
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, apportion, cents


def share_fill(
    report: ExecutionReport, claims: Claims, filled_before: Decimal
) -> tuple[Posting, ...]:
    """Return the postings that book one fill.

    Shares are shared cumulatively: each book gets its part of the total filled less its part of
    what was filled before, so that the order of partial fills does not matter. The fill's cash
    and fee follow the shares it gave, to the cent.

    Args:
        report: A trade report that was not counted before.
        claims: Who wants how many shares of the order.
        filled_before: Shares of the order filled by the reports counted before, at or above zero.
    """
    before = _parts(filled_before, claims)
    after = _parts(filled_before + report.last_qty, claims)
    gained = [new - old for new, old in zip(after, before, strict=True)]
    # The largest-remainder method may take 1e-9 share back from a book; it then pays no cash.
    weights = [(book, max(part, ZERO)) for (book, _), part in zip(claims, gained, strict=True)]
    dollars = apportion(cents(report.last_qty * report.last_px), weights, CENT)
    fees = apportion(report.commission, weights, CENT)
    sign = report.side.sign()
    postings = []
    for (book, _), shares, amount, fee in zip(claims, gained, dollars, fees, strict=True):
        if shares or amount:
            postings.append(
                Posting(
                    book=book,
                    kind=PostingKind.FILL,
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


def _parts(filled: Decimal, claims: Claims) -> list[Decimal]:
    return apportion(filled, claims, SHARE)
