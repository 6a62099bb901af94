"""What has to be proved of a broker before anything is sent to it."""

from datetime import timedelta
from typing import Final

from alchemiser.container.adapters import adapter
from alchemiser.container.alpaca_parts import agreed, exchange_day
from alchemiser.container.parts import Parts
from alchemiser.domain.values.errors import PreflightError
from alchemiser.domain.values.numbers import ONE
from alchemiser.domain.values.purse import Purse, disagreement, purse_of_account, purse_of_url
from alchemiser.ports.errors import InputError, PortRejectedError
from alchemiser.ports.notifier import Alert, Severity

LOOKED_BACK: Final = timedelta(days=7)
LOOKED_AHEAD: Final = timedelta(days=30)
"""The days round the present in which the broker's calendar is compared with this release's."""


def is_simulated(parts: Parts) -> bool:
    """Say whether no broker is reached."""
    return parts.settings().account.mode == "simulated"


def prove_purse(parts: Parts) -> str:
    """Prove that mode, key, address and account number all mean the same money.

    Returns:
        Whose money it is, in one sentence.

    Raises:
        SettingsError: When key or address are not of the mode, or there is no usable key.
        PreflightError: When the account is not.
        PortUnavailableError: When broker or key provider cannot be reached.
        PortRejectedError: When the broker refuses the key.
    """
    settings = parts.settings()
    found = agreed(settings, parts.credentials().keys())
    number = parts.broker().account_id()
    mode, url = Purse(settings.account.mode), purse_of_url(settings.trading_url())
    account = purse_of_account(number)
    refused = disagreement(mode, url=url, key=found.purse(), account=account)
    if refused is not None:
        raise PreflightError(refused.sentence())
    where = "a venue on this machine" if url is Purse.LOCAL else f"{mode} trading"
    return f"mode, key, address and account number agree: {where}, account {number}"


def key_age(parts: Parts) -> tuple[str, bool]:
    """Return how old the key is, in plain words, and whether that is too old.

    Raises:
        SettingsError: When there is no usable key.
        PortUnavailableError: When its provider cannot be reached.
    """
    since, most = parts.credentials().keys().since, parts.settings().secrets.age_days_max
    if since is None:
        return "its provider does not say how old it is", False
    days = (parts.wall_clock().now() - since).days
    if days > most:
        return f"it is {days} days old, more than {most}: make a new one at the broker", True
    return f"it is {days} days old", False


def prove_account(parts: Parts) -> str:
    """Prove that the account may trade.

    Raises:
        PreflightError: When the broker forbids it.
        PortUnavailableError: When the broker cannot be reached.
    """
    account = parts.broker().account()
    if account.blocked:
        msg = f"the broker has blocked account {account.account}: see to it there."
        raise PreflightError(msg)
    return f"account {account.account} may trade; its equity is {account.equity:f}"


def prove_clock(parts: Parts) -> str:
    """Prove that this machine's clock is the broker's within thirty seconds.

    Returns:
        How they differ, in one sentence.

    Raises:
        PreflightError: When they differ by more.
        InputError: When the broker's clock cannot be understood.
        PortUnavailableError: When the broker cannot be reached.
    """
    return _skew(parts) or "this machine's clock is the broker's"


def _skew(parts: Parts) -> str | None:
    """Return how the clocks differ when that is worth a warning.

    Raises:
        InputError: When the broker's clock cannot be understood.
        PreflightError: When they differ by more than thirty seconds.
    """
    check = adapter("alpaca.clock.SkewCheck")(parts.line(), parts.clock(), parts.stopwatch())
    try:
        warning: str | None = check.warning()
    except InputError:
        raise
    except PortRejectedError as error:
        raise PreflightError(str(error)) from error
    return warning


def prove_calendar(parts: Parts) -> str:
    """Prove that the broker's clock does not call a session closed that the calendar calls open.

    Returns:
        How the broker's calendar differs from this release's, in one sentence.

    Raises:
        PreflightError: When they do not agree on the present moment.
        InputError: When the broker's calendar cannot be understood.
        PortUnavailableError: When the broker cannot be reached.
    """
    told = adapter("alpaca.clock.read_clock")(parts.line())
    session = parts.calendar().session(exchange_day(told.at))
    if session is not None and session.is_open(told.at) and not told.is_open:
        msg = (
            f"the calendar has a session at {told.at:%H:%M} UTC, and the broker says it is closed."
        )
        raise PreflightError(msg)
    today = exchange_day(told.at)
    first, last = today - LOOKED_BACK, today + LOOKED_AHEAD
    theirs = adapter("alpaca.calendar.read_calendar")(parts.line(), first, last)
    found: list[str] = adapter("alpaca.calendar.differences")(parts.table(), theirs, first, last)
    return " ".join(found) or "the broker's calendar is this release's"


def prove_assets(parts: Parts) -> str:
    """Ask the broker what it lets be traded, so that no order has to find it out.

    Returns:
        What of that which the strategies name is not tradable, or in whole shares alone.
    """
    needed = {name for row in parts.strategies() for name in row.strategy.requirements.symbols()}
    found = [parts.reference().instrument(name) for name in sorted(needed)]
    shut = [one.symbol for one in found if not one.tradable]
    whole = [one.symbol for one in found if one.tradable and one.quantity_increment == ONE]
    told = [f"{', '.join(shut)} can neither be bought nor sold." if shut else ""]
    told.append(f"{', '.join(whole)} trades in whole shares." if whole else "")
    sentence = " ".join(filter(None, told)) or "everything that strategies name is tradable"
    if shut:
        _warn(parts, "not_tradable", sentence)
    return sentence


def prove_ports(parts: Parts) -> None:
    """Prove every port before the first order; simulated ones are proved by being made.

    Raises:
        PreflightError: When account, clock or calendar forbid trading.
        InputError: When data break their contract.
        PortUnavailableError: When something cannot be reached.
    """
    prove_account(parts)
    skew, (age, is_old) = _skew(parts), key_age(parts)
    if skew is not None:
        _warn(parts, "clock_skew", skew)
    if is_old:
        _warn(parts, "key_age", f"the broker's key: {age}.")
    prove_calendar(parts)
    parts.leading().check()
    parts.control().halt_request()


def _warn(parts: Parts, code: str, text: str) -> None:
    parts.notifier().notify(Alert(severity=Severity.WARNING, code=code, text=text))
