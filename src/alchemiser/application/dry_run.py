"""What the engine would do now: nothing is recorded, nothing is sent."""

from datetime import date

from alchemiser.application.admission import judged_last
from alchemiser.application.agreement import Agreement
from alchemiser.application.deciding import Deliberation, deliberate
from alchemiser.application.decision_records import answer_record
from alchemiser.application.engine import Engine
from alchemiser.application.inputs import Analyst, FreshAnalyst
from alchemiser.application.ledger import Ledger
from alchemiser.application.outcome import before_deciding, strategy_line
from alchemiser.application.reading import read_inputs
from alchemiser.application.report import PlanReport, SignalsReport, StrategyLine
from alchemiser.application.strategies import as_changed
from alchemiser.application.watching import watch_before
from alchemiser.domain.journal.cycle_state import StrategyAnswer
from alchemiser.domain.journal.records import Stage
from alchemiser.domain.values.errors import SettingsError


async def read_signals(engine: Engine, day: date, analyst: Analyst | None = None) -> SignalsReport:
    """Return what each strategy wants in the session of `day`, and why.

    Raises:
        SettingsError: When `day` is not a session.
        PortError: When the inputs cannot be read.
    """
    _, deliberation = await _deliberate(engine, day, analyst)
    return SignalsReport(
        as_of=day, timing=engine.contract(), strategies=_lines(engine, deliberation)
    )


async def dry_plan(engine: Engine, day: date, analyst: Analyst | None = None) -> PlanReport:
    """Return the plan that a cycle for the session of `day` would make.

    Raises:
        SettingsError: When `day` is not a session.
        PortError: When the inputs cannot be read.
    """
    agreed, deliberation = await _deliberate(engine, day, analyst)
    ended = before_deciding(agreed)
    if ended is not None:
        return PlanReport(as_of=day, timing=engine.contract(), stopped=ended.reason)
    decision = deliberation.decision
    return PlanReport(
        as_of=day,
        timing=engine.contract(),
        orders=decision.plan.orders,
        refused=decision.refused,
        plan_refused=decision.assessment.refused,
        limited=decision.assessment.limited,
        target=decision.consolidation.contributions,
        transfers=decision.allocated.transfers,
        strategies=_lines(engine, deliberation),
    )


async def _deliberate(
    engine: Engine, day: date, analyst: Analyst | None
) -> tuple[Agreement, Deliberation]:
    session = engine.calendar.session(day)
    if session is None:
        msg = f"{day} is not a session of the exchange: name a trading day."
        raise SettingsError(msg)
    state = Ledger(engine.journal).state
    engine = as_changed(engine, state)
    analyst = analyst or FreshAnalyst(keep=False)
    agreed, taken = await read_inputs(engine, state, session, analyst)
    judged = judged_last(state)
    watched = judged is None or day >= judged  # else it is a look back, and gains are told already
    # What would be recorded changes this copy alone: a breaker that would trip is reckoned with.
    for record in (*agreed.news, agreed.compared(Stage.BETWEEN)):
        state.apply(record, engine.clock.now())
    for record in watch_before(engine, state, session, taken).records if watched else ():
        state.apply(record, engine.clock.now())
    return agreed, deliberate(engine, state, session, taken)


def _lines(engine: Engine, deliberation: Deliberation) -> tuple[StrategyLine, ...]:
    strategies = {row.strategy_id: row.strategy for row in engine.strategies}
    answers: list[StrategyAnswer] = [
        answer_record(name, outcome, strategies[name], deliberation.decision)
        for name, outcome in deliberation.decision.outcomes
    ]
    return tuple(strategy_line(answer) for answer in answers)
