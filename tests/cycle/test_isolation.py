"""One session with strategies in processes of their own: one misbehaves, the other trades."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from importlib import invalidate_caches
from importlib.metadata import distributions
from pathlib import Path

import pytest

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.plugin_loader import IsolatedRunner, PluginLoader
from alchemiser.adapters.synthetic.chance import Chance
from alchemiser.adapters.system.clock import VirtualClock, stopwatch
from alchemiser.adapters.system.environment import library_places
from alchemiser.application.backtest import BacktestSetup, backtest
from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import EnabledStrategy, Engine
from alchemiser.application.ledger import Ledger
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import BookId, StrategyId
from alchemiser.ports.strategy_source import WantedStrategy
from alchemiser.rules import asset
from tests.cycle.world import FIRST, SECOND, make_engine, write_bars

SOURCE = """
import os
from dataclasses import dataclass
from decimal import Decimal
from alchemiser.plugins import Requirements, StrategySpec, TargetPortfolio, hookimpl

@dataclass(frozen=True)
class Params:
    does: str = "0"

class Free:
    requirements = Requirements((("SPY", 2),))
    largest_weights = {}

    def __init__(self, does):
        self.does = does

    def target(self, view):
        hold = TargetPortfolio.of({"SPY": 1})
        bars = view.close("SPY")
        if bars[-1] < bars[-2]:
            exec(self.does, globals() | {"bars": bars, "hold": hold})
        return hold

def build(params):
    return Free(params.does)

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="free", summary="Holds SPY.", params=Params, build=build)]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with bars and an installed plugin that misbehaves on the second day."""
    write_bars(tmp_path / "bars")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "plug_free_form.py").write_text(SOURCE)
    metadata = tmp_path / "plug_free_form-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: plug-free\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[alchemiser]\nany = plug_free_form\n")
    invalidate_caches()
    return tmp_path


@pytest.fixture
def runner() -> Iterator[IsolatedRunner]:
    """Return a runner whose processes end with the test."""
    made = IsolatedRunner(library_places(), stopwatch())
    yield made
    made.close()


def free_form(home: Path, does: str) -> EnabledStrategy:
    """Return the plugin's strategy, which holds SPY and does the rest on a falling day."""
    wanted = WantedStrategy(
        strategy_id=StrategyId("shaky"),
        plugin="plug-free",
        strategy="free",
        params={"does": does},
        time_limit=2,
    )
    (loaded,) = PluginLoader(lambda: distributions(path=[str(home)])).load([wanted])
    return EnabledStrategy(
        strategy_id=loaded.strategy_id,
        weight=Decimal("0.5"),
        strategy=loaded.strategy,
        content_hash=loaded.content_hash,
        wanted=loaded.wanted,
    )


def sound(held: str) -> EnabledStrategy:
    """Return a rule tree that holds one symbol."""
    return EnabledStrategy(
        strategy_id=StrategyId("sound"),
        weight=Decimal("0.5"),
        strategy=RuleStrategy(asset(held)),
        content_hash="",
    )


@pytest.mark.parametrize(
    ("does", "why"),
    [
        ("1 / 0", "raised ZeroDivisionError"),
        ("while True: pass", "did not answer within 2 s and was stopped"),
        ("os._exit(1)", "ended its own process (exit code 1)"),
        ("os.abort()", "ended its own process (SIGABRT)"),
        ("x = bytearray(1 << 40)", "raised MemoryError"),
        ("TargetPortfolio.of({'SPY': float('nan')})", "raised InvalidValueError"),
        (
            "object.__setattr__(hold, 'weights', (('SPY', Decimal(2)),))",
            "returned a TargetPortfolio that was tampered with",
        ),
        ("bars.base.flags.writeable = True; bars.base[:] = 1", "changed the bars that it was"),
    ],
)
def test_a_strategy_that_misbehaves_leaves_its_book_untouched_while_the_other_trades(
    home: Path, runner: IsolatedRunner, does: str, why: str
) -> None:
    """RS-17, L02: a failure changes only its own book, and the status says so."""
    shaky = free_form(home, does)
    first = replace(make_engine(home, FIRST, 1), runner=runner, strategies=(shaky, sound("QQQ")))
    asyncio.run(run_cycle(first, FIRST))
    before = Ledger(first.journal).state.books[BookId("shaky")]
    assert before.positions

    second = replace(make_engine(home, SECOND, 1), runner=runner, strategies=(shaky, sound("TLT")))
    report = asyncio.run(run_cycle(second, SECOND))

    assert (report.status, report.exit_code) == (CycleStatus.PARTIAL, 1)
    assert "shaky failed" in report.reason
    assert why in report.reason
    assert {line.symbol for line in report.orders} == {"QQQ", "TLT"}
    assert report.reconciled
    after = Ledger(second.journal).state.books[BookId("shaky")]
    assert (after.cash, after.positions) == (before.cash, before.positions)


def test_a_backtest_runs_free_form_code_in_the_same_processes(
    home: Path, runner: IsolatedRunner
) -> None:
    """BT-01."""
    engine: Engine = replace(
        make_engine(home, FIRST, 1),
        runner=runner,
        strategies=(free_form(home, "import gc"), sound("QQQ")),
        journal=MemoryJournal(),
    )
    assert isinstance(engine.clock, VirtualClock)

    report = backtest(
        BacktestSetup(
            engine=engine,
            clock=engine.clock,
            sessions=engine.calendar.sessions(FIRST, SECOND),
            risk_profile="owner",
            units="total-return units",
            chance=Chance(7),
        ),
        lambda _done, _total: None,
    )

    assert dict(report.decided) == {"shaky": 2, "sound": 2}
