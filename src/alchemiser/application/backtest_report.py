"""What a backtest amounts to, whichever engine has run it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import numpy as np

from alchemiser.domain.portfolio.diversity import Likeness, likenesses
from alchemiser.domain.statistics.performance import Performance
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import Floats


class EngineName(StrEnum):
    """Name what runs past sessions."""

    EXACT = "exact"
    """The code that trades, to the cent."""
    FAST = "fast"
    """Arrays that follow its rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """How a backtest went.

    Attributes:
        start: First session.
        end: Last session.
        start_equity: Dollars before the first session.
        sessions: How many sessions were run.
        decided: Sessions decided by each strategy, sorted.
        final_equity: Dollars.
        performance: Every figure of it.
        equity: Pairs of session and equity at its end.
        digest: SHA-256 over every decision and fill.
        engine: What has run it.
        risk_profile: `research` or the file the limits came from.
        units: `dollars` or `total-return units`.
        limited: How often each limit has bound.
        not_checked: Limits that are set and that this engine does not know.
        failures: Sessions that ended other than completed or skipped, with the reason.
        diversity: Every pair of strategies compared.
    """

    start: date
    end: date
    start_equity: Decimal
    sessions: int
    decided: tuple[tuple[StrategyId, int], ...]
    final_equity: Decimal
    performance: Performance
    equity: tuple[tuple[date, Decimal], ...]
    digest: str
    engine: EngineName
    risk_profile: str
    units: str
    limited: tuple[tuple[str, int], ...] = ()
    not_checked: tuple[str, ...] = ()
    failures: tuple[tuple[date, str], ...] = ()
    diversity: tuple[Likeness, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """Hold what became of a backtest.

    Attributes:
        start: Dollars before the first session.
        equity: Pairs of session and dollars at its end, ascending, one at least.
        held: float64 (T,), dollars of positions at the end of each session.
        traded: float64 (T,), dollars bought and sold in each session.
        gains: float64 (M,), dollars of each closed trade.
        decided: Sessions decided by each strategy.
        limited: How often each limit has bound.
        digest: SHA-256 over all that was decided and traded.
        failures: Sessions that ended other than completed or skipped, with the reason.
        diversity: Every pair of strategies compared.
    """

    start: Decimal
    equity: tuple[tuple[date, Decimal], ...]
    held: Floats
    traded: Floats
    gains: Floats
    decided: Mapping[StrategyId, int]
    limited: Mapping[str, int]
    digest: str
    failures: tuple[tuple[date, str], ...] = ()
    diversity: tuple[Likeness, ...] = ()


def diversity(weights: Mapping[StrategyId, Floats], closes: Floats) -> tuple[Likeness, ...]:
    """Return how alike strategies are; `weights` are (T, N) each, NaN where undecided."""
    if len(weights) < 2:  # noqa: PLR2004 - a pair
        return ()
    returns = np.full_like(closes, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns[1:] = closes[1:] / closes[:-1] - 1
    return likenesses(weights, returns)
