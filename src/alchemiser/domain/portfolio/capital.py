"""Transfers between the house and the books: what an owner re-weights, mixes or takes back.

Whatever is given comes before whatever is received, so that the house never gives what it lacks.
A book that gives more than its cash owes the rest, and raises it by what it sells at this decision.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal

from alchemiser.domain.books.ledger import Book, Books, Posting, PostingKind, post
from alchemiser.domain.portfolio.allocation import Allocation, AllocationSettings, Turn
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.values.identifiers import ACCRUALS, HOUSE, BookId, StrategyId, Symbol
from alchemiser.domain.values.numbers import CENT, ZERO, apportion, plain, round_down


@dataclass(frozen=True, slots=True, kw_only=True)
class Capital:
    """Say what capital the books are to have.

    Attributes:
        weights: Share of the account that each strategy is to have, in (0, 1].
        owed: Strategies that are to be brought to their weight because the owner said so.
        leaving: Books that sell everything and give their cash back.
    """

    weights: Mapping[StrategyId, Decimal] = field(default_factory=dict)
    owed: frozenset[StrategyId] = frozenset()
    leaving: frozenset[BookId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Move money between the house and one book.

    Attributes:
        book: Whose book.
        cash: Dollars that the house gives it, whole cents; negative when it gives them back.
        reason: Why, in a few words.
    """

    book: BookId
    cash: Decimal
    reason: str

    def postings(self) -> tuple[Posting, ...]:
        """Return both sides, which sum to nothing."""
        sides = ((HOUSE, -self.cash), (self.book, self.cash))
        return tuple(
            Posting(book=book, kind=PostingKind.FUNDING, cash=cash, reference=self.reason)
            for book, cash in sides
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """Hold what transfers have made of the books.

    Attributes:
        books: Every book after them.
        transfers: In the order in which they are posted.
        reached: Strategies of those owed that have their weight now, or all that there was for
            them; sorted.
    """

    books: Mapping[BookId, Book]
    transfers: tuple[Transfer, ...] = ()
    reached: tuple[StrategyId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """Want `cash` more dollars, or that many fewer, of which `gives` can be given now."""

    name: StrategyId
    cash: Decimal
    gives: Decimal
    reason: str


def allocate_capital(
    outcomes: Sequence[tuple[StrategyId, StrategyOutcome]],
    turns: Mapping[StrategyId, Turn],
    books: Mapping[BookId, Book],
    marks: Mapping[Symbol, Decimal],
    capital: Capital,
    settings: AllocationSettings,
) -> Allocated:
    """Return the transfers of this decision, and the books after them.

    A book is brought to its weight of all books together, at `marks`: at the owner's word, and in a
    constant mix whenever its strategy decides and its rebalancing is due. Without a decision a book
    gives no more than its cash, and the rest when there is one. While any book has no value nothing
    is weighed; what leaves gives its cash all the same.

    Args:
        outcomes: Every strategy's answer, sorted by strategy.
        turns: Strategies that do not trade at every session.
        books: Every book; they are not changed.
        marks: Reference mids, dollars a share.
        capital: What is wanted.
        settings: Whether books drift, and the smallest transfer.
    """
    total = _worth(books, marks)
    wishes: list[_Wish] = []
    for name, outcome in outcomes if total is not None else ():
        if BookId(name) not in books or name not in capital.weights:
            continue
        ready = turns.get(name, Turn()).due and _trades(outcome, marks)
        if name in capital.owed or (ready and settings.allocation is Allocation.CONSTANT_MIX):
            book, share = books[BookId(name)], capital.weights[name] * (total or ZERO)
            cash = round_down(share - (book.equity(marks) or ZERO), CENT)
            gives = -cash if ready else min(-cash, max(book.cash, ZERO))
            wishes.append(_Wish(name=name, cash=cash, gives=gives, reason=_reason(name, capital)))
    smallest = settings.minimum_transfer
    wishes = [one for one in wishes if one.name in capital.owed or abs(one.cash) >= smallest]
    leaving = {name: books[name] for name in capital.leaving & books.keys()}
    given = (*transfers_back(leaving), *_given(wishes))
    transfers = (*given, *_received(wishes, books, given))
    return _allocated(books, transfers, [one for one in wishes if one.name in capital.owed])


def _trades(outcome: StrategyOutcome, marks: Mapping[Symbol, Decimal]) -> bool:
    """Say whether a strategy has decided on what has a price."""
    if not isinstance(outcome, Decided):
        return False
    return all(name in marks for name, _ in outcome.target.weights)


def _worth(books: Mapping[BookId, Book], marks: Mapping[Symbol, Decimal]) -> Decimal | None:
    total = ZERO
    for name, book in books.items():
        # What it is below zero by, the broker owes the account: the books count it already.
        equity = ZERO if name == ACCRUALS else book.equity(marks)
        if equity is None:
            return None
        total += equity
    return total


def _reason(name: StrategyId, capital: Capital) -> str:
    why = "re-weighting" if name in capital.owed else "constant mix"
    return f"{why} of {name} to {plain(capital.weights[name])}"


def transfers_back(leaving: Mapping[BookId, Book]) -> tuple[Transfer, ...]:
    """Return what books that leave give back: their cash, and with their last share also a debt."""
    given = (
        (name, max(book.cash, ZERO) if book.positions else book.cash)
        for name, book in sorted(leaving.items())
    )
    return tuple(
        Transfer(book=name, cash=-cash, reason=f"{name} is given up")
        for name, cash in given
        if cash
    )


def _given(wishes: Sequence[_Wish]) -> Iterator[Transfer]:
    for wish in wishes:
        if wish.cash < 0 < wish.gives:
            yield Transfer(book=BookId(wish.name), cash=-wish.gives, reason=wish.reason)


def _received(
    wishes: Sequence[_Wish], books: Mapping[BookId, Book], given: Sequence[Transfer]
) -> Iterator[Transfer]:
    """Yield what is wanted, or of what the house has then a share in proportion to it."""
    house = books.get(HOUSE, Book()).cash - sum((one.cash for one in given), ZERO)
    claims = [(wish.name, wish.cash) for wish in wishes if wish.cash > 0]
    asked = sum((cash for _, cash in claims), ZERO)
    left = min(asked, max(house, ZERO))
    parts = apportion(left, claims, CENT) if left else [ZERO] * len(claims)
    reasons = {wish.name: wish.reason for wish in wishes}
    for (name, _), part in zip(claims, parts, strict=True):
        if part:
            yield Transfer(book=BookId(name), cash=part, reason=reasons[StrategyId(name)])


def _allocated(
    books: Mapping[BookId, Book], transfers: tuple[Transfer, ...], owed: Sequence[_Wish]
) -> Allocated:
    moved = {one.book: one.cash for one in transfers}
    short = {one.name for one in owed if moved.get(BookId(one.name), ZERO) != one.cash}
    # What is wanted of a house that lacks it waits for those that are still to give, and no longer.
    awaited = any(one.cash < 0 for one in owed if one.name in short)
    reached = tuple(
        one.name for one in owed if one.name not in short or (one.cash > 0 and not awaited)
    )
    if not transfers:
        return Allocated(books=books, reached=reached)
    after: Books = deepcopy(dict(books))
    for one in transfers:
        post(after, one.postings())
    return Allocated(books=after, transfers=transfers, reached=reached)
