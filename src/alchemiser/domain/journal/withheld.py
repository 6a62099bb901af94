"""What strategies want and their books do not buy: given up by an exit rule, or sold by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.journal.allocations import StrategyChanged
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.records import TargetDecided
from alchemiser.domain.values.identifiers import HOUSE, StrategyId, Symbol


@dataclass(slots=True)
class Withheld:
    """Hold the symbols that are not bought, by strategy.

    Attributes:
        barred: Symbols that a strategy's book has given up and the strategy still wants.
        trimmed: Symbols that a strategy still wants, of whose shares somebody else sold some.
    """

    barred: dict[StrategyId, set[Symbol]] = field(default_factory=dict)
    trimmed: dict[StrategyId, set[Symbol]] = field(default_factory=dict)

    def plan(self, cycle: CycleState) -> None:
        """Take note of what was given up, and of what strategies have stopped wanting."""
        for answer in cycle.answers.values():
            barred = self.barred.setdefault(answer.strategy, set())
            barred |= {one.exit.symbol for one in cycle.exits if one.strategy == answer.strategy}
            if isinstance(answer, TargetDecided) and not answer.instead_of:
                wanted = {name for name, _ in answer.weights}
                barred &= wanted
                self.trimmed.get(answer.strategy, set()).intersection_update(wanted)

    def sell(self, postings: Iterable[Posting]) -> None:
        """Take note of what was sold by hand, which is not bought again."""
        for posting in postings:
            if posting.kind is PostingKind.MANUAL and posting.symbol and posting.book != HOUSE:
                self.trimmed.setdefault(StrategyId(posting.book), set()).add(posting.symbol)

    def change(self, change: StrategyChanged) -> None:
        """Lift everything of a strategy whose book its owner has brought to a weight, or sold."""
        if change.reweigh or change.leaving:
            self.barred.pop(change.strategy, None)
            self.trimmed.pop(change.strategy, None)
