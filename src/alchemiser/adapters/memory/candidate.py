"""A rule tree that no plugin made, as a candidate for certification."""

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.document import content_hash
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import UndecidedError
from alchemiser.ports.candidate import (
    CandidateId,
    Description,
    Memory,
    SourceFile,
    Surroundings,
    Told,
)


class TreeCandidate:
    """Offer a tree that is already here; implements CandidatePort and Process."""

    def __init__(self, strategy: RuleStrategy) -> None:
        self._strategy = strategy

    def identity(self) -> CandidateId:
        """Return what is tried."""
        return CandidateId(
            strategy="tree",
            plugin="none",
            version="",
            content_hash=content_hash(self._strategy.tree),
        )

    def sources(self) -> tuple[SourceFile, ...]:
        """Return nothing: a tree has no code."""
        return ()

    def start(self, surroundings: Surroundings) -> "TreeCandidate":
        """Return itself: no process is needed where no code is run."""
        del surroundings
        return self

    def describe(self) -> Description:
        """Return the tree."""
        return Description(
            tree=self._strategy.tree,
            requirements=self._strategy.requirements,
            largest_weights=self._strategy.largest_weights,
        )

    def follow(self, panel: BarPanel, row: int) -> Told:
        """Return what the tree decides as of `row`."""
        return self.show(panel.until(row), row)

    def show(self, panel: BarPanel, row: int, *, times: int = 1, fresh: bool = False) -> Told:
        """Return what the tree decides as of `row`."""
        del fresh
        view = MarketView(panel, row)
        try:
            outcome: Decided | Undecided = Decided(target=self._strategy.target(view))
        except UndecidedError as error:
            outcome = Undecided(reason=str(error))
        return Told(outcomes=(outcome,) * times, reads=view.reads())

    def memory(self) -> Memory:
        """Return nothing: a tree keeps nothing."""
        return Memory()

    def close(self) -> None:
        """End nothing."""
