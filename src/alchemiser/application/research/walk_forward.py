"""What choosing by the past would have earned: the best of each stretch, on the next one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from alchemiser.application.backtest import BacktestSetup
from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.engine import EnabledStrategy
from alchemiser.application.fast_inputs import Grounds
from alchemiser.application.regimes import RegimeFigures, by_regime
from alchemiser.application.research.evidence import Evidence, evidence
from alchemiser.application.research.sweep import Plan, Tried
from alchemiser.application.research.table import TableStrategy
from alchemiser.application.research.trials import Strategies, decided_by
from alchemiser.application.work import digest_of
from alchemiser.domain.research.selection import best, measured
from alchemiser.domain.research.splits import Window
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.statistics.returns import returns_of
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import Floats, round_significant
from alchemiser.domain.values.rebalance import EVERY_SESSION
from alchemiser.domain.values.target import TargetPortfolio

TRADED_MIN: Final = 2
"""Sessions of a test that a ratio needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Tell one window.

    Attributes:
        train: First and last session that was looked at.
        sessions: How many of them, without what was left out.
        test: First and last session of the test.
        chosen: The label of the variant that was best in training.
        inside: Its figure in training, NaN where it has none.
        outside: What was earned in the test by the same figure, NaN likewise.
        earned: Total return of the test, a fraction.
    """

    train: tuple[date, date]
    sessions: int
    test: tuple[date, date]
    chosen: str
    inside: float
    outside: float
    earned: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkForwardReport:
    """How a walk forward went.

    Attributes:
        by: What was chosen by.
        variants: How many were tried.
        stretches: Every window, in order.
        course: All tests in one, what changing over costs included, by the engine asked for.
        inside: Mean figure of the chosen in training.
        outside: The same figure of all tests in one, without the sessions between them.
        won: Share of tests that earned money.
        evidence: How far the best over all sessions may be believed.
        regimes: What the course earned in which state of the market.
        failures: Variants that could not be run: label and reason.
        digest: SHA-256 over all outcomes, choices and tests, the same whoever did the trials.
        taken_up: How many outcomes were there from before.
    """

    by: str
    variants: int
    stretches: tuple[Stretch, ...]
    course: BacktestReport
    inside: float
    outside: float
    won: float
    evidence: Evidence
    regimes: tuple[RegimeFigures, ...]
    failures: tuple[tuple[str, str], ...]
    digest: str
    taken_up: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """Hold which variant each window chose.

    Attributes:
        windows: The windows.
        places: The place of each one's variant.
        inside: Its figure in training.
    """

    windows: tuple[Window, ...]
    places: tuple[int, ...]
    inside: tuple[float, ...]

    def rows(self) -> slice:
        """Return the sessions from the first test to the last."""
        return slice(int(self.windows[0].test[0]), int(self.windows[-1].test[-1]) + 1)


def choose(plan: Plan, found: Tried, windows: tuple[Window, ...]) -> Chosen:
    """Return the best variant of each window's training; the first one where none has a figure."""
    columns, inside = [], []
    for window in windows:
        figures = measured(found.returns[window.train], plan.by)
        column = best(figures) or 0
        columns.append(column)
        inside.append(float(figures[column]))
    places = tuple(found.outcomes)
    return Chosen(
        windows=windows, places=tuple(places[one] for one in columns), inside=tuple(inside)
    )


def stitched(plan: Plan, chosen: Chosen) -> dict[StrategyId, Floats]:
    """Return what the chosen variants decide in their tests, (T, N) each of all sessions.

    NaN outside of the tests.
    """
    decided = {
        place: decided_by(plan.world, plan.variants[place].strategies)
        for place in sorted(set(chosen.places))
    }
    names = [one.strategy_id for one in plan.variants[0].strategies]
    shape = (len(plan.world.grounds.days), len(plan.world.grounds.panel.symbols))
    wanted = {name: np.full(shape, np.nan) for name in names}
    for place, window in zip(chosen.places, chosen.windows, strict=True):
        for name in names:
            wanted[name][window.test] = decided[place][name][window.test]
    return wanted


def part_of(grounds: Grounds, rows: slice) -> Grounds:
    """Return `grounds` with some of its sessions."""
    first, last, _ = rows.indices(len(grounds.days))
    return replace(
        grounds,
        days=grounds.days[rows],
        seen=grounds.seen[rows],
        prices=grounds.prices[rows],
        costs=grounds.costs.between(first, last),
        happenings={
            row - first: replace(happening, paid=happening.paid - first)
            for row, happening in grounds.happenings.items()
            if first < row < last
        },
        interest=None if grounds.interest is None else grounds.interest[rows],
    )


