"""What strategies decide over whole histories, as arrays."""

from collections.abc import Callable, Sequence

import numpy as np

from alchemiser.application.engine import EnabledStrategy
from alchemiser.application.fast_inputs import Grounds, row_of
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.strategy_runner import StrategyRunnerPort


def decisions(
    grounds: Grounds,
    strategies: Sequence[EnabledStrategy],
    evaluator: TreeEvaluator,
    runner: Callable[[], StrategyRunnerPort],
) -> dict[StrategyId, Floats]:
    """Return what each strategy decides in every session, (T, N), NaN where it is undecided.

    Args:
        grounds: What the sessions are run on.
        strategies: Who decides.
        evaluator: Evaluates rule trees over the panel of `grounds`.
        runner: Gives what runs strategies that are code; asked once, where there are any.
    """
    wanted, runs = {}, None
    for one in strategies:
        if isinstance(one.strategy, RuleStrategy):
            wanted[one.strategy_id] = tree_weights(one.strategy, evaluator, grounds.seen)
        else:
            runs = runs or runner()
            wanted[one.strategy_id] = code_weights(one, runs, evaluator.readings, grounds.seen)
    return wanted


def tree_weights(strategy: RuleStrategy, evaluator: TreeEvaluator, seen: Sequence[int]) -> Floats:
    """Return what a tree decides at the rows `seen` of the evaluator's panel, (T, N)."""
    panel, matrix = evaluator.bars, evaluator.matrix(strategy.tree)
    weights = np.zeros((len(seen), len(panel.symbols)))
    rows = list(seen)
    weights[:, np.searchsorted(panel.symbols, matrix.symbols)] = matrix.weights[rows]
    weights[~matrix.decided[rows]] = np.nan
    return weights


def code_weights(
    one: EnabledStrategy, runner: StrategyRunnerPort, readings: Readings, seen: Sequence[int]
) -> Floats:
    """Return what a strategy that is code decides, asked at each of the rows `seen`, (T, N).

    Args:
        one: Who decides.
        runner: Runs it.
        readings: Of the panel that it is shown, for the views to share.
        seen: The rows.
    """
    panel = readings.panel
    weights = np.full((len(seen), len(panel.symbols)), np.nan)
    for place, row in enumerate(seen):
        answer = runner.run(one, MarketView(panel, row, readings))
        if isinstance(answer, Decided):
            weights[place] = row_of(panel.symbols, dict(answer.target.weights))
    return weights
