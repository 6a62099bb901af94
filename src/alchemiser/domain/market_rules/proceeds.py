"""What was sold and is not money yet, and who may not spend it."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from alchemiser.domain.market_rules.settlement import has_settled
from alchemiser.domain.values.numbers import ZERO, plain

LOOK_BACK_DAYS: Final = 14
"""Calendar days within which every trade has settled, whatever holidays fall in them."""


def unsettled_proceeds(
    day: date, sales: Iterable[tuple[date, Decimal]], sessions: Sequence[date]
) -> Decimal:
    """Return the dollars of `sales` that have not settled on `day`.

    Args:
        day: The day that is asked about; what settles on it counts as money from its start.
        sales: The session of each sale and its dollars, fees taken off.
        sessions: Sessions from the first of the sales to `day` at least, ascending.

    Raises:
        InvalidValueError: When a sale is from before 1975.
    """
    sales = tuple(sales)
    settled = {sold: has_settled(sold, day, sessions) for sold in {sold for sold, _ in sales}}
    return sum((dollars for sold, dollars in sales if not settled[sold]), start=ZERO)


def settled_cash(cash: Decimal, unsettled: Decimal) -> Decimal:
    """Return the dollars of `cash` that have settled; below zero, they were spent too early."""
    return cash - unsettled


def good_faith_refusal(
    cost: Decimal, *, cash: Decimal, unsettled: Decimal, reserved: Decimal
) -> tuple[str, str] | None:
    """Return what is observed and what is allowed when a cash account may not buy, or None.

    Shares that were paid with unsettled proceeds must not be sold before these settle, else good
    faith is violated; shares that are sold before they are paid for at all are a free ride. A buy
    that settled cash pays for can do neither, and no other is let through.

    Args:
        cost: Dollars that the buy may cost, fees included.
        cash: Dollars in the account, unsettled proceeds included.
        unsettled: Dollars of proceeds that have not settled.
        reserved: Dollars that open buys may still cost.

    Source: Regulation T, 12 CFR 220.8.
    """
    free = max(ZERO, settled_cash(cash, unsettled) - reserved)
    return None if cost <= free else (plain(cost), plain(free))
