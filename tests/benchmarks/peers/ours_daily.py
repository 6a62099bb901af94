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

from alchemiser import indicators
from alchemiser.adapters.plugin_loader.runner import ContainedRunner
from alchemiser.application.fast_inputs import row_of
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import Floats
from alchemiser.plugins import AssetClass, MarketView, Requirements, TargetPortfolio
from alchemiser.ports.strategy_source import WantedStrategy
from tests.benchmarks.peers.branches_task import CHOSEN_FROM, FIRST, INVESTED, held
from tests.benchmarks.peers.ours_branches import NAMES, days, final_equity
from tests.benchmarks.peers.ours_weights import compiled_kernel
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task

SETTLED: Final = 300
"""Sessions after which what relative strength over ten has forgotten is below twelve digits."""


class Branches:
    """Decide as the task says, from the closes in view."""

    requirements = Requirements.of(dict.fromkeys(NAMES, SETTLED))
    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.STOCK: Decimal(1)}

    def target(self, view: MarketView) -> TargetPortfolio:
        """Return equal weights of what is held."""
        first, fifth = view.close(NAMES[0]), view.close(NAMES[5])
        strengths = [
            float(indicators.rsi(view.close(NAMES[place])[-SETTLED:], 10)[-1]) for place in (0, 1)
        ]
        chosen = [view.close(NAMES[place]) for place in CHOSEN_FROM]
        places = held(
            (strengths[0], strengths[1]),
            float(first[-1]),
            (float(first[-200:].mean()), float(fifth[-20:].mean()), float(fifth[-100:].mean())),
            [float(closes[-1] / closes[-21]) for closes in chosen],
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
    kernel = compiled_kernel() if "compiled" in words else None
    panel = BarPanel(sessions=days(len(closes)), symbols=NAMES, close=closes)
    return lambda: (final_equity(closes, weights(panel), whole="whole" in words, kernel=kernel),)


def weights(panel: BarPanel) -> Floats:
    """Return what the strategy holds after each session, (1, T, 12).

    Raises:
        TypeError: When it fails.
    """
    wanted = np.zeros((1, *panel.close.shape))
    runner, enabled = ContainedRunner(), Enabled(Branches(), StrategyId("branches"))
    for row in range(FIRST, len(panel.sessions)):
        decided = runner.run(enabled, MarketView(panel, row))
        if not isinstance(decided, Decided):
            raise TypeError(decided)
        wanted[0, row] = row_of(NAMES, dict(decided.target.weights))
    return wanted * INVESTED


if __name__ == "__main__":
    answer(prepare)
