"""What `doctor` looks at."""

import platform
import sqlite3
from datetime import timedelta
from functools import partial
from pathlib import Path

from alchemiser.application.admission import check_account, unconfirmed
from alchemiser.application.engine import EnabledStrategy, Mode
from alchemiser.application.ledger import Ledger
from alchemiser.application.preflight import (
    Probe,
    check_certified,
    check_declared,
    declared_excess,
    uncertified,
)
from alchemiser.application.strategies import check_weights, strategies_in_force
from alchemiser.container.assembly import build_desk, check_files, code_hash, today, wall_clock
from alchemiser.container.parts import Parts
from alchemiser.container.proving import (
    is_simulated,
    key_age,
    prove_account,
    prove_assets,
    prove_calendar,
    prove_clock,
    prove_purse,
)
from alchemiser.domain.journal.chain import verify
from alchemiser.domain.risk.capital import capital_at_risk
from alchemiser.domain.values.errors import (
    AlchemiserError,
    PluginError,
    PreflightError,
    SettingsError,
)
from alchemiser.domain.values.purse import is_loopback
from alchemiser.ports.broker import BrokerPort
from alchemiser.ports.errors import InputError
from alchemiser.settings import Settings


def build_probes(config: Path | None) -> list[Probe]:
    """Return everything to look at, with the configuration at `config` or without one."""
    machine = [
        Probe(id="python", look=lambda: f"Python {platform.python_version()}"),
        Probe(id="sqlite", look=lambda: f"SQLite {sqlite3.sqlite_version}"),
        Probe(id="calendar", look=_calendar),
    ]
    if config is None:
        text = "there is none here, so that defaults hold: write one with `alchemiser init`"
        return [
            *machine,
            Probe(id="configuration", look=lambda: text),
            Probe(id="plugins", look=_installed),
        ]
    try:
        settings = Settings.load(config)
    except SettingsError as error:
        return [*machine, Probe(id="configuration", look=partial(_raise, error))]
    parts = Parts(settings=settings, day=today(), code=code_hash(), start=wall_clock().now())
    return [
        *machine,
        Probe(id="configuration", look=lambda: f"{config} is valid"),
        Probe(id="plugins", look=partial(_strategies, parts)),
        Probe(id="certificates", look=partial(_certificates, parts)),
        *(() if is_simulated(parts) else brokers(parts)),
        Probe(id="data", look=partial(_data, parts)),
        Probe(id="limits", look=partial(_limits, parts)),
        Probe(id="capital_at_risk", look=partial(_capital_at_risk, parts)),
        Probe(id="journal", look=partial(_journal, parts)),
        Probe(id="files", look=partial(_files, settings)),
    ]


def brokers(parts: Parts) -> tuple[Probe, ...]:
    """Return what to look at besides, where orders go out to a broker."""
    return (
        Probe(id="key", look=partial(_key, parts)),
        Probe(id="addresses", look=partial(_addresses, parts.settings())),
        Probe(id="purse", look=partial(prove_purse, parts)),
        Probe(id="account", look=partial(_account, parts)),
        Probe(id="live", look=partial(_confirmed, parts)),
        Probe(id="clock", look=partial(prove_clock, parts)),
        Probe(id="exchange", look=partial(prove_calendar, parts)),
        Probe(id="assets", look=partial(prove_assets, parts)),
    )


def _account(parts: Parts) -> str:
    """Return that the account may trade, and is the journal's.

    Raises:
        PreflightError: When the broker forbids it.
        PortUnavailableError: When the broker cannot be reached.
        SettingsError: When the journal belongs to another account.
    """
    told = prove_account(parts)
    check_account(Ledger(parts.journal()).state, parts.broker().account_id())
    return told


def _confirmed(parts: Parts) -> str:
    """Return whether real money is meant, and that a person has said so.

    Raises:
        PreflightError: When nobody has.
    """
    account = parts.broker().account_id()
    if parts.settings().account.mode != "live":
        return "no real money is traded"
    if Ledger(parts.journal()).state.standing.confirmed != account:
        raise PreflightError(unconfirmed(account))
    return f"a person has confirmed that account {account} trades live"


