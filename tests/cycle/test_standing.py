"""What the past of a strategy means for its next session: rebalancing, silence and fallbacks."""

import asyncio
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from alchemiser.adapters.notify.log import LogNotifier
from alchemiser.application.cycle import run_cycle
from alchemiser.application.dry_run import dry_plan, read_signals
from alchemiser.application.engine import EnabledStrategy, Engine, Fallback
from alchemiser.application.ledger import Ledger
from alchemiser.application.report import CycleReport
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.risk.breakers import BreakerLimits
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.rebalance import Frequency, Rebalance
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.rules import asset, cumulative_return, price, when
from tests.cycle.world import make_engine

# A Thursday and Friday, a whole week, and the Monday after.
DAYS = [date(2024, 3, 7), date(2024, 3, 8), *(date(2024, 3, d) for d in (11, 12, 13, 14, 15, 18))]
UP = when(cumulative_return("SPY", 1) > 0, "SPY", "AGG")
BILLS = Fallback(target=TargetPortfolio.of({Symbol("BIL"): Decimal(1)}), after=2)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Write bars in which SPY rises and falls by turns, and QQQ is missing in the second week."""
    folder = tmp_path / "bars"
    folder.mkdir()
    days = [date(2024, 3, 5), date(2024, 3, 6), *DAYS]
    for name in ("AGG", "BIL", "SPY", "QQQ"):
        lines = ["session,close"]
        for place, day in enumerate(days):
            if name != "QQQ" or not date(2024, 3, 8) <= day <= date(2024, 3, 13):
                wave = (place % 2) * 5 if name in {"SPY", "QQQ"} else 0
                lines.append(f"{day},{100 + wave}")
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def engine(home: Path, day: date, tree: Node, **standing: object) -> tuple[Engine, StringIO]:
    rule = standing.get("rebalance", Rebalance())
    assert isinstance(rule, Rebalance)
    fallback = standing.get("fallback")
    assert fallback is None or isinstance(fallback, Fallback)
    only = EnabledStrategy(
        strategy_id=StrategyId("only"),
        weight=Decimal(1),
        strategy=RuleStrategy(tree, rebalance=rule),
        content_hash="",
        fallback=fallback,
    )
    made, log = make_engine(home, day, 1), StringIO()
    notifier = LogNotifier(log, made.clock)
    return replace(made, strategies=(only,), notifier=notifier), log


def go(home: Path, day: date, tree: Node, **standing: object) -> CycleReport:
    made, _ = engine(home, day, tree, **standing)
    return asyncio.run(run_cycle(made, day))


def held(home: Path) -> set[str]:
    books = Ledger(make_engine(home, DAYS[0], 1).journal).state.books
    return {str(name) for name in books[list(books)[-1]].positions}


def test_weekly_book_trades_once_a_week_and_rests_between(home: Path) -> None:
    """Settled on the first session of each week, whatever the rules say on the others."""
    weekly = Rebalance(frequency=Frequency.WEEKLY)

    reports = [go(home, day, UP, rebalance=weekly) for day in DAYS]

    assert {report.status for report in reports} == {CycleStatus.COMPLETED}
    traded = [str(report.session) for report in reports if report.orders]
    assert traded == ["2024-03-07", "2024-03-18"]  # on the 11th the rules want what is held
    resting = [report.strategies[0].resting for report in reports]
    assert resting == [False, True, False, True, True, True, True, False]
    wishes = {report.strategies[0].weights for report in reports}
    assert len(wishes) == 2


def test_a_missed_first_session_of_the_week_is_made_up_for_by_the_next(home: Path) -> None:
    weekly = Rebalance(frequency=Frequency.WEEKLY)
    go(home, DAYS[0], UP, rebalance=weekly)

    tuesday = go(home, date(2024, 3, 12), UP, rebalance=weekly)
    wednesday = go(home, date(2024, 3, 13), UP, rebalance=weekly)

    assert [one.strategies[0].resting for one in (tuesday, wednesday)] == [False, True]


def test_fallback_is_held_after_so_many_silent_sessions_and_left_at_once(home: Path) -> None:
    """ST-13: explicit, cash-like and an alert; the strategy's first decision ends it."""
    tree = when(price("QQQ") > 0, "SPY", "AGG")
    states = []
    for day in DAYS:
        made, log = engine(home, day, tree, fallback=BILLS)
        report = asyncio.run(run_cycle(made, day))
        told = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
        line = report.strategies[0]
        states.append((line.state, [str(n) for n, _ in line.weights], "strategy_fallback" in told))

    assert states == [
        ("decided", ["SPY"], False),
        ("undecided", [], False),
        ("undecided", [], False),
        ("decided", ["BIL"], True),
        ("decided", ["BIL"], True),
        ("decided", ["SPY"], False),
        ("decided", ["SPY"], False),
        ("decided", ["SPY"], False),
    ]


def test_without_a_fallback_the_book_is_held_for_as_long_as_it_takes(home: Path) -> None:
    """ST-13: no book is sold because data are missing."""
    tree = when(price("QQQ") > 0, "SPY", "AGG")

    reports = [go(home, day, tree) for day in DAYS[:5]]

    assert [report.strategies[0].state for report in reports[1:]] == ["undecided"] * 4
    assert held(home) == {"SPY"}


def test_fallback_does_not_wait_for_a_rebalancing_and_neither_does_the_return(home: Path) -> None:
    """ST-13."""
    monthly = Rebalance(frequency=Frequency.MONTHLY)
    tree = when(price("QQQ") > 0, "SPY", "AGG")

    lines = [
        go(home, day, tree, fallback=BILLS, rebalance=monthly).strategies[0] for day in DAYS[:6]
    ]

    assert [line.resting for line in lines if line.state == "decided"] == [False] * 4
    assert held(home) == {"SPY"}


def test_every_decision_carries_the_regime(home: Path) -> None:
    """ST-11: four sessions of closes tell no regime, and the decision says so."""
    made, _ = engine(home, DAYS[1], asset("SPY"))

    signals = asyncio.run(read_signals(made, DAYS[1]))

    regime = signals.strategies[0].regime
    assert regime is not None
    assert (regime.trend, regime.liquidity) == ("unknown", "unknown")


def test_dry_run_reckons_with_a_breaker_that_would_trip_and_records_nothing(home: Path) -> None:
    """RC-06: what `plan` shows is what `run` would do."""
    go(home, DAYS[0], UP)
    go(home, DAYS[1], UP)
    tight = BreakerLimits(max_daily_loss=Decimal("0.001"))
    made, _ = engine(home, DAYS[2], UP)
    made = replace(made, policy=replace(made.policy, breakers=tight))
    before = made.journal.head()

    planned = asyncio.run(dry_plan(made, DAYS[2]))

    assert made.journal.head() == before
    assert {str(row.code) for row in planned.limited} == {"trading_state"}
    assert asyncio.run(run_cycle(made, DAYS[2])).limited == planned.limited
