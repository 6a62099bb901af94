"""Measure a whole backtest by the exact engine: thirty symbols, new weights in every session.

Run by `make bench-exact`. The strategy is free-form code with weights drawn beforehand, a trade
costs five basis points, and every session goes through decision, both gates, plan, machine,
simulated broker, books and journal. Processor time, medians; every run is a process of its own.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.application.backtest import BacktestSetup, backtest
from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.engine import EnabledStrategy
from alchemiser.container import build_backtest
from alchemiser.domain.journal.chain import Envelope
from alchemiser.domain.risk.breakers import RESEARCH_BREAKERS
from alchemiser.domain.risk.limits import RESEARCH_LIMITS
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import ONE, ZERO, Floats, weight_from_float
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.entrypoints.collector import collect_rarely
from alchemiser.settings import Settings
from tests.benchmarks.machine import machine
from tests.benchmarks.market import made_up_panel

RUNS: Final = 3
SIZES: Final = (252, 2_520)
"""Sessions."""
SYMBOLS: Final = (
    *("AGG", "SPY", "QQQ", "TLT", "GLD", "IEF", "DIA", "BIL", "BND", "EEM"),
    *("EFA", "EMB", "EWJ", "EWY", "EWZ", "DBC", "DBA", "EDV", "BSV", "BIV"),
    *("BNDX", "ACWI", "CORP", "CWB", "BKLN", "DBB", "DBE", "DBO", "EPI", "CPER"),
)
FRACTION: Final = 0.98
"""Of equity that is invested; the rest pays for what trading costs."""
CASH: Final = 10_000_000
"""Dollars at the beginning."""
VENUE: Final = {
    "half_spread": dict.fromkeys(
        ("stock", "broad_fund", "sector_fund", "leveraged_fund"), Decimal("0.0005")
    ),
    "slippage": ZERO,
    "impact": ZERO,
    "partial_probability": ZERO,
}
"""Five basis points a trade, and every order is filled in one."""
LAST_DAY: Final = date(2024, 12, 31)


class Drawn:
    """Want other weights in every session, all drawn beforehand."""

    largest_weights: Mapping[AssetClass, Decimal] = {}

    def __init__(self, names: Sequence[str], weights: Floats) -> None:
        """Want `weights`, (T, N), of the symbols `names`."""
        self._weights = [
            {name: weight_from_float(one) for name, one in zip(names, row, strict=True)}
            for row in weights.tolist()
        ]
        self.requirements = Requirements(lookbacks=tuple((Symbol(one), 1) for one in sorted(names)))

    def target(self, view: MarketView) -> TargetPortfolio:
        """Return the weights of the session by its place."""
        return TargetPortfolio.of(self._weights[len(view.sessions) - 1])


def drawn_weights(sessions: int) -> Floats:
    """Return the weights of `sessions` sessions and one more."""
    weights: Floats = np.random.default_rng(7).random((sessions + 1, len(SYMBOLS)))
    weights *= FRACTION / weights.sum(axis=1, keepdims=True)
    return weights


def write_bars(folder: Path, names: Sequence[str], closes: Floats) -> None:
    """Write `closes`, (T, N) dollars, of the symbols `names`, up to the end of 2024."""
    sessions = len(closes)
    # A year has more than 240 sessions.
    first = LAST_DAY - timedelta(days=sessions * 366 // 240 + 10)
    days = [one.day for one in SessionTable().sessions(first, LAST_DAY)][-sessions:]
    for place, name in enumerate(names):
        rows = zip(days, closes[:, place].tolist(), strict=True)
        lines = ["session,close", *(f"{day},{close:.4f}" for day, close in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


class CountingJournal(MemoryJournal):
    """Count the orders that were intended, and keep the digest alone."""

    orders = 0

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Add `envelopes`."""
        self.orders += sum(one.type == "OrderIntended" for one in envelopes)
        super().append(envelopes)


