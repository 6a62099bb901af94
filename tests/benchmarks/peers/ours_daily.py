"""A strategy of many branches that is Python code, asked session by session.

`python -m tests.benchmarks.peers.ours_daily FOLDER WARM whole|fractions [compiled]`. It is asked as
a strategy of a plugin is, contained and with a view that ends with its session; its decisions are
then run by the fast engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np

from alchemiser.adapters.plugin_loader.runner import ContainedRunner
from alchemiser.application.fast_inputs import row_of
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import Floats
from alchemiser.plugins import AssetClass, MarketView, Requirements, TargetPortfolio
from alchemiser.ports.strategy_source import WantedStrategy
from alchemiser.rules import cumulative_return, price, rsi, sma
from tests.benchmarks.peers.branches_task import CHOSEN_FROM, FIRST, INVESTED, held
from tests.benchmarks.peers.kernels import kernels
from tests.benchmarks.peers.ours_branches import NAMES, days, final_equity
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task

SETTLED: Final = 300
"""Sessions after which what relative strength over ten has forgotten is below twelve digits."""
STRENGTHS: Final = (rsi(NAMES[0], 10), rsi(NAMES[1], 10))
CLOSE: Final = price(NAMES[0])
MEANS: Final = (sma(NAMES[0], 200), sma(NAMES[5], 20), sma(NAMES[5], 100))
GAINS: Final = tuple(cumulative_return(NAMES[place], 20) for place in CHOSEN_FROM)


class Branches:
    """Decide as the task says, from what the view reads."""

    requirements = Requirements.of(dict.fromkeys(NAMES, SETTLED))
    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.STOCK: Decimal(1)}

    def target(self, view: MarketView) -> TargetPortfolio:
        """Return equal weights of what is held."""
        of = view.reading
        places = held(
            (of(STRENGTHS[0]), of(STRENGTHS[1])),
            of(CLOSE),
            (of(MEANS[0]), of(MEANS[1]), of(MEANS[2])),
            [of(gain) for gain in GAINS],
        )
        return TargetPortfolio.of({NAMES[place]: 1 / len(places) for place in places})


@dataclass(frozen=True, slots=True)
class Enabled:
    """Stand for a strategy that is switched on."""

    strategy: Branches
    strategy_id: StrategyId
    wanted: WantedStrategy | None = None


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`."""
    closes = Task.read(folder).prices / 100
    kernel = kernels().kernel_for(1) if "compiled" in words else None
    panel = BarPanel(sessions=days(len(closes)), symbols=NAMES, close=closes)
    return lambda: (final_equity(closes, weights(panel), whole="whole" in words, kernel=kernel),)


def weights(panel: BarPanel) -> Floats:
    """Return what the strategy holds after each session, (1, T, 12).

    Raises:
        TypeError: When it fails.
    """
    wanted = np.zeros((1, *panel.close.shape))
    runner, enabled = ContainedRunner(), Enabled(Branches(), StrategyId("branches"))
    readings = Readings(panel)
    for row in range(FIRST, len(panel.sessions)):
        decided = runner.run(enabled, MarketView(panel, row, readings))
        if not isinstance(decided, Decided):
            raise TypeError(decided)
        wanted[0, row] = row_of(NAMES, dict(decided.target.weights))
    return wanted * INVESTED


if __name__ == "__main__":
    answer(prepare)
