"""How well the orders of the sessions on record were worked."""

from dataclasses import dataclass
from datetime import date

from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.worked import planned
from alchemiser.domain.execution.quality import (
    AlgorithmQuality,
    OrderQuality,
    measured,
    summed_up,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityReport:
    """Tell how orders were worked.

    Attributes:
        orders: Each order, oldest first.
        algorithms: The same by algorithm.
    """

    orders: tuple[OrderQuality, ...]
    algorithms: tuple[AlgorithmQuality, ...]


def quality(engine: Engine, first: date | None = None, last: date | None = None) -> QualityReport:
    """Return how the orders planned from `first` to `last` were worked; reads only."""
    state = Ledger(engine.journal).state
    orders = tuple(
        order
        for cycle, plan in planned(state, first, last)
        for order in measured(cycle.execution(plan), cycle.facts)
    )
    return QualityReport(orders=orders, algorithms=summed_up(orders))