@dataclass(frozen=True, slots=True)
class Run:
    """Tell what one backtest came to.

    Attributes:
        orders: Orders that were sent.
        seconds: Processor time of the sessions and the report.
        memory: The most memory that the process held, MB.
        equity: Dollars at the end.
        digest: Of all that was decided and traded.
    """

    orders: int
    seconds: float
    memory: int
    equity: str
    digest: str


def measured(sessions: int) -> Run:
    """Return what a backtest of `sessions` sessions takes; its files are made beforehand.

    Raises:
        AssertionError: When a session failed: nothing was measured then.
    """
    journal = CountingJournal()
    panel = made_up_panel(SYMBOLS, sessions=sessions, young=0)
    with TemporaryDirectory() as folder:
        write_bars(Path(folder), panel.symbols, panel.close)
        begun = process_time()
        drawn = Drawn(SYMBOLS, drawn_weights(sessions))
        report = ran(a_setup(Path(folder), drawn, {}, journal), sessions)
        seconds = process_time() - begun
    return Run(
        orders=journal.orders,
        seconds=seconds,
        memory=getrusage(RUSAGE_SELF).ru_maxrss // 1024,
        equity=f"{report.final_equity:f}",
        digest=report.digest,
    )


def ran(setup: BacktestSetup, sessions: int) -> BacktestReport:
    """Return what comes of `setup`, which has so many `sessions`.

    Raises:
        AssertionError: When a session failed: nothing was measured then.
    """
    report = backtest(setup, lambda _done, _total: None)
    if report.failures or report.sessions != sessions:
        msg = f"sessions failed, so nothing was measured: {report.failures[:3]}"
        raise AssertionError(msg)
    return report


def a_setup(
    folder: Path, strategy: Drawn, execution: Mapping[str, object], journal: CountingJournal
) -> BacktestSetup:
    """Return the world of a backtest on the bars in `folder`, with settings of `execution`."""
    settings = Settings.model_validate({
        "broker": {"cash": CASH, "venue": VENUE},
        "execution": execution,
    })
    setup = build_backtest(settings, [("sixty-forty", None)], data=folder)
    drawn = EnabledStrategy(
        strategy_id=StrategyId("drawn"), weight=ONE, strategy=strategy, content_hash=""
    )
    policy = replace(setup.engine.policy, limits=RESEARCH_LIMITS, breakers=RESEARCH_BREAKERS)
    engine = replace(setup.engine, strategies=(drawn,), policy=policy, journal=journal)
    return replace(setup, engine=engine)


def main() -> None:
    """Measure every size and print the table."""
    console = Console(width=110)
    console.print(machine())
    table = Table(box=SIMPLE, title="Past sessions by the exact engine")
    for name in ("symbols", "sessions", "orders", "s", "us an order", "ms a session", "MB in all"):
        table.add_column(name, justify="right")
    for sessions in SIZES:
        runs = [_run(sessions) for _ in range(RUNS)]
        if len({one.digest for one in runs}) > 1:
            sys.exit("the same backtest had two digests: nothing was measured.")
        seconds, orders = median(one.seconds for one in runs), runs[0].orders
        table.add_row(
            f"{len(SYMBOLS)}",
            f"{sessions:,}",
            f"{orders:,}",
            f"{seconds:.2f}",
            f"{seconds / orders * 1e6:.0f}",
            f"{seconds / sessions * 1e3:.2f}",
            f"{max(one.memory for one in runs):,}",
        )
    console.print(table)
    console.print(f"Processor time, medians of {RUNS} runs, reading the bars included.")


def _run(sessions: int) -> Run:
    command = [sys.executable, "-m", "tests.benchmarks.bench_exact", str(sessions)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    return Run(**json.loads(told.stdout))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        collect_rarely()
        sys.stdout.write(json.dumps(asdict(measured(int(sys.argv[1])))))
    else:
        main()
