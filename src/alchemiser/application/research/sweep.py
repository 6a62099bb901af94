"""Many variants on the same sessions, the best of them, and how far it may be believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alchemiser.application.backtest import BacktestSetup
from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.regimes import RegimeFigures, by_regime
from alchemiser.application.research.evidence import Evidence, evidence
from alchemiser.application.research.trials import Outcome, World
from alchemiser.application.research.variants import Variant, job_of, returns_of
from alchemiser.application.work import Progress, do
from alchemiser.domain.research.grid import Axis
from alchemiser.domain.research.selection import best, measured, neighbourhood
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.statistics.drawdowns import max_drawdown
from alchemiser.domain.statistics.ratios import sharpe
from alchemiser.domain.statistics.returns import cagr_by_sessions
from alchemiser.domain.statistics.trading import hit_rate, turnover
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats, round_significant
from alchemiser.ports.executor import ExecutorPort, Failed
from alchemiser.ports.finished_work import FinishedWorkPort


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Say what is tried, on what, and by whom.

    Attributes:
        setup: The world; its engine's strategies are those of all variants.
        world: What all trials share.
        evaluator: Evaluates trees over the bars of `world`.
        variants: What is tried, at least one.
        axes: The parameters that vary.
        by: What one is chosen by, a name of `selection.FIGURES`.
        executor: Who does the trials.
        kept: Where outcomes are kept, or None.
    """

    setup: BacktestSetup
    world: World
    evaluator: TreeEvaluator
    variants: tuple[Variant, ...]
    axes: tuple[Axis, ...]
    by: str
    executor: ExecutorPort
    kept: FinishedWorkPort | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Tell how one variant went, by the fast engine; NaN where a figure is not defined.

    Attributes:
        label: What it is called.
        final_equity: Dollars.
        figure: What is chosen by.
        cagr: Of 252 sessions, a fraction.
        sharpe: Annual.
        max_drawdown: A positive fraction.
        turnover: Dollars traded over mean equity, a year.
        hit_rate: Share of the closed trades that gained.
        stranded: What is held at the end and has no price there, with the last session that had.
    """

    label: str
    final_equity: float
    figure: float
    cagr: float
    sharpe: float
    max_drawdown: float
    turnover: float
    hit_rate: float
    stranded: tuple[tuple[Symbol, date], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Tell how the figure depends on two parameters, of U and V values.

    Attributes:
        axes: The two.
        figures: The figure at each pair, the best over all other parameters, U rows of V; NaN where
            there is none.
        around: The mean of each and its neighbours, likewise.
    """

    axes: tuple[Axis, Axis]
    figures: tuple[tuple[float, ...], ...]
    around: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """How a sweep went.

    Attributes:
        by: What was chosen by.
        trials: Every variant that could be run, in the order they were given.
        chosen: The label of the best.
        best: The best, run by the engine that was asked for.
        evidence: How far it may be believed.
        surface: How the figure depends on the first two parameters with several values, or None.
        regimes: What the best earned in which state of the market.
        failures: What could not be run: label and reason.
        digest: SHA-256 over all outcomes, the same whoever did the trials.
        taken_up: How many outcomes were there from before.
    """

    by: str
    trials: tuple[Trial, ...]
    chosen: str
    best: BacktestReport
    evidence: Evidence
    surface: Surface | None
    regimes: tuple[RegimeFigures, ...]
    failures: tuple[tuple[str, str], ...]
    digest: str
    taken_up: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """Hold the outcomes of all variants.

    Attributes:
        outcomes: By the place of the variant, ascending; at least one.
        returns: Of sessions, one column an outcome, float64 (T, N).
        failures: What could not be run: label and reason.
        digest: SHA-256 over all outcomes.
        taken_up: How many were there from before.
    """

    outcomes: Mapping[int, Outcome]
    returns: Floats
    failures: tuple[tuple[str, str], ...]
    digest: str
    taken_up: int


