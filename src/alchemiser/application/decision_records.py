"""A decision as records."""

from alchemiser.application.engine import Engine
from alchemiser.application.inputs import TakenInputs
from alchemiser.domain.cycle.decide import CycleDecision
from alchemiser.domain.execution.facts import OrderRefused
from alchemiser.domain.journal.adjustments import PositionExited, TargetSized
from alchemiser.domain.journal.cycle_state import StrategyAnswer
from alchemiser.domain.journal.records import (
    InputsTaken,
    OrderApproved,
    OrderPlanned,
    PortfolioAssessed,
    Record,
    StrategyFailed,
    StrategyUndecided,
    SymbolBlocked,
    TargetDecided,
    TargetsConsolidated,
)
from alchemiser.domain.journal.source_records import QuorumMissed
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.document import content_hash
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.session import Session
from alchemiser.ports.strategy import Strategy


def decision_records(
    decision: CycleDecision, engine: Engine
) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Return the strategies' answers, and everything that follows from them, as records."""
    strategies = {row.strategy_id: row.strategy for row in engine.strategies}
    answers: tuple[Record, ...] = (
        *(QuorumMissed(dissent=dissent) for dissent in decision.dissents),
        *(
            answer_record(name, outcome, strategies[name], decision)
            for name, outcome in decision.outcomes
        ),
    )
    crossings = decision.plan.crossings
    shaped = decision.shaped
    rest: tuple[Record, ...] = (
        *(PositionExited(strategy=name, exit=one) for name, one in shaped.exits),
        *(TargetSized(strategy=name, cut=cut) for name, cut in shaped.sized),
        TargetsConsolidated(
            contributions=decision.consolidation.contributions, crossings=crossings
        ),
        PortfolioAssessed(limited=decision.assessment.limited, refused=decision.assessment.refused),
        OrderPlanned(plan=decision.plan),
        *(OrderApproved(order=planned.request()) for planned in decision.plan.orders),
        *(OrderRefused(order=order, violation=why) for order, why in decision.refused),
    )
    return answers, rest


def answer_record(
    name: StrategyId, outcome: StrategyOutcome, strategy: Strategy, decision: CycleDecision
) -> StrategyAnswer:
    """Return one strategy's answer in `decision` as a record."""
    match outcome:
        case Decided(target=target, trace=trace, instead_of=instead_of):
            return TargetDecided(
                strategy=name,
                tree=content_hash(strategy.tree) if isinstance(strategy, RuleStrategy) else "",
                weights=target.weights,
                trace=trace,
                regime=decision.regime,
                resting=name in decision.resting,
                instead_of=instead_of,
            )
        case Undecided():
            return StrategyUndecided(
                strategy=name,
                reason=outcome.reason,
                symbols=outcome.symbols,
                lacks_history=outcome.lacks_history,
                trace=outcome.trace,
            )
        case _:
            return StrategyFailed(strategy=name, reason=outcome.reason)


def input_records(session: Session, taken: TakenInputs) -> tuple[Record, ...]:
    """Return what a decision rests on as records."""
    inputs = InputsTaken(
        session=session.day,
        bars=taken.analysis.bars,
        provisional=taken.provisional,
        quotes=taken.quotes,
        account=taken.account,
    )
    blocked = tuple(
        SymbolBlocked(symbol=finding.symbol, code=finding.code.value, detail=finding.text)
        for finding in taken.analysis.findings
        if finding.blocks
    )
    compared = () if taken.comparison is None else (taken.comparison.record,)
    return (inputs, *compared, *blocked)
