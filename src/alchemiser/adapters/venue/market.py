"""Where the venue's prices come from."""

from datetime import datetime
from typing import Protocol

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol


class VenueMarket(Protocol):
    """Quote every listed symbol at every moment, past ones too."""

    def symbols(self) -> tuple[Symbol, ...]:
        """Return what is listed, sorted."""

    def quote(self, symbol: Symbol, at: datetime) -> Quote | None:
        """Return the latest quote of `symbol` as of `at` (UTC), or None where there is none."""
