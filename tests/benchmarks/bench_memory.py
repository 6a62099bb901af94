"""How much memory the live pipeline holds, session after session.

One process trades session after session as a live engine does: bars come from the local store,
which asks its source for what is missing, through the cache; they are kept for the record, gated,
decided on by rules, and the orders worked at a broker in this process. What grows by its nature is
kept apart: the journal of an account is begun anew every ten sessions, because what it folds to
grows with the record.

    python -m tests.benchmarks.bench_memory 1000
"""

import asyncio
import gc
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from alchemiser.adapters.bars_store.cache import SeriesCache
from alchemiser.adapters.bars_store.kept import KeptMarketData
from alchemiser.adapters.bars_store.series import SqliteSeriesStore
from alchemiser.adapters.notify.null import NullNotifier
from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.adapters.synthetic.market import SyntheticMarket
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import Engine
from alchemiser.application.pulling import Puller, WholeSource
from alchemiser.domain.values.schedule import Schedule
from alchemiser.domain.values.session import Session
from alchemiser.domain.venue_model.settings import VenueSettings
from tests.cycle.world import make_engine, write_bars

FIRST: Final = date(2020, 1, 2)
WARM: Final = 40
"""Sessions until caches are full and every module is loaded."""
EVERY: Final = 5
"""Sessions between two looks at the memory."""
JOURNAL: Final = 10
"""Sessions of one journal."""
CACHE_BYTES: Final = 4 * 1024 * 1024
"""Full after some twenty sessions, since no series ages here: the bound itself is at work."""
PAGE: Final = 4096


@dataclass
class Measured:
    """What was seen.

    Attributes:
        sessions: Sessions traded.
        fills: Fills in all of them.
        before: Bytes of the process after the warm-up, the most in the first tenth of the looks.
        after: The same in the last tenth.
        cached: Bytes in the cache at the end.
        series: Series in the cache at the end.
    """

    sessions: int = 0
    fills: int = 0
    before: int = 0
    after: int = 0
    cached: int = 0
    series: int = 0


def resident() -> int:
    """Return the bytes of this process that are in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def measure(days: int, home: Path) -> Measured:
    """Trade `days` sessions and return what they held."""
    found, seen = Measured(), list[int]()
    world = World(days, home)
    for session, engine in world.engines():
        report = asyncio.run(run_cycle(engine, session.day))
        assert report.status == "completed", report.reason
        found.sessions += 1
        found.fills += len(report.fills)
        if found.sessions > WARM and found.sessions % EVERY == 0:
            seen.append(resident())
    part = max(3, len(seen) // 10)
    found.before, found.after = max(seen[:part]), max(seen[-part:])
    found.series, found.cached = world.cache.size()
    return found


class World:
    """One market, its store and its cache, and one account after the other."""

    def __init__(self, days: int, home: Path) -> None:
        calendar = SessionTable()
        every = calendar.sessions(FIRST, FIRST + timedelta(days=2 * days + 30))
        self.sessions, self.home = every[:days], home
        self.market = SyntheticMarket(7, calendar, self.sessions[-1].day)
        self.clock = VirtualClock(Schedule().moment(self.sessions[0]))
        self.cache = SeriesCache(lambda: 0.0, bytes_max=CACHE_BYTES)
        store = SqliteSeriesStore(home / "data.db")
        puller = Puller(WholeSource(self.market, "synthetic 7"), store, calendar, date(1990, 1, 2))
        self.kept = KeptMarketData(self.market, puller, self.clock, self.cache)

    def engines(self) -> Iterator[tuple[Session, Engine]]:
        """Yield each session with the engine that is to trade it."""
        write_bars(self.home / "bars")
        engine = usual = make_engine(self.home, date(2024, 3, 7), seed=7)
        for number, session in enumerate(self.sessions):
            self.clock.advance_to(Schedule().moment(session))
            if number % JOURNAL == 0:
                engine = self._account(usual, self.home / f"account{number // JOURNAL}")
            yield session, engine

    def _account(self, usual: Engine, home: Path) -> Engine:
        home.mkdir()
        reference = ReferenceTable(self.market.price_increment())
        broker = SimulatedBroker(
            path=home / "broker.db",
            name="memory",
            cash=Decimal(100_000),
            market=self.kept,
            clock=self.clock,
            calendar=usual.calendar,
            reference=reference,
            settings=VenueSettings(),
            seed=7,
            price_increment=self.market.price_increment(),
        )
        return replace(
            usual,
            clock=self.clock,
            market=self.kept,
            reference=reference,
            broker=broker,
            journal=SqliteJournal(home / "journal.db"),
            notifier=NullNotifier(),
        )


def main() -> None:
    """Print what was measured as JSON."""
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with TemporaryDirectory() as folder:
        found = measure(days, Path(folder))
    growth = found.after / found.before - 1
    print(json.dumps(vars(found) | {"growth": round(growth, 4)}))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
