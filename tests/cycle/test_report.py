"""A report tells what the engine has done, whichever engine it was and whatever came of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from alchemiser.application.backtest import BacktestSetup, backtest
from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.fast import fast_backtest
from alchemiser.application.reports.backtest import backtest_document
from alchemiser.application.reports.circumstances import Origin
from alchemiser.application.unadjusted import unadjusted
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.risk.limits import RESEARCH_LIMITS
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import HOUSE, Symbol
from alchemiser.domain.values.schedule import Timing
from alchemiser.domain.venue_model.costs import CostKind
from alchemiser.ports.report_document import Chart, ReportDocument, Table, Text
from alchemiser.rules import asset, cumulative_return, when
from tests.cycle.test_fast import (
    CASH,
    PLAIN,
    Case,
    all_sessions,
    engine_of,
    nobody,
    setup_of,
    with_first,
    write_history,
)

RUNS = (backtest, fast_backtest)
Run = Callable[[BacktestSetup, Callable[[int, int], None]], BacktestReport]
ON_CLOSE = replace(PLAIN, timing=Timing.NEXT_CLOSE, algorithm=Algorithm.LIMIT_ON_CLOSE)
MADE = Origin(command="alchemiser backtest", versions=(("alchemiser", "0"),))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_history(folder / "bars", PLAIN.seed, holes=False)
    return folder


def fresh(home: Path, folder: Path) -> Path:
    """Return a folder with the bars of `home` and no account of its own."""
    (folder / "bars").symlink_to(home / "bars")
    return folder


def tables(document: ReportDocument) -> dict[str, Table]:
    return {
        f"{section.name}.{block.name}": block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Table)
    }


def charts(document: ReportDocument) -> dict[str, Chart]:
    return {
        block.name: block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Chart)
    }


def said(document: ReportDocument, section: str) -> str:
    (found,) = (one for one in document.sections if one.name == section)
    return " ".join(block.text for block in found.blocks if isinstance(block, Text))


@pytest.mark.parametrize("run", RUNS)
def test_books_costs_and_trades_add_up_to_the_account(run: Run, home: Path, tmp_path: Path) -> None:
    """BT-08: every dollar of equity is some book's, and costs are what fees and prices took."""
    engine = engine_of(fresh(home, tmp_path), PLAIN)

    report = run(setup_of(engine), nobody)

    course = report.course
    equity = np.array([float(dollars) for _, dollars in report.equity])
    assert np.sum(list(course.books.values()), axis=0) == pytest.approx(equity, abs=0.006)
    assert sum(course.capital.values()) == pytest.approx(float(CASH), abs=0.006)
    assert course.books[HOUSE] == pytest.approx(course.capital[HOUSE], abs=0.006)
    commission = 0.0003 * course.traded.sum()
    assert course.costs[CostKind.COMMISSION].sum() == pytest.approx(commission, rel=1e-4)
    assert course.costs[CostKind.SPREAD].sum() > 0
    assert course.costs[CostKind.FEES].sum() == pytest.approx(0.0, abs=0.02 * len(equity))
    assert len(course.trades) == report.performance.trades > 0
    assert {trade.closed for trade in course.trades} <= {day for day, _ in report.equity}
    assert len(course.regimes) == report.sessions


@pytest.mark.parametrize("case", [PLAIN, ON_CLOSE], ids=["plain", "on_close"])
def test_both_engines_report_the_same_costs_and_attribution(
    case: Case, home: Path, tmp_path: Path
) -> None:
    """BT-04: without chance at the venue they differ by the rounding of fills only."""
    reports = [
        run(setup_of(engine_of(fresh(home, _made(tmp_path / run.__name__)), case)), nobody)
        for run in RUNS
    ]

    exact, fast = (report.course for report in reports)
    for kind in (CostKind.SPREAD, CostKind.COMMISSION):
        assert fast.costs[kind].sum() == pytest.approx(exact.costs[kind].sum(), rel=1e-3)
    gains = [
        {
            row[0]: row[5]
            for row in tables(backtest_document(one, MADE))["strategies.attribution"].rows
        }
        for one in reports
    ]
    assert gains[0].keys() == gains[1].keys()
    for book, gain in gains[0].items():
        assert gains[1][book] == pytest.approx(gain, abs=float(CASH) * 1e-5)
    assert exact.data == fast.data
    assert exact.regimes == fast.regimes


