"""Engines for the three things that people do: trade, look ahead, and look after."""

import os
from datetime import UTC, date, datetime, time
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from alchemiser.application.as_of import ClosingQuotes
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.preflight import check_certified, check_declared, standing_alerts
from alchemiser.application.strategies import as_changed, check_weights
from alchemiser.container.adapters import adapter
from alchemiser.container.alpaca_parts import exchange_day
from alchemiser.container.parts import Parts
from alchemiser.container.proving import is_simulated, prove_assets, prove_ports, prove_purse
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import CENT
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.control import ControlPort
from alchemiser.ports.errors import PortError
from alchemiser.ports.journal import JournalPort
from alchemiser.ports.strategy_source import StrategySourcePort
from alchemiser.settings import Settings

IEX_SYMBOLS_MAX = 30
"""Symbols that the broker's free plan lets one connection follow."""
UNBEGUN = datetime(1990, 2, 1, tzinfo=UTC)
"""The time in a simulated account in which nothing has happened yet; the calendar reaches there."""


def build_engine(settings: Settings, day: date | None = None) -> Engine:
    """Return the engine that trades the session of `day`, today's when it is None.

    Configuration, plugins, data and every port are proved to be sound before anything is written.
    Virtual time stands at the session's moment, or where an interrupted run of the same day left
    off; at a broker the time is what it is.

    Raises:
        SettingsError: When no strategy is enabled, a file cannot be written, weights that were
            changed at run time sum to more than 1, what would trade live is not certified or
            declares more than the limits allow, there is no usable key, or `day` is given
            although the account is not simulated.
        PreflightError: When account, clock or calendar of the broker forbid trading.
        PluginError: When a strategy cannot be loaded.
        InputError: When data or journal break their contract, or `day` has no calendar.
        PortUnavailableError: When the journal cannot be read, or the broker not be reached.
    """
    check_files(settings)
    parts = _parts(settings, day or today())
    if is_simulated(parts):
        _set_out(_checked(parts), day or today())
    elif day is not None:
        msg = "--as-of with run is for simulated accounts: leave it out, to trade today's session."
        raise SettingsError(msg)
    else:
        _reach_out(parts)
    configured = parts.engine()
    engine = as_changed(configured, Ledger(configured.journal).state)
    check_weights(engine.strategies)
    check_certified(engine.mode, engine.strategies)
    check_declared(engine.mode, engine.strategies, engine.policy.limits)
    for alert in standing_alerts(engine):
        engine.notifier.notify(alert)
    return configured


def build_study(settings: Settings, day: date | None = None) -> Engine:
    """Return an engine that looks at the session of `day` as it was decided, and never trades.

    At a broker a past session is looked at with its closes, and with what is held now.

    Raises:
        SettingsError: When no strategy is enabled, or there is no usable key.
        PreflightError: When the account is not what mode and key say.
        PluginError: When a strategy cannot be loaded.
        InputError: When data break their contract, or `day` has no calendar.
        PortUnavailableError: When the broker cannot be reached.
    """
    parts = _parts(settings, day or today())
    if is_simulated(parts):
        parts.start.override(_moment(_checked(parts), day or today()))
        return parts.engine()
    parts.strategies()
    prove_purse(parts)
    if day is not None and day != exchange_day(parts.clock().now()):
        parts.start.override(_moment(parts, day))
        parts.clock.override(parts.virtual_clock)
        parts.price_increment.override(CENT)
        parts.market.override(ClosingQuotes(parts.market(), day))
        second = parts.second_market()
        if second is not None:
            parts.second_market.override(ClosingQuotes(second, day))
    parts.leading().check()
    return parts.engine()


def build_desk(settings: Settings, day: date | None = None) -> Engine:
    """Return an engine for its owner between sessions: it works without any plugin.

    Virtual time stands at the last record, or at the moment of the session of `day` if it is later.

    Raises:
        SettingsError: When there is no usable key.
        PreflightError: When the account is not what mode and key say.
        InputError: When data or journal break their contract.
        PortUnavailableError: When the journal cannot be read, or the broker not be reached.
    """
    parts = _parts(settings, UNBEGUN.date())
    if not is_simulated(parts):
        prove_purse(parts)
        parts.strategies.override(())
        parts.second.override(None)
        return parts.engine()
    now = _last_record(parts.journal())
    if day is not None:
        now = max(now, _moment(parts, day))
    parts.start.override(now)
    parts.day.override(now.date())
    parts.strategies.override(())
    parts.second.override(None)
    return parts.engine()


def build_offline(settings: Settings) -> Engine:
    """Return an engine that needs neither plugins nor data: for the brake and for the journal.

    Raises:
        InputError: When the journal breaks its contract.
        PortUnavailableError: When the journal cannot be read.
    """
    parts = _parts(settings, UNBEGUN.date())
    parts.start.override(_last_record(parts.journal()))
    try:
        parts.clock().now()
    except (PortError, SettingsError):  # a venue's time is not known; the journal's last is
        parts.clock.override(parts.virtual_clock)
    parts.price_increment.override(CENT)
    parts.reference.override(parts.instrument_table)
    parts.strategies.override(())
    parts.second.override(None)
    return parts.engine()


