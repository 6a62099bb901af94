"""How an order of the plan is to be worked, and what is known of its market."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from alchemiser.domain.values.numbers import ZERO, finite


class Algorithm(StrEnum):
    """How an order is worked (FIX 847, TargetStrategy); the names are those of the settings."""

    MARKETABLE_LIMIT = "marketable_limit"
    """One order through the touch."""
    WALK_THE_BOOK = "walk_the_book"
    """One order after another, each nearer to the other side of the book."""
    PASSIVE = "passive"
    """At the own side of the book, and across shortly before the end."""
    TWAP = "twap"
    """Equal parts over the time that there is."""
    VWAP = "vwap"
    """Parts as large as what usually trades in each stretch of the session."""
    PARTICIPATION = "participation"
    """No more than a fraction of what usually trades."""
    LIMIT_ON_CLOSE = "limit_on_close"
    """In the closing auction, with a limit; what is no whole share before it, through the touch."""

    def children_max(self) -> int:
        """Return how many orders it sends for one at most."""
        return _CHILDREN_MAX.get(self, CHILDREN_MAX)


CHILDREN_MAX: Final = 8
"""Orders that any algorithm sends for one at most."""

_CHILDREN_MAX: Final[Mapping[Algorithm, int]] = MappingProxyType({
    Algorithm.MARKETABLE_LIMIT: 1,
    Algorithm.LIMIT_ON_CLOSE: 2,
})


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidity:
    """Tell how much a symbol trades and swings.

    Attributes:
        volatility: Standard deviation of its daily returns, a fraction at or above zero, or None
            when it is not known.
        daily_volume: Shares traded on an average day, above zero, or None when it is not known.
    """

    volatility: Decimal | None = None
    daily_volume: Decimal | None = None

    def impact(self, quantity: Decimal) -> Decimal | None:
        """Return by what fraction trading `quantity` shares is estimated to move the price.

        The square-root model: deviation of a day times the root of the share of its volume. See
        Grinold and Kahn (2000), Active Portfolio Management, chapter 16; Almgren et al. (2005)
        measure a power of 3/5.

        Returns:
            None when volume or deviation are not known.
        """
        if self.volatility is None or not self.daily_volume:
            return None
        share = max(finite(quantity, "quantity"), ZERO) / self.daily_volume
        return self.volatility * share.sqrt()
