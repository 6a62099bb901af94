"""How a cycle ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from alchemiser.domain.books.reconciliation import Break
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.records import (
    CycleStatus,
    StrategyFailed,
    StrategyUndecided,
    TargetDecided,
)
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.ports.notifier import Alert, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Say how a cycle ended.

    Attributes:
        status: The status of the contract.
        reason: One plain sentence, or "".
        exit_code: The exit code of the contract.
        open: Whether the cycle is to be gone on with by the next run.
        unread_inputs: Whether it ended because its inputs could not be read.
        repeated: Whether an earlier run has told just this of the session.
    """

    status: CycleStatus
    reason: str
    exit_code: int
    open: bool = False
    unread_inputs: bool = False
    repeated: bool = False

    DONE: ClassVar[int] = 0
    PARTIAL: ClassVar[int] = 1
    REFUSED: ClassVar[int] = 3
    UNKNOWN: ClassVar[int] = 4

    @classmethod
    def skipped(cls, reason: str) -> "Ending":
        """Return the end of a session that was not traded."""
        return cls(status=CycleStatus.SKIPPED, reason=reason, exit_code=cls.REFUSED)

    @classmethod
    def unread(cls, reason: str) -> "Ending":
        """Return the end of a session whose inputs could not be read."""
        return cls(
            status=CycleStatus.SKIPPED,
            reason=reason,
            exit_code=cls.REFUSED,
            unread_inputs=True,
        )

    @classmethod
    def unproved(cls, why: str) -> "Ending":
        """Return the end of a session that was traded, and whose account cannot be looked at."""
        return cls(
            status=CycleStatus.FAILED,
            reason=f"what came of the orders is not proved, run again once it can be: {why}",
            exit_code=cls.UNKNOWN,
            open=True,
        )

    @classmethod
    def unresolved(cls, names: Sequence[ClOrdId], breaks: Sequence[Break]) -> "Ending":
        """Return the state of a session in which nobody knows what became of an order."""
        found = "; ".join(row.sentence() for row in breaks)
        differ = f" Meanwhile books and broker differ: {found}." if found else ""
        reason = (
            f"the outcome of {', '.join(names)} is unknown: run again to ask the broker, then "
            f"resume.{differ}"
        )
        return cls(status=CycleStatus.FAILED, reason=reason, exit_code=cls.UNKNOWN, open=True)

    @classmethod
    def broken(cls, breaks: Sequence[Break]) -> "Ending":
        """Return the end of a session in which books and broker differ."""
        found = "; ".join(row.sentence() for row in breaks)
        what = (
            "nothing is traded" if any(row.symbol is None for row in breaks) else "it is not bought"
        )
        reason = (
            f"books and broker differ: {found}; {what} until they agree: undo the change at the "
            "broker, or take it over with `alchemiser reconcile --adopt`."
        )
        return cls(status=CycleStatus.FAILED, reason=reason, exit_code=cls.UNKNOWN)

    @classmethod
    def strange(cls, names: Sequence[ClOrdId]) -> "Ending":
        """Return the end of a session in which another engine trades the account (FAULTS B12)."""
        reason = (
            f"the broker has {', '.join(names)}, which bears our name and is not in this journal: "
            "another engine trades this account, or the journal is not its own; stop the other, or "
            "restore the journal, then resume."
        )
        return cls(status=CycleStatus.FAILED, reason=reason, exit_code=cls.UNKNOWN)

    def alerts(self) -> Iterator[Alert]:
        """Yield what the owner should hear of how the cycle ended."""
        if self.status is not CycleStatus.COMPLETED:
            severity = Severity.CRITICAL if self.exit_code == self.UNKNOWN else Severity.WARNING
            yield Alert(severity=severity, code=f"cycle_{self.status}", text=self.reason)


def decision_alerts(cycle: CycleState) -> Iterator[Alert]:
    """Yield what the owner should hear of a decision; told once, by the run that made it."""
    for answer in cycle.answers.values():
        if isinstance(answer, StrategyFailed):
            text = f"{answer.strategy} failed, its book stays as it is: {answer.reason}"
            yield Alert(severity=Severity.CRITICAL, code="strategy_failed", text=text)
        elif isinstance(answer, TargetDecided) and answer.instead_of:
            text = f"{answer.strategy} falls back, as it does not decide: {answer.instead_of}"
            yield Alert(severity=Severity.CRITICAL, code="strategy_fallback", text=text)
        elif isinstance(answer, StrategyUndecided):
            why = why_undecided(answer, cycle)
            text = f"{answer.strategy} is undecided, its book stays as it is: {why}"
            yield Alert(severity=Severity.WARNING, code="strategy_undecided", text=text)
    for given_up in cycle.exits:
        yield Alert(severity=Severity.WARNING, code="exit", text=given_up.sentence())
    for bound in cycle.limited:
        yield Alert(severity=Severity.WARNING, code="limited", text=bound.sentence())


def why_undecided(answer: StrategyUndecided | StrategyFailed, cycle: CycleState) -> str:
    """Return why a strategy did not decide: what the data gate found says more than its effect."""
    blocked = [] if isinstance(answer, StrategyFailed) else answer.symbols
    found = [cycle.blocked[name].detail for name in blocked if name in cycle.blocked]
    return " ".join(found) or answer.reason
