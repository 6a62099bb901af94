"""What a book has gained, and by what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.domain.books.history import History
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import Lots
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ZERO

_PAID = (
    PostingKind.DIVIDEND,
    PostingKind.RETURN_OF_CAPITAL,
    PostingKind.SPLIT,
    PostingKind.REORGANISATION,
)
_ELSEWHERE = {
    *_PAID,
    PostingKind.INTEREST,
    PostingKind.FEE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profit:
    """Say where the equity of a book, or of the account, comes from, in dollars.

    Equity is contributed + realised + unrealised + dividends + interest - other_fees, to the cent
    of the cash and exactly in the shares.

    Attributes:
        contributed: First capital, funding, transfers, and what was adopted.
        realised: Gained on what is not held any more; None when a cost or proceeds are not known.
        unrealised: Gained on what is held; None when a cost or a mark is not known.
        dividends: Dividends, and what a reorganisation paid that names no share.
        interest: Interest; negative when paid.
        fees: All fees, as a positive number; those of orders lie in what was gained.
        other_fees: The fees among them that belong to no order.
    """

    contributed: Decimal
    realised: Decimal | None
    unrealised: Decimal | None
    dividends: Decimal
    interest: Decimal
    fees: Decimal
    other_fees: Decimal


def profit(history: History, lots: Lots, marks: Mapping[Symbol, Decimal]) -> Profit:
    """Return where the equity of a book comes from.

    Args:
        history: What happened to the book.
        lots: What that left.
        marks: Dollars a share.
    """
    loose = history.loose
    return Profit(
        contributed=sum((loose[kind] for kind in loose if kind not in _ELSEWHERE), ZERO),
        realised=_sum(one.gain() for one in lots.disposals),
        unrealised=_sum(lot.gain(marks.get(lot.symbol)) for lot in lots.open),
        dividends=sum((loose[kind] for kind in _PAID), ZERO),
        interest=loose[PostingKind.INTEREST],
        fees=history.fees,
        other_fees=-loose[PostingKind.FEE],
    )


def _sum(gains: Iterable[Decimal | None]) -> Decimal | None:
    total = ZERO
    for gain in gains:
        if gain is None:
            return None
        total += gain
    return total
