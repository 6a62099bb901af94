"""What a backtest amounts to, whichever engine has run it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import numpy as np

from alchemiser.domain.portfolio.diversity import Likeness, likenesses
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import Floats

SESSIONS_PER_YEAR = 252
RETURNS_MIN = 2  # a sample deviation takes two


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
        sessions: How many sessions were run.
        decided: Sessions decided by each strategy, sorted.
        final_equity: Dollars.
        cagr: Compound growth a year over 252 sessions, a fraction, or None with no return.
        sharpe: Mean over sample standard deviation of daily returns times sqrt(252), or None.
        max_drawdown: Largest fall from a peak, a positive fraction.
        turnover: Dollars traded over mean equity, a year.
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
    sessions: int
    decided: tuple[tuple[StrategyId, int], ...]
    final_equity: Decimal
    cagr: float | None
    sharpe: float | None
    max_drawdown: float
    turnover: float
    equity: tuple[tuple[date, Decimal], ...]
    digest: str
    engine: EngineName
    risk_profile: str
    units: str
    limited: tuple[tuple[str, int], ...] = ()
    not_checked: tuple[str, ...] = ()
    failures: tuple[tuple[date, str], ...] = ()
    diversity: tuple[Likeness, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Hold what became of a backtest.

    Attributes:
        start: Dollars before the first session.
        equity: Pairs of session and dollars at its end, ascending, one at least.
        traded: Dollars bought and sold.
        decided: Sessions decided by each strategy.
        limited: How often each limit has bound.
        digest: SHA-256 over all that was decided and traded.
    """

    start: Decimal
    equity: tuple[tuple[date, Decimal], ...]
    traded: float
    decided: Mapping[StrategyId, int]
    limited: Mapping[str, int]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Say what a backtest ran on: see `BacktestReport`."""

    engine: EngineName
    risk_profile: str
    units: str
    not_checked: tuple[str, ...] = ()


def reported(
    course: Course,
    world: World,
    *,
    failures: tuple[tuple[date, str], ...] = (),
    diversity: tuple[Likeness, ...] = (),
) -> BacktestReport:
    """Return the report of `course`."""
    curve = np.array([float(equity) for _, equity in ((None, course.start), *course.equity)])
    returns = curve[1:] / curve[:-1] - 1
    years = len(returns) / SESSIONS_PER_YEAR
    return BacktestReport(
        start=course.equity[0][0],
        end=course.equity[-1][0],
        sessions=len(course.equity),
        decided=tuple(sorted(course.decided.items())),
        final_equity=course.equity[-1][1],
        cagr=float((curve[-1] / curve[0]) ** (1 / years) - 1),
        sharpe=_sharpe(returns.tolist()),
        max_drawdown=float(np.max(1 - curve / np.maximum.accumulate(curve))),
        turnover=course.traded / float(np.mean(curve)) / years,
        equity=course.equity,
        digest=course.digest,
        engine=world.engine,
        risk_profile=world.risk_profile,
        units=world.units,
        limited=tuple(sorted(course.limited.items())),
        not_checked=world.not_checked,
        failures=failures,
        diversity=diversity,
    )


def diversity(weights: Mapping[StrategyId, Floats], closes: Floats) -> tuple[Likeness, ...]:
    """Return how alike strategies are; `weights` are (T, N) each, NaN where undecided."""
    if len(weights) < 2:  # noqa: PLR2004 - a pair
        return ()
    returns = np.full_like(closes, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns[1:] = closes[1:] / closes[:-1] - 1
    return likenesses(weights, returns)


def _sharpe(returns: list[float]) -> float | None:
    """Return mean over sample standard deviation times sqrt(252) (Sharpe 1994), or None."""
    if len(returns) < RETURNS_MIN:
        return None
    mean = math.fsum(returns) / len(returns)
    variance = math.fsum((value - mean) ** 2 for value in returns) / (len(returns) - 1)
    return mean / math.sqrt(variance) * math.sqrt(SESSIONS_PER_YEAR) if variance > 0 else None
