"""Whether a session may be started, and whether it may be traded now."""

from datetime import date

from alchemiser.application.engine import Engine, Mode
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.restrictions import (
    ControlOverridden,
    TradingHalted,
    TradingReduced,
)
from alchemiser.domain.journal.standing import Standing
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import AccountId
from alchemiser.domain.values.session import Session
from alchemiser.ports.errors import PortUnavailableError


def refusal(state: EngineState, account: AccountId, day: date) -> str:
    """Return why the session of `day` must not even be started, or "".

    Raises:
        SettingsError: When the journal belongs to another account.
    """
    check_account(state, account)
    if day in state.cycles and state.cycles[day].is_over():
        return f"session {day} is already finished: nothing is decided twice."
    if state.last_planned is not None and day < state.last_planned:
        return f"session {state.last_planned} is already traded: {day} lies before it."
    judged = judged_last(state)
    if judged is not None and day < judged:
        return f"losses up to session {judged} are already judged: {day} lies before it."
    return ""


def check_account(state: EngineState, account: AccountId) -> None:
    """Prove that the journal is that of `account`.

    Raises:
        SettingsError: When it belongs to another account.
    """
    if state.account not in (None, account):
        msg = (
            f"the journal belongs to account {state.account}, the broker is {account}: "
            "give each account a journal of its own."
        )
        raise SettingsError(msg)


def judged_last(state: EngineState) -> date | None:
    """Return the last session whose gains and losses are on record, or None."""
    closes = state.standing.account.closes
    return closes[-1][0] if closes else None


def closed(engine: Engine, state: EngineState, session: Session | None, day: date) -> str:
    """Return why the session of `day`, which was started, cannot be traded now, or ""."""
    if session is None:
        return f"{day} is not a session of the exchange: name a trading day."
    if state.cycle().plan is not None:
        # What was sent is followed to its end, halted or after the close; the machine knows
        # what may not be sent any more.
        return ""
    if state.state is TradingState.HALTED:
        return halted(state.standing)
    account = state.cycle().started.account
    if engine.mode is Mode.LIVE and state.standing.confirmed != account:
        return unconfirmed(account)
    now = engine.clock.now()
    if not session.is_open(now) and not engine.any_hour():
        return f"the session of {day} is not open at {now.isoformat()}."
    return ""


def unconfirmed(account: AccountId) -> str:
    """Return that real money waits for a person's word."""
    return f"nobody has confirmed that account {account} trades live: run `alchemiser go-live`."


def halted(standing: Standing) -> str:
    """Return in plain words why trading is halted, and what lifts it."""
    reason = standing.reason()
    return f"trading is halted: {reason}; lift it with `alchemiser resume --reason`."


def owners_brake(engine: Engine, state: EngineState) -> TradingHalted | TradingReduced | None:
    """Return the brake that was set without the engine and is not in the chain yet, or None.

    One that cannot be read counts as a halt.
    """
    if state.standing.halt is not None:
        return None
    try:
        request = engine.control.halt_request()
    except PortUnavailableError as error:
        return TradingHalted(actor="engine", reason=str(error))
    if request is None or (request.state is TradingState.REDUCING and state.standing.reduced):
        return None
    kind = TradingHalted if request.state is TradingState.HALTED else TradingReduced
    return kind(actor=request.actor, reason=request.reason)


def overridden(engine: Engine) -> tuple[ControlOverridden, ...]:
    """Return the controls that the owner's settings lift, for the record."""
    if not engine.any_hour():
        return ()
    return (
        ControlOverridden(
            control="session_closed",
            actor="[schedule] outside_hours",
            reason="orders may go out outside regular hours; this is paper trading",
        ),
    )
