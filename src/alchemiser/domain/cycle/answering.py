"""What each strategy says, or holds instead when it has said nothing for long."""

from collections.abc import Mapping, Sequence

from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.target import TargetPortfolio


def answers(
    strategies: Sequence[tuple[StrategyId, Node | StrategyOutcome]],
    evaluator: TreeEvaluator,
    row: int,
    fallbacks: Mapping[StrategyId, TargetPortfolio],
) -> tuple[tuple[StrategyId, StrategyOutcome], ...]:
    """Return each strategy's answer: trees are evaluated here, free-form answers pass through.

    Args:
        strategies: Each strategy's rule tree, or what its free-form code answered.
        evaluator: Evaluates rule trees on the bars up to the session.
        row: The session's row in the evaluator's panel.
        fallbacks: What is held instead where a strategy does not decide.
    """
    outcomes = tuple(
        (name, evaluator.decide(strategy, row) if isinstance(strategy, Node) else strategy)
        for name, strategy in strategies
    )
    return _falling_back(outcomes, fallbacks)


def _falling_back(
    outcomes: Sequence[tuple[StrategyId, StrategyOutcome]],
    fallbacks: Mapping[StrategyId, TargetPortfolio],
) -> tuple[tuple[StrategyId, StrategyOutcome], ...]:
    """Return `outcomes` with the fallback of each strategy that has one and does not decide."""
    kept: list[tuple[StrategyId, StrategyOutcome]] = []
    for name, outcome in outcomes:
        if isinstance(outcome, Decided) or name not in fallbacks:
            kept.append((name, outcome))
            continue
        trace = outcome.trace if isinstance(outcome, Undecided) else ()
        target = fallbacks[name]
        kept.append((name, Decided(target=target, trace=trace, instead_of=outcome.reason)))
    return tuple(kept)
