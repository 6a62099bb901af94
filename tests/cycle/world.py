"""A small account on real files, with two strategies that rotate and cross on the second day."""

import asyncio
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

from alchemiser.adapters.bars_store.sqlite import SqliteBarsStore
from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.notify.log import LogNotifier
from alchemiser.adapters.plugin_loader.runner import ContainedRunner
from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.adapters.system.calls import InlineCalls
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.adapters.system.control import FolderControl
from alchemiser.adapters.system.lease import HostLease
from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import EnabledStrategy, Engine, Identity, Mode
from alchemiser.application.liquidity import PastLiquidity
from alchemiser.application.report import CycleReport
from alchemiser.domain.cycle.decide import Policy
from alchemiser.domain.planning.planner import PlanSettings
from alchemiser.domain.portfolio.allocation import AllocationSettings
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.schedule import Schedule
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.ports.calendar import CalendarPort
from alchemiser.rules import asset, cumulative_return, weight_equal, weight_specified, when

FIRST, SECOND = date(2024, 3, 7), date(2024, 3, 8)
NEAR_CLOSE = Schedule()
VENUE = VenueSettings()
SYMBOLS = ("AGG", "GLD", "IEF", "QQQ", "SPY", "TLT")


def write_bars(folder: Path) -> None:
    """Write four sessions of six symbols: up, up, up, down."""
    folder.mkdir(parents=True, exist_ok=True)
    days = ("2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08")
    for place, name in enumerate(SYMBOLS):
        price, lines = 50.0 + 7 * place, ["session,close"]
        for day, change in zip(days, (1.0, 1.01, 1.013, 0.97), strict=True):
            price *= change
            lines.append(f"{day},{price:.4f}")
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def strategies() -> tuple[EnabledStrategy, ...]:
    """Return two strategies whose books rotate on the second day and cross in part."""
    rising = cumulative_return("SPY", 1) > 0
    trend = when(rising, weight_equal(asset("QQQ"), asset("SPY"), asset("GLD")), asset("TLT"))
    hedge = when(
        rising,
        weight_specified((Decimal("0.7"), asset("IEF")), (Decimal("0.3"), asset("TLT"))),
        weight_specified((Decimal("0.6"), asset("AGG")), (Decimal("0.4"), asset("GLD"))),
    )
    return tuple(
        EnabledStrategy(
            strategy_id=StrategyId(name),
            weight=weight,
            strategy=RuleStrategy(tree),
            content_hash="",
        )
        for name, weight, tree in (
            ("hedge", Decimal("0.4"), hedge),
            ("trend", Decimal("0.6"), trend),
        )
    )


def make_engine(  # noqa: PLR0913 - one argument a thing that tests change
    home: Path,
    day: date,
    seed: int,
    schedule: Schedule = NEAR_CLOSE,
    *,
    venue: VenueSettings = VENUE,
    cash: Decimal = Decimal(100_000),
    files: Callable[[Path, CalendarPort], FileMarketData] = FileMarketData,
) -> Engine:
    """Return an engine on the files in `home`, its clock at the decision of `day`."""
    calendar = SessionTable()
    market = files(home / "bars", calendar)
    session = calendar.session(day)
    assert session is not None
    clock = VirtualClock(schedule.moment(session))
    reference = ReferenceTable(market.price_increment())
    everything = {name: Decimal(1) for name in RiskLimits().max_position or {}}
    return Engine(
        mode=Mode.SIMULATED,
        clock=clock,
        calendar=calendar,
        market=market,
        reference=reference,
        broker=SimulatedBroker(
            path=home / "broker.db",
            name="crash",
            cash=cash,
            market=market,
            clock=clock,
            calendar=calendar,
            reference=reference,
            settings=venue,
            seed=seed,
            price_increment=market.price_increment(),
            liquidity=PastLiquidity(market),
        ),
        journal=SqliteJournal(home / "journal.db"),
        bars_store=SqliteBarsStore(home / "bars.db"),
        lease=HostLease(home / "leases"),
        control=FolderControl(home / "control"),
        notifier=LogNotifier(StringIO(), clock),
        calls=InlineCalls(),
        runner=ContainedRunner(),
        strategies=strategies(),
        policy=Policy(
            allocation=AllocationSettings(),
            planning=PlanSettings(),
            limits=RiskLimits(max_position=everything),
        ),
        schedule=schedule,
        identity=Identity(code="", configuration=""),
    )


def run(home: Path, day: date, seed: int) -> CycleReport:
    """Run the cycle of `day` to its end."""
    return asyncio.run(run_cycle(make_engine(home, day, seed), day))
