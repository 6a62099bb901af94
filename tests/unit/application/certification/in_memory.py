"""Candidates without processes: a certification's judgement alone is tried on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count

import numpy as np

from alchemiser.adapters.plugin_loader.asking import Broken, asked
from alchemiser.application.certification.bench import Bench
from alchemiser.container.certification import Thoroughness, build_certification
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import PluginError, UndecidedError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import Floats
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.candidate import (
    CandidateId,
    Description,
    Memory,
    SourceFile,
    Surroundings,
    Told,
)
from alchemiser.rules import asset

WINDOW = 20
SPY, BIL = Symbol("SPY"), Symbol("BIL")
Decide = Callable[[MarketView], object]


def a_bench(*, cuts: int = 24, tick: float = 0.0) -> Bench:
    """Return a bench whose stopwatch advances by `tick` seconds at every look."""
    _, bench = build_certification(None, RuleStrategy(asset("SPY")), Thoroughness(cuts=cuts))
    looks = count()
    return replace(bench, stopwatch=lambda: tick * next(looks))


def window(view: MarketView, name: str = "SPY", sessions: int = WINDOW) -> Floats:
    """Return the last closes of `name`, all of them.

    Raises:
        UndecidedError: When one is missing.
    """
    closes = view.close(name)[-sessions:]
    if len(closes) < sessions or not np.isfinite(closes).all():
        msg = f"{name} has too few bars."
        raise UndecidedError(msg)
    return closes


def held(*, shares: bool) -> TargetPortfolio:
    """Return one of two portfolios."""
    return TargetPortfolio.of({"SPY": 1} if shares else {"BIL": 1})


class Trend:
    """Hold shares above their mean: an honest strategy."""

    requirements = Requirements(((BIL, WINDOW), (SPY, WINDOW)))
    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings

    def target(self, view: MarketView) -> TargetPortfolio:
        """Return what to hold."""
        closes = window(view)
        return held(shares=bool(closes[-1] > closes.mean()))


@dataclass(slots=True)
class Memoryless:
    """Ask a strategy here and now; implements Process."""

    build: Callable[[Surroundings], Trend]
    surroundings: Surroundings
    notes: Description = field(
        default_factory=lambda: Description(tree=None, requirements=Requirements(()))
    )
    seconds: float = 0.0
    kept: int = 0
    peak: int = 0
    tires: bool = False
    strategy: Trend | None = None
    asked: int = 0
    age: int = 0

    def describe(self) -> Description:
        """Return what there is.

        Raises:
            PluginError: When it cannot be built.
        """
        try:
            self.strategy = self.strategy or self.build(self.surroundings)
        except ValueError as error:
            msg = f"{error}."
            raise PluginError(msg) from error
        return replace(
            self.notes,
            requirements=self.strategy.requirements,
            largest_weights=self.strategy.largest_weights,
        )

    def follow(self, panel: BarPanel, row: int) -> Told:
        """Ask as trading does."""
        return self.show(panel.until(row), row)

    def show(self, panel: BarPanel, row: int, *, times: int = 1, fresh: bool = False) -> Told:
        """Ask as of `row`."""
        if fresh:
            self.strategy, self.age = None, 0
        self.describe()
        readings = Readings(panel)
        views = [MarketView(panel, row, readings) for _ in range(times)]
        outcomes = tuple(map(self._outcome, views))
        self.asked += times
        self.age += times
        return Told(
            outcomes=outcomes,
            reads=tuple({name for view in views for name in view.reads()}),
            impure=self.notes.impure[:1],
            changed=self.notes.changed[:1],
            seconds=self.seconds * (self.age if self.tires else 1),
        )

    def _outcome(self, view: MarketView) -> StrategyOutcome:
        assert self.strategy is not None
        names = frozenset(self.strategy.requirements.symbols())
        answer = asked(self.strategy, view, names)
        return Failed(reason=f"it {answer.what}.") if isinstance(answer, Broken) else answer

    def memory(self) -> Memory:
        """Return what was kept of every question."""
        return Memory(kept=self.kept * self.asked, peak=self.peak)

    def close(self) -> None:
        """Forget the strategy."""
        self.strategy = None


@dataclass(slots=True)
class InMemory:
    """Offer what `build` builds; implements CandidatePort."""

    build: Callable[[Surroundings], Trend] = Trend
    notes: Description = field(
        default_factory=lambda: Description(tree=None, requirements=Requirements(()))
    )
    source: str = ""
    seconds: float = 0.0
    kept: int = 0
    peak: int = 0
    tires: bool = False
    begun: list[Memoryless] = field(default_factory=list)

    def identity(self) -> CandidateId:
        """Return a name."""
        return CandidateId(strategy="trend", plugin="mine", version="1", content_hash="ab" * 32)

    def sources(self) -> tuple[SourceFile, ...]:
        """Return the one file."""
        return (SourceFile(name="mine.py", content=self.source.encode()),)

    def start(self, surroundings: Surroundings) -> Memoryless:
        """Return a process that is none."""
        process = Memoryless(
            self.build,
            surroundings,
            notes=self.notes,
            seconds=self.seconds,
            kept=self.kept,
            peak=self.peak,
            tires=self.tires,
        )
        self.begun.append(process)
        return process
