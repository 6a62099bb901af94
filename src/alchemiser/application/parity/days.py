"""From moments to days: what live and shadow gained, and what the difference is made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.application.parity.executed import Execution, executed, execution_of, planned
from alchemiser.application.parity.orders import order_lines
from alchemiser.application.parity.prices import TradedPrices
from alchemiser.application.parity.report import BookLine, DayLine
from alchemiser.application.parity.shadow import Chain
from alchemiser.application.parity.watching import Exchanges, Moment
from alchemiser.domain.books.history import Entry
from alchemiser.domain.books.ledger import Book, PostingKind, total_cash, total_positions
from alchemiser.domain.parity.components import Component, Parts, decomposed, summed
from alchemiser.domain.parity.worlds import Marks, Move, World, moved, worth
from alchemiser.domain.values.identifiers import ACCRUALS, BookId, Symbol
from alchemiser.domain.values.numbers import ZERO, cents

_FLOWS = frozenset({PostingKind.OPENING, PostingKind.FUNDING, PostingKind.TRANSFER})
_OWNERS = frozenset({PostingKind.MANUAL, PostingKind.ADOPTED, PostingKind.FILL})
"""With fills that are of no order of the plan: those of liquidations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Hold the marks of one day.

    Attributes:
        before: Prices at the decision.
        worths: What one share of the decision is worth at the next one, with splits, dividends and
            what it was exchanged for.
        after: Prices at the next decision.
    """

    before: Marks
    worths: Marks
    after: Marks


class Days:
    """Turn moments into days."""

    def __init__(
        self, prices: TradedPrices, entries: Sequence[Entry], exchanges: Exchanges
    ) -> None:
        """Reckon with `prices`, and with every posting and exchange of the journal."""
        self._prices = prices
        self._entries = entries
        self._exchanges = exchanges

    def day(self, moment: Moment, chain: Chain, following: Moment) -> DayLine:
        """Return how the account fared from `moment` to the `following` one.

        Raises:
            InputError: When something that was held or traded has no price.
        """
        entries = self._entries[moment.posted : following.posted]
        marks = self._marked(moment, following, entries)
        held = _held(moment, entries)
        shadow = worth(planned(chain.shadow), marks.worths)
        execution = execution_of(moment.cycle, entries)
        worths = _chained(moment, chain, execution, held, marks)
        chained = decomposed(worths, shadow)
        drifted = worth(held, _gains(marks))
        books = {
            book: BookLine(
                shadow=cents(drifted.get(book, ZERO) + shadow.get(book, ZERO)), components=parts
            )
            for book, parts in chained.items()
        }
        booked = _own(drifted) + _own(worths[-1][1])
        told = self._told(moment, following, entries, marks)
        components = summed(line.components for line in books.values())
        residual = cents(told.gain - booked)
        live = cents(told.gain)
        return DayLine(
            session=moment.session.day,
            equity=cents(told.equity),
            live=live,
            shadow=live - residual - sum(components.values(), ZERO),
            flows=told.flows,
            components=components,
            residual=residual,
            books=books,
            orders=tuple(order_lines(execution.ways, chain.recorded_prices.model, marks.worths)),
            decided=_answered(moment),
        )

    def _marked(self, moment: Moment, following: Moment, entries: Sequence[Entry]) -> Marked:
        start, end = moment.session.day, following.session.day
        held = _held_symbols(moment)
        self._prices.need(held, start)
        # What came in between, as under a new name, need not have had a price before.
        self._prices.need(held | _traded(moment, entries) | _held_symbols(following), end)
        exchanges = [
            one for posted, one in self._exchanges if moment.posted <= posted < following.posted
        ]
        return Marked(
            before=self._prices.marks(start),
            worths=self._prices.worths(start, end, exchanges),
            after=self._prices.marks(end),
        )

    def _told(
        self, moment: Moment, following: Moment, entries: Sequence[Entry], marks: Marked
    ) -> "_Told":
        """Return how the account fared by what the broker told, which owes nothing to a posting."""
        flows = sum(
            (one.posting.cash for one in entries if one.posting.kind is PostingKind.TRANSFER), ZERO
        )
        before = _worth(moment, marks.before)
        return _Told(
            equity=before, flows=flows, gain=_worth(following, marks.after) - before - flows
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    equity: Decimal
    flows: Decimal
    gain: Decimal


def _answered(moment: Moment) -> bool:
    return moment.cycle is not None and bool(moment.cycle.answers)


def _own(parts: Parts) -> Decimal:
    """Return dollars of all books together, what is owed to them left out."""
    return sum((dollars for book, dollars in parts.items() if book != ACCRUALS), ZERO)


def _worth(moment: Moment, marks: Marks) -> Decimal:
    """Return what the account is worth, dollars, with dividends that it is owed.

    By what the broker told; in a session that nobody decided, nobody asked it, and the books are
    believed until somebody does.
    """
    if moment.taken is None:
        cash = total_cash(moment.books)
        held: Mapping[Symbol, Decimal] = total_positions(moment.books)
    else:
        cash, held = moment.taken.account.cash, moment.taken.account.shares
    owed = -moment.books.get(ACCRUALS, Book()).cash
    return cash + owed + sum((shares * marks[name] for name, shares in held.items()), ZERO)


def _held_symbols(moment: Moment) -> set[Symbol]:
    held = {name for book in moment.books.values() for name in book.positions}
    told = () if moment.taken is None else moment.taken.account.positions
    return held | {one.symbol for one in told}


def _traded(moment: Moment, entries: Iterable[Entry]) -> set[Symbol]:
    """Return the symbols that were posted, or were to be by the plan."""
    plan = None if moment.cycle is None else moment.cycle.plan
    wanted = () if plan is None else plan.orders
    posted = {one.posting.symbol for one in entries if one.posting.quantity}
    return {order.symbol for order in wanted} | {name for name in posted if name is not None}


def _held(moment: Moment, entries: Iterable[Entry]) -> World:
    """Return the shares that the books held at `moment`; those they were opened with, too."""
    shares = [
        Move(book=book, cash=ZERO, symbol=name, quantity=quantity)
        for book, one in moment.books.items()
        for name, quantity in one.positions.items()
    ]
    opened = [
        Move(
            book=entry.posting.book,
            cash=ZERO,
            symbol=entry.posting.symbol,
            quantity=entry.posting.quantity,
        )
        for entry in entries
        if entry.posting.kind is PostingKind.OPENING and entry.posting.symbol is not None
    ]
    return (*shares, *opened)


def _gains(marks: Marked) -> dict[Symbol, Decimal]:
    """Return what one share held gains with all that it is entitled to, dollars."""
    return {
        name: worth_ - marks.before[name]
        for name, worth_ in marks.worths.items()
        if name in marks.before
    }


def _chained(
    moment: Moment, chain: Chain, execution: Execution, held: World, marks: Marked
) -> list[tuple[Component, Parts]]:
    """Return what each world is worth at the next decision, from the shadow's neighbour on."""
    restricted = planned(chain.restricted)
    worlds = [
        (Component.DATA_REVISION, planned(chain.recorded_bars)),
        (Component.TIMING, planned(chain.recorded_prices)),
        (Component.RESTRICTIONS, restricted),
        (Component.MISSED, restricted if _answered(moment) else ()),
        *executed(execution, chain.recorded_prices.model),
    ]
    worths = [(name, worth(world, marks.worths)) for name, world in worlds]
    acted = _sum(
        worths[-1][1],
        _lapse((*held, *worlds[-1][1]), marks),
        worth(_moves(execution.others, owners=False), marks.after),
    )
    owned = _sum(acted, worth(_moves(execution.others, owners=True), marks.after))
    return [*worths, (Component.ACTIVITIES, acted), (Component.INTERVENTIONS, owned)]


def _lapse(shares: World, marks: Marked) -> dict[BookId, Decimal]:
    """Return what shares are worth less without what they are entitled to: that is booked apart."""
    less = {name: price - marks.worths[name] for name, price in marks.after.items()}
    only = [
        Move(book=one.book, cash=ZERO, symbol=one.symbol, quantity=one.quantity) for one in shares
    ]
    return worth(only, less)


def _moves(others: Iterable[Entry], *, owners: bool) -> World:
    """Return the postings of no order of the plan: what owners did, or what the account did."""
    kinds = _FLOWS | {PostingKind.CROSSING}
    return moved(
        one.posting for one in others if one.posting.kind not in kinds and _is_owners(one) is owners
    )


def _is_owners(entry: Entry) -> bool:
    return entry.posting.kind in _OWNERS or entry.order is not None


def _sum(*parts: Parts) -> dict[BookId, Decimal]:
    total: dict[BookId, Decimal] = {}
    for each in parts:
        for book, dollars in each.items():
            total[book] = total.get(book, ZERO) + dollars
    return total
