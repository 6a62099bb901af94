"""Two sources that differ: a strategy trades only where it wants the same on both."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from alchemiser.domain.cycle.shaping import Shaped
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.portfolio.dissent import Dissent, QuorumCode
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.numbers import ZERO

UNDECIDED: Final = "undecided"
DECIDED: Final = "decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinion:
    """Hold what the second source gives to decide on.

    Attributes:
        evaluator: Evaluates rule trees on its bars up to the session.
        row: The session's row there.
        strategies: Each strategy's rule tree, or what its free-form code answered on these bars.
        weight_tolerance: How far apart two weights of one symbol may lie, in [0, 1].
    """

    evaluator: TreeEvaluator
    row: int
    strategies: Sequence[tuple[StrategyId, Node | StrategyOutcome]]
    weight_tolerance: Decimal


Outcomes = tuple[tuple[StrategyId, StrategyOutcome], ...]


def agreed_answers(
    first: Outcomes, second: Outcomes, limit: Decimal
) -> tuple[Outcomes, tuple[Dissent, ...]]:
    """Return the first source's answers, undecided where the second's is another one.

    Args:
        first: Each strategy's answer on the first source.
        second: The same strategies' answers on the second.
        limit: How far apart two weights of one symbol may lie.
    """
    others = dict(second)
    dissents = {
        name: dissent
        for name, outcome in first
        if (dissent := _dissent(name, outcome, others[name], limit)) is not None
    }
    return _held(first, dissents), tuple(dissents.values())


def agreed_shapes(first: Shaped, second: Shaped, limit: Decimal) -> Shaped:
    """Return what shaping made on the first source, untouched books where the second's differs.

    What the exit rules give up has to be the same symbols, and every weight that is left within
    `limit`.
    """
    others = dict(second.outcomes)
    dissents: dict[StrategyId, Dissent] = {}
    for name, outcome in first.outcomes:
        found = _exit_dissent(name, first, second) or _dissent(name, outcome, others[name], limit)
        if found is not None:
            dissents[name] = found
    return replace(
        first,
        outcomes=_held(first.outcomes, dissents),
        exits=tuple(row for row in first.exits if row[0] not in dissents),
        sized=tuple(row for row in first.sized if row[0] not in dissents),
        dissents=tuple(dissents.values()),
    )


def _held(outcomes: Outcomes, dissents: dict[StrategyId, Dissent]) -> Outcomes:
    return tuple(
        (name, _undecided(outcome, dissents[name]) if name in dissents else outcome)
        for name, outcome in outcomes
    )


def _undecided(outcome: StrategyOutcome, dissent: Dissent) -> Undecided:
    trace = outcome.trace if isinstance(outcome, Decided | Undecided) else ()
    return Undecided(reason=dissent.sentence(), trace=trace)


def _dissent(
    name: StrategyId, first: StrategyOutcome, second: StrategyOutcome, limit: Decimal
) -> Dissent | None:
    """Return why `first` and `second` are not one answer; two that decide nothing are."""
    one, other = _weights(first), _weights(second)
    symbol: Symbol | None = None
    if one is None and other is None:
        return None
    if one is None or other is None:
        told = tuple(UNDECIDED if weights is None else DECIDED for weights in (one, other))
        observed, most = f"{told[0]} and {told[1]}", f"{DECIDED} on both"
    else:
        apart = {key: abs(one.get(key, ZERO) - other.get(key, ZERO)) for key in one | other}
        symbol = max(sorted(apart), key=lambda key: apart[key], default=None)
        if symbol is None or apart[symbol] <= limit:
            return None
        observed, most = f"{apart[symbol]:f}", f"{limit:f}"
    return Dissent(
        strategy=name,
        code=QuorumCode.QUORUM_TARGET,
        observed=observed,
        limit=most,
        symbol=symbol,
        first=tuple((one or {}).items()),
        second=tuple((other or {}).items()),
    )


def _exit_dissent(name: StrategyId, first: Shaped, second: Shaped) -> Dissent | None:
    one, other = (
        {exit_.symbol for whose, exit_ in shaped.exits if whose == name}
        for shaped in (first, second)
    )
    if one == other:
        return None
    outcomes, others = dict(first.outcomes), dict(second.outcomes)
    return Dissent(
        strategy=name,
        code=QuorumCode.QUORUM_EXIT,
        observed=f"{_named(one)} and {_named(other)}",
        limit="the same on both",
        symbol=min(one ^ other),
        first=tuple((_weights(outcomes[name]) or {}).items()),
        second=tuple((_weights(others[name]) or {}).items()),
    )


def _named(names: Collection[Symbol]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _weights(outcome: StrategyOutcome) -> dict[Symbol, Decimal] | None:
    return dict(outcome.target.weights) if isinstance(outcome, Decided) else None