def _key(parts: Parts) -> str:
    """Return where the key comes from and how old it is.

    Raises:
        SettingsError: When there is no usable key.
        PortUnavailableError: When its provider cannot be reached.
    """
    provider, found = parts.settings().secrets.provider, parts.credentials().keys()
    return f"{provider} has a key of the kind {found.purse()}; {key_age(parts)[0]}"


def _addresses(settings: Settings) -> str:
    if is_loopback(settings.trading_url()):
        return f"orders go to a venue on this machine, {settings.trading_url()}: to no exchange"
    return f"orders go to {settings.trading_url()}, questions to {settings.data.url}"


def _raise(error: AlchemiserError) -> str:
    """Look at what is known to be wrong.

    Raises:
        AlchemiserError: Always.
    """
    raise error


def _calendar() -> str:
    """Return the next session.

    Raises:
        InputError: When the exchange calendar ends.
    """
    day = today()
    sessions = Parts().table().sessions(day, day + timedelta(days=14))
    if not sessions:
        msg = f"the exchange calendar knows no session after {day}: install a newer release."
        raise InputError(msg)
    return f"the next session is {sessions[0].day}"


def _installed() -> str:
    """Return what is installed.

    Raises:
        PluginError: When a plugin cannot be used.
    """
    found = Parts().source().installed()
    for row in found:
        if row.problem:
            raise PluginError(row.problem)
    names = [f"{row.plugin} {row.version}" for row in found]
    return f"installed: {', '.join(names)}" if names else "none is installed: add one with pip"


def _strategies(parts: Parts) -> str:
    """Return what is asked, and what the owner has switched off.

    Raises:
        SettingsError: When the weights in force sum to more than 1.
    """
    chosen = _in_force(parts)
    check_weights(chosen)
    names = [row.strategy_id for row in chosen]
    off = [row.strategy_id for row in parts.strategies() if row.strategy_id not in names]
    told = f"enabled: {', '.join(names) or 'none'}"
    return f"{told}; disabled by `alchemiser strategy`: {', '.join(off)}" if off else told


def _in_force(parts: Parts) -> tuple[EnabledStrategy, ...]:
    """Return the strategies as the owner has changed them; a broken journal is told elsewhere."""
    configured = parts.strategies()
    try:
        return strategies_in_force(configured, Ledger(parts.journal()).state.allocations)
    except InputError:
        return configured


def _certificates(parts: Parts) -> str:
    chosen = _in_force(parts)
    check_certified(Mode(parts.settings().account.mode), chosen)
    return " ".join(uncertified(chosen)) or "every strategy is certified as it is now"


def _data(parts: Parts) -> str:
    parts.leading().check()
    told = f"the {parts.settings().data.adapter} source keeps its contract"
    second = parts.second()
    return told if second is None else f"{told}, and so does the second, {second.facts.sentence()}"


def _limits(parts: Parts) -> str:
    limits, chosen = parts.policy().limits, _in_force(parts)
    check_declared(Mode(parts.settings().account.mode), chosen, limits)
    excess = [text for row in chosen for text in declared_excess(row, limits)]
    return " ".join(excess) or "no strategy may want more than the limits allow"


def _capital_at_risk(parts: Parts) -> str:
    """Return what one session can cost the account as it is.

    Raises:
        PortUnavailableError: When the broker cannot be reached.
        InputError: When the account or the journal breaks its contract.
        InvalidValueError: When the account has less than nothing.
    """
    account = _broker(parts).account()
    return capital_at_risk(parts.limits(), account.equity, account.kind).sentence()


def _broker(parts: Parts) -> BrokerPort:
    """Return the broker as its owner sees it between sessions; nothing is made by looking."""
    settings = parts.settings()
    if not is_simulated(parts):
        return parts.broker()
    if settings.broker_file().exists():
        return build_desk(settings).broker
    with parts.broker_file.override(None):  # else the account would be opened by asking
        return parts.broker()


def _journal(parts: Parts) -> str:
    """Return the journal's length.

    Raises:
        InputError: When its chain is broken.
    """
    report = verify(parts.journal().read())
    if not report.ok:
        msg = f"{report.problem} Restore the journal from a copy."
        raise InputError(msg)
    return f"{report.records} records, unbroken"


def _files(settings: Settings) -> str:
    check_files(settings)
    return "every file can be written"
