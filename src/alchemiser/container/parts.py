"""Every part of an engine and the adapter that plays it, chosen by the settings."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from dependency_injector import providers

from alchemiser.application.certification.certificate import is_certified
from alchemiser.application.engine import EnabledStrategy, Engine, Fallback, Identity, Mode
from alchemiser.application.liquidity import PastLiquidity
from alchemiser.application.second_source import SecondSource
from alchemiser.container.adapters import adapter
from alchemiser.container.alpaca_parts import tell_owner
from alchemiser.container.kept_parts import KeptParts
from alchemiser.container.second import leading_market, second_kind, second_source
from alchemiser.domain.cycle.decide import Policy
from alchemiser.domain.risk.breakers import BreakerLimits
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.ports.bars_store import BarsStorePort
from alchemiser.ports.broker import BrokerPort
from alchemiser.ports.call_runner import CallRunnerPort
from alchemiser.ports.certificates import CertificatesPort
from alchemiser.ports.control import ControlPort
from alchemiser.ports.journal import JournalPort
from alchemiser.ports.lease import LeasePort
from alchemiser.ports.market_data import MarketDataPort, PricedMarketDataPort
from alchemiser.ports.order_list import OrderListPort
from alchemiser.ports.order_updates import OrderUpdatesPort
from alchemiser.ports.reference import ReferencePort
from alchemiser.ports.strategy_runner import StrategyRunnerPort
from alchemiser.ports.strategy_source import StrategySourcePort, WantedStrategy
from alchemiser.settings import Settings
from alchemiser.settings.trading import StrategySettings


def _schedule(timing: str, distance: timedelta) -> Schedule:
    chosen = Timing(timing)
    if chosen.trades_at_open():
        return Schedule(timing=chosen, after_open=distance)
    return Schedule(timing=chosen, before_close=distance)


def wanted_strategy(settings: Settings, name: str) -> WantedStrategy:
    """Return what the owner wants under `name`."""
    row = settings.strategies[name]
    return WantedStrategy(
        strategy_id=StrategyId(name),
        plugin=row.plugin,
        strategy=row.strategy or name,
        version=row.version,
        content_hash=row.hash,
        params=row.params,
        folder=str(settings.folder().absolute()),  # its process works in another
        time_limit=row.time_limit,
    )


def _strategies(
    source: StrategySourcePort, settings: Settings, certificates: CertificatesPort
) -> tuple[EnabledStrategy, ...]:
    if not settings.strategies:
        msg = "no strategy is enabled: add a table [strategies.NAME] to the configuration."
        raise SettingsError(msg)
    wanted = [wanted_strategy(settings, name) for name in settings.strategies]
    return tuple(
        EnabledStrategy(
            strategy_id=one.strategy_id,
            weight=settings.strategies[one.strategy_id].weight,
            strategy=one.strategy,
            content_hash=one.content_hash,
            certified=is_certified(certificates, one.content_hash),
            fallback=_fallback(settings.strategies[one.strategy_id]),
            exits=settings.strategies[one.strategy_id].exits.exits(),
            sizing=settings.strategies[one.strategy_id].sizing.sizing(),
            wanted=one.wanted,
        )
        for one in source.load(wanted)
    )


def _fallback(row: StrategySettings) -> Fallback | None:
    target = row.fallback_target()
    return None if target is None else Fallback(target=target, after=row.fallback_after)


class Parts(KeptParts):
    """Compose an engine; what is not given is chosen by the settings, and all can be overridden."""

    settings = KeptParts.settings
    clock = KeptParts.clock
    calendar = KeptParts.calendar
    notifier = KeptParts.notifier
    kept_market = KeptParts.kept_market
    alpaca_broker = KeptParts.alpaca_broker
    alpaca_updates = KeptParts.alpaca_updates
    threaded_calls = KeptParts.threaded_calls

    day: providers.Provider[date] = providers.Dependency(instance_of=date)
    """The last session that a synthetic market has to have."""
    code: providers.Provider[str] = providers.Dependency(instance_of=str)
    """SHA-256 of the engine's sources."""

    calls: providers.Provider[CallRunnerPort] = providers.Selector(
        settings.provided.account.mode,
        simulated=providers.Singleton(adapter("system.calls.InlineCalls")),
        paper=threaded_calls,
        live=threaded_calls,
    )
    market: providers.Provider[PricedMarketDataPort] = providers.Selector(
        settings.provided.data.adapter,
        synthetic=providers.Singleton(
            adapter("synthetic.market.SyntheticMarket"),
            settings.provided.data.seed,
            calendar,
            day,
        ),
        files=providers.Singleton(
            adapter("files.market.FileMarketData"),
            settings.provided.data_path.call(),
            calendar,
        ),
        alpaca=kept_market,
    )
    price_increment: providers.Provider[Decimal] = providers.Singleton(
        lambda market: market.price_increment(), market
    )
    second_market: providers.Provider[PricedMarketDataPort | None] = providers.Selector(
        providers.Callable(second_kind, settings),
        none=providers.Object(None),
        files=providers.Singleton(
            adapter("files.market.FileMarketData"), settings.provided.second_path.call(), calendar
        ),
        alpaca=KeptParts.other_feed,
    )
    second_bars_store: providers.Provider[BarsStorePort] = providers.Singleton(
        adapter("bars_store.sqlite.SqliteBarsStore"), settings.provided.second_bars_file.call()
    )
    second: providers.Provider[SecondSource | None] = providers.Singleton(
        second_source,
        settings,
        market,
        second_market,
        second_bars_store,
    )
    leading: providers.Provider[MarketDataPort] = providers.Callable(leading_market, market, second)
    instrument_table: providers.Provider[ReferencePort] = providers.Singleton(
        adapter("reference.table.ReferenceTable"),
        price_increment,
        settings.provided.risk.statuses.call(),
    )
    broker_reference = providers.Singleton(
        adapter("alpaca.assets.BrokerReference"),
        instrument_table,
        KeptParts.line,
        clock,
        tell=providers.Callable(partial, tell_owner, notifier.provider, "assets"),
    )
    reference: providers.Provider[ReferencePort] = providers.Selector(
        settings.provided.broker.adapter, simulated=instrument_table, alpaca=broker_reference
    )
    broker_file: providers.Provider[Path | None] = providers.Callable(
        Settings.broker_file, settings
    )
    # `settings.provided.account.name` would be the provider's own name: "account".
    account_name: providers.Provider[str] = providers.Callable(Settings.account_name, settings)
    liquidity_through: providers.Provider[date | None] = providers.Object(None)
    """The last session whose liquidity is asked for, where all bars are there already."""
    simulated_broker = providers.Singleton(
        adapter("simulated.broker.SimulatedBroker"),
        path=broker_file,
        name=account_name,
        cash=settings.provided.broker.cash,
        market=market,
        clock=clock,
        calendar=calendar,
        reference=reference,
        settings=settings.provided.broker.venue_settings.call(),
        seed=settings.provided.broker.seed,
        price_increment=price_increment,
        liquidity=providers.Singleton(PastLiquidity, market, liquidity_through),
    )
    broker: providers.Provider[BrokerPort] = providers.Selector(
        settings.provided.broker.adapter, simulated=simulated_broker, alpaca=alpaca_broker
    )
    updates: providers.Provider[OrderUpdatesPort | None] = providers.Selector(
        settings.provided.broker.adapter,
        simulated=providers.Object(None),
        alpaca=alpaca_updates,
    )
    order_list: providers.Provider[OrderListPort] = providers.Selector(
        settings.provided.broker.adapter, simulated=simulated_broker, alpaca=alpaca_broker
    )
    journal: providers.Provider[JournalPort] = providers.Selector(
        settings.provided.journal.adapter,
        sqlite=providers.Singleton(
            adapter("sqlite.journal.SqliteJournal"), settings.provided.journal_file.call()
        ),
    )
    bars_store: providers.Provider[BarsStorePort] = providers.Singleton(
        adapter("bars_store.sqlite.SqliteBarsStore"), settings.provided.bars_file.call()
    )
    lease: providers.Provider[LeasePort] = providers.Singleton(
        adapter("system.lease.HostLease"), providers.Callable(adapter("system.lease.lease_folder"))
    )
    brake: providers.Provider[ControlPort] = providers.Singleton(
        adapter("system.control.FolderControl"), settings.provided.control_folder.call()
    )
    hanging_brake = providers.Singleton(
        adapter("system.hanging.HangingCalls"),
        brake,
        providers.Callable(lambda calls: calls.abandoned, threaded_calls),
        clock,
    )
    control: providers.Provider[ControlPort] = providers.Selector(
        settings.provided.account.mode,
        simulated=brake,
        paper=hanging_brake,
        live=hanging_brake,
    )
    source: providers.Provider[StrategySourcePort] = providers.Singleton(
        adapter("plugin_loader.PluginLoader")
    )
    runner: providers.Provider[StrategyRunnerPort] = providers.Singleton(
        adapter("plugin_loader.IsolatedRunner"),
        environment=providers.Callable(adapter("system.environment.library_places")),
        stopwatch=providers.Callable(adapter("system.clock.stopwatch")),
    )
    certificates: providers.Provider[CertificatesPort] = providers.Singleton(
        adapter("certificates.folder.CertificateFolder"),
        providers.Callable(lambda settings: settings.folder() / "certificates", settings),
    )
    strategies: providers.Provider[tuple[EnabledStrategy, ...]] = providers.Singleton(
        _strategies, source, settings, certificates
    )
    schedule: providers.Provider[Schedule] = providers.Callable(
        _schedule,
        settings.provided.schedule.timing,
        settings.provided.schedule.distance.call(),
    )
    limits: providers.Provider[RiskLimits] = settings.provided.risk.limits.call()
    breakers: providers.Provider[BreakerLimits] = settings.provided.risk.breaker_limits.call()
    policy: providers.Provider[Policy] = providers.Factory(
        Policy,
        allocation=settings.provided.execution.allocating.call(),
        planning=settings.provided.execution.planning.call(),
        limits=limits,
        breakers=breakers,
        benchmarks=settings.provided.regime.benchmarks.call(),
    )
    engine: providers.Provider[Engine] = providers.Factory(
        Engine,
        mode=providers.Callable(Mode, settings.provided.account.mode),
        clock=clock,
        calendar=calendar,
        market=leading,
        second=second,
        reference=reference,
        broker=broker,
        journal=journal,
        bars_store=bars_store,
        lease=lease,
        control=control,
        notifier=notifier,
        calls=calls,
        runner=runner,
        strategies=strategies,
        policy=policy,
        execution=settings.provided.execution.patience.call(settings.provided.broker.ration.call()),
        schedule=schedule,
        updates=updates,
        order_list=order_list,
        outside_hours=settings.provided.schedule.outside_hours,
        first_live_order_max=settings.provided.account.first_live_order_max,
        identity=providers.Factory(
            Identity, code=code, configuration=settings.provided.content_hash.call()
        ),
    )
