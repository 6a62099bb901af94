"""What is kept of a strategy once it is loaded: what it declares, and none of its code."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import PluginError
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.rebalance import Rebalance
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.strategy import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Stand for free-form code, which runs in a process of its own.

    Attributes:
        requirements: What it reads or may hold, as it said when it was loaded.
        largest_weights: The largest weight of one symbol of each class, as it said then.
    """

    requirements: Requirements
    largest_weights: Mapping[AssetClass, Decimal]

    def __reduce__(self) -> tuple[object, ...]:
        # A view of a mapping cannot be sent to another process; what it shows can.
        return _declared, (self.requirements, dict(self.largest_weights))

    def target(self, view: MarketView) -> TargetPortfolio:
        """Decide nothing.

        Raises:
            PluginError: Always: the runner knows the way to the strategy's process.
        """
        del view
        msg = "free-form code runs in a process of its own: ask the engine's runner."
        raise PluginError(msg)


def _declared(
    requirements: Requirements, largest_weights: Mapping[AssetClass, Decimal]
) -> Declared:
    return Declared(
        requirements=requirements, largest_weights=MappingProxyType(dict(largest_weights))
    )


def settled(strategy: Strategy, owner: str) -> Strategy:
    """Return a rule tree as it is, and for anything else what it declares; `owner` names it.

    Raises:
        PluginError: When it does not declare what it must.
    """
    declared = contained(lambda: (strategy.requirements, dict(strategy.largest_weights)))
    if isinstance(declared, Raised) or not isinstance(declared[0], Requirements):
        msg = f"{owner} does not declare requirements and largest_weights: add them."
        raise PluginError(msg)
    largest = declared[1]
    if not all(map(_is_largest, largest.items())):
        msg = f"{owner} declares largest_weights that are no Decimals in [0, 1] by AssetClass."
        raise PluginError(msg)
    if isinstance(strategy, RuleStrategy):
        # A subclass could answer otherwise every time it is asked.
        return strategy if type(strategy) is RuleStrategy else _plain(strategy, largest, owner)
    needed = contained(lambda: _proved(strategy.requirements))
    if isinstance(needed, Raised):
        msg = f"{owner} declares requirements that are none ({needed}): name symbols and sessions."
        raise PluginError(msg)
    return Declared(requirements=needed, largest_weights=MappingProxyType(largest))


def _plain(
    strategy: RuleStrategy, largest: Mapping[AssetClass, Decimal], owner: str
) -> RuleStrategy:
    """Return the tree of a subclass of RuleStrategy.

    Raises:
        PluginError: When there is none.
    """
    tree, rebalance = contained(lambda: strategy.tree), contained(lambda: strategy.rebalance)
    if not isinstance(tree, Node) or not isinstance(rebalance, Rebalance):
        msg = f"{owner} has no tree: give RuleStrategy one."
        raise PluginError(msg)
    return RuleStrategy(tree, largest, rebalance)


def _is_largest(pair: tuple[object, object]) -> bool:
    kind, weight = pair
    return (
        isinstance(kind, AssetClass)
        and isinstance(weight, Decimal)
        and weight.is_finite()
        and 0 <= weight <= 1
    )


def _proved(requirements: Requirements) -> Requirements:
    """Return `requirements` made anew of symbols and whole numbers.

    Raises:
        InvalidValueError: When they are something else.
    """
    return Requirements.of({str(name): sessions for name, sessions in requirements.lookbacks})
