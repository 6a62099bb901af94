"""How a cycle ended, and the report that says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from alchemiser.application.agreement import Agreement
from alchemiser.application.ending import Ending, why_undecided
from alchemiser.application.ledger import CODEC
from alchemiser.application.report import CycleReport, FillLine, OrderLine, StrategyLine
from alchemiser.domain.execution.facts import ExecutionReported, OrderReduced, OrderRefused
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import Child, Parent, Phase
from alchemiser.domain.journal.cycle_state import CycleState, StrategyAnswer
from alchemiser.domain.journal.records import (
    CycleStatus,
    OrderPlanned,
    PortfolioAssessed,
    StrategyFailed,
    StrategyUndecided,
    TargetDecided,
)
from alchemiser.domain.orders.messages import ExecutionReport, NewOrderSingle
from alchemiser.domain.values.identifiers import ClOrdId, CycleId
from alchemiser.domain.values.numbers import ZERO


def no_decision(cycle: CycleState) -> Ending:
    """Return the end of a cycle in which no strategy decided."""
    answers = [cycle.answers[name] for name in sorted(cycle.answers)]
    sharing: dict[str, list[str]] = {}
    for answer in answers:
        if not isinstance(answer, TargetDecided):
            sharing.setdefault(why_undecided(answer, cycle), []).append(answer.strategy)
    reasons = " ".join(f"{' and '.join(names)}: {why}" for why, names in sharing.items())
    if any(isinstance(answer, StrategyFailed) for answer in answers):
        return Ending(
            status=CycleStatus.FAILED,
            reason=f"no strategy decided: {reasons}",
            exit_code=Ending.PARTIAL,
        )
    return Ending.skipped(f"nothing could decide: {reasons or 'every strategy is disabled.'}")


def before_deciding(agreed: Agreement) -> Ending | None:
    """Return how a session ends whose account is not its journal's, or None."""
    if agreed.strangers:
        return Ending.strange(agreed.strangers)
    if any(row.symbol is None for row in agreed.breaks):
        return Ending.broken(agreed.breaks)
    return None


def after_trading(
    cycle: CycleState,
    execution: ExecutionState,
    unresolved: Sequence[ClOrdId],
    agreed: Agreement,
) -> Ending:
    """Return the end of a cycle whose plan was worked; 4 outranks 1."""
    if unresolved:
        # Whatever else is wrong: were the cycle over, nobody would ask for the outcome any more.
        return Ending.unresolved(unresolved, agreed.breaks)
    if agreed.strangers:
        return Ending.strange(agreed.strangers)
    if agreed.breaks:
        return Ending.broken(agreed.breaks)
    if cycle.refused:
        reason = "; ".join(violation.sentence() for violation in cycle.refused)
        return Ending(status=CycleStatus.FAILED, reason=reason, exit_code=Ending.PARTIAL)
    shortfalls = [*_failed(cycle), *_short(cycle, execution)]
    if shortfalls:
        return Ending(
            status=CycleStatus.PARTIAL, reason="; ".join(shortfalls), exit_code=Ending.PARTIAL
        )
    return Ending(status=CycleStatus.COMPLETED, reason="", exit_code=Ending.DONE)


def _failed(cycle: CycleState) -> Iterator[str]:
    for answer in cycle.answers.values():
        if isinstance(answer, StrategyFailed):
            yield f"{answer.strategy} failed: {answer.reason}"
        elif isinstance(answer, StrategyUndecided) and not answer.lacks_history:
            yield f"{answer.strategy} is undecided: {why_undecided(answer, cycle)}"


