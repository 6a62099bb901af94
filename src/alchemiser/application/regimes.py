"""What was earned in which state of the market."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from alchemiser.domain.rules.regime import UNKNOWN, Regime
from alchemiser.domain.statistics.drawdowns import max_drawdown
from alchemiser.domain.statistics.moments import volatility
from alchemiser.domain.statistics.ratios import sharpe
from alchemiser.domain.statistics.returns import SESSIONS_A_YEAR, mean
from alchemiser.domain.values.numbers import Floats, round_significant


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeFigures:
    """Tell what the sessions of one label earned; NaN where that is not defined.

    Attributes:
        kind: `trend`, `volatility`, `correlation` or `liquidity`.
        label: The state.
        sessions: How many.
        earned: Mean return a session times 252, a fraction.
        volatility: Annual, a fraction.
        sharpe: Annual.
        max_drawdown: Of these sessions put together, a positive fraction.
    """

    kind: str
    label: str
    sessions: int
    earned: float
    volatility: float
    sharpe: float
    max_drawdown: float


def by_regime(returns: Floats, labels: Sequence[Regime | None]) -> tuple[RegimeFigures, ...]:
    """Return the figures of every label, each session under the label it was decided at.

    What a session earns was decided in the one before: so it is under that one's label.

    Args:
        returns: Of each session, float64 (T,).
        labels: Of each session's decision, (T,), None where nothing was decided.
    """
    found = []
    for kind in (one.name for one in fields(Regime)):
        names = np.array([UNKNOWN if one is None else getattr(one, kind) for one in labels[:-1]])
        found += [
            _figures(kind, str(name), returns[1:][names == name]) for name in np.unique(names)
        ]
    return tuple(found)


def _figures(kind: str, label: str, returns: Floats) -> RegimeFigures:
    told = np.array([
        float(mean(returns)) * SESSIONS_A_YEAR,
        float(volatility(returns)),
        float(sharpe(returns)),
        float(max_drawdown(returns)),
    ])
    earned, spread, ratio, fall = round_significant(told).tolist()
    return RegimeFigures(
        kind=kind,
        label=label,
        sessions=len(returns),
        earned=earned,
        volatility=spread,
        sharpe=ratio,
        max_drawdown=fall,
    )
