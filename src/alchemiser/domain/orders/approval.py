"""The token without which no order can reach a broker."""

from dataclasses import dataclass

from alchemiser.domain.orders.messages import NewOrderSingle


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedOrder:
    """An order that passed the last risk gate; made by `alchemiser.domain.risk.gates` only."""

    order: NewOrderSingle
