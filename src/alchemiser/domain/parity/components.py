"""What the difference between live and shadow is made of: a chain of worlds that telescopes.

The shadow is at one end and what was booked at the other. Two neighbours differ in one thing, and
what they differ by is its component. The components of a chain sum to the difference of its ends
whatever the worlds are; the cents too, since each world's difference from the shadow is rounded
once, and components are differences of rounded values.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.values.identifiers import ACCRUALS, BookId
from alchemiser.domain.values.numbers import ZERO, cents


class Component(StrEnum):
    """What makes live another than its shadow, in the order of the chain."""

    DATA_REVISION = "data_revision"
    """Closed bars as they were known at the decision, not as they are known now."""
    TIMING = "timing"
    """Prices of the moment of the decision, not the shadow's."""
    RESTRICTIONS = "restrictions"
    """Halts, breakers and people that stopped or shrank trading."""
    MISSED = "missed"
    """No decision was made in the session."""
    CONFIGURATION = "configuration"
    """Another code, other settings, another plugin, or a strategy that failed."""
    REFUSALS = "refusals"
    """Orders of the plan that a gate or the venue refused or reduced."""
    UNFILLED = "unfilled"
    """Orders of the plan of which nothing filled, and fills that were taken back."""
    PARTIALS = "partials"
    """What partial fills left of orders of the plan."""
    SLIPPAGE = "slippage"
    """Prices of fills, not the model's."""
    FEES = "fees"
    """Fees as booked, not as modelled."""
    ROUNDING = "rounding"
    """Dollars as booked, not shares times price."""
    ACTIVITIES = "activities"
    """Dividends, interest, splits and reorganisations as booked, not as entitled."""
    INTERVENTIONS = "interventions"
    """Trades by hand, liquidations, and differences that the owner took over."""


Parts = Mapping[BookId, Decimal]
"""Dollars by book, exact."""
Components = dict[Component, Decimal]
"""Dollars of each component, whole cents."""


def decomposed(
    worths: Sequence[tuple[Component, Parts]], shadow: Parts
) -> dict[BookId, Components]:
    """Return the components of each book, cent by cent.

    Args:
        worths: What each world is worth, in the order of the chain, by the component that leads to
            it from its neighbour.
        shadow: What the first neighbour, the shadow, is worth.
    """
    books = sorted(({*shadow} | {name for _, parts in worths for name in parts}) - {ACCRUALS})
    found: dict[BookId, Components] = {}
    for book in books:
        before, start = ZERO, shadow.get(book, ZERO)
        own = dict.fromkeys(Component, ZERO)
        for component, parts in worths:
            after = cents(parts.get(book, ZERO) - start)
            own[component] += after - before
            before = after
        found[book] = own
    return found


def summed(rows: Iterable[Mapping[Component, Decimal]]) -> Components:
    """Return the components of several books or sessions together."""
    total = dict.fromkeys(Component, ZERO)
    for row in rows:
        for component, dollars in row.items():
            total[component] += dollars
    return total
