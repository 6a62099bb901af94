"""Which algorithm works an order: as the owner wishes, by its size, if its data allow it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from alchemiser.domain.orders.closing import AuctionTimes
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.orders.working import Algorithm, Liquidity
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.values.identifiers import ClOrdId

BY_VOLUME: Final = frozenset({Algorithm.VWAP, Algorithm.PARTICIPATION})
"""Algorithms that rest on how much trades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBudget:
    """Say how many orders may be sent before something counts as a runaway; None is no bound.

    Attributes:
        session: In one session.
        symbol: In one symbol.
    """

    session: int | None = None
    symbol: int | None = None

    @classmethod
    def of(cls, limits: RiskLimits) -> "OrderBudget":
        """Return what the limits on the number of orders leave."""
        day, minute = limits.max_orders_per_day, limits.max_orders_per_minute
        symbol, repeats = limits.max_orders_per_symbol, limits.max_repeats
        return cls(session=_least(day, minute), symbol=_least(symbol, repeats))

    def affordable(self, orders: Sequence[PlannedOrder]) -> tuple[PlannedOrder, ...]:
        """Return `orders`, the smallest of them as single orders where all cannot be worked.

        What halts trading as a runaway must not be what the plan itself asks for.
        """
        left = None if self.session is None else max(self.session - len(orders), 0)
        single: dict[ClOrdId, str] = {}
        for one in sorted(orders, key=_worth, reverse=True):
            most = one.algorithm.children_max()
            why = self._excess(most, left)
            if why:
                single[one.cl_ord_id] = why
            elif left is not None:
                left -= most - 1
        return tuple(
            _single(one, single[one.cl_ord_id]) if one.cl_ord_id in single else one
            for one in orders
        )

    def _excess(self, most: int, left: int | None) -> str:
        """Return what forbids `most` orders for one when so many more are left, or ""."""
        if self.symbol is not None and self.symbol < most > 1:
            return f"only {self.symbol} of a symbol are allowed"
        if left is not None and left < most - 1:
            return f"only {self.session} of a session are allowed"
        return ""


def _worth(order: PlannedOrder) -> Decimal:
    return order.quantity * order.reference_price


def _single(order: PlannedOrder, why: str) -> PlannedOrder:
    reason = f"{order.algorithm} sends up to {order.algorithm.children_max()} orders, and {why}"
    return replace(order, algorithm=Algorithm.MARKETABLE_LIMIT, instead_of=reason)


def _least(*bounds: int | None) -> int | None:
    return min((bound for bound in bounds if bound is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmChoice:
    """Say which algorithm works which order.

    Attributes:
        usual: Works an order that is not large.
        large: Works an order that is.
        large_impact: From which estimated impact on, a fraction of the price, an order is large.
        is_volume_thin: Whether volumes are those of a part of the market, so that nothing may rest
            on them.
        auction: When orders enter the closing auction.
    """

    usual: Algorithm = Algorithm.MARKETABLE_LIMIT
    large: Algorithm = Algorithm.TWAP
    large_impact: Decimal = Decimal("0.001")
    is_volume_thin: bool = False
    auction: AuctionTimes = field(default_factory=AuctionTimes)

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