@pytest.mark.parametrize("run", RUNS)
def test_market_on_close_knows_no_spread(run: Run, home: Path, tmp_path: Path) -> None:
    """BT-03, BT-04: decided on yesterday's bars, traded at the close; a first buy of all."""
    case = replace(ON_CLOSE, trees=(2,))
    engine = engine_of(fresh(home, tmp_path), case)

    report = run(replace(setup_of(engine), sessions=all_sessions()[4:5]), nobody)

    course = report.course
    assert course.traded.sum() > 0.9 * float(CASH)
    # What is no whole share goes before it, and pays.
    assert 0 < course.costs[CostKind.SPREAD].sum() < 200 * 0.0003
    assert course.costs[CostKind.COMMISSION].sum() == pytest.approx(
        0.0003 * course.traded.sum(), abs=0.05
    )
    assert report.timing.sentence() == (
        "next_close: decided at close-15m on bars up to the session before, "
        "traded in the closing auction at the close"
    )
    assert report.timing.sentence() in said(backtest_document(report, MADE), "summary")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_limits_are_told_with_their_days(home: Path, tmp_path: Path) -> None:
    limits = replace(RESEARCH_LIMITS, max_leverage=Decimal("0.6"))
    engine = engine_of(fresh(home, tmp_path), replace(PLAIN, limits=limits))

    report = fast_backtest(setup_of(engine), nobody)

    (row,) = tables(backtest_document(report, MADE))["limits.limits"].rows
    days = [one.day for one in report.course.bound]
    assert row[:5] == ("max_leverage", len(days), len(set(days)), days[0], days[-1])
    assert dict(report.limited) == {"max_leverage": len(days)}


@pytest.mark.parametrize("run", RUNS)
def test_a_report_is_made_when_nothing_was_decided(run: Run, home: Path, tmp_path: Path) -> None:
    """OB-08: no trade, no book of its own, no benchmark, and still every section."""
    never = when(cumulative_return("SPY", 200) > 0, asset("QQQ"), asset("TLT"))
    engine = engine_of(fresh(home, tmp_path), replace(PLAIN, trees=(0,)))
    setup = setup_of(with_first(engine, strategy=RuleStrategy(never)))

    document = backtest_document(run(setup, nobody), MADE)

    assert len(document.sections) == 15
    assert "s0 never decided" in said(document, "summary")
    assert "Nothing was traded." in said(document, "summary")
    assert said(document, "trades") == "No trade was closed."
    assert tables(document)["drawdowns.episodes"].rows == ()
    assert "beta" not in charts(document)


@pytest.mark.parametrize("run", RUNS)
def test_a_report_is_made_of_one_session(run: Run, home: Path, tmp_path: Path) -> None:
    setup = setup_of(engine_of(fresh(home, tmp_path), PLAIN))
    setup = replace(setup, sessions=setup.sessions[:1], benchmark=Symbol("SPY"))

    document = backtest_document(run(setup, nobody), MADE)

    assert "in 1 session," in said(document, "summary")
    assert "So few sessions say nothing" in said(document, "summary")
    assert "too few for statistics that roll" in said(document, "rolling")
    assert len(charts(document)["equity"].days) == 1
    assert tables(document)["regimes.regimes"].rows == ()


@pytest.mark.parametrize(("end", "told"), [(-5, "money was owed"), (0, "was 100.00 %, on")])
def test_what_was_lost_altogether_is_told(end: int, told: str, home: Path, tmp_path: Path) -> None:
    """BT-08: nobody reads that it never fell, or that debts which grow are a gain."""
    report = fast_backtest(setup_of(engine_of(fresh(home, tmp_path), PLAIN)), nobody)
    days = [day for day, _ in report.equity]
    worth = [Decimal(50), *(Decimal(end * (row > 0)) * (1 + row) for row in range(len(days) - 1))]
    report = replace(report, equity=tuple(zip(days, worth, strict=True)))

    document = backtest_document(report, MADE)

    assert told in said(document, "summary")
    assert "never ended a session below" not in said(document, "summary")
    assert tables(document)["months.months"].rows[0][2] == 0
    assert ("drawdown" in charts(document)) == (end == 0)


