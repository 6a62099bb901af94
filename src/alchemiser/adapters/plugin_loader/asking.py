"""Asking a strategy, and proving that its answer is one."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import InvalidValueError, UndecidedError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Broken:
    """Tell how a strategy broke its contract, as the end of a sentence that begins with it."""

    what: str


def asked(
    strategy: Strategy, view: MarketView, declared: AbstractSet[Symbol]
) -> Decided | Undecided | Broken:
    """Return what `strategy` wants of the symbols that it `declared`."""
    answer = contained(lambda: strategy.target(view))
    if isinstance(answer, Raised):
        if isinstance(answer.error, UndecidedError):
            return Undecided(reason=answer.words())
        return Broken(f"raised {answer}")
    if type(answer) is not TargetPortfolio:  # a kind of it could answer otherwise the next time
        return Broken(f"returned {type(answer).__name__}, not a TargetPortfolio")
    weights = contained(lambda: _proved(answer))
    if isinstance(weights, Raised):
        return Broken(f"returned a TargetPortfolio that was tampered with ({weights})")
    return of_declared(weights, declared)


def of_declared(target: TargetPortfolio, declared: AbstractSet[Symbol]) -> Decided | Broken:
    """Return the decision for `target`, unless it holds a symbol that is not `declared`."""
    strange = [name for name, _ in target.weights if name not in declared]
    if strange:
        return Broken(f"wants {strange[0]}, which its requirements do not name")
    return Decided(target=target)


def _proved(answer: TargetPortfolio) -> TargetPortfolio:
    """Return `answer` made anew of plain texts and decimals.

    Raises:
        InvalidValueError: When it holds anything else.
    """
    pairs = tuple(answer.weights)
    for name, weight in pairs:
        if type(name) is not str or type(weight) is not Decimal:
            msg = "its weights are no pairs of symbol and Decimal."
            raise InvalidValueError(msg)
    return TargetPortfolio(pairs)
