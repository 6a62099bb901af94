"""Limits on what is paid with: buying power, and settled cash."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.orders.messages import SELL, Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.risk.pool import UNKNOWN, Pool, Prices, refuse
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.numbers import CENT, ZERO

_pool: Final = maker(Pool)


def buying_power(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield min(ours, broker's) net of open buys, dollars (SE-03, SE-07)."""
    if side is SELL:
        return
    spendable = context.spendable()
    if spendable is None:
        yield refuse(RiskCode.ACCOUNT_UNKNOWN, UNKNOWN, "known", next(iter(prices), None))
        return
    yield _money(RiskCode.BUYING_POWER, spendable, prices)


def settled_cash(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield what has settled in a cash account, net of open buys, dollars (SE-01, SE-06).

    What was bought with money that had not settled could not be sold before it has: a violation of
    good faith, which cannot come about when nothing is.
    """
    account = context.account
    if side is SELL or account is None or account.kind is AccountKind.MARGIN:
        return
    settled = context.settled()
    if settled is None:
        yield refuse(RiskCode.SETTLED_CASH, UNKNOWN, "known", next(iter(prices), None))
        return
    yield _money(RiskCode.SETTLED_CASH, settled, prices)


def _money(code: RiskCode, amount: Decimal, prices: Prices) -> Pool:
    # Venues count the cost of each order up to the next cent, not the sum of all.
    capacity = amount - CENT * max(len(prices) - 1, 0)
    return _pool(code=code, used=ZERO, capacity=capacity, each=prices, limit=max(amount, ZERO))