def exact_setup(
    plan: Plan, chosen: Chosen, wanted: dict[StrategyId, Floats], fresh: BacktestSetup
) -> BacktestSetup:
    """Return `fresh`, a world that nothing was run in, with the stitched decisions as strategies.

    Raises:
        SettingsError: When a strategy trades by a calendar of its own, which a table cannot say.
    """
    rows, grounds = chosen.rows(), plan.world.grounds
    if any(_is_seldom(one) for variant in plan.variants for one in variant.strategies):
        msg = "a strategy that rebalances seldom walks forward by --engine fast only: add it."
        raise SettingsError(msg)
    days = [grounds.panel.sessions[row] for row in grounds.seen]
    needed = _needed([variant.strategies for variant in plan.variants])
    strategies = tuple(
        replace(
            one,
            strategy=TableStrategy(
                requirements=needed, rows=_targets(grounds, wanted[one.strategy_id], days)
            ),
            wanted=None,
        )
        for one in plan.variants[0].strategies
    )
    engine = replace(fresh.engine, strategies=strategies)
    return replace(fresh, engine=engine, sessions=fresh.sessions[rows])


def _is_seldom(one: EnabledStrategy) -> bool:
    strategy = one.strategy
    return isinstance(strategy, RuleStrategy) and strategy.rebalance != EVERY_SESSION


def _needed(variants: Sequence[Strategies]) -> Requirements:
    found: dict[str, int] = {}
    for strategies in variants:
        for one in strategies:
            for name, sessions in one.strategy.requirements.lookbacks:
                found[name] = max(found.get(name, 1), sessions)
    return Requirements.of(found)


def _targets(
    grounds: Grounds, weights: Floats, days: Sequence[date]
) -> dict[date, TargetPortfolio]:
    symbols = grounds.panel.symbols
    return {
        day: TargetPortfolio.of({
            symbols[place]: float(row[place]) for place in np.flatnonzero(row)
        })
        for day, row in zip(days, weights, strict=True)
        if np.isfinite(row).all()
    }


def report_of(
    plan: Plan, found: Tried, chosen: Chosen, course: BacktestReport, equity: Floats
) -> WalkForwardReport:
    """Return the report of a walk forward.

    Args:
        plan: What was tried.
        found: What came of it.
        chosen: What each window chose.
        course: All tests in one.
        equity: Dollars before and after each session of `course`, float64 (T + 1,).
    """
    returns, rows = returns_of(equity), chosen.rows()
    tests = [returns[window.test - rows.start] for window in chosen.windows]
    stretches = tuple(_stretch(plan, chosen, number, test) for number, test in enumerate(tests))
    inside = np.array([one for one in chosen.inside if np.isfinite(one)])
    benchmarks = plan.setup.engine.policy.benchmarks
    labels = benchmarks.regimes(plan.evaluator, plan.world.grounds.seen[rows])
    won = np.mean([one.earned > 0 for one in stretches])
    whole = _figure(np.concatenate(tests), plan.by)
    column = best(measured(found.returns, plan.by)) or 0
    figures = np.array([inside.mean() if inside.size else np.nan, whole, float(won)])
    mean, outside, share = round_significant(figures).tolist()
    return WalkForwardReport(
        by=plan.by,
        variants=len(plan.variants),
        stretches=stretches,
        course=course,
        inside=mean,
        outside=outside,
        won=share,
        evidence=evidence(found.returns, column),
        regimes=by_regime(returns, labels),
        failures=found.failures,
        digest=digest_of([
            found.digest.encode(),
            repr(chosen.places).encode(),
            course.digest.encode(),
        ]),
        taken_up=found.taken_up,
    )


def _stretch(plan: Plan, chosen: Chosen, number: int, returns: Floats) -> Stretch:
    window, days = chosen.windows[number], plan.world.grounds.days
    earned = round_significant(np.array([np.prod(1.0 + returns) - 1.0]))
    return Stretch(
        train=(days[window.train[0]], days[window.train[-1]]),
        sessions=len(window.train),
        test=(days[window.test[0]], days[window.test[-1]]),
        chosen=plan.variants[chosen.places[number]].label,
        inside=chosen.inside[number],
        outside=_figure(returns, plan.by),
        earned=float(earned[0]),
    )


def _figure(returns: Floats, by: str) -> float:
    return float(measured(returns[:, None], by)[0]) if len(returns) >= TRADED_MIN else np.nan
