"""How free-form strategy code is run: contained, and never trusted with more than its own book."""

from collections.abc import Sequence
from typing import Protocol

from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.ports.strategy import Strategy
from alchemiser.ports.strategy_source import WantedStrategy


class Runnable(Protocol):
    """A strategy that is switched on, as far as running it goes."""

    @property
    def strategy_id(self) -> StrategyId:
        """The owner's name of it."""

    @property
    def strategy(self) -> Strategy:
        """The strategy, or what stands for it where its code runs elsewhere."""

    @property
    def wanted(self) -> WantedStrategy | None:
        """What builds it in another process; None for an object that was put in by hand."""


class StrategyRunnerPort(Protocol):
    """Run strategies that are not rule trees."""

    def run(self, enabled: Runnable, view: MarketView) -> StrategyOutcome:
        """Return what `enabled` wants; whatever it raises, returns wrongly or omits is `Failed`."""

    def run_all(self, enabled: Sequence[Runnable], view: MarketView) -> tuple[StrategyOutcome, ...]:
        """Return what each of `enabled` wants, in their order, as `run`.

        One that is slow or hangs takes no time from the others where each has its own process.
        """

    def close(self) -> None:
        """End every process that was started; another `run` starts anew."""
