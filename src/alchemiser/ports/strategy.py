"""What a strategy is, and the hook by which plugins offer theirs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import pluggy

from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.tree_import import TreeImporter

PROJECT = "alchemiser"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Strategy(Protocol):
    """Want a portfolio, given the market as of one session."""

    @property
    def requirements(self) -> Requirements:
        """The symbols the strategy reads or holds, and how many sessions of each; constant."""

    @property
    def largest_weights(self) -> Mapping[AssetClass, Decimal]:
        """The largest weight of one symbol of each class, in [0, 1]; constant."""

    def target(self, view: MarketView) -> TargetPortfolio:
        """Return the wanted portfolio; called once a session; must depend on `view` alone.

        Raises:
            UndecidedError: When what `view` holds does not suffice for a decision.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategySpec:
    """Offer one strategy.

    Attributes:
        strategy_id: Its name in configuration and reports: lower case, at most 32 characters.
        summary: One sentence for `alchemiser plugins list`.
        params: A frozen dataclass type, every field with a default: the strategy's options.
        build: Makes the strategy from an instance of `params`; called once at start.
    """

    strategy_id: str
    summary: str
    params: type[Any]
    build: Callable[[Any], Strategy]


class AlchemiserHooks:
    """The hooks of the entry-point group `alchemiser`."""

    @hookspec
    def alchemiser_strategies(self) -> Iterable[StrategySpec]:  # type: ignore[empty-body]
        """Offer the plugin's strategies; called once at start; order does not matter."""

    @hookspec
    def alchemiser_importers(self) -> Iterable[TreeImporter]:  # type: ignore[empty-body]
        """Offer what the plugin can read of other systems; called when a file is to be read."""
