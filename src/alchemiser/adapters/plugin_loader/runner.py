"""Running free-form strategies so that they can break no more than their own book."""

from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.domain.market.view import MarketView
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.errors import UndecidedError
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.strategy import Strategy


class ContainedRunner:
    """Run a strategy in this process and turn whatever it does into an outcome.

    Implements StrategyRunnerPort. It cannot stop a strategy that hangs: that takes a process.
    """

    def run(self, strategy: Strategy, view: MarketView) -> StrategyOutcome:
        """Return what `strategy` wants; whatever it raises or returns wrongly is `Failed`."""
        answer = contained(lambda: strategy.target(view))
        if isinstance(answer, Raised):
            if isinstance(answer.error, UndecidedError):
                return Undecided(reason=str(answer.error))
            return _failed(strategy, f"raised {answer}")
        if not isinstance(answer, TargetPortfolio):
            return _failed(strategy, f"returned {type(answer).__name__}, not a TargetPortfolio")
        declared = contained(lambda: set(strategy.requirements.symbols()))
        if isinstance(declared, Raised):
            return _failed(strategy, f"cannot tell its requirements, but raised {declared}")
        strange = [name for name, _ in answer.weights if name not in declared]
        if strange:
            return _failed(strategy, f"wants {strange[0]}, which its requirements do not name")
        return Decided(target=answer)


def _failed(strategy: Strategy, what: str) -> Failed:
    kind = type(strategy)
    plugin = kind.__module__.partition(".")[0]
    return Failed(
        reason=(
            f"{kind.__name__} of {plugin} {what}: mend the plugin, or take the strategy out of "
            "the configuration."
        )
    )