def tried(plan: Plan, progress: Progress) -> Tried:
    """Try every variant of `plan`.

    Raises:
        SettingsError: When none could be run.
        PortError: When nobody can do the work, or outcomes cannot be kept.
    """
    job = job_of(plan.world, plan.variants, plan.setup.engine.identity.code)
    done = do(plan.executor, job, plan.kept, progress)
    outcomes = {place: one for place, one in enumerate(done.results) if one is not None}
    failures = tuple(_named(plan.variants, one) for one in done.failures)
    if not outcomes:
        label, reason = failures[0]
        msg = f"nothing could be run; {label}: {reason}."
        raise SettingsError(msg)
    return Tried(
        outcomes=outcomes,
        returns=returns_of(outcomes),
        failures=failures,
        digest=done.digest,
        taken_up=done.taken_up,
    )


def sweep(plan: Plan, progress: Progress) -> tuple[Tried, int]:
    """Try every variant of `plan`, and return what came of it and the place of the best.

    Raises:
        SettingsError: When none could be run.
        PortError: When nobody can do the work, or outcomes cannot be kept.
    """
    found = tried(plan, progress)
    column = best(measured(found.returns, plan.by)) or 0
    return found, tuple(found.outcomes)[column]


def report_of(plan: Plan, found: Tried, chosen: int, best_run: BacktestReport) -> SweepReport:
    """Return the report of a sweep whose `chosen` variant went as `best_run` tells."""
    figures = measured(found.returns, plan.by)
    places = tuple(found.outcomes)
    column = places.index(chosen)
    benchmarks = plan.setup.engine.policy.benchmarks
    labels = benchmarks.regimes(plan.evaluator, plan.world.grounds.seen)
    by_place = dict(zip(places, figures.tolist(), strict=True))
    return SweepReport(
        by=plan.by,
        trials=tuple(
            _trial(plan.variants[place].label, outcome, by_place[place])
            for place, outcome in found.outcomes.items()
        ),
        chosen=plan.variants[chosen].label,
        best=best_run,
        evidence=evidence(found.returns, column),
        surface=_surface(plan, by_place),
        regimes=by_regime(found.returns[:, column], labels),
        failures=found.failures,
        digest=found.digest,
        taken_up=found.taken_up,
    )


def _named(variants: Sequence[Variant], failed: Failed) -> tuple[str, str]:
    return variants[failed.place].label, failed.reason


def _trial(label: str, outcome: Outcome, figure: float) -> Trial:
    returns = outcome.returns
    told = np.array([
        float(cagr_by_sessions(returns)),
        float(sharpe(returns)),
        float(max_drawdown(returns)),
        float(turnover(outcome.traded, outcome.equity[1:])),
        float(hit_rate(outcome.gains)),
    ])
    growth, ratio, fall, turned, gained = round_significant(told).tolist()
    return Trial(
        label=label,
        final_equity=float(outcome.equity[-1]),
        figure=figure,
        cagr=growth,
        sharpe=ratio,
        max_drawdown=fall,
        turnover=turned,
        hit_rate=gained,
        stranded=outcome.stranded,
    )


def _surface(plan: Plan, figures: Mapping[int, float]) -> Surface | None:
    shown = [axis for axis in plan.axes if len(axis.values) > 1][:2]
    if len(shown) < 2:  # noqa: PLR2004 - a surface has two sides
        return None
    first, second = shown
    found = np.full((len(first.values), len(second.values)), np.nan)
    for place, figure in figures.items():
        values = {(owner, name): value for owner, name, value in plan.variants[place].point.values}
        cell = tuple(axis.values.index(values[axis.strategy, axis.name]) for axis in shown)
        found[cell] = np.fmax(found[cell], figure)
    return Surface(
        axes=(first, second),
        figures=tuple(map(tuple, found.tolist())),
        around=tuple(map(tuple, round_significant(neighbourhood(found)).tolist())),
    )
