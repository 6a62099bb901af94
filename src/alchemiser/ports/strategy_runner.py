"""How free-form strategy code is run: contained, and never trusted with more than its own book."""

from typing import Protocol

from alchemiser.domain.market.view import MarketView
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.ports.strategy import Strategy


class StrategyRunnerPort(Protocol):
    """Run strategies that are not rule trees."""

    def run(self, strategy: Strategy, view: MarketView) -> StrategyOutcome:
        """Return what `strategy` wants; whatever it raises or returns wrongly is `Failed`."""
