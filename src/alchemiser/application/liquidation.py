"""Closing all that the account holds, whatever state trading is in, and then standing still.

It goes round: read the account, plan a sell of each position and a buy of each short one, work the
plan to its end, and read the account again, until nothing is left that can be closed or nobody
takes any more of it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from alchemiser.application.agreement import Agreement, agree, look
from alchemiser.application.engine import Engine
from alchemiser.application.inputs import fresh_quotes
from alchemiser.application.ledger import Ledger
from alchemiser.application.obeying import Obeying
from alchemiser.application.past import risk_history
from alchemiser.application.shell import Shell
from alchemiser.domain.books.reconciliation import Break
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.refusals import last_refusals
from alchemiser.domain.execution.release import ReleaseRules
from alchemiser.domain.journal.records import (
    CycleFinished,
    CycleKind,
    CycleStarted,
    CycleStatus,
    OrderPlanned,
    Record,
    Stage,
)
from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.closing import ORDERS_END_BEFORE_CLOSE
from alchemiser.domain.orders.messages import ExecutionReport, Side
from alchemiser.domain.planning.liquidation import left_out, liquidation_plan
from alchemiser.domain.planning.planner import PlanInputs
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.identifiers import ClOrdId, CycleId, Symbol, cycle_id
from alchemiser.domain.values.session import Session
from alchemiser.ports.errors import PortError

ROUNDS_MAX: Final = 30
"""Plans that one liquidation works at most."""
FRUITLESS_MAX: Final = 3
"""Rounds in a row in which nothing was filled, after which it waits no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidationReport:
    """What became of selling everything.

    Attributes:
        fills: What was sold, and what was bought back.
        left: Positions that are held still, and why.
        unresolved: Orders whose outcome is not known.
        breaks: Where books and broker differ.
        strangers: Orders of the session that bear our names and are not in this journal.
        refused: Why nothing was done, or "".
        overtaken: Which engine holds the account still, though it can do nothing more, or "".
    """

    fills: tuple[ExecutionReport, ...] = ()
    left: tuple[tuple[Position, str], ...] = ()
    unresolved: tuple[ClOrdId, ...] = ()
    breaks: tuple[Break, ...] = ()
    strangers: tuple[ClOrdId, ...] = ()
    refused: str = ""
    overtaken: str = ""

    def exit_code(self) -> int:
        """Return the exit code of the contract: 4 outranks 1, 1 outranks 3."""
        if self.unresolved or self.strangers or self.breaks:
            return 4
        if self.refused or (self.left and not self.fills):
            return 3
        return 1 if self.left else 0

    def sentence(self) -> str:
        """Return what is not as it should be, in plain words, or ""."""
        if self.refused:
            return self.refused
        if self.unresolved:
            return f"the outcome of {', '.join(self.unresolved)} is unknown: liquidate again."
        if self.strangers:
            return (
                f"the broker has {', '.join(self.strangers)}, which bears our name and is not in "
                "this journal: stop the other engine that trades this account, then liquidate "
                "again."
            )
        if self.breaks:
            return "; ".join(row.sentence() for row in self.breaks)
        held = (f"{row.quantity:f} {row.symbol}: {why}" for row, why in self.left)
        return f"still held: {'; '.join(held)}." if self.left else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """Hold what one round brought."""

    fills: tuple[ExecutionReport, ...]
    unresolved: tuple[ClOrdId, ...]


