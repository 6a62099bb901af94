"""What a book counts already although the broker has not paid it yet: dividends from their ex-day.

A dividend leaves the price on its ex-day and arrives weeks later. In between it is the book's, and
the accruals owe it to the account: a book of their own, below zero, so that all books together
still sum to the broker's cash.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.domain.books.entries import POSTED_AS, Holders
from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import ACCRUALS, BookId, Symbol
from alchemiser.domain.values.numbers import CENT, ZERO, apportion, cents

PATIENCE: Final = timedelta(days=60)
"""How long after the ex-day, or the pay day where it is known, a dividend is waited for."""
LATEST: Final = timedelta(days=366)
"""How long after its ex-day a dividend may be paid; sources that do not know say 9999-12-31."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """Hold one dividend that is counted and not paid.

    Attributes:
        symbol: Whose dividend.
        ex_day: From which session on the share trades without it.
        parts: Dollars of each book that held it, whole cents, above zero; sorted by book.
        expires: The day after which it is waited for no longer.
    """

    symbol: Symbol
    ex_day: date
    parts: Holders
    expires: date

    def cash(self) -> Decimal:
        """Return the dollars that are expected."""
        return sum((part for _, part in self.parts), ZERO)

    def counted(self) -> tuple[Posting, ...]:
        """Return the postings that give the books what they will be paid."""
        owed = [self._posting(book, part) for book, part in self.parts]
        return (*owed, self._accruals(-self.cash()))

    def given_up(self) -> tuple[Posting, ...]:
        """Return the postings that take it back."""
        taken = [self._posting(book, -part) for book, part in self.parts]
        return (*taken, self._accruals(self.cash()))

    def paid(self, activity: Activity) -> tuple[Posting, ...]:
        """Return the postings of what the broker paid, be it more or less than was expected.

        Tax that was withheld, for one, makes it less. The difference is the books'. What turns out
        to be paid back capital is no dividend at all.
        """
        if activity.kind is ActivityKind.RETURN_OF_CAPITAL:
            return (*self.given_up(), *self.shared(activity))
        actual = apportion(activity.cash, self.parts, CENT)
        corrections = [
            self._posting(book, part - expected)
            for (book, expected), part in zip(self.parts, actual, strict=True)
            if part != expected
        ]
        return (self._accruals(self.cash()), *corrections)

    def shared(self, activity: Activity) -> tuple[Posting, ...]:
        """Return the postings of cash, more or less than none, shared as the dividend was."""
        kind = POSTED_AS[activity.kind]
        parts = apportion(activity.cash, self.parts, CENT)
        return tuple(
            self._posting(book, part, kind)
            for (book, _), part in zip(self.parts, parts, strict=True)
            if part
        )

    def settled_by(self, postings: Iterable[Posting]) -> bool:
        """Say whether `postings` are such that the accruals owe it no longer."""
        return self._accruals(self.cash()) in postings

    def _accruals(self, cash: Decimal) -> Posting:
        return self._posting(ACCRUALS, cash)

    def _posting(
        self, book: BookId, cash: Decimal, kind: PostingKind = PostingKind.DIVIDEND
    ) -> Posting:
        return Posting(
            book=book,
            kind=kind,
            cash=cash,
            symbol=self.symbol,
            reference=f"dividend of {self.ex_day}",
        )


def accrual_of(action: CorporateAction, entitled: Holders) -> Accrual | None:
    """Return what the holders of a share will be paid, or None when it is nothing.

    Args:
        action: Tells the dividend.
        entitled: Who held the share as its ex-day began, in shares after a split of that day.
    """
    total = cents(sum((shares for _, shares in entitled), ZERO) * action.dividend)
    if not total:
        return None
    parts = apportion(total, entitled, CENT)
    return Accrual(
        symbol=action.symbol,
        ex_day=action.ex_day,
        parts=tuple((book, part) for (book, _), part in zip(entitled, parts, strict=True) if part),
        expires=min(action.pay_day or action.ex_day, action.ex_day + LATEST) + PATIENCE,
    )
