"""What the records say of one cycle."""

from dataclasses import dataclass, field
from datetime import datetime

from alchemiser.domain.execution.facts import Fact
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.journal.adjustments import PositionExited, TargetSized
from alchemiser.domain.journal.records import (
    BreakFound,
    CycleFinished,
    CycleStarted,
    InputsTaken,
    StrategyFailed,
    StrategyUndecided,
    SymbolBlocked,
    TargetDecided,
)
from alchemiser.domain.journal.source_records import QuorumMissed, SourcesCompared
from alchemiser.domain.orders.messages import ExecutionReport, NewOrderSingle
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.portfolio.consolidation import Contribution
from alchemiser.domain.risk.clipping import Limited
from alchemiser.domain.risk.limits import Violation
from alchemiser.domain.values.identifiers import ClOrdId, ExecId, StrategyId, Symbol

StrategyAnswer = TargetDecided | StrategyUndecided | StrategyFailed


@dataclass(slots=True)
class CycleState:
    """Hold what is recorded of one cycle."""

    started: CycleStarted
    taken: InputsTaken | None = None
    sources: SourcesCompared | None = None
    dissents: list[QuorumMissed] = field(default_factory=list)
    blocked: dict[Symbol, SymbolBlocked] = field(default_factory=dict)
    answers: dict[StrategyId, StrategyAnswer] = field(default_factory=dict)
    contributions: tuple[Contribution, ...] = ()
    exits: list[PositionExited] = field(default_factory=list)
    sized: list[TargetSized] = field(default_factory=list)
    limited: tuple[Limited, ...] = ()
    refused: tuple[Violation, ...] = ()
    plan: OrderPlan | None = None
    parents: dict[ClOrdId, ClOrdId] = field(default_factory=dict)
    facts: list[tuple[datetime, Fact]] = field(default_factory=list)
    fills: list[ExecutionReport] = field(default_factory=list)
    void: set[ExecId] = field(default_factory=set)
    breaks: BreakFound | None = None
    reconciled_after: bool = False
    finished: CycleFinished | None = None

    def take(self, inputs: InputsTaken) -> None:
        """Begin with `inputs`; a decision that was not recorded is made anew on them."""
        self.taken = inputs
        self.blocked.clear()
        self.exits.clear()
        self.sized.clear()
        self.sources = None
        self.dissents.clear()

    def is_over(self) -> bool:
        """Say whether the session was planned and ended: there is no second plan after that."""
        return self.finished is not None and self.plan is not None

    def is_in_flight(self) -> bool:
        """Say whether it was left with orders that the venue may still act on."""
        plan = None if self.finished is not None else self.plan
        return plan is not None and bool(self.execution(plan).in_flight())

    def take_back(self, fill: ExecId) -> None:
        """Let `fill` not stand, whether it has been told or will be."""
        self.void.add(fill)
        self.fills = [one for one in self.fills if one.exec_id != fill]

    def adopt(self, child: NewOrderSingle) -> None:
        """Remember for which order of the plan `child` is sent."""
        order = None if self.plan is None else self.plan.slots.get((child.symbol, child.side))
        if order is not None:
            self.parents[child.cl_ord_id] = order.cl_ord_id

    def execution(self, plan: OrderPlan) -> ExecutionState:
        """Return where the orders of `plan`, this cycle's, stand."""
        execution = ExecutionState(plan=plan)
        for at, fact in self.facts:
            execution.apply(fact, at)
        return execution
