"""What a limit is unless the owner writes it: it grows with what was allowed explicitly.

Who allows three times leverage, or one symbol to be everything, has said what may be lost and how
far a sector may go; a limit that was not written does not take back what was.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from alchemiser.domain.risk.breakers import BreakerLimits
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import ONE, ZERO

MULTIPLE_MAX: Final = Decimal(3)
"""The largest multiple that funds have."""
LOSS_MAX: Final = Decimal("0.75")
"""What no loss limit goes beyond by itself."""
_CLASSES: Final = frozenset(kind.value for kind in AssetClass)


def usual_limits(gross: Decimal, positions: Mapping[str, Decimal]) -> RiskLimits:
    """Return the limits that hold unless others are written.

    Args:
        gross: The gross exposure that is allowed, look-through, as a share of equity.
        positions: The positions that are allowed explicitly, by class or symbol.
    """
    least, scale = RiskLimits(), max(gross, ONE)
    return replace(
        least,
        max_sector={
            kind: max(most * scale if most == ONE else most, min(gross, _through(positions)))
            for kind, most in (least.max_sector or {}).items()
        },
        max_asset_class={
            kind: max(most, _of_class(kind, positions))
            for kind, most in (least.max_asset_class or {}).items()
        },
        max_underlying=scale,
        max_net_exposure=scale,
        max_var=_loss(least.max_var, scale),
        max_expected_shortfall=_loss(least.max_expected_shortfall, scale),
        max_daily_loss=_loss(least.max_daily_loss, scale),
        max_drawdown=_loss(least.max_drawdown, scale),
    )


def usual_breakers(gross: Decimal) -> BreakerLimits:
    """Return the thresholds that hold unless others are written; the argument is as above."""
    least, scale = BreakerLimits(), max(gross, ONE)
    return replace(
        least,
        max_daily_loss=_loss(least.max_daily_loss, scale),
        max_drawdown=_loss(least.max_drawdown, scale),
        max_trend_loss=_loss(least.max_trend_loss, scale),
        strategy_max_daily_loss=_loss(least.strategy_max_daily_loss, scale),
        strategy_max_drawdown=_loss(least.strategy_max_drawdown, scale),
    )


def _through(positions: Mapping[str, Decimal]) -> Decimal:
    """Return the largest exposure that one allowed position may come to."""
    multiples = {
        name: ONE if name in _CLASSES and name != AssetClass.LEVERAGED_FUND else MULTIPLE_MAX
        for name in positions
    }
    return max((most * multiples[name] for name, most in positions.items()), default=ZERO)


def _of_class(kind: AssetClass, positions: Mapping[str, Decimal]) -> Decimal:
    """Return the largest position that is allowed in a class; a symbol may be of any."""
    rows = (most for name, most in positions.items() if name == kind or name not in _CLASSES)
    return max(rows, default=ZERO)


def _loss(least: Decimal | None, scale: Decimal) -> Decimal | None:
    return None if least is None else max(min(least * scale, LOSS_MAX), least)
