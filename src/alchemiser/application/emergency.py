"""Getting out: all is stopped, cancelled and sold, whether the engine works, stands or hangs.

The sticky halt comes first, so that an engine at work stops and lets go of the account. When it
does not, being frozen, `take_over` goes on without its lease: the journal's epoch is raised, and
nothing that the frozen engine still tries is recorded or sent.
"""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Final

from alchemiser.application.admission import check_account
from alchemiser.application.cycle import Cycle
from alchemiser.application.engine import Engine
from alchemiser.application.inputs import FreshAnalyst
from alchemiser.application.ledger import Ledger
from alchemiser.application.liquidation import Liquidation, LiquidationReport
from alchemiser.application.obeying import Obeying
from alchemiser.domain.journal.restrictions import TradingHalted
from alchemiser.domain.values.session import Session
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.control import HaltRequest
from alchemiser.ports.errors import LeaseHeldError

PATIENCE: Final = 15
"""Seconds in which an engine at work has to see the halt and let go of the account."""


async def liquidate(
    engine: Engine, waiting: ClockPort, *, actor: str, reason: str, take_over: bool = False
) -> LiquidationReport:
    """Halt trading, cancel what works, and sell everything; trading stays halted.

    Args:
        engine: An engine for the account, which need not know any strategy.
        waiting: The machine's own clock, by which another engine is waited for.
        actor: Who asks.
        reason: Why.
        take_over: Go on although another engine does not let go of the account.

    Raises:
        SettingsError: When the journal belongs to another account; trading is halted all the same.
        PortError: When broker, journal or control folder fail in a way that leaves nothing to
            report; what was asked of the broker before is in the journal.
    """
    now = engine.clock.now()
    engine.control.request_halt(HaltRequest(actor=actor, reason=reason, at=now))
    try:
        with ExitStack() as held:
            overtaken = await _take(engine, held, waiting, take_over=take_over)
            ledger = Ledger(engine.journal)
            ledger.take_over()
            if ledger.state.standing.halt is None:
                ledger.record((TradingHalted(actor=actor, reason=reason),), at=engine.clock.now())
            # What another account holds is not to be sold.
            check_account(ledger.state, engine.broker.account_id())
            return replace(await get_out(engine, ledger), overtaken=overtaken)
    except LeaseHeldError as error:
        refused = f"{error} It has been told to halt; when it is frozen, add --take-over."
        return LiquidationReport(refused=refused)


async def get_out(engine: Engine, ledger: Ledger) -> LiquidationReport:
    """Follow what is in flight to its end, then sell everything; the caller holds the account."""
    unknown = await Cycle(engine, ledger, FreshAnalyst()).end_unfinished()
    if unknown is not None:
        return LiquidationReport(refused=unknown.ending.reason)
    return await Liquidation(engine, ledger, Obeying.NOTHING).run(_session(engine))


def _session(engine: Engine) -> Session | None:
    """Return the session of the present moment, or None outside every one."""
    now = engine.clock.now()
    around = engine.calendar.sessions(
        (now - timedelta(days=1)).date(), (now + timedelta(days=1)).date()
    )
    return next((one for one in around if one.is_open(now)), None)


async def _take(engine: Engine, held: ExitStack, waiting: ClockPort, *, take_over: bool) -> str:
    """Take the account's lease, waiting for an engine at work to let go of it.

    Returns:
        Who holds it still, in plain words, or "".

    Raises:
        LeaseHeldError: When it does not in time, and is not to be taken over.
    """
    for second in range(PATIENCE + 1):
        try:
            held.enter_context(engine.lease.hold(engine.broker.lease_key()))
        except LeaseHeldError as error:
            if second < PATIENCE:
                await waiting.wait_until(waiting.now() + timedelta(seconds=1))
            elif take_over:
                return str(error)
            else:
                raise
        else:
            break
    return ""
