"""The exact engine over past sessions: the live cycle with a clock that the backtest moves."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from alchemiser.application.backtest_report import BacktestReport, Course, EngineName, ImpactBasis
from alchemiser.application.cycle import Cycle
from alchemiser.application.engine import Engine
from alchemiser.application.figures import draws, floats, returns_of
from alchemiser.application.inputs import Analysis, Quoted, last_closed, lookbacks
from alchemiser.application.kernels import Kernels
from alchemiser.application.ledger import Ledger
from alchemiser.application.tally import Tally
from alchemiser.domain.market.gate import assess
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.statistics.performance import History, measure
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from alchemiser.domain.values.session import Session
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.ports.chance import ChancePort
from alchemiser.ports.clock import MovableClockPort
from alchemiser.ports.errors import InputError

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
        venue: What trading costs at the engine's broker.
        chance: Draws the intervals of figures.
        benchmark: What is compared with, or None.
        kernels: What runs the sessions of the fast engine, or None for arrays.
    """

    engine: Engine
    clock: MovableClockPort
    sessions: tuple[Session, ...]
    risk_profile: str
    units: str
    chance: ChancePort
    benchmark: Symbol | None = None
    venue: VenueSettings = field(default_factory=VenueSettings)
    kernels: Kernels | None = None


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
            msg = f"the past needs its first source: {second.leading.failure}"
            raise InputError(msg)
        self.panel = assess(bars, needed).panel
        self.evaluator = TreeEvaluator(self.panel)
        self._rows = {day: row for row, day in enumerate(self.panel.sessions)}
        self._second = self
        if second is not None:
            self._second = WholePanelAnalyst(engine.on(second), end)

    def prepare(self, engine: Engine, session: Session, symbols: Sequence[Symbol]) -> Quoted:
        """Return the market as of the last session that `session`'s decision may see.

        Raises:
            InputError: When the source begins after it.
        """
        del symbols
        sees_session = engine.schedule.timing.sees_session()
        seen = session if sees_session else last_closed(engine, session)
        row = self._rows.get(seen.day)
        if row is None:
            msg = f"the source has no bars on {seen.day} or before: begin later."
            raise InputError(msg)
        return lambda _: Analysis(evaluator=self.evaluator, panel=self.panel, row=row)

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
    tally = Tally(engine=engine, venue=setup.venue, ledger=ledger, panel=analyst.panel)
    for done, session in enumerate(setup.sessions, start=1):
        setup.clock.advance_to(engine.schedule.moment(session))
        tally.add(await cycle.run(session.day), engine.broker.account())
        progress(done, len(setup.sessions))
    return reported(setup, tally.course(), engine=EngineName.EXACT, units=setup.units)


def _impact_basis(venue: VenueSettings, *, volumes: bool) -> ImpactBasis:
    if not venue.impact.coefficient:
        return ImpactBasis.NOTHING
    return ImpactBasis.VOLUMES if volumes else ImpactBasis.ASSUMED


def reported(
    setup: BacktestSetup,
    course: Course,
    *,
    engine: EngineName,
    units: str,
    not_checked: tuple[str, ...] = (),
) -> BacktestReport:
    """Return the report of `course`, which `engine` has run."""
    days = [day for day, _ in course.equity]
    benchmark = setup.benchmark
    beside = None if benchmark is None else returns_of(setup.engine, benchmark, days)
    return BacktestReport(
        start=days[0],
        end=days[-1],
        start_equity=course.start,
        sessions=len(days),
        decided=tuple(sorted(course.decided.items())),
        final_equity=course.equity[-1][1],
        performance=measure(_history(setup, course, beside)),
        equity=course.equity,
        digest=course.digest,
        engine=engine,
        identity=setup.engine.identity,
        strategies=tuple(
            (one.strategy_id, one.weight, one.content_hash) for one in setup.engine.strategies
        ),
        risk_profile=setup.risk_profile,
        units=units,
        timing=setup.engine.contract(),
        impact=_impact_basis(setup.venue, volumes=course.volumes),
        limited=course.limited(),
        not_checked=not_checked,
        failures=course.failures,
        diversity=course.diversity,
        problems=course.problems,
        stranded=course.stranded,
        benchmark=benchmark,
        beside=beside,
        course=course,
    )


def _history(setup: BacktestSetup, course: Course, beside: Floats | None) -> History:
    days = [day for day, _ in course.equity]
    return History(
        start=last_closed(setup.engine, setup.sessions[0]).day,
        end=days[-1],
        equity=floats([course.start, *(equity for _, equity in course.equity)]),
        held=course.held,
        traded=course.traded,
        gains=np.array([trade.gain for trade in course.trades]),
        benchmark=beside,
        draws=draws(setup.chance, len(days)),
    )
