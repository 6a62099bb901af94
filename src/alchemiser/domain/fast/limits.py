"""The limits on the portfolio as a whole, as arrays: what may be held, and what may be traded.

Each is linear in the dollars of the positions, so that all sessions are checked in one product.
What a symbol counts for is what it counts for in `risk.exposure`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from alchemiser.domain.risk.limits import RiskCode, RiskLimits
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import Floats

_Row = tuple[RiskCode, list[float], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bounds:
    """Hold limits as shares of equity.

    Attributes:
        codes: K names, in the order in which they cut.
        factors: float64 (K, N), what a dollar of each symbol counts for.
        most: float64 (K,), the largest sum, taken absolutely.
        position: float64 (N,), the largest position of each symbol, infinite without a limit; or
            None when no symbol has one.
        turnover: The most that is traded in one session, or None; only buys are cut for it.
    """

    codes: tuple[RiskCode, ...] = ()
    factors: Floats = field(default_factory=lambda: np.empty((0, 0)))
    most: Floats = field(default_factory=lambda: np.empty(0))
    position: Floats | None = None
    turnover: float | None = None


NO_LIMITS = Bounds()


def bounds_of(limits: RiskLimits, instruments: Sequence[Instrument]) -> Bounds:
    """Return the limits on a portfolio of `instruments`, in the order in which they are applied.

    Limits on single orders and their sequence, on volumes, on losses and on what past returns tell
    are checked by the exact engine alone.
    """
    rows = [*_groups(limits, instruments), *_totals(limits, instruments)]
    positions = [limits.position_limit(one) for one in instruments]
    return Bounds(
        codes=tuple(code for code, _, _ in rows),
        factors=np.array([factors for _, factors, _ in rows]).reshape(len(rows), len(instruments)),
        most=np.array([float(most) for _, _, most in rows]),
        position=None
        if positions.count(None) == len(positions)
        else np.array([np.inf if one is None else float(one) for one in positions]),
        turnover=None if limits.max_turnover is None else float(limits.max_turnover),
    )


def _totals(limits: RiskLimits, instruments: Iterable[Instrument]) -> Iterator[_Row]:
    signed = [float(one.leverage) for one in instruments]
    sums = (
        (RiskCode.MAX_GROSS_EXPOSURE, [abs(one) for one in signed], limits.max_gross_exposure),
        (RiskCode.MAX_LEVERAGE, [1.0] * len(signed), limits.max_leverage),
        (RiskCode.MAX_NET_EXPOSURE, signed, limits.max_net_exposure),
    )
    return ((code, factors, most) for code, factors, most in sums if most is not None)


def _groups(limits: RiskLimits, instruments: Sequence[Instrument]) -> Iterator[_Row]:
    """Yield the limits on what belongs together, one for each sector, class and underlying."""
    gross = [abs(float(one.leverage)) for one in instruments]
    sectors = {str(kind): most for kind, most in (limits.max_sector or {}).items()}
    classes = {str(kind): most for kind, most in (limits.max_asset_class or {}).items()}
    bases = [str(one.underlying or one.symbol) for one in instruments]
    of_bases = {} if limits.max_underlying is None else dict.fromkeys(bases, limits.max_underlying)
    kinds: tuple[tuple[RiskCode, list[str], list[float], Mapping[str, Decimal]], ...] = (
        (RiskCode.MAX_SECTOR, [one.sector for one in instruments], gross, sectors),
        (
            RiskCode.MAX_ASSET_CLASS,
            [one.asset_class for one in instruments],
            [1.0] * len(gross),
            classes,
        ),
        (RiskCode.MAX_UNDERLYING, bases, gross, of_bases),
    )
    for code, names, factors, most in kinds:
        for name in sorted(most.keys() & set(names)):
            pairs = zip(names, factors, strict=True)
            yield code, [factor if one == name else 0.0 for one, factor in pairs], most[name]
