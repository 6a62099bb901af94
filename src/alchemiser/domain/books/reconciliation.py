"""Whether the books and the broker tell the same story."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.domain.books.ledger import Book, total_cash, total_positions
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.domain.values.numbers import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Name one difference between books and broker.

    Attributes:
        symbol: The position's symbol, or None when cash differs.
        expected: What the books sum to: shares, or dollars of cash.
        observed: What the broker has.
    """

    symbol: Symbol | None
    expected: Decimal
    observed: Decimal

    def difference(self) -> Decimal:
        """Return how much the broker has more, shares or dollars; negative where it has less."""
        return self.observed - self.expected

    def sentence(self) -> str:
        """Return the difference in plain words."""
        what = "cash" if self.symbol is None else self.symbol
        return f"{what}: the books say {self.expected:f}, the broker {self.observed:f}"


def reconcile(books: Mapping[BookId, Book], account: AccountSnapshot) -> tuple[Break, ...]:
    """Return every difference, cash first, then positions by symbol; exact, without tolerance."""
    cash = total_cash(books)
    ours = total_positions(books)
    theirs = {position.symbol: position.quantity for position in account.positions}
    breaks = []
    if cash != account.cash:
        breaks.append(Break(symbol=None, expected=cash, observed=account.cash))
    for name in sorted(ours.keys() | theirs.keys()):
        expected, observed = ours.get(name, ZERO), theirs.get(name, ZERO)
        if expected != observed:
            breaks.append(Break(symbol=name, expected=expected, observed=observed))
    return tuple(breaks)
