"""What a backtest amounts to, whichever engine has run it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

import numpy as np

from alchemiser.application.engine import Identity
from alchemiser.domain.market.gate import Finding
from alchemiser.domain.portfolio.diversity import Likeness, likenesses
from alchemiser.domain.rules.regime import Regime
from alchemiser.domain.statistics.performance import Performance
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.numbers import Floats
from alchemiser.domain.values.schedule import TimingContract
from alchemiser.domain.venue_model.costs import CostKind


class EngineName(StrEnum):
    """Name what runs past sessions."""

    EXACT = "exact"
    """The code that trades, to the cent."""
    FAST = "fast"
    """Arrays that follow its rules."""


class ImpactBasis(StrEnum):
    """Say what the impact of orders rests on."""

    VOLUMES = "the source's volumes"
    """Those of the sessions before; what is assumed where one of them is missing."""
    ASSUMED = "an assumed volume"
    """The source has none."""
    NOTHING = "nothing"
    """There is no impact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTrade:
    """Tell what became of shares that were sold.

    Attributes:
        symbol: Of what.
        opened: When they were bought; None where it is not known.
        closed: When they were sold.
        quantity: Shares; negative of a short position.
        gain: Dollars after costs.
        part: The gain as a fraction of what they had cost, NaN of shares that cost nothing.
    """

    symbol: Symbol
    opened: date | None
    closed: date
    quantity: float
    gain: float
    part: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Tell when a limit has bound: its code, the session and, where known, the symbol."""

    day: date
    code: str
    symbol: Symbol | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """Hold what became of a backtest, T sessions.

    Attributes:
        start: Dollars before the first session.
        equity: Pairs of session and dollars at its end, ascending, one at least.
        held: float64 (T,), dollars of positions at the end of each session.
        traded: float64 (T,), dollars bought and sold in each session.
        trades: Each closed trade whose gain is known.
        books: float64 (T,) of each book, dollars of its equity at the end of each session.
        capital: Dollars that each book was given, less what was taken back.
        costs: float64 (T,) by kind, dollars that trading has cost in each session.
        decided: Sessions decided by each strategy.
        bound: Every time that a limit has bound, oldest first.
        regimes: The regime of each decision, (T,), None of a session that decided nothing.
        data: SHA-256 over the bars.
        digest: SHA-256 over all that was decided and traded.
        volumes: Whether the source has volumes.
        failures: Sessions that ended other than completed or skipped, with the reason.
        diversity: Every pair of strategies compared.
        problems: Moves that look like splits that the source did not adjust for.
        stranded: What is held at the end and has no price there, with the last session that had.
    """

    start: Decimal
    equity: tuple[tuple[date, Decimal], ...]
    held: Floats
    traded: Floats
    trades: tuple[ClosedTrade, ...]
    books: Mapping[BookId, Floats]
    capital: Mapping[BookId, float]
    costs: Mapping[CostKind, Floats]
    decided: Mapping[StrategyId, int]
    bound: tuple[Bound, ...]
    regimes: tuple[Regime | None, ...]
    data: str
    digest: str
    volumes: bool = False
    failures: tuple[tuple[date, str], ...] = ()
    diversity: tuple[Likeness, ...] = ()
    problems: tuple[Finding, ...] = ()
    stranded: tuple[tuple[Symbol, date], ...] = ()

    def limited(self) -> tuple[tuple[str, int], ...]:
        """Return how often each limit has bound, sorted."""
        return tuple(sorted(Counter(one.code for one in self.bound).items()))


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
        identity: The engine's sources and settings.
        strategies: What was run: name, weight, and SHA-256 of its content.
        risk_profile: `research` or the file the limits came from.
        units: `dollars` or `total-return units`.
        timing: When sessions were decided and traded, on which bars and at which price.
        impact: What the impact of orders rests on.
        limited: How often each limit has bound.
        not_checked: Limits that are set and that this engine does not know.
        failures: Sessions that ended other than completed or skipped, with the reason.
        diversity: Every pair of strategies compared.
        problems: Moves that look like splits that the source did not adjust for.
        stranded: What is held at the end and has no price there, with the last session that had.
        benchmark: What it is compared with, or None.
        beside: float64 (T,), returns of the benchmark; None without one.
        course: Session by session.
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
    identity: Identity
    strategies: tuple[tuple[StrategyId, Decimal, str], ...]
    risk_profile: str
    units: str
    timing: TimingContract
    impact: ImpactBasis
    limited: tuple[tuple[str, int], ...] = ()
    not_checked: tuple[str, ...] = ()
    failures: tuple[tuple[date, str], ...] = ()
    diversity: tuple[Likeness, ...] = ()
    problems: tuple[Finding, ...] = ()
    stranded: tuple[tuple[Symbol, date], ...] = ()
    benchmark: Symbol | None = None
    beside: Floats | None = field(default=None, repr=False, compare=False)
    course: Course = field(repr=False, compare=False)


def diversity(weights: Mapping[StrategyId, Floats], closes: Floats) -> tuple[Likeness, ...]:
    """Return how alike strategies are; `weights` are (T, N) each, NaN where undecided."""
    if len(weights) < 2:  # noqa: PLR2004 - a pair
        return ()
    returns = np.full_like(closes, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns[1:] = closes[1:] / closes[:-1] - 1
    return likenesses(weights, returns)
