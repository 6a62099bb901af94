"""The exact engine over past sessions: the live cycle with a clock that the backtest moves."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

import numpy as np

from alchemiser.application.cycle import Cycle
from alchemiser.application.engine import Engine, Timing
from alchemiser.application.inputs import Analysis, last_closed, lookbacks
from alchemiser.application.ledger import Ledger
from alchemiser.application.report import BacktestReport, CycleReport, StrategyLine
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.gate import assess
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.portfolio.diversity import Likeness, likenesses
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.numbers import ZERO, Floats
from alchemiser.domain.values.session import Session
from alchemiser.ports.clock import MovableClockPort
from alchemiser.ports.errors import InputError

SESSIONS_PER_YEAR = 252
RETURNS_MIN = 2  # a sample deviation takes two

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestSetup:
    """Hold a backtest's world.

    Attributes:
        engine: An engine whose broker, journal and clock live in memory.
        clock: The engine's clock.
        sessions: What to run, ascending.
        risk_profile: `research`, or the file that the limits came from.
        units: `dollars` or `total-return units`.
    """

    engine: Engine
    clock: MovableClockPort
    sessions: tuple[Session, ...]
    risk_profile: str
    units: str


class WholePanelAnalyst:
    """Gate and evaluate the whole panel once: measures are causal, so each row is its day's."""

    def __init__(self, engine: Engine, end: date) -> None:
        """Prepare the bars of every required symbol up to `end`, and those of a second source.

        Raises:
            InputError: When a source breaks its contract, or the first is missing.
            PortUnavailableError: When a source cannot be reached.
        """
        needed, second = lookbacks(engine), engine.second
        bars = engine.market.bars(tuple(needed), through=end)
        if second is not None and second.leading.failure:
            msg = f"a backtest needs its first source: {second.leading.failure}"
            raise InputError(msg)
        self.panel = assess(bars, needed).panel
        self._evaluator = TreeEvaluator(self.panel)
        self._rows = {day: row for row, day in enumerate(self.panel.sessions)}
        self._second = self
        if second is not None:
            other = replace(engine, market=second.market, second=None)
            self._second = WholePanelAnalyst(other, end)

    def analyse(
        self, engine: Engine, session: Session, symbols: Sequence[Symbol], quotes: Sequence[Quote]
    ) -> Analysis:
        """Return the market as of the last session that `session`'s decision may see.

        Raises:
            InputError: When the source begins after it.
        """
        del symbols, quotes
        at_open = engine.schedule.timing is Timing.NEXT_OPEN
        seen = last_closed(engine, session) if at_open else session
        row = self._rows.get(seen.day)
        if row is None:
            msg = f"the source has no bars on {seen.day} or before: begin the backtest later."
            raise InputError(msg)
        return Analysis(evaluator=self._evaluator, panel=self.panel, row=row)

    def of_second(self) -> "WholePanelAnalyst":
        """Return what prepares the second source's whole panel."""
        return self._second


def backtest(setup: BacktestSetup, progress: Progress) -> BacktestReport:
    """Run every session of `setup` through the live cycle and return how it went.

    Args:
        setup: The world to run in; it is used up.
        progress: Told sessions done and sessions in all, after each session.

    Raises:
        SettingsError: When there is no session to run.
        PortError: When the data break their contract.
    """
    if not setup.sessions:
        msg = "there is no session to backtest: widen --start and --end to the data's range."
        raise SettingsError(msg)
    return asyncio.run(_run(setup, progress))


async def _run(setup: BacktestSetup, progress: Progress) -> BacktestReport:
    engine = setup.engine
    ledger = Ledger(engine.journal)
    analyst = WholePanelAnalyst(engine, setup.sessions[-1].day)
    cycle = Cycle(engine, ledger, analyst)
    tally = _Tally(engine, analyst.panel)
    for done, session in enumerate(setup.sessions, start=1):
        setup.clock.advance_to(engine.schedule.moment(session))
        tally.add(await cycle.run(session.day), engine.broker.account().equity)
        progress(done, len(setup.sessions))
    return tally.report(setup)


class _Tally:
    def __init__(self, engine: Engine, panel: BarPanel) -> None:
        self._panel = panel
        self._wanted: dict[StrategyId, dict[date, StrategyLine]] = {
            row.strategy_id: {} for row in engine.strategies
        }
        self._decided = {row.strategy_id: 0 for row in engine.strategies}
        self._start = engine.broker.account().equity
        self._equity: list[tuple[date, Decimal]] = []
        self._failures: list[tuple[date, str]] = []
        self._traded = ZERO
        self._digest = sha256()

    def add(self, report: CycleReport, equity: Decimal) -> None:
        for line in report.strategies:
            self._decided[line.strategy] += line.state == "decided"
            if line.state == "decided" and not line.reason:  # a fallback is not its own signal
                self._wanted[line.strategy][report.session] = line
        self._equity.append((report.session, equity))
        self._traded += sum((fill.quantity * fill.price for fill in report.fills), ZERO)
        self._digest.update(f"{report.session}{report.status}{report.digest}{equity}".encode())
        if report.status not in (CycleStatus.COMPLETED, CycleStatus.SKIPPED):
            self._failures.append((report.session, report.reason))

    def report(self, setup: BacktestSetup) -> BacktestReport:
        curve = np.array([float(equity) for _, equity in ((None, self._start), *self._equity)])
        returns = curve[1:] / curve[:-1] - 1
        years = len(returns) / SESSIONS_PER_YEAR
        return BacktestReport(
            start=setup.sessions[0].day,
            end=setup.sessions[-1].day,
            sessions=len(setup.sessions),
            decided=tuple(sorted(self._decided.items(), key=_strategy)),
            final_equity=self._equity[-1][1],
            cagr=float((curve[-1] / curve[0]) ** (1 / years) - 1),
            sharpe=_sharpe(returns.tolist()),
            max_drawdown=float(np.max(1 - curve / np.maximum.accumulate(curve))),
            turnover=float(self._traded) / float(np.mean(curve)) / years,
            equity=tuple(self._equity),
            digest=self._digest.hexdigest(),
            risk_profile=setup.risk_profile,
            units=setup.units,
            failures=tuple(self._failures),
            diversity=self._diversity(),
        )

    def _diversity(self) -> tuple[Likeness, ...]:
        if len(self._wanted) < 2:  # noqa: PLR2004 - a pair
            return ()
        closes = self._panel.close
        returns = np.full_like(closes, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            returns[1:] = closes[1:] / closes[:-1] - 1
        weights = {name: self._weights(lines) for name, lines in self._wanted.items()}
        return likenesses(weights, returns)

    def _weights(self, lines: Mapping[date, StrategyLine]) -> Floats:
        """Return one strategy's weights, sessions by symbols of the panel, NaN where undecided."""
        weights = np.full_like(self._panel.close, np.nan)
        for row, day in enumerate(self._panel.sessions):
            if day in lines:
                weights[row] = 0.0
                for name, weight in lines[day].weights:
                    weights[row, self._panel.symbols.index(name)] = float(weight)
        return weights


def _strategy(pair: tuple[StrategyId, int]) -> str:
    return pair[0]


def _sharpe(returns: list[float]) -> float | None:
    """Return mean over sample standard deviation times sqrt(252) (Sharpe 1994), or None."""
    if len(returns) < RETURNS_MIN:
        return None
    mean = math.fsum(returns) / len(returns)
    variance = math.fsum((value - mean) ** 2 for value in returns) / (len(returns) - 1)
    return mean / math.sqrt(variance) * math.sqrt(SESSIONS_PER_YEAR) if variance > 0 else None