def build_control(settings: Settings) -> ControlPort:
    """Return the owner's brake by itself: it needs neither journal nor broker."""
    control: ControlPort = adapter("system.control.FolderControl")(settings.control_folder())
    return control


def check_files(settings: Settings) -> None:
    """Prove that everything that will be written can be; nothing is made.

    Raises:
        SettingsError: When a place is a folder, lies in none, or is not ours to write.
    """
    files = [settings.journal_file(), settings.broker_file(), settings.bars_file()]
    if settings.data.adapter == "alpaca":
        files.append(settings.series_file())
    if settings.data.secondary is not None:
        files.append(settings.second_bars_file())
    for file in (*files, settings.log_file()):
        if file.is_dir():
            msg = f"{file} is a folder: name a file in the configuration."
            raise SettingsError(msg)
        folder = Path(os.path.realpath(file)).parent
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            msg = f"{file} cannot be written: make {folder} a folder that can be, or name another."
            raise SettingsError(msg)
        if file.exists() and not os.access(file, os.W_OK):
            msg = f"{file} cannot be written: give yourself that right, or name another file."
            raise SettingsError(msg)
    _check_folders(settings)


def _check_folders(settings: Settings) -> None:
    """Prove that the brake and the lease have a place.

    Raises:
        SettingsError: When the control folder is none, or the leases' cannot be made.
    """
    control, leases = settings.control_folder(), adapter("system.lease.lease_folder")()
    if control.exists() and not control.is_dir():
        msg = f"{control} is no folder: name one as control_path under [journal]."
        raise SettingsError(msg)
    place = next(folder for folder in (leases, *leases.parents) if folder.exists())
    if not (place.is_dir() and os.access(place, os.W_OK)):
        msg = f"{leases} cannot be made: set XDG_STATE_HOME to a folder that can be written."
        raise SettingsError(msg)


def find_strategies() -> StrategySourcePort:
    """Return the plugins that are installed."""
    return Parts().source()


def new_package(name: StrategyId, folder: Path, *, code: bool) -> tuple[Path, ...]:
    """Write the package of a new strategy into a new folder below `folder`; return its files.

    Raises:
        SettingsError: When that folder exists, or cannot be written.
    """
    flavour = "code" if code else "rules"
    written: tuple[Path, ...] = adapter("scaffold.package.write_package")(name, folder, flavour)
    return written


def wall_clock() -> ClockPort:
    """Return the machine's own clock."""
    clock: ClockPort = adapter("system.clock.SystemClock")()
    return clock


def today() -> date:
    """Return the date at the exchange now."""
    return exchange_day(wall_clock().now())


@cache
def code_hash() -> str:
    """Return the SHA-256 of the package's own files, sorted by path."""
    digest = sha256()
    root = Path(str(files("alchemiser")))
    for file in sorted(root.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            content = file.read_bytes()
            digest.update(f"{file.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _parts(settings: Settings, day: date) -> Parts:
    return Parts(settings=settings, day=day, code=code_hash())


def _checked(parts: Parts) -> Parts:
    """Prove plugins and data to be sound: before the journal, which may not be touched for them."""
    parts.strategies()
    parts.leading().check()
    return parts


def _set_out(parts: Parts, day: date) -> None:
    """Let virtual time begin at the session of `day`, or where a run of it left off."""
    moment, last = _moment(parts, day), _last_record(parts.journal())
    parts.start.override(max(moment, last) if last.date() == day else moment)


def _reach_out(parts: Parts) -> None:
    """Prove what a session at a broker needs; what is under way is followed up in any case."""
    parts.strategies()
    prove_purse(parts)
    current = Ledger(parts.journal()).state.current
    if current is None or not current.is_in_flight():
        prove_ports(parts)
    prove_assets(parts)
    _listen(parts)


def _listen(parts: Parts) -> None:
    """Let the data stream tell what is halted of what strategies name, and of all quoted later."""
    data = parts.settings().data
    if data.stream() is None:
        return
    needed = {name for row in parts.strategies() for name in row.strategy.requirements.symbols()}
    most = IEX_SYMBOLS_MAX if data.feed == "iex" else len(needed)
    parts.data_stream().subscribe(sorted(needed)[:most])
    parts.data_stream().watch(needed)
    parts.data_thread().start()


def _moment(parts: Parts, day: date) -> datetime:
    """Return when the session of `day` is decided; noon on a day without one."""
    session = parts.calendar().session(day)
    if session is None:
        return datetime.combine(day, time(12), UTC)
    return parts.schedule().moment(session)


def _last_record(journal: JournalPort) -> datetime:
    head = journal.head()
    last = next(journal.read(after=head.sequence - 1), None) if head.sequence else None
    return UNBEGUN if last is None else last.at
