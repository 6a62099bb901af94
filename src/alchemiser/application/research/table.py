"""A strategy that wants what a table says: decisions that were made before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import UndecidedError
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.target import TargetPortfolio


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStrategy:
    """Want at each session what `rows` hold for it, and nothing at others.

    Attributes:
        requirements: What was read for it, and may be held.
        rows: By the last session that the decision saw, what is wanted.
        largest_weights: Nothing is declared.
    """

    requirements: Requirements
    rows: Mapping[date, TargetPortfolio]
    largest_weights: Mapping[AssetClass, Decimal] = field(default_factory=dict)

    def target(self, view: MarketView) -> TargetPortfolio:
        """Return what is wanted at the session that `view` ends with.

        Raises:
            UndecidedError: When nothing is.
        """
        found = self.rows.get(view.as_of)
        if found is None:
            msg = f"nothing was decided on {view.as_of}."
            raise UndecidedError(msg)
        return found
