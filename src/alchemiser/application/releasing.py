"""What each order of a plan is judged by when it is released."""

from alchemiser.application.engine import Engine
from alchemiser.application.going_live import capped
from alchemiser.domain.execution.release import ReleaseRules
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.risk.history import RiskHistory
from alchemiser.domain.values.session import Session


def release_rules(
    engine: Engine,
    state: EngineState,
    session: Session,
    execution: ExecutionState,
    history: RiskHistory,
) -> ReleaseRules:
    """Return the rules under which the plan of `execution` is worked.

    Args:
        engine: Whose limits they are.
        state: What the journal says.
        session: The session that is traded.
        execution: The plan, from where its records stand.
        history: What went before the session.
    """
    names = {order.symbol for order in execution.plan.orders}
    for book in state.books.values():
        names |= book.positions.keys()
    return ReleaseRules(
        state=state.state,
        session=session,
        instruments={name: engine.reference.instrument(name) for name in sorted(names)},
        limits=capped(engine, state, session.day).limits,
        history=history,
        any_hour=engine.any_hour(),
        refusals_max=engine.policy.breakers.refusals_max,
    )
