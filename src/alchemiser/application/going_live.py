"""Real money for the first time: a person's word beforehand, and small orders on the first day."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from alchemiser.application.admission import check_account
from alchemiser.application.engine import Engine, Mode
from alchemiser.application.ledger import Ledger
from alchemiser.domain.cycle.decide import Policy
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.restrictions import LiveConfirmed
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import AccountId
from alchemiser.ports.errors import LeaseHeldError
from alchemiser.ports.notifier import Alert, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneLive:
    """Tell what became of a confirmation.

    Attributes:
        account: The account's number.
        told: What was done, or why nothing was, in one sentence.
        refused: Whether nothing was.
    """

    account: AccountId
    told: str
    refused: bool = False

    def sentence(self) -> str:
        """Return it with the account it is about."""
        return f"account {self.account}: {self.told}"


def go_live(engine: Engine, *, actor: str, typed: str) -> GoneLive:
    """Record that `actor` wants the account traded with real money.

    Args:
        engine: An engine for the account, which need not know any strategy.
        actor: Who confirms.
        typed: The account's number as that person has typed it.

    Raises:
        SettingsError: When the account is not traded live, or the journal is another account's.
        PortError: When broker or journal cannot be used.
    """
    if engine.mode is not Mode.LIVE:
        msg = f'the account is traded with {engine.mode} money: write [account] mode = "live".'
        raise SettingsError(msg)
    account = engine.broker.account_id()
    if typed != account:
        told = f"{typed!r} is not the number of the account; nothing was confirmed"
        return GoneLive(account=account, told=told, refused=True)
    try:
        with engine.lease.hold(engine.broker.lease_key()):
            ledger = Ledger(engine.journal)
            check_account(ledger.state, account)
            if ledger.state.standing.confirmed == account:
                return GoneLive(account=account, told="it was confirmed already")
            ledger.record((LiveConfirmed(account=account, actor=actor),), at=engine.clock.now())
    except LeaseHeldError as error:
        return GoneLive(account=account, told=str(error), refused=True)
    most = f"{engine.first_live_order_max:f} dollars an order on the first day"
    return GoneLive(account=account, told=f"it now trades live, at most {most}")


def capped(engine: Engine, state: EngineState, day: date) -> Policy:
    """Return the policy of the session of `day`: in the first live one no order may be large."""
    policy = engine.policy
    if not _is_first(engine, state, day):
        return policy
    written = policy.limits.max_order_notional
    most = engine.first_live_order_max
    lower = most if written is None else min(most, written)
    return replace(policy, limits=replace(policy.limits, max_order_notional=lower))


def first_day_alerts(engine: Engine, state: EngineState, day: date) -> Iterator[Alert]:
    """Yield what the owner should know in the first live session."""
    if _is_first(engine, state, day):
        text = (
            f"the first live day: no order above {engine.first_live_order_max:f} dollars "
            "([account] first_live_order_max); the next session trades in full."
        )
        yield Alert(severity=Severity.WARNING, code="first_live_day", text=text)


def _is_first(engine: Engine, state: EngineState, day: date) -> bool:
    """Say whether no order was sent with real money before the session of `day`."""
    return engine.mode is Mode.LIVE and state.standing.first_live in {None, day}