class Liquidation:
    """Sell everything, under the account's lease or in its place."""

    def __init__(self, engine: Engine, ledger: Ledger, obeys: Obeying) -> None:
        """Work with `engine`, recording through `ledger`, which has taken the journal over."""
        self._obeys = obeys
        self._engine = engine
        self._ledger = ledger
        self._account = engine.broker.account_id()

    async def run(self, session: Session | None) -> LiquidationReport:
        """Return what was sold and what is left.

        Raises:
            PortError: When broker or journal fail in a way that leaves nothing to report.
        """
        fills: list[ExecutionReport] = []
        unresolved: tuple[ClOrdId, ...] = ()
        fruitless = 0
        await self._catch_up()
        account = await self._read()
        for _ in range(ROUNDS_MAX):
            if session is None or self._is_over(session) or not account.positions:
                break
            found = await self._round(session, account)
            if found is None:
                break
            fills += found.fills
            unresolved, fruitless = found.unresolved, 0 if found.fills else fruitless + 1
            account = await self._read()
            if unresolved or fruitless == FRUITLESS_MAX or self._is_stopped():
                break
        agreed = await self._compare(account.at.date(), certain=not unresolved)
        left = await self._left(session, account)
        return LiquidationReport(
            fills=tuple(fills),
            left=left,
            unresolved=unresolved,
            breaks=agreed.breaks,
            strangers=agreed.strangers,
        )

    async def _compare(self, day: date, *, certain: bool) -> Agreement:
        """Compare books and broker, and record it for what was sold."""
        agreed = await agree(self._engine, self._ledger.state, day)
        if certain:
            self._book(agreed)
            if self._ledger.state.liquidations.get(day):
                self._record(agreed.compared(Stage.AFTER))
        return agreed

    def _book(self, seen: Agreement) -> None:
        """Record what happened in the account, and tell it."""
        self._record(*seen.news)
        for alert in seen.alerts():
            self._engine.notifier.notify(alert)

    async def _catch_up(self) -> None:
        """Book what happened in the account, so that what is sold is its owners'."""
        state, day = self._ledger.state, self._engine.clock.now().date()
        try:
            seen = await self._engine.calls.call(lambda: look(self._engine, state, day))
        except PortError:
            # Whose it is can be put right later; that it is sold cannot wait.
            return
        self._book(seen)

    def _is_stopped(self) -> bool:
        """Say whether the owner has halted what a breaker does."""
        halted = self._ledger.state.standing.halt is not None
        return halted and self._obeys is Obeying.THE_BRAKE

    async def _read(self) -> AccountSnapshot:
        return await self._engine.calls.call(self._engine.broker.account)

    def _is_over(self, session: Session) -> bool:
        now = self._engine.clock.now()
        return now >= self._deadline(session) or not (
            session.is_open(now) or self._engine.any_hour()
        )

    @staticmethod
    def _deadline(session: Session) -> datetime:
        return session.close_at - ORDERS_END_BEFORE_CLOSE

    async def _round(self, session: Session, account: AccountSnapshot) -> _Round | None:
        """Work one plan; None when there is nothing that can be closed now."""
        inputs = await self._inputs(session, account)
        done = self._ledger.state.liquidations.get(session.day, [])
        plan = liquidation_plan(
            account.positions,
            self._ledger.state.books,
            inputs,
            self._engine.policy.planning,
            self._attempts(session.day),
        )
        if not plan.orders:
            return None
        name = CycleId(f"{cycle_id(self._account, session.day)}-liquidation-{len(done) + 1}")
        self._record(self._started(name, session), OrderPlanned(plan=plan))
        cycle = self._ledger.state.cycle()
        machine = Machine(
            cycle.execution(plan), self._rules(session, inputs), self._engine.execution
        )
        await Shell(self._engine, self._ledger, machine, self._obeys).work()
        unresolved = machine.unresolved()
        if not unresolved:
            # One with an unknown outcome stays open, so that the next run asks again.
            self._record(
                CycleFinished(
                    cycle_id=name,
                    status=CycleStatus.COMPLETED if cycle.fills else CycleStatus.PARTIAL,
                    reason="everything is sold by order",
                    finished_at=self._engine.clock.now(),
                )
            )
        return _Round(fills=tuple(cycle.fills), unresolved=unresolved)

    def _attempts(self, day: date) -> dict[tuple[Symbol, Side], int]:
        """Return the last number that was used of each slot on `day`."""
        state, last = self._ledger.state, dict[tuple[Symbol, Side], int]()
        cycles = (state.cycles.get(day), *state.liquidations.get(day, ()))
        plans = ((cycle, cycle.plan) for cycle in cycles if cycle is not None)
        for cycle, plan in plans:
            parents = cycle.execution(plan).parents.values() if plan is not None else ()
            for parent in parents:
                last[parent.planned.symbol, parent.planned.side] = parent.last_attempt()
        return last

    def _started(self, name: CycleId, session: Session) -> CycleStarted:
        return CycleStarted(
            cycle_id=name,
            session=session.day,
            account=self._account,
            mode=self._engine.mode.value,
            code=self._engine.identity.code,
            configuration=self._engine.identity.configuration,
            plugins=(),
            kind=CycleKind.LIQUIDATION,
        )

    async def _inputs(self, session: Session, account: AccountSnapshot) -> PlanInputs:
        names = [row.symbol for row in account.positions]
        now = self._engine.clock.now()
        quotes = await self._engine.calls.call(lambda: self._engine.market.quotes(names, at=now))
        return PlanInputs(
            account=self._account,
            session=session.day,
            deadline=self._deadline(session),
            quotes={one.symbol: one for one in fresh_quotes(quotes, self._engine)},
            instruments={name: self._engine.reference.instrument(name) for name in names},
            held={row.symbol: row.quantity for row in account.positions},
        )

    def _rules(self, session: Session, inputs: PlanInputs) -> ReleaseRules:
        return ReleaseRules(
            # Halted for everything else: what is sent here only makes positions smaller.
            state=TradingState.REDUCING,
            session=session,
            instruments=inputs.instruments,
            limits=self._engine.policy.limits,
            history=risk_history(self._engine, self._ledger.state, session, None),
            any_hour=self._engine.any_hour(),
        )

    async def _left(
        self, session: Session | None, account: AccountSnapshot
    ) -> tuple[tuple[Position, str], ...]:
        if not account.positions:
            return ()
        if session is None or self._is_over(session):
            return tuple((row, "the exchange is closed") for row in account.positions)
        done = self._ledger.state.liquidations.get(session.day, ())
        refused = last_refusals(fact for _, fact in done[-1].facts) if done else {}
        nobody = "nobody took it within its price bound"
        why = refused | dict(left_out(account.positions, await self._inputs(session, account)))
        return tuple((row, why.get(row.symbol, nobody)) for row in account.positions)

    def _record(self, *new: Record) -> None:
        self._ledger.record(new, at=self._engine.clock.now())
