"""A strategy that is nothing but a rule tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from alchemiser.domain.rules.decision import Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import Requirements, requirements
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import UndecidedError
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.rebalance import EVERY_SESSION, Rebalance
from alchemiser.domain.values.target import TargetPortfolio


@dataclass(frozen=True, slots=True)
class RuleStrategy:
    """Want what a rule tree decides.

    Attributes:
        tree: The rules.
        largest_weights: The largest weight the tree ever gives one symbol of each asset class, in
            [0, 1]; a class that is not named is not declared.
        rebalance: When the book is traded; at every session unless told otherwise.
        requirements: What the tree reads and may hold, derived from it.
    """

    tree: Node
    largest_weights: Mapping[AssetClass, Decimal] = field(default_factory=dict)
    rebalance: Rebalance = EVERY_SESSION
    requirements: Requirements = field(init=False)

    def __post_init__(self) -> None:
        owned = MappingProxyType(dict(self.largest_weights))
        object.__setattr__(self, "largest_weights", owned)
        object.__setattr__(self, "requirements", requirements(self.tree))

    def __reduce__(self) -> tuple[object, ...]:
        # A view of a mapping cannot be sent to another process; what it shows can.
        return RuleStrategy, (self.tree, dict(self.largest_weights), self.rebalance)

    def target(self, view: MarketView) -> TargetPortfolio:
        """Return what the tree decides at the session that `view` ends with.

        Raises:
            UndecidedError: When the path taken asks for what the bars in view do not tell.
        """
        panel = view.panel(self.requirements.symbols())
        decision = TreeEvaluator(panel).decide(self.tree, len(panel.sessions) - 1)
        if isinstance(decision, Undecided):
            raise UndecidedError(decision.reason)
        return decision.target
