"""Which algorithm works an order: as the owner wishes, by its size, if its data allow it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alchemiser.domain.orders.working import Algorithm, Liquidity

BY_VOLUME: Final = frozenset({Algorithm.VWAP, Algorithm.PARTICIPATION})
"""Algorithms that rest on how much trades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmChoice:
    """Say which algorithm works which order.

    Attributes:
        usual: Works an order that is not large.
        large: Works an order that is.
        large_impact: From which estimated impact on, a fraction of the price, an order is large.
        is_volume_thin: Whether volumes are those of a part of the market, so that nothing may rest
            on them.
    """

    usual: Algorithm = Algorithm.MARKETABLE_LIMIT
    large: Algorithm = Algorithm.TWAP
    large_impact: Decimal = Decimal("0.001")
    is_volume_thin: bool = False

    def of(self, quantity: Decimal, liquidity: Liquidity) -> tuple[Algorithm, str]:
        """Return how an order of `quantity` shares is worked, and why not as wished, or ""."""
        impact = liquidity.impact(quantity)
        is_large = impact is not None and impact >= self.large_impact
        wished = self.large if is_large else self.usual
        why = self._unfit(liquidity) if wished in BY_VOLUME else ""
        if not why:
            return wished, ""
        return Algorithm.MARKETABLE_LIMIT, f"{wished} rests on volumes, and {why}"

    def _unfit(self, liquidity: Liquidity) -> str:
        if liquidity.daily_volume is None:
            return "those of the last sessions are not known"
        return "those there are come from a part of the market" if self.is_volume_thin else ""
