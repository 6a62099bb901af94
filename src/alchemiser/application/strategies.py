"""The owner's changes of strategies at run time: asked or not, and with how much of the account."""

from collections.abc import Iterable
from dataclasses import replace

from alchemiser.application.engine import EnabledStrategy, Engine
from alchemiser.domain.books.ledger import Book
from alchemiser.domain.journal.allocations import Allocations
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.portfolio.capital import Capital
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import BookId
from alchemiser.domain.values.numbers import ONE, ZERO, plain


def strategies_in_force(
    strategies: Iterable[EnabledStrategy], allocations: Allocations
) -> tuple[EnabledStrategy, ...]:
    """Return those of the configured `strategies` that are asked, with the weights that hold."""
    found = []
    for row in strategies:
        change = allocations.changes.get(row.strategy_id)
        if change is None or change.enabled:
            weight = None if change is None else change.weight
            found.append(row if weight is None else replace(row, weight=weight))
    return tuple(found)


def as_changed(engine: Engine, state: EngineState) -> Engine:
    """Return `engine` with its strategies as the owner has changed them."""
    chosen = strategies_in_force(engine.strategies, state.allocations)
    asked = {row.strategy_id for row in chosen}
    held = tuple(
        row
        for row in engine.strategies
        if row.strategy_id not in asked
        and state.books.get(BookId(row.strategy_id), Book()).positions
    )
    return replace(engine, strategies=chosen, disabled=held)


def check_weights(strategies: Iterable[EnabledStrategy]) -> None:
    """Refuse to give away more than the whole account.

    Raises:
        SettingsError: When the weights in force, which the configuration alone does not show, sum
            to more than 1.
    """
    total = sum((row.weight for row in strategies), ZERO)
    if total > ONE:
        msg = (
            f"the weights in force sum to {plain(total)}, more than 1, since some were changed at "
            "run time (see `alchemiser status`): lower one with `alchemiser strategy weight`."
        )
        raise SettingsError(msg)


def capital_wanted(engine: Engine, state: EngineState) -> Capital:
    """Return what capital the books are to have; `engine` is as the owner has changed it."""
    allocations = state.allocations
    return Capital(
        weights={row.strategy_id: row.weight for row in engine.strategies},
        owed=frozenset(allocations.owed),
        leaving=frozenset(
            BookId(name) for name, change in allocations.changes.items() if change.leaving
        ),
    )
