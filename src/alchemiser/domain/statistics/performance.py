"""How one history went: the figures that reports show, together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.statistics.benchmark import alpha, beta
from alchemiser.domain.statistics.bootstrap import (
    Interval,
    interval,
    redrawn,
    stationary_rows,
    usual_block,
)
from alchemiser.domain.statistics.drawdowns import (
    drawdown_quantiles,
    longest_drawdown,
    max_drawdown,
)
from alchemiser.domain.statistics.evidence import probabilistic_sharpe
from alchemiser.domain.statistics.moments import kurtosis, skewness, volatility
from alchemiser.domain.statistics.ratios import calmar, omega, sharpe, sortino
from alchemiser.domain.statistics.returns import cagr_by_calendar, cagr_by_sessions, returns_of
from alchemiser.domain.statistics.tails import (
    CONFIDENCE,
    cornish_fisher_shortfall,
    cornish_fisher_var,
    historical_shortfall,
    historical_var,
    parametric_shortfall,
    parametric_var,
    tail_ratio,
)
from alchemiser.domain.statistics.trading import exposure, hit_rate, payoff, turnover
from alchemiser.domain.values.numbers import Floats, round_significant

Figure = Callable[[Floats], ArrayLike]

INTERVALS: Final[dict[str, Figure]] = {
    "cagr": cagr_by_sessions,
    "max_drawdown": max_drawdown,
    "sharpe": sharpe,
}


SESSIONS_MIN: Final = 30
"""A shorter history drawn anew is always the same few sessions: its intervals say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Hold what is measured, T sessions and M closed trades.

    Attributes:
        start: The day at whose end `equity` begins.
        end: The last session.
        equity: Dollars at the start and at the end of each session, float64 (T + 1,), T at least 1.
        held: Dollars in positions at the end of each session, float64 (T,).
        traded: Dollars bought and sold in each session, float64 (T,).
        gains: Dollars after fees of each closed trade, float64 (M,).
        benchmark: Its returns, float64 (T,), NaN where it has none; None compares with nothing.
        draws: Numbers in [0, 1) for intervals, each float64 (2, T, B), in as many parts as please.
    """

    start: date
    end: date
    equity: Floats
    held: Floats
    traded: Floats
    gains: Floats
    benchmark: Floats | None = None
    draws: Iterable[Floats] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """One figure of bad sessions, reckoned in three ways, each a fraction of equity."""

    historical: float
    parametric: float
    cornish_fisher: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """How a history went; every figure rounded to 12 digits, NaN when not defined.

    Attributes:
        cagr: Compound growth a year of 252 sessions, a fraction.
        cagr_calendar: The same of a year of 365.25 days.
        volatility: Deviation a year, a fraction.
        sharpe: Annual, no rate taken off.
        sortino: Annual, below a return of zero.
        calmar: `cagr` over `max_drawdown`.
        omega: Of gains to losses.
        probabilistic_sharpe: Chance that the true Sharpe ratio is above zero.
        skewness: Of daily returns.
        kurtosis: Of daily returns, 3 of normal ones.
        tail_ratio: The 95th percentile over the 5th.
        max_drawdown: Largest fall from a peak, a positive fraction.
        longest_drawdown: Sessions in a row below a peak, at most.
        drawdown_median: Fall from the peak that half of the sessions did not exceed.
        drawdown_95: Fall from the peak that 95 % of the sessions did not exceed.
        value_at_risk: Loss of one session at 95 %.
        expected_shortfall: Mean loss of the sessions beyond it.
        turnover: Dollars traded over mean equity, a year.
        exposure: Mean share of equity that was not cash.
        trades: Closed trades whose gain is known.
        hit_rate: Share of them that gained.
        payoff: Mean gain of those over the mean loss of the others that lost.
        alpha: Earned a year beside the benchmark, a fraction.
        beta: Earned for each dollar of the benchmark.
        intervals: Of some of these by their names, each at 95 %; none of less than 30 sessions.
    """

    cagr: float
    cagr_calendar: float
    volatility: float
    sharpe: float
    sortino: float
    calmar: float
    omega: float
    probabilistic_sharpe: float
    skewness: float
    kurtosis: float
    tail_ratio: float
    max_drawdown: float
    longest_drawdown: float
    drawdown_median: float
    drawdown_95: float
    value_at_risk: Losses
    expected_shortfall: Losses
    turnover: float
    exposure: float
    trades: int
    hit_rate: float
    payoff: float
    alpha: float
    beta: float
    intervals: dict[str, Interval]


def measure(history: History) -> Performance:
    """Return every figure of `history`.

    Raises:
        InvalidValueError: When its parts do not fit together.
    """
    returns = returns_of(history.equity)
    median, deep = drawdown_quantiles(returns, [0.5, 0.95])
    slope, beside = _beside(returns, history.benchmark)
    return Performance(
        cagr=_plain(cagr_by_sessions(returns)),
        cagr_calendar=_plain(cagr_by_calendar(returns, history.start, history.end)),
        volatility=_plain(volatility(returns)),
        sharpe=_plain(sharpe(returns)),
        sortino=_plain(sortino(returns)),
        calmar=_plain(calmar(returns)),
        omega=_plain(omega(returns)),
        probabilistic_sharpe=_plain(probabilistic_sharpe(returns)),
        skewness=_plain(skewness(returns)),
        kurtosis=_plain(kurtosis(returns)),
        tail_ratio=_plain(tail_ratio(returns)),
        max_drawdown=_plain(max_drawdown(returns)),
        longest_drawdown=_plain(longest_drawdown(returns)),
        drawdown_median=_plain(median),
        drawdown_95=_plain(deep),
        value_at_risk=_losses(returns, historical_var, parametric_var, cornish_fisher_var),
        expected_shortfall=_losses(
            returns, historical_shortfall, parametric_shortfall, cornish_fisher_shortfall
        ),
        turnover=_plain(turnover(history.traded, history.equity)),
        exposure=_plain(exposure(history.held, history.equity[1:])),
        trades=len(history.gains),
        hit_rate=_plain(hit_rate(history.gains)),
        payoff=_plain(payoff(history.gains)),
        alpha=beside,
        beta=slope,
        intervals=intervals(returns, history.draws),
    )


def intervals(
    returns: Floats, draws: Iterable[Floats], confidence: Decimal = CONFIDENCE
) -> dict[str, Interval]:
    """Return the intervals of `INTERVALS`, from one history drawn anew in blocks.

    Args:
        returns: float64 (T,).
        draws: Numbers in [0, 1), each float64 (2, T, B); without them, or of less than 30
            sessions, there is none.
        confidence: In (0.5, 1).

    Raises:
        InvalidValueError: When an argument is none of this.
    """
    figures: dict[str, list[Floats]] = {name: [] for name in INTERVALS}
    block = usual_block(len(returns))
    for part in draws if len(returns) >= SESSIONS_MIN else ():
        drawn = redrawn(returns, stationary_rows(part, block))
        for name, figure in INTERVALS.items():
            figures[name].append(round_significant(np.asarray(figure(drawn))))
    known = {name: np.concatenate(parts) for name, parts in figures.items() if parts}
    return {name: interval(found, confidence) for name, found in known.items()}


def _beside(returns: Floats, benchmark: Floats | None) -> tuple[float, float]:
    """Return beta and alpha over the sessions in which the benchmark has a return."""
    if benchmark is None:
        return np.nan, np.nan
    both = np.isfinite(benchmark)
    pair = returns[both], benchmark[both]
    return _plain(beta(*pair)), _plain(alpha(*pair))


def _losses(returns: Floats, *figures: Figure) -> Losses:
    historical, parametric, bent = (_plain(figure(returns)) for figure in figures)
    return Losses(historical=historical, parametric=parametric, cornish_fisher=bent)


def _plain(figure: ArrayLike) -> float:
    return float(round_significant(np.asarray(figure)))