def test_months_years_and_the_benchmark_are_those_of_equity(home: Path, tmp_path: Path) -> None:
    setup = replace(setup_of(engine_of(fresh(home, tmp_path), PLAIN)), benchmark=Symbol("SPY"))

    report = fast_backtest(setup, nobody)

    document = backtest_document(report, MADE)
    (row,) = tables(document)["months.months"].rows
    whole = float(report.final_equity) / float(CASH) - 1
    assert row[0] == "2024"
    assert (1 + float(str(row[1]))) * (1 + float(str(row[2]))) - 1 == pytest.approx(whole)
    assert row[13] == pytest.approx(whole)
    assert row[3:13] == (None,) * 10
    lines = {line.title: line.values for line in charts(document)["equity"].lines}
    assert lines["Account"][-1] == pytest.approx(float(report.final_equity))
    assert lines["SPY"][-1] == pytest.approx(float(CASH) * (1 + float(str(row[14]))))
    assert charts(document)["equity"].days[-1] == all_sessions()[-1].day == date(2024, 2, 8)


def test_the_same_backtest_makes_the_same_document(home: Path, tmp_path: Path) -> None:
    """BT-10: no clock is read; the document is equal to its last digit."""
    engine = engine_of(fresh(home, tmp_path), PLAIN)
    one, other = (backtest_document(fast_backtest(setup_of(engine), nobody), MADE) for _ in "ab")

    assert repr(one) == repr(other)


def rescaled(folder: Path, name: str, column: int, row: int) -> None:
    """Halve a column of a history from a session on, as a split that nobody adjusted for does."""
    head, *lines = (folder / f"{name}.csv").read_text().splitlines()
    cells = [line.split(",") for line in lines]
    for each in cells[row:]:
        each[column] = str(float(each[column]) / 2)
    (folder / f"{name}.csv").write_text("\n".join([head, *map(",".join, cells)]) + "\n")


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(
    ("trading", "column", "code"), [(False, 1, "split_like_jump"), (True, 3, "parted_bases")]
)
def test_split_that_nobody_adjusted_for_is_told(
    run: Run, tmp_path: Path, code: str, column: int, *, trading: bool
) -> None:
    """DA-01: whether prices have it or the trading basis alone; what is not read does not count."""
    write_history(tmp_path / "bars", PLAIN.seed, holes=False, trading=trading)
    assert (tmp_path / "bars" / "QQQ.csv").read_text().startswith("session,close")
    rescaled(tmp_path / "bars", "QQQ", column, 24)
    rescaled(tmp_path / "bars", "IEF", column, 24)
    case = replace(PLAIN, trees=(0,), trading=trading)

    report = run(setup_of(engine_of(tmp_path, case)), nobody)

    day = all_sessions()[24].day
    told = [(one.symbol, one.session, one.code, one.blocks) for one in report.problems]
    assert told == [("QQQ", day, code, False)]
    document = backtest_document(report, MADE)
    assert "(1 time, listed below)" in said(document, "summary")
    assert tables(document)["problems.problems"].rows[0][:3] == ("QQQ", day, code)


@pytest.mark.parametrize("run", RUNS)
def test_sound_bars_are_not_doubted(run: Run, home: Path, tmp_path: Path) -> None:
    report = run(setup_of(engine_of(fresh(home, tmp_path), PLAIN)), nobody)

    assert report.problems == ()
    assert "looks like a split" not in said(backtest_document(report, MADE), "summary")


def test_split_before_what_is_read_does_not_count(tmp_path: Path) -> None:
    """DA-01: the look-back of TLT is one session, so that the one before the first is read."""
    write_history(tmp_path / "bars", PLAIN.seed, holes=False)
    rescaled(tmp_path / "bars", "TLT", 1, 22)
    engine = engine_of(tmp_path, replace(PLAIN, trees=(0,)))
    days = [one.day for one in all_sessions()]
    panel = engine.market.bars([Symbol("TLT")], through=days[-1])

    assert [one.session for one in unadjusted(engine, panel, days[23:])] == [days[22]]
    assert unadjusted(engine, panel, days[24:]) == ()
