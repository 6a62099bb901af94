"""How nodes and conditions are called in traces and reasons."""

from functools import lru_cache
from typing import Final

from alchemiser.domain.rules.choosing import Ranking
from alchemiser.domain.rules.expressions import Compare, Condition, Metric
from alchemiser.domain.rules.logic import AllOf, AnyOf, AtLeast, Lasting
from alchemiser.domain.rules.nodes import (
    Asset,
    Group,
    Node,
    WeightInverseVolatility,
    WeightSpecified,
    When,
    core,
)

WORDS_KEPT: Final = 4096
"""Traces say the same of every session: what was said last is kept."""


@lru_cache(maxsize=WORDS_KEPT)
def node_words(node: Node) -> str:
    """Return what `node` is, in a few words that do not go into its children."""
    match node:
        case Asset(name=name) | Group(name=name):
            return name
        case When(condition=condition):
            return f"when {condition_words(condition)}"
        case Ranking(highest=highest, count=count, by=by, candidates=candidates):
            return f"{'top' if highest else 'bottom'} {count} of {len(candidates)} by {by.text()}"
        case WeightInverseVolatility():
            return f"weights inverse to {node.volatility().text()}"
        case WeightSpecified(weights=weights):
            return f"weights {', '.join(f'{weight:f}' for weight in weights)}"
        case _:
            return f"equal weights of {len(node.children())}"


@lru_cache(maxsize=WORDS_KEPT)
def condition_words(condition: Condition) -> str:
    """Return what `condition` asks, in a few words that do not go into its operands."""
    match condition:
        case Compare():
            return condition.text()
        case AllOf(operands=operands):
            return f"all of {len(operands)}"
        case AnyOf(operands=operands):
            return f"any of {len(operands)}"
        case AtLeast(count=count, operands=operands):
            return f"at least {count} of {len(operands)}"
        case Lasting(sessions=sessions):
            return f"for {sessions} sessions"
        case _:
            return "not"


@lru_cache(maxsize=WORDS_KEPT)
def score_words(node: Node, metric: Metric) -> str:
    """Return how the score of a candidate is called, such as `RSI(SPY, 10)`."""
    inner = core(node)
    if isinstance(inner, Asset):
        return metric.of(inner.name).text()
    return f"{metric.text()} of {node_words(node)}"
