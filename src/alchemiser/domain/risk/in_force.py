"""Which checks can refuse anything under the limits in force: an order is asked no others.

Limits do not change while a plan is worked. A check whose limit is off passes everything, and most
checks pass every sell; what is left out here would have said nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk import conduct, exposure, money, sizes, standing
from alchemiser.domain.risk.checks import (
    HOLDINGS,
    ORDER_CHECKS,
    POOLS,
    Check,
    FitsInto,
    StaysWithin,
)
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.risk.measures import MEASURES, Measure
from alchemiser.domain.risk.pool import Maker

LIMITS: Final[Mapping[Check | Maker, str]] = MappingProxyType({
    conduct.orders_per_day: "max_orders_per_day",
    conduct.orders_per_minute: "max_orders_per_minute",
    conduct.orders_per_symbol: "max_orders_per_symbol",
    conduct.repeated_order: "max_repeats",
    conduct.churn: "max_reversals",
    standing.daily_loss: "max_daily_loss",
    standing.drawdown: "max_drawdown",
    sizes.order_quantity: "max_order_quantity",
    sizes.order_notional: "max_order_notional",
    sizes.order_equity: "max_order_equity",
    sizes.daily_volume: "max_adv_share",
    sizes.symbol_turnover: "max_symbol_turnover",
    sizes.turnover: "max_turnover",
    exposure.sector: "max_sector",
    exposure.asset_class: "max_asset_class",
    exposure.underlying: "max_underlying",
    exposure.correlated: "correlation_threshold",
    exposure.gross_exposure: "max_gross_exposure",
    exposure.leverage: "max_leverage",
    exposure.margin_use: "max_margin_use",
})
"""The limit that a check holds to, where None switches it off."""

FOR_BUYS: Final[frozenset[Check | Maker]] = frozenset({
    standing.restricted,
    standing.symbol_unreconciled,
    standing.daily_loss,
    standing.drawdown,
    conduct.churn,
    sizes.order_equity,
    sizes.symbol_turnover,
    sizes.turnover,
    *HOLDINGS,
    money.settled_cash,
    money.buying_power,
})
"""What passes every sell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """Hold what can refuse or cut an order of one side; each in its order of precedence.

    Attributes:
        checks: Of the last gate.
        makers: Limits on sums, which an order is fitted into.
        measures: Limits on figures of the whole portfolio.
    """

    checks: tuple[Check, ...] = ORDER_CHECKS
    makers: tuple[Maker, ...] = POOLS
    measures: tuple[Measure, ...] = MEASURES


EVERYTHING: Final = InForce()


def in_force(limits: RiskLimits, side: Side) -> InForce:
    """Return what can refuse or cut orders of `side` under `limits`."""
    return InForce(
        checks=tuple(one for one, counts in _CHECKS[side] if counts(limits)),
        makers=tuple(one for one, counts in _MAKERS[side] if counts(limits)),
        measures=tuple(one for one, counts in _MEASURES[side] if counts(limits)),
    )


def _always(limits: RiskLimits) -> bool:
    del limits
    return True


def _has_position(limits: RiskLimits) -> bool:
    return limits.max_position is not None or bool(limits.max_position_symbol)


def _has_measure(measure: Measure, limits: RiskLimits) -> bool:
    return measure.limit(limits) is not None


def _has(name: str, limits: RiskLimits) -> bool:
    return getattr(limits, name) is not None


def _condition(one: Check | Maker) -> Callable[[RiskLimits], bool]:
    """Return what tells of limits whether `one` can say anything under them."""
    if isinstance(one, StaysWithin):
        return partial(_has_measure, one.measure)
    what = one.maker if isinstance(one, FitsInto) else one
    if what is exposure.position:
        return _has_position
    return partial(_has, LIMITS[what]) if what in LIMITS else _always


def _concerns(one: Check | Maker, side: Side) -> bool:
    """Say whether `one` can say anything of orders of `side`."""
    what = one.maker if isinstance(one, FitsInto) else one
    if side is Side.SELL:
        return not (isinstance(one, StaysWithin) or what in FOR_BUYS)
    return what is not conduct.short_sale


# Asked for every plan: what does not depend on its limits is found out once.
_CHECKS: Final = {
    side: [(one, _condition(one)) for one in ORDER_CHECKS if _concerns(one, side)] for side in Side
}
_MAKERS: Final = {
    side: [(one, _condition(one)) for one in POOLS if _concerns(one, side)] for side in Side
}
_MEASURES: Final = {
    side: [
        (one, _condition(StaysWithin(one))) for one in MEASURES if _concerns(StaysWithin(one), side)
    ]
    for side in Side
}