def _short(cycle: CycleState, execution: ExecutionState) -> Iterator[str]:
    for _, fact in cycle.facts:
        if isinstance(fact, OrderRefused) and execution.lacks(fact.order):
            yield f"refused: {fact.violation.sentence()}"
        elif isinstance(fact, OrderReduced):
            yield f"{fact.cl_ord_id} reduced from {fact.planned:f} to {fact.released:f}"
    for parent in execution.parents.values():
        symbol, filled = parent.planned.symbol, parent.done().quantity
        if not filled and parent.phase() is Phase.REFUSED:
            yield f"{symbol} not sent: {parent.ended}"
        elif filled < parent.quantity:
            why = f": {parent.ended}" if parent.ended else ""
            yield f"{symbol} filled {filled:f} of {parent.quantity:f}{why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Hold a session that has ended: whoever wants its report has it made.

    Attributes:
        cycle_id: The cycle's name.
        session: The day it was for.
        cycle: What is recorded of it, or None when none began.
        ending: How it ended.
    """

    cycle_id: CycleId
    session: date
    cycle: CycleState | None
    ending: Ending

    def strategies(self) -> tuple[StrategyLine, ...]:
        """Return what each strategy said, sorted."""
        answers = {} if self.cycle is None else self.cycle.answers
        return tuple(strategy_line(answers[name]) for name in sorted(answers))

    def digest(self) -> str:
        """Return SHA-256 of what was decided and filled, or "" when nothing was planned."""
        return "" if self.cycle is None else cycle_digest(self.cycle)

    def report(self) -> CycleReport:
        """Return how it went, order by order."""
        ending, cycle = self.ending, self.cycle
        told = CycleReport(
            status=ending.status,
            reason=ending.reason,
            exit_code=ending.exit_code,
            cycle_id=self.cycle_id,
            session=self.session,
        )
        if cycle is None:
            return told
        return replace(
            told,
            strategies=self.strategies(),
            orders=order_lines(cycle),
            fills=tuple(fill_line(fill) for fill in cycle.fills),
            exits=tuple(cycle.exits),
            sized=tuple(cycle.sized),
            limited=cycle.limited,
            reconciled=cycle.reconciled_after,
            breaks=cycle.breaks.breaks if cycle.breaks else (),
            digest=self.digest(),
        )


def cycle_digest(cycle: CycleState) -> str:
    """Return SHA-256 of what was decided and filled, or "" when nothing was planned."""
    if cycle.plan is None:
        return ""
    digest = sha256()
    answers = (cycle.answers[name] for name in sorted(cycle.answers))
    assessed = PortfolioAssessed(limited=cycle.limited, refused=cycle.refused)
    fills = (ExecutionReported(report=fill) for fill in cycle.fills)
    for record in (*answers, assessed, OrderPlanned(plan=cycle.plan), *fills):
        digest.update(CODEC.encode(record)[2].encode())
    return digest.hexdigest()


def strategy_line(answer: StrategyAnswer) -> StrategyLine:
    """Return what one strategy said."""
    match answer:
        case TargetDecided():
            return StrategyLine(
                strategy=answer.strategy,
                state="decided",
                weights=answer.weights,
                reason=answer.instead_of,
                trace=answer.trace,
                regime=answer.regime,
                resting=answer.resting,
            )
        case StrategyUndecided():
            return StrategyLine(
                strategy=answer.strategy,
                state="undecided",
                reason=answer.reason,
                lacks_history=answer.lacks_history,
                trace=answer.trace,
            )
        case StrategyFailed():
            return StrategyLine(strategy=answer.strategy, state="failed", reason=answer.reason)


def order_lines(cycle: CycleState) -> tuple[OrderLine, ...]:
    """Return every order of the plan, then those that never made it into the plan."""
    if cycle.plan is None:
        return ()
    execution = cycle.execution(cycle.plan)
    planned = (line for parent in execution.parents.values() for line in _lines_of(parent))
    refused = (
        _unsent_line(fact.order, Phase.REFUSED, fact.violation.sentence())
        for _, fact in cycle.facts
        if isinstance(fact, OrderRefused) and execution.lacks(fact.order)
    )
    return (*planned, *refused)


def _lines_of(parent: Parent) -> Iterator[OrderLine]:
    """Yield a line for each order that was sent, or one for what never was."""
    for child in parent.children:
        yield _sent_line(child)
    if not parent.children:
        yield _unsent_line(parent.planned.request(), parent.phase(), parent.ended or "")


def _sent_line(child: Child) -> OrderLine:
    order = child.order
    return OrderLine(
        cl_ord_id=child.name,
        symbol=child.symbol,
        side=child.side,
        order_qty=order.request.order_qty,
        price=order.request.price,
        status=order.status if child.phase is Phase.DONE else child.phase,
        cum_qty=order.cum_qty,
        avg_px=order.avg_px(),
        reason=child.reason,
    )


def _unsent_line(request: NewOrderSingle, phase: Phase, reason: str) -> OrderLine:
    return OrderLine(
        cl_ord_id=request.cl_ord_id,
        symbol=request.symbol,
        side=request.side,
        order_qty=request.order_qty,
        price=request.price,
        status=phase,
        cum_qty=ZERO,
        avg_px=None,
        reason=reason,
    )


def fill_line(fill: ExecutionReport) -> FillLine:
    """Return one fill for people and programs."""
    return FillLine(
        exec_id=fill.exec_id,
        cl_ord_id=fill.cl_ord_id,
        symbol=fill.symbol,
        side=fill.side,
        quantity=fill.last_qty,
        price=fill.last_px,
        commission=fill.commission,
        at=fill.transact_time,
    )
