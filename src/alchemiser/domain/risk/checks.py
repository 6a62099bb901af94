"""The checks of a single order in their order: None passes, a violation refuses.

Whatever a check needs and does not know is a violation: the gate fails closed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk import conduct, exposure, money, quoting, sizes, standing
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import Violation
from alchemiser.domain.risk.measures import MEASURES, Measure
from alchemiser.domain.risk.pool import Maker

Check = Callable[[NewOrderSingle, RiskContext], Violation | None]


@dataclass(frozen=True, slots=True)
class FitsInto:
    """Refuse orders that do not fit into the pools of one limit."""

    maker: Maker

    def __call__(self, order: NewOrderSingle, context: RiskContext) -> Violation | None:
        """Return the refusal, or None."""
        for pool in self.maker(context, {order.symbol: order.price}, order.side):
            if isinstance(pool, Violation):
                return replace(pool, symbol=order.symbol)
            refusal = pool.refusal(order.symbol, order.order_qty)
            if refusal is not None:
                return refusal
        return None


@dataclass(frozen=True, slots=True)
class StaysWithin:
    """Refuse buys that take a figure of the whole portfolio above its limit."""

    measure: Measure

    def __call__(self, order: NewOrderSingle, context: RiskContext) -> Violation | None:
        """Return the refusal, or None."""
        if order.side is Side.SELL:
            return None
        return self.measure.refusal(context, {order.symbol: order.order_qty})


SIZES: Final[tuple[Maker, ...]] = (
    sizes.order_quantity,
    sizes.order_notional,
    sizes.order_equity,
    sizes.daily_volume,
    sizes.symbol_turnover,
    sizes.turnover,
)
"""How large an order may be; wishes are cut to these first."""

HOLDINGS: Final[tuple[Maker, ...]] = (
    exposure.position,
    exposure.sector,
    exposure.asset_class,
    exposure.underlying,
    exposure.correlated,
    exposure.gross_exposure,
    exposure.leverage,
    exposure.margin_use,
)
"""How much may be held."""

MONEY: Final[tuple[Maker, ...]] = (money.settled_cash, money.buying_power)
"""What may be spent."""

POOLS: Final = (*SIZES, *HOLDINGS, *MONEY)

FORBIDDING: Final[tuple[Check, ...]] = (
    standing.restricted,
    standing.symbol_unreconciled,
    standing.daily_loss,
    standing.drawdown,
    conduct.churn,
)
"""Checks that forbid a buy whatever its size; the first gate drops it, and says so."""

ORDER_CHECKS: Final[tuple[Check, ...]] = (
    standing.account_known,
    standing.trading_state,
    standing.session_open,
    standing.symbol_tradable,
    standing.restricted,
    standing.symbol_unreconciled,
    quoting.quantity_valid,
    quoting.price_valid,
    quoting.quote_usable,
    quoting.max_spread,
    quoting.price_collar,
    conduct.duplicate_intent,
    conduct.wash_trade,
    conduct.orders_per_day,
    conduct.orders_per_minute,
    conduct.orders_per_symbol,
    conduct.repeated_order,
    conduct.churn,
    conduct.short_sale,
    conduct.day_trade,
    standing.daily_loss,
    standing.drawdown,
    *map(FitsInto, SIZES),
    *map(FitsInto, HOLDINGS),
    *map(StaysWithin, MEASURES),
    *map(FitsInto, MONEY),
)
"""In order of precedence: the first violation is the one reported."""
