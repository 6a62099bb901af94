"""Books and broker compared between cycles, and what the owner takes over where they differ."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from alchemiser.application.admission import check_account
from alchemiser.application.agreement import Agreement, agree
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.domain.books.entries import adopted
from alchemiser.domain.books.ledger import Posting
from alchemiser.domain.books.reconciliation import Break
from alchemiser.domain.journal.account_records import ActivityBooked, BreakAdopted, FillTakenBack
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import Stage
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from alchemiser.domain.values.identifiers import ClOrdId, Symbol, symbol
from alchemiser.domain.values.numbers import ZERO
from alchemiser.ports.errors import LeaseHeldError

CASH = "cash"
"""What the owner calls the account's money; tickers are written in capitals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What a comparison brought.

    Attributes:
        booked: What had happened in the account since the last one, in plain words.
        breaks: Where books and broker differ still.
        adopted: What the books took over from the broker.
        strangers: Orders that bear our names and are not in this journal.
        refused: Why nothing was done, or "".
    """

    booked: tuple[str, ...] = ()
    breaks: tuple[Break, ...] = ()
    adopted: tuple[Posting, ...] = ()
    strangers: tuple[ClOrdId, ...] = ()
    refused: str = ""

    def exit_code(self) -> int:
        """Return the exit code of the contract."""
        if self.breaks or self.strangers:
            return 4
        return 3 if self.refused else 0

    def sentence(self) -> str:
        """Return what is not as it should be, in plain words, or ""."""
        told = [self.refused] if self.refused else []
        if self.strangers:
            told.append(
                f"the broker has {', '.join(self.strangers)}, which bears our name and is not in "
                "this journal: stop the other engine that trades this account, or restore the "
                "journal."
            )
        if self.breaks:
            found = "; ".join(row.sentence() for row in self.breaks)
            remedy = "undo the change at the broker, or add --adopt SYMBOL (or cash) --reason TEXT."
            told.append(f"books and broker differ: {found}; {remedy}")
        return " ".join(told)


async def reconcile_account(
    engine: Engine, *, actor: str, adopt: str | None = None, reason: str = ""
) -> Reconciliation:
    """Book what happened in the account, compare, and take over what the owner names.

    Args:
        engine: The account's engine, which need not know any strategy.
        actor: Who asks.
        adopt: The symbol, or `cash`, in which the broker is right; None to compare only.
        reason: Why it is; recorded.

    Raises:
        SettingsError: When `adopt` is neither a ticker nor `cash`, or has no reason, or when the
            journal belongs to another account.
        PortError: When broker, journal or market data cannot be used.
    """
    name = _named(adopt, reason)
    try:
        with engine.lease.hold(engine.broker.lease_key()):
            ledger = Ledger(engine.journal)
            check_account(ledger.state, engine.broker.account_id())
            refusal = _refusal(ledger.state)
            if refusal:
                return Reconciliation(refused=refusal)
            agreed = await _compare(engine, ledger)
            if adopt is None:
                return _report(agreed)
            return _adopt(engine, ledger, agreed, name, (actor, reason))
    except LeaseHeldError as error:
        return Reconciliation(refused=str(error))


def _named(adopt: str | None, reason: str) -> Symbol | None:
    if adopt is not None and not reason.strip():
        msg = "what is taken over from the broker needs a reason: add --reason TEXT."
        raise SettingsError(msg)
    if adopt in {None, CASH}:
        return None
    try:
        return symbol(str(adopt))
    except InvalidValueError as error:
        msg = f"--adopt takes a ticker, or {CASH} for the account's money: {error}"
        raise SettingsError(msg) from error


def _refusal(state: EngineState) -> str:
    if not state.books:
        return "there are no books yet: the first `alchemiser run` opens them on the account."
    if state.current is not None and state.current.is_in_flight():
        return "orders are in flight: run `alchemiser run` again, so that they are followed up."
    return ""


async def _compare(engine: Engine, ledger: Ledger) -> Agreement:
    now = engine.clock.now()
    agreed = await agree(engine, ledger.state, now.date())
    records = (*agreed.opening, *agreed.news, agreed.compared(Stage.BETWEEN))
    ledger.record(records, at=engine.clock.now())
    for alert in agreed.alerts():
        engine.notifier.notify(alert)
    return agreed


def _adopt(
    engine: Engine,
    ledger: Ledger,
    agreed: Agreement,
    name: Symbol | None,
    who: tuple[str, str],
) -> Reconciliation:
    found = tuple(row for row in agreed.breaks if row.symbol == name)
    unexplained = name in ledger.state.accounting.unexplained
    if not found and not unexplained:
        told = f"in {name or CASH} books and broker agree: there is nothing to adopt."
        return replace(_report(agreed), refused=told)
    difference = sum((row.difference() for row in found), ZERO)
    postings = adopted(name, difference, ledger.state.books) if difference != ZERO else ()
    actor, reason = who
    record = BreakAdopted(symbol=name, actor=actor, reason=reason, breaks=found, postings=postings)
    ledger.record((record,), at=engine.clock.now())
    left = tuple(row for row in agreed.breaks if row.symbol != name)
    return replace(_report(agreed), breaks=left, adopted=postings)


def _report(agreed: Agreement) -> Reconciliation:
    return Reconciliation(
        booked=tuple(_booked(agreed)),
        breaks=agreed.breaks,
        strangers=agreed.strangers,
    )


def _booked(agreed: Agreement) -> Iterator[str]:
    for one in agreed.news:
        if isinstance(one, ActivityBooked):
            yield one.activity.sentence()
        elif isinstance(one, FillTakenBack):
            yield one.sentence()
