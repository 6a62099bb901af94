"""What paper and live trading need: the key, the lines to Alpaca, and the time out there."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from dependency_injector import containers, providers

from alchemiser.container.adapters import adapter
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.credentials import Credentials
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.purse import Purse, disagreement, is_loopback, purse_of_url
from alchemiser.domain.values.secret import Redactor, Secret
from alchemiser.ports.broker import BrokerPort
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.call_runner import CallRunnerPort
from alchemiser.ports.clock import ClockPort, MovableClockPort
from alchemiser.ports.errors import PortError
from alchemiser.ports.notifier import Alert, NotifierPort, Severity
from alchemiser.ports.order_list import OrderListPort
from alchemiser.ports.order_updates import OrderUpdatesPort
from alchemiser.ports.secrets import CredentialsPort
from alchemiser.settings import Settings

ASKED_MAX: Final = 20
"""Orders that are asked for again after a stream was lost; the others are asked for one by one."""
NEW_YORK: Final = ZoneInfo("America/New_York")
CLOCK_RATE: Final = 1000
"""Looks a minute at the clock of a venue on this machine, at most."""
THREADS: Final = 8
"""Calls to the broker at a time; one that hangs keeps its thread."""


def exchange_day(at: datetime) -> date:
    """Return the date at the exchange at the moment `at`."""
    return at.astimezone(NEW_YORK).date()


@cache
def redactor() -> Redactor:
    """Return what knows every key that this process has read: one for all that it writes."""
    return Redactor()


def agreed(settings: Settings, found: Credentials) -> Credentials:
    """Return the key when it is of the purse that mode and address say.

    Raises:
        SettingsError: When it is not: nothing may be sent with it.
    """
    mode, url = Purse(settings.account.mode), purse_of_url(settings.trading_url())
    refused = disagreement(mode, url=url, key=found.purse())
    if refused is not None:
        raise SettingsError(refused.sentence())
    return found


def _keys(settings: Settings, port: CredentialsPort) -> Callable[..., tuple[str, Secret]]:
    """Return what a line to Alpaca asks for the key: one of another purse is never sent."""

    def keys(*, refresh: bool = False) -> tuple[str, Secret]:
        found = agreed(settings, port.keys(refresh=refresh))
        return found.key_id.reveal(), found.secret_key

    return keys


def tell_owner(notifier: Callable[[], NotifierPort], code: str, text: str) -> None:
    """Warn the owner of `text` under `code`."""
    notifier().notify(Alert(severity=Severity.WARNING, code=code, text=text))


class Book(BrokerPort, OrderListPort, Protocol):
    """A broker that tells of many orders at once."""


async def missed(broker: Book, calls: CallRunnerPort, clock: ClockPort) -> list[ExecutionReport]:
    """Return the reports on the last orders of the day: for what a stream has left out.

    They are asked for together: one by one they would use up the ration that orders need.

    Raises:
        PortUnavailableError: When the broker cannot be reached.
    """

    def ask() -> list[ExecutionReport]:
        names = broker.orders(exchange_day(clock.now()))[-ASKED_MAX:]
        found = broker.found(names) if len(names) > 1 else {}
        told = (found[name] if name in found else broker.reports(name) for name in names)
        return [report for reports in told for report in reports or ()]

    return await calls.call(ask)


def _in_session(table: Callable[[], CalendarPort], clock: Callable[[], ClockPort]) -> bool:
    """Say whether the exchange is open, so that silence is a loss; the table asks nobody."""
    try:
        now = clock().now()
        session = table().session(exchange_day(now))
    except PortError:
        return False
    return session is not None and session.is_open(now)


def clock_kind(settings: Settings) -> str:
    """Return whose time the engine lives in; a venue on this machine may live on another day."""
    if settings.account.mode == "simulated":
        return "virtual"
    return "venue" if is_loopback(settings.trading_url()) else "wall"


class AlpacaParts(containers.DeclarativeContainer):
    """Compose what reaches out to Alpaca; nothing of it is made before it is wanted."""

    settings: providers.Provider[Settings] = providers.Dependency(instance_of=Settings)
    start: providers.Provider[datetime] = providers.Dependency(instance_of=datetime)
    """Where virtual time begins, UTC."""

    stopwatch: providers.Provider[Callable[[], float]] = providers.Callable(
        adapter("system.clock.stopwatch")
    )
    virtual_clock: providers.Provider[MovableClockPort] = providers.Singleton(
        adapter("system.clock.VirtualClock"), start
    )
    wall_clock: providers.Provider[ClockPort] = providers.Singleton(
        adapter("system.clock.SystemClock")
    )
    log_clock: providers.Provider[ClockPort] = providers.Selector(
        settings.provided.account.mode,
        simulated=virtual_clock,
        paper=wall_clock,  # a venue that cannot be reached has no time, and that has to be told
        live=wall_clock,
    )
    notifier: providers.Provider[NotifierPort] = providers.Singleton(
        adapter("notify.log.LogNotifier"),
        providers.Singleton(
            adapter("notify.appending.AppendingFile"), settings.provided.log_file.call()
        ),
        log_clock,
        providers.Callable(lambda: redactor().redact),
    )
    key_source = providers.Selector(
        providers.Callable(lambda settings: settings.secrets.provider, settings),
        env=providers.Singleton(
            adapter("secrets.env.EnvironmentKeys"),
            providers.Object(adapter("system.environment.variables")),
        ),
        file=providers.Singleton(
            adapter("secrets.file.FileKeys"), settings.provided.key_file.call()
        ),
        aws=providers.Singleton(
            adapter("secrets.aws.AwsKeys"),
            providers.Callable(lambda settings: settings.secrets.name, settings),
            settings.provided.secrets.region,
        ),
    )
    credentials: providers.Provider[CredentialsPort] = providers.Singleton(
        adapter("secrets.kept.KeptKeys"),
        key_source,
        settings.provided.secrets.ttl_seconds,
        stopwatch,
        providers.Callable(redactor),
    )
    keys: providers.Provider[Callable[..., tuple[str, Secret]]] = providers.Callable(
        _keys, settings, credentials
    )
    rim = providers.Singleton(
        adapter("alpaca.transport.Rim"),
        stopwatch=stopwatch,
        pause=providers.Singleton(adapter("system.pause.Pause")),
        chance=providers.Callable(adapter("system.chance.chance")),
        health=providers.Singleton(
            adapter("alpaca.health.Health"),
            providers.Callable(partial, tell_owner, notifier.provider),
        ),
    )
    line = providers.Singleton(
        adapter("alpaca.transport.Transport"),
        settings.provided.trading_url.call(),
        keys,
        rim,
        providers.Callable(
            adapter("alpaca.transport.Limits"),
            per_minute=settings.provided.broker.requests_per_minute,
        ),
    )
    data_line = providers.Singleton(
        adapter("alpaca.transport.Transport"),
        settings.provided.data.url,
        keys,
        rim,
        providers.Callable(
            adapter("alpaca.transport.Limits"),
            per_minute=settings.provided.data.requests_per_minute,
        ),
    )
    # Where time is asked for four times a second, the ration is for orders.
    clock_line = providers.Singleton(
        adapter("alpaca.transport.Transport"),
        settings.provided.trading_url.call(),
        keys,
        rim,
        providers.Callable(adapter("alpaca.transport.Limits"), per_minute=CLOCK_RATE),
    )
    venue_clock: providers.Provider[ClockPort] = providers.Singleton(
        adapter("alpaca.clock.VenueClock"),
        clock_line,
        stopwatch,
        providers.Callable(adapter("system.clock.rest")),
    )
    clock: providers.Provider[ClockPort] = providers.Selector(
        providers.Callable(clock_kind, settings),
        virtual=virtual_clock,
        wall=wall_clock,
        venue=venue_clock,
    )
    table: providers.Provider[CalendarPort] = providers.Singleton(
        adapter("sessions.table.SessionTable")
    )
    brokers_calendar: providers.Provider[CalendarPort] = providers.Singleton(
        adapter("alpaca.calendar.BrokerCalendar"),
        table,
        line,
        clock,
        tell=providers.Callable(partial, tell_owner, notifier.provider, "calendar"),
    )
    calendar: providers.Provider[CalendarPort] = providers.Selector(
        settings.provided.account.mode,
        simulated=table,
        paper=brokers_calendar,
        live=brokers_calendar,
    )
    in_session: providers.Provider[Callable[[], bool]] = providers.Callable(
        partial, _in_session, table.provider, clock.provider
    )
    world = providers.Factory(
        adapter("alpaca.streams.connection.World"),
        stopwatch=stopwatch,
        chance=providers.Callable(adapter("system.chance.chance")),
        tell=providers.Callable(partial, tell_owner, notifier.provider, "stream"),
    )
    data_stream = providers.Singleton(
        adapter("alpaca.streams.market_data.MarketDataStream"),
        settings.provided.data.stream.call(),
        keys=keys,
        expected=in_session,
        world=world,
    )
    data_thread = providers.Singleton(
        adapter("alpaca.streams.thread.StreamThread"),
        providers.Callable(lambda stream: stream.run, data_stream),
        providers.Callable(partial, tell_owner, notifier.provider, "stream"),
    )
    halts = providers.Factory(
        adapter("alpaca.halted.Halts"),
        table,  # it asks nobody
        providers.Callable(partial, tell_owner, notifier.provider, "market_data"),
        feed=settings.provided.data.feed,
        silence_max=settings.provided.data.silence_max.call(),
        halted=providers.Callable(lambda stream: stream.halted, data_stream),
        trading=providers.Callable(lambda stream: stream.trading, data_stream),
    )
    alpaca_market = providers.Singleton(
        adapter("alpaca.market.AlpacaMarketData"),
        data_line,
        calendar,
        tell=providers.Callable(partial, tell_owner, notifier.provider, "market_data"),
        feed=settings.provided.data.feed,
        halts=halts,
    )
    alpaca_broker = providers.Singleton(adapter("alpaca.broker.AlpacaBroker"), line, clock)
    threaded_calls: providers.Provider[CallRunnerPort] = providers.Singleton(
        adapter("system.calls.ThreadedCalls"), THREADS
    )
    alpaca_updates: providers.Provider[OrderUpdatesPort] = providers.Singleton(
        adapter("alpaca.streams.trade_updates.TradeUpdates"),
        settings.provided.stream_url.call(),
        keys=keys,
        asking=providers.Factory(
            adapter("alpaca.streams.listener.Asking"),
            resync=providers.Callable(partial, missed, alpaca_broker, threaded_calls, clock),
            expected=in_session,
        ),
        world=world,
    )
