"""How much memory the live pipeline holds, session after session.

One process trades session after session as a live engine does: bars come from the local store,
which asks its source for what is missing, through the cache; they are kept for the record, gated,
decided on by rules, and the orders worked at a broker in this process. What grows by its nature is
kept apart: account, journal and stored bars are begun anew every ten sessions, because what a
journal folds to grows with the record, and a history by a bar a session.

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
WARM: Final = 100
"""Sessions until caches are full and every module is loaded."""
EVERY: Final = 5
"""Sessions between two looks at the memory."""
JOURNAL: Final = 10
"""Sessions of one account, its journal and its stored bars."""
HISTORY: Final = timedelta(days=720)
"""Stored bars begin this long before the first session that an account trades."""
CACHE_BYTES: Final = 4 * 1024 * 1024
"""Full after some twenty sessions, since no series ages here: the bound itself is at work."""
PAGE: Final = 4096


@dataclass
class Measured:
    """What was seen.

    Attributes:
        sessions: Sessions traded.
        fills: Fills in all of them.
        memory: Bytes of the process: the most in the first tenth of the looks after the warm-up,
            and the most in the last tenth.
        objects: Objects that Python's collector knows, likewise.
        blocks: Pieces of memory that Python holds for objects of any kind, likewise.
        cached: Bytes in the cache at the end.
        series: Series in the cache at the end.
    """

    sessions: int = 0
    fills: int = 0
    memory: tuple[int, int] = (0, 0)
    objects: tuple[int, int] = (0, 0)
    blocks: tuple[int, int] = (0, 0)
    cached: int = 0
    series: int = 0

    def growth(self) -> dict[str, float]:
        """Return by which fraction each grew, by name."""
        figures = {"memory": self.memory, "objects": self.objects, "blocks": self.blocks}
        return {name: round(after / before - 1, 4) for name, (before, after) in figures.items()}


Look = tuple[int, int, int]
"""Bytes in memory, objects, blocks."""


def look() -> Look:
    """Return what this process holds."""
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
    return resident, len(gc.get_objects()), sys.getallocatedblocks()


def measure(days: int, home: Path) -> Measured:
    """Trade `days` sessions and return what they held."""
    found, seen = Measured(), list[Look]()
    world = World(days, home)
    for session, engine in world.engines():
        report = asyncio.run(run_cycle(engine, session.day))
        assert report.status == "completed", report.reason
        found.sessions += 1
        found.fills += len(report.fills)
        if found.sessions >= WARM and found.sessions % EVERY == 0:
            seen.append(look())
    found.memory, found.objects, found.blocks = map(first_and_last, zip(*seen, strict=True))
    found.series, found.cached = world.cache.size()
    return found


def first_and_last(figures: tuple[int, ...]) -> tuple[int, int]:
    """Return the largest in the first tenth and in the last, of three figures at least."""
    part = max(3, len(figures) // 10)
    return max(figures[:part]), max(figures[-part:])


class World:
    """One market and its cache, and one account after the other."""

    def __init__(self, days: int, home: Path) -> None:
        calendar = SessionTable()
        every = calendar.sessions(FIRST, FIRST + timedelta(days=2 * days + 30))
        self.sessions, self.home, self.calendar = every[:days], home, calendar
        self.market = SyntheticMarket(7, calendar, self.sessions[-1].day)
        self.clock = VirtualClock(Schedule().moment(self.sessions[0]))
        self.cache = SeriesCache(lambda: 0.0, bytes_max=CACHE_BYTES)

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
        market = self._kept(home)
        reference = ReferenceTable(self.market.price_increment())
        broker = SimulatedBroker(
            path=home / "broker.db",
            name="memory",
            cash=Decimal(100_000),
            market=market,
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
            market=market,
            reference=reference,
            broker=broker,
            journal=SqliteJournal(home / "journal.db"),
            notifier=NullNotifier(),
        )

    def _kept(self, home: Path) -> KeptMarketData:
        first = self.clock.now().date() - HISTORY
        source = WholeSource(self.market, "synthetic 7")
        puller = Puller(source, SqliteSeriesStore(home / "data.db"), self.calendar, first)
        return KeptMarketData(self.market, puller, self.clock, self.cache)


def main() -> None:
    """Print what was measured as JSON."""
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with TemporaryDirectory() as folder:
        found = measure(days, Path(folder))
    print(json.dumps(vars(found) | {"growth": found.growth()}))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
