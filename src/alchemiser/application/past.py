"""What the checks have to know of earlier sessions, read from the records and the bars."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from alchemiser.application.engine import Engine
from alchemiser.application.inputs import Analysis
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.standing import SESSIONS_KEPT
from alchemiser.domain.market_rules.proceeds import unsettled_proceeds
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.history import RiskHistory, sessions_counted
from alchemiser.domain.risk.markets import MarketHistory
from alchemiser.domain.values.session import Session

LOOK_BACK = timedelta(days=100)
"""Calendar days that hold the sessions in which trades are counted and settle."""
SETTLING = 10
"""Sessions within which every trade has settled, whatever holidays fall in them."""


def risk_history(
    engine: Engine, state: EngineState, session: Session, analysis: Analysis | None
) -> RiskHistory:
    """Return what went before `session`; without an `analysis` the markets' past is unknown."""
    before = engine.calendar.sessions(session.day - LOOK_BACK, session.day)
    sessions = tuple(one.day for one in before[-SESSIONS_KEPT:])
    counted = sessions_counted(engine.policy.limits)
    return RiskHistory(
        sessions=sessions,
        anchors=state.standing.anchors(session.day),
        executions=state.standing.traded(sessions[-counted:-1]),
        unsettled=unsettled_proceeds(session.day, _sales(state, sessions[-SETTLING:]), sessions),
        markets=_markets(engine, analysis),
        unreconciled=state.accounting.unreconciled(session.day),
    )


def _sales(state: EngineState, sessions: Sequence[date]) -> Iterator[tuple[date, Decimal]]:
    """Yield the session and the dollars of each of our sales in `sessions`."""
    for day in sessions:
        for one in state.standing.executions.get(day, {}).values():
            if one.side is Side.SELL:
                yield day, one.quantity * one.price


def _markets(engine: Engine, analysis: Analysis | None) -> MarketHistory | None:
    if analysis is None:
        return None
    provisional = engine.schedule.timing.sees_session()
    return MarketHistory.of(
        analysis.panel, analysis.row, engine.policy.limits, provisional=provisional
    )
