"""A process killed at any effect boundary leaves a day that the next run ends undisturbed."""

import os
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import overview
from alchemiser.domain.journal.chain import verify
from alchemiser.domain.journal.records import CycleStatus
from tests.crash.mortal import Countdown, run_until
from tests.cycle.world import FIRST, SECOND, make_engine, run, write_bars

POINTS = (
    "before CycleStarted",
    "after InputsTaken",
    "before OrderPlanned",
    "after OrderPlanned",
    "before OrderIntended",
    "after OrderIntended",
    "before send",
    "between send and acknowledgement",
    "before acknowledgement",
    "after acknowledgement",
    "between fill and record",
    "before fill",
    "after fill",
    "before account",
    "after account",
    "before reconciled-after",
    "after reconciled-after",
    "before CycleFinished",
    "after CycleFinished",
)
KILLS_PER_POINT = 20


def positions(home: Path) -> dict[str, Decimal]:
    with sqlite3.connect(home / "broker.db") as broker:
        rows = broker.execute("SELECT symbol, quantity FROM positions").fetchall()
    return {name: Decimal(quantity) for name, quantity in rows if Decimal(quantity)}


def orders(home: Path) -> Counter[str]:
    with sqlite3.connect(home / "broker.db") as broker:
        return Counter(name for (name,) in broker.execute("SELECT cl_ord_id FROM orders"))


@dataclass(frozen=True)
class Calm:
    """What two days without a crash come to."""

    after_first: Path
    positions: dict[str, Decimal]
    orders: Counter[str]


class CalmWorlds:
    """Make the undisturbed world of each seed once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._worlds: dict[int, Calm] = {}

    def of(self, seed: int) -> Calm:
        """Return the world of `seed`."""
        if seed not in self._worlds:
            home, after_first = self._folder / f"{seed}", self._folder / f"{seed}-first"
            write_bars(home / "bars")
            assert run(home, FIRST, seed).status is CycleStatus.COMPLETED
            shutil.copytree(home, after_first)
            assert run(home, SECOND, seed).status is CycleStatus.COMPLETED
            self._worlds[seed] = Calm(after_first, positions(home), orders(home))
        return self._worlds[seed]


@pytest.fixture(scope="module")
def calm_worlds(tmp_path_factory: pytest.TempPathFactory) -> CalmWorlds:
    return CalmWorlds(tmp_path_factory.mktemp("calm"))


@pytest.mark.parametrize("point", POINTS)
def test_killed_day_ends_as_the_undisturbed_one_when_run_again(
    point: str,
    tmp_path: Path,
    calm_worlds: CalmWorlds,
    record_property: Callable[[str, object], None],
) -> None:
    """No second order for one intent, and books equal to the broker (OS-08, RS-11)."""
    killed = 0
    for seed in range(1, KILLS_PER_POINT + 1):
        calm, home = calm_worlds.of(seed), tmp_path / f"killed-{seed}"
        day = FIRST if seed % 2 else SECOND
        if day == SECOND:
            shutil.copytree(calm.after_first, home)
        else:
            write_bars(home / "bars")
        killed += kill_until_none_is_left(home, day, seed, point)
        check_day(home, day, seed)
        if day == FIRST:
            run(home, SECOND, seed)
        assert orders(home) == calm.orders
        assert positions(home).keys() == calm.positions.keys()
        for name, quantity in positions(home).items():
            assert abs(quantity - calm.positions[name]) <= Decimal("0.02") * calm.positions[name]
    assert killed >= KILLS_PER_POINT, f"{point} was passed only {killed} times"
    record_property("processes killed at effect boundaries", f"{killed:5d}  {point}")


def kill_until_none_is_left(home: Path, day: date, seed: int, point: str) -> int:
    """Kill the day's run at the first and then at later passings of `point`; return the kills."""
    kills = 0
    for nth in (1, 2, 3):
        status = run_until(home, day, seed, Countdown(point, nth))
        if not os.WIFSIGNALED(status):
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
        kills += 1
    return kills


def check_day(home: Path, day: date, seed: int) -> None:
    """Run the day to its end and hold it against the broker's own file."""
    report = run(home, day, seed)
    already = report.status is CycleStatus.SKIPPED and "already finished" in report.reason
    assert already or (report.status is CycleStatus.COMPLETED and report.reconciled), report.reason
    assert max(orders(home).values()) == 1
    engine = make_engine(home, day, seed)
    state = Ledger(engine.journal).state
    cycle = state.cycles[day]
    assert cycle.plan is not None
    assert not cycle.execution(cycle.plan).in_flight()
    assert not overview(engine).breaks
    assert cycle.reconciled_after
    assert verify(engine.journal.read()).ok


def test_second_day_sells_buys_and_crosses_in_the_undisturbed_world(tmp_path: Path) -> None:
    """The world that the kills act on has every kind of effect."""
    write_bars(tmp_path / "bars")
    for day in (FIRST, SECOND):
        run(tmp_path, day, 1)

    state = Ledger(make_engine(tmp_path, SECOND, 1).journal).state
    plan = state.cycles[SECOND].plan
    assert plan is not None
    assert {order.side for order in plan.orders} == {"buy", "sell"}
    assert plan.crossings
