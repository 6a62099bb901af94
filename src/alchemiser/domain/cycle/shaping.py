"""What becomes of the strategies' wishes before they are consolidated: exits, sizes and breakers.

Each step only makes wishes smaller; what is taken away is cash.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from alchemiser.domain.books.ledger import Book
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.allocation import Turn
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.portfolio.dissent import Dissent
from alchemiser.domain.portfolio.exits import Exit, Exits, exits_due, unjudged
from alchemiser.domain.portfolio.sizing import Sized, Sizing, sized
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.numbers import ONE, WEIGHT, ZERO, round_down
from alchemiser.domain.values.target import TargetPortfolio

Opened = Mapping[BookId, Mapping[Symbol, date]]
"""The session in which each position of each book was opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Say how one strategy's wishes are shaped.

    Attributes:
        exits: When its positions are given up, whatever it wants.
        sizing: How large they may be.
        barred: Symbols that were given up, until the strategy itself stops wanting them.
    """

    exits: Exits = Exits()  # noqa: RUF009 - frozen
    sizing: Sizing = Sizing()  # noqa: RUF009 - frozen
    barred: frozenset[Symbol] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """Hold what shaping has made of the strategies' answers.

    Attributes:
        outcomes: Every strategy's answer, sorted by strategy.
        exits: Positions that are given up now, by strategy.
        unjudged: Positions whose exits cannot be judged, by strategy.
        sized: Cuts of weights, by strategy.
        dissents: Strategies whose wishes are shaped otherwise on a second source.
    """

    outcomes: tuple[tuple[StrategyId, StrategyOutcome], ...]
    exits: tuple[tuple[StrategyId, Exit], ...] = ()
    unjudged: tuple[tuple[StrategyId, Symbol], ...] = ()
    sized: tuple[tuple[StrategyId, Sized], ...] = ()
    dissents: tuple[Dissent, ...] = ()

    def held(self) -> dict[StrategyId, Undecided]:
        """Return why the books of those that dissent stay as they are."""
        return {one.strategy: Undecided(reason=one.sentence()) for one in self.dissents}

    def turn(self, name: StrategyId, turn: Turn) -> Turn:
        """Return a strategy's turn with what its book gives up now."""
        leaving = frozenset(one.symbol for whose, one in self.exits if whose == name)
        return replace(turn, leaving=leaving) if leaving else turn


@dataclass(slots=True)
class Shaper:
    """Shape the wishes of one session.

    Attributes:
        panel: Bars.
        row: The session's row; nothing after it is read.
        books: Every book.
        marks: Reference mids, dollars a share.
        opened: Since when each book has held what it holds.
        provisional: Whether the session has not closed yet: then its own volume and range are not
            read, although the panel may hold them.
        scale: What every target is multiplied by, in [0, 1].
    """

    panel: BarPanel
    row: int
    books: Mapping[BookId, Book]
    marks: Mapping[Symbol, Decimal]
    opened: Opened
    provisional: bool
    scale: Decimal
    _exits: list[tuple[StrategyId, Exit]] = field(default_factory=list)
    _unjudged: list[tuple[StrategyId, Symbol]] = field(default_factory=list)
    _sized: list[tuple[StrategyId, Sized]] = field(default_factory=list)

    def shape(
        self,
        outcomes: Sequence[tuple[StrategyId, StrategyOutcome]],
        shapes: Mapping[StrategyId, Shape],
    ) -> Shaped:
        """Return the answers with exits, sizes and the scale applied, in this order."""
        shaped = tuple((name, self._one(name, outcome, shapes)) for name, outcome in outcomes)
        return Shaped(
            outcomes=shaped,
            exits=tuple(self._exits),
            unjudged=tuple(self._unjudged),
            sized=tuple(self._sized),
        )

    def on(self, panel: BarPanel, row: int) -> "Shaper":
        """Return what shapes the same wishes on other bars."""
        return Shaper(
            panel=panel,
            row=row,
            books=self.books,
            marks=self.marks,
            opened=self.opened,
            provisional=self.provisional,
            scale=self.scale,
        )

    def _one(
        self, name: StrategyId, outcome: StrategyOutcome, shapes: Mapping[StrategyId, Shape]
    ) -> StrategyOutcome:
        shape = shapes.get(name, Shape())
        leaving = self._leave(name, shape.exits)
        if not isinstance(outcome, Decided):
            return outcome
        target = _without(outcome.target, shape.barred | leaving)
        if shape.sizing != Sizing():
            target = self._size(name, target, shape.sizing)
        return replace(outcome, target=_times(target, self.scale))

    def _leave(self, name: StrategyId, rules: Exits) -> frozenset[Symbol]:
        entries = self.opened.get(BookId(name), {})
        if rules == Exits() or not entries:
            return frozenset()
        due = exits_due(rules, entries, self.panel, self.row)
        self._exits += [(name, one) for one in due]
        self._unjudged += [
            (name, symbol) for symbol in unjudged(rules, entries, self.panel, self.row)
        ]
        return frozenset(one.symbol for one in due)

    def _size(self, name: StrategyId, target: TargetPortfolio, sizing: Sizing) -> TargetPortfolio:
        book = self.books.get(BookId(name), Book())
        equity = book.equity(self.marks)
        if equity is None or equity <= 0:
            # What cannot be valued is told as undecided when it is consolidated.
            return target
        panel = self.panel
        if self.provisional:
            panel = replace(panel.until(self.row), provisional=True)
        smaller, cuts = sized(target, sizing, panel, self.row, equity, book.positions)
        self._sized += [(name, cut) for cut in cuts]
        return smaller


def _without(target: TargetPortfolio, names: Iterable[Symbol]) -> TargetPortfolio:
    gone = frozenset(names)
    if not gone:
        return target
    return TargetPortfolio(tuple(row for row in target.weights if row[0] not in gone))


def _times(target: TargetPortfolio, scale: Decimal) -> TargetPortfolio:
    if scale == ONE:
        return target
    smaller = ((name, round_down(weight * scale, WEIGHT)) for name, weight in target.weights)
    return TargetPortfolio(tuple((name, weight) for name, weight in smaller if weight > ZERO))
