"""The limits that can be off: which field of the limits each control has, and one of them alone."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.domain.risk.limits import RiskCode, RiskLimits
from alchemiser.domain.values.identifiers import Symbol

SWITCHES: Final[Mapping[RiskCode, str]] = MappingProxyType({
    RiskCode.MAX_ORDERS_PER_DAY: "max_orders_per_day",
    RiskCode.MAX_ORDERS_PER_MINUTE: "max_orders_per_minute",
    RiskCode.MAX_ORDERS_PER_SYMBOL: "max_orders_per_symbol",
    RiskCode.REPEATED_ORDER: "max_repeats",
    RiskCode.CHURN: "max_reversals",
    RiskCode.MAX_DAILY_LOSS: "max_daily_loss",
    RiskCode.MAX_DRAWDOWN: "max_drawdown",
    RiskCode.MAX_ORDER_QUANTITY: "max_order_quantity",
    RiskCode.MAX_ORDER_NOTIONAL: "max_order_notional",
    RiskCode.MAX_ORDER_EQUITY: "max_order_equity",
    RiskCode.MAX_ADV_SHARE: "max_adv_share",
    RiskCode.MAX_SYMBOL_TURNOVER: "max_symbol_turnover",
    RiskCode.MAX_TURNOVER: "max_turnover",
    RiskCode.MAX_POSITION: "max_position",
    RiskCode.MAX_SECTOR: "max_sector",
    RiskCode.MAX_ASSET_CLASS: "max_asset_class",
    RiskCode.MAX_UNDERLYING: "max_underlying",
    RiskCode.MAX_CORRELATED: "correlation_threshold",
    RiskCode.MAX_GROSS_EXPOSURE: "max_gross_exposure",
    RiskCode.MAX_LEVERAGE: "max_leverage",
    RiskCode.MAX_MARGIN_USE: "max_margin_use",
    RiskCode.MAX_NET_EXPOSURE: "max_net_exposure",
    RiskCode.MAX_VAR: "max_var",
    RiskCode.MAX_EXPECTED_SHORTFALL: "max_expected_shortfall",
})
"""Limits that may be left unset, by their code."""

_MADE_UP: Final = RiskLimits(max_order_quantity=Decimal(1), max_order_notional=Decimal(500_000))


def only(limits: RiskLimits, codes: frozenset[RiskCode]) -> RiskLimits:
    """Return `limits` with all that can be off, off, but for those of `codes`."""
    off = {name: None for code, name in SWITCHES.items() if code not in codes}
    symbols = limits.max_position_symbol if RiskCode.MAX_POSITION in codes else {}
    return replace(limits, **off, max_position_symbol=symbols)  # type: ignore[arg-type]


def unset(limits: RiskLimits) -> frozenset[RiskCode]:
    """Return the controls that are off under `limits`."""
    return frozenset(code for code, name in SWITCHES.items() if getattr(limits, name) is None)


def all_set(limits: RiskLimits) -> RiskLimits:
    """Return `limits` with something in place of each that is off."""
    missing = {SWITCHES[code]: getattr(_MADE_UP, SWITCHES[code]) for code in unset(limits)}
    return replace(limits, **missing)


def without(limits: RiskLimits, names: frozenset[Symbol]) -> RiskLimits:
    """Return `limits` without what they say of single symbols in `names`."""
    symbols = {
        name: limit for name, limit in limits.max_position_symbol.items() if name not in names
    }
    return replace(limits, max_position_symbol=symbols, restricted=limits.restricted - names)
