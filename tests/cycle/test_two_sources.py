"""Two sources of bars: where they differ, a strategy trades only what it wants on both."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from alchemiser.adapters.bars_store.sqlite import SqliteBarsStore
from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.notify.log import LogNotifier
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.synthetic.chance import Chance
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.backtest import BacktestSetup, backtest
from alchemiser.application.cycle import run_cycle
from alchemiser.application.deciding import deliberate
from alchemiser.application.decision_records import decision_records, input_records
from alchemiser.application.dry_run import read_signals
from alchemiser.application.engine import Engine
from alchemiser.application.explain import explain
from alchemiser.application.inputs import (
    Comparison,
    TakenInputs,
    provisional_prices,
    recalled,
)
from alchemiser.application.ledger import CODEC, Ledger
from alchemiser.application.report import CycleReport
from alchemiser.application.second_source import LeadingMarket, QuorumPolicy, SecondSource
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.records import CycleStatus, InputsTaken
from alchemiser.domain.journal.source_records import Missing, SourcesCompared
from alchemiser.domain.market.comparison import DifferenceCode
from alchemiser.domain.market.source import SourceFacts
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.market_data import PricedMarketDataPort
from tests.cycle.world import FIRST, SECOND, SYMBOLS, make_engine, write_bars

REFUSE = QuorumPolicy()
SESSION = SessionTable().sessions(SECOND, SECOND)[0]
Change = Callable[[Path], None]


class Unreachable(FileMarketData):
    """Fail at every question, as a server that is down does."""

    def bars(self, *_: object, **__: object) -> None:  # type: ignore[override]
        raise PortUnavailableError("nobody answers.")

    quotes = bars  # type: ignore[assignment]
    corporate_actions = bars  # type: ignore[assignment]


def edited(name: str, day: date, change: Callable[[float], str]) -> Change:
    """Return what changes the close of `name` on `day` in a folder of bars."""

    def apply(folder: Path) -> None:
        file = folder / f"{name}.csv"
        rows = [line.split(",") for line in file.read_text().splitlines()]
        lines = [
            f"{row[0]},{change(float(row[1])) if row[0] == str(day) else row[1]}" for row in rows
        ]
        file.write_text("\n".join(lines) + "\n")

    return apply


def split_before(name: str, day: date) -> Change:
    """Return what halves every close of `name` before `day`, as who adjusts for a split does."""

    def apply(folder: Path) -> None:
        for line in (folder / f"{name}.csv").read_text().splitlines()[1:]:
            session = date.fromisoformat(line.partition(",")[0])
            if session < day:
                edited(name, session, lambda close: f"{close / 2:.4f}")(folder)

    return apply


def nothing(folder: Path) -> None:
    del folder


def gone(name: str) -> Change:
    return lambda folder: (folder / f"{name}.csv").unlink()


def two_sources(
    home: Path,
    day: date,
    change: Change = nothing,
    policy: QuorumPolicy = REFUSE,
    *,
    first: type[FileMarketData] | None = None,
    second: type[FileMarketData] = FileMarketData,
) -> tuple[Engine, StringIO]:
    """Return an engine of two file sources, the second one `change`d, and its alerts."""
    folder = home / "others"
    if not (home / "bars").exists():
        write_bars(home / "bars")
    if not folder.exists():
        write_bars(folder)
        change(folder)
    engine, log = make_engine(home, day, 1), StringIO()
    market: PricedMarketDataPort = FileMarketData(home / "bars", engine.calendar)
    if first is not None:
        market = first(home / "bars", engine.calendar)
    other = second(folder, engine.calendar)
    facts = SourceFacts(adapter="files", feed="bars", adjustment="close=all", calendar="XNYS")
    leading = LeadingMarket(market, other, policy)
    declared = SecondSource(
        market=other,
        facts=replace(facts, feed="others"),
        first=facts,
        policy=policy,
        bars_store=SqliteBarsStore(home / "bars-secondary.db"),
        leading=leading,
    )
    told = LogNotifier(log, engine.clock)
    return replace(engine, market=leading, second=declared, notifier=told), log


def run(engine: Engine, day: date) -> CycleReport:
    return asyncio.run(run_cycle(engine, day))


def alerts(log: StringIO, code: str) -> list[str]:
    lines = map(json.loads, log.getvalue().splitlines())
    return [line["text"] for line in lines if line["event"] == code]


def states(report: CycleReport) -> dict[str, str]:
    return {line.strategy: line.state for line in report.strategies}


def cycle_of(engine: Engine, day: date) -> CycleState:
    return Ledger(engine.journal).state.cycles[day]


def compared(engine: Engine, day: date) -> SourcesCompared:
    record = cycle_of(engine, day).sources
    assert record is not None
    return record


def alone(home: Path, day: date) -> CycleReport:
    """Return the session of `day` as the first source alone has it."""
    write_bars(home / "bars")
    return run(make_engine(home, day, 1), day)


def test_sources_that_agree_decide_as_the_first_alone(tmp_path: Path) -> None:
    """DA-08, RS-07: a cent within the tolerance is agreement."""
    small = edited("SPY", FIRST, lambda close: f"{close * 1.004:.4f}")
    engine, log = two_sources(tmp_path / "two", FIRST, small)

    report = run(engine, FIRST)

    assert report.digest == alone(tmp_path / "one", FIRST).digest
    assert report.status is CycleStatus.COMPLETED
    assert compared(engine, FIRST).differences == ()
    assert alerts(log, "sources_differ") == []


def test_bad_close_that_flips_a_decision_leaves_the_books_alone(tmp_path: Path) -> None:
    """RS-07, DA-01, FAULTS C04: SPY rose, in one source only; both strategies ask it."""
    bad = edited("SPY", FIRST, lambda close: f"{close * 0.9:.4f}")
    engine, log = two_sources(tmp_path, FIRST, bad)

    report = run(engine, FIRST)

    assert states(report) == {"hedge": "undecided", "trend": "undecided"}
    assert report.orders == ()
    assert report.exit_code == 3
    (text,) = alerts(log, "sources_differ")
    assert "SPY on 2024-03-07: the first source has 79.8041, the second 71.8237" in text
    hedge, trend = (row.dissent for row in cycle_of(engine, FIRST).dissents)
    assert (hedge.strategy, hedge.code, hedge.limit) == ("hedge", "quorum_target", "0.01")
    assert (trend.observed, trend.symbol) == ("1", "TLT")
    assert hedge.first != hedge.second


def test_bad_close_that_flips_nothing_is_told_and_traded_on(tmp_path: Path) -> None:
    """RS-07: GLD is bought on both; its price decides nothing."""
    bad = edited("GLD", FIRST, lambda close: f"{close * 1.1:.4f}")
    engine, log = two_sources(tmp_path / "two", FIRST, bad)

    report = run(engine, FIRST)

    assert report.digest == alone(tmp_path / "one", FIRST).digest
    assert report.orders
    (difference,) = compared(engine, FIRST).differences
    assert (difference.symbol, difference.code) == ("GLD", DifferenceCode.SOURCE_PRICE)
    assert difference.observed > difference.limit
    assert len(alerts(log, "sources_differ")) == 1
    assert cycle_of(engine, FIRST).dissents == []


def test_symbol_that_one_source_lacks_holds_who_reads_it(tmp_path: Path) -> None:
    """FAULTS C01: only trend wants QQQ; hedge goes on."""
    engine, log = two_sources(tmp_path, FIRST, gone("QQQ"))

    report = run(engine, FIRST)

    assert states(report) == {"hedge": "decided", "trend": "undecided"}
    assert {order.symbol for order in report.orders} == {"IEF", "TLT"}
    (text,) = alerts(log, "sources_differ")
    assert "QQQ on 2024-03-07: the first source has" in text
    assert "the second no usable price" in text
    (row,) = cycle_of(engine, FIRST).dissents
    assert row.dissent.observed == "decided and undecided"


def test_split_that_one_source_adjusted_for_holds_who_reads_over_it(tmp_path: Path) -> None:
    """FAULTS C05, C06: the second has SPY double where it fell by 3 % in truth."""
    engine, log = two_sources(tmp_path, SECOND, split_before("SPY", SECOND))

    report = run(engine, SECOND)

    assert states(report) == {"hedge": "undecided", "trend": "undecided"}
    (difference,) = compared(engine, SECOND).differences
    assert difference.code is DifferenceCode.SOURCE_ADJUSTMENT
    assert difference.session == FIRST
    assert (difference.first, difference.second) == (Decimal("79.8041"), Decimal("39.9021"))
    assert "as after a split" in alerts(log, "sources_differ")[0]


def test_book_that_holds_something_is_left_as_it_is(tmp_path: Path) -> None:
    """RS-07: what was bought on the first day stays through the second."""
    bad = edited("SPY", SECOND, lambda close: f"{close * 1.2:.4f}")
    run(two_sources(tmp_path, FIRST, bad)[0], FIRST)
    engine, _ = two_sources(tmp_path, SECOND)
    before = Ledger(engine.journal).state.books[BookId("trend")]

    report = run(engine, SECOND)

    assert states(report) == {"hedge": "undecided", "trend": "undecided"}
    assert report.orders == ()
    assert Ledger(engine.journal).state.books[BookId("trend")] == before


@pytest.mark.parametrize("allowed", [False, True])
def test_second_source_stands_in_for_the_first_only_where_declared(
    tmp_path: Path, *, allowed: bool
) -> None:
    """RS-07, RS-13, FAULTS C02: counted, told, and louder from the third session on."""
    policy = QuorumPolicy(second_alone=allowed)
    engine, log = two_sources(tmp_path, FIRST, policy=policy, first=Unreachable)

    report = run(engine, FIRST)

    if not allowed:
        assert report.status is CycleStatus.SKIPPED
        assert report.reason == "the inputs could not be read: nobody answers."
        return
    assert report.status is CycleStatus.COMPLETED
    assert compared(engine, FIRST).missing is Missing.FIRST
    assert compared(engine, FIRST).reason == "nobody answers."
    assert len(alerts(log, "source_missing")) == 1
    engine, log = two_sources(tmp_path, SECOND, policy=policy, first=Unreachable)
    assert run(engine, SECOND).status is CycleStatus.COMPLETED
    (text,) = alerts(log, "source_missing")
    assert text.startswith("the first data source cannot be read, for 2 sessions in a row, so")


@pytest.mark.parametrize("allowed", [False, True])
def test_first_source_is_decided_on_alone_only_where_declared(
    tmp_path: Path, *, allowed: bool
) -> None:
    """RS-07, RS-13."""
    policy = QuorumPolicy(first_alone=allowed)
    engine, log = two_sources(tmp_path / "two", FIRST, policy=policy, second=Unreachable)

    report = run(engine, FIRST)

    if not allowed:
        assert report.status is CycleStatus.SKIPPED
        assert "the second data source cannot be used: nobody answers." in report.reason
        return
    assert report.digest == alone(tmp_path / "one", FIRST).digest
    assert compared(engine, FIRST).missing is Missing.SECOND
    assert len(alerts(log, "source_missing")) == 1


@pytest.mark.parametrize("change", [("SPY", 0.9), ("GLD", 1.1)], ids=["dissent", "agreement"])
def test_decision_is_made_again_from_the_records_byte_for_byte(
    tmp_path: Path, change: tuple[str, float]
) -> None:
    """FAULTS C09: whatever has become of both sources since."""
    bad = edited(change[0], SECOND, lambda close: f"{close * change[1]:.4f}")
    run(two_sources(tmp_path, FIRST, bad)[0], FIRST)
    engine, _ = two_sources(tmp_path, SECOND)
    before = Ledger(engine.journal).state
    run(engine, SECOND)
    gone("SPY")(tmp_path / "bars")
    gone("SPY")(tmp_path / "others")
    engine, _ = two_sources(tmp_path, SECOND)
    cycle = cycle_of(engine, SECOND)
    assert cycle.taken is not None
    before.current = CycleState(started=cycle.started)

    taken = retaken(engine, cycle.taken, compared(engine, SECOND))
    answers, rest = decision_records(deliberate(engine, before, SESSION, taken).decision, engine)

    recorded = [entry.data for entry in engine.journal.read()]
    again = [CODEC.encode(record)[2] for record in (*input_records(SESSION, taken), *answers)]
    again += [CODEC.encode(record)[2] for record in rest if cycle.plan is not None]
    assert len(again) > 4
    assert [data for data in again if data not in recorded] == []


def retaken(engine: Engine, taken: InputsTaken, record: SourcesCompared) -> TakenInputs:
    """Return the inputs of SECOND as the journal and the two vaults have them."""
    assert engine.second is not None
    other = replace(engine, market=engine.second.market, bars_store=engine.second.bars_store)
    quotes = record.quotes or taken.quotes
    first = recalled(engine, SESSION, taken)
    second = recalled(other, SESSION, replace(taken, bars=record.bars, quotes=quotes))
    assert first is not None
    assert second is not None
    return TakenInputs(
        read_at=taken.account.at,
        account=taken.account,
        quotes=taken.quotes,
        analysis=replace(first, bars=taken.bars),
        instruments={name: engine.reference.instrument(name) for name in map(Symbol, SYMBOLS)},
        provisional=provisional_prices(first),
        comparison=Comparison(
            record=replace(record, provisional=provisional_prices(second)), second=second
        ),
    )


def test_explanation_names_sources_and_dissents(tmp_path: Path) -> None:
    bad = edited("SPY", FIRST, lambda close: f"{close * 0.9:.4f}")
    engine, _ = two_sources(tmp_path, FIRST, bad)
    report = run(engine, FIRST)

    told = explain(engine, report.cycle_id)

    assert told.sources == (compared(engine, FIRST), *cycle_of(engine, FIRST).dissents)
    assert {line.strategy for line in told.strategies} == {"hedge", "trend"}


def test_signals_look_at_both_sources_and_leave_no_trace(tmp_path: Path) -> None:
    bad = edited("SPY", FIRST, lambda close: f"{close * 0.9:.4f}")
    engine, _ = two_sources(tmp_path, FIRST, bad)

    signals = asyncio.run(read_signals(engine, FIRST))

    assert {line.state for line in signals.strategies} == {"undecided"}
    assert not (tmp_path / "bars-secondary.db").exists()


def test_decision_at_the_open_compares_closed_bars(tmp_path: Path) -> None:
    """DA-10: the bad close is the last one that is seen; the session itself is not looked at."""
    at_open = Schedule(timing=Timing.NEXT_OPEN)
    bad = edited("SPY", FIRST, lambda close: f"{close * 0.9:.4f}")
    late, early = (
        replace(two_sources(tmp_path / str(day), day, bad)[0], schedule=at_open)
        for day in (SECOND, FIRST)
    )

    seen = asyncio.run(read_signals(late, SECOND))
    unseen = asyncio.run(read_signals(early, FIRST))

    assert {line.state for line in seen.strategies} == {"undecided"}
    assert {line.state for line in unseen.strategies} == {"decided"}


@pytest.mark.parametrize("name", ["SPY", "QQQ"])
def test_bars_beyond_belief_hold_who_reads_them(tmp_path: Path, name: str) -> None:
    """DA-01, FAULTS C03, C04: the gate blocks them in the second; the first is not enough."""
    bad = edited(name, FIRST, lambda close: f"{close * 1000:.4f}")
    engine, _ = two_sources(tmp_path, FIRST, bad)

    report = run(engine, FIRST)

    assert states(report)["trend"] == "undecided"
    assert {row.dissent.observed for row in cycle_of(engine, FIRST).dissents} == {
        "decided and undecided"
    }


def test_third_session_in_a_row_on_one_source_is_critical(tmp_path: Path) -> None:
    """RS-13."""
    policy = QuorumPolicy(first_alone=True)
    for day in (date(2024, 3, 6), FIRST):
        run(two_sources(tmp_path, day, policy=policy, second=Unreachable)[0], day)
    engine, log = two_sources(tmp_path, SECOND, policy=policy, second=Unreachable)

    run(engine, SECOND)

    (line,) = [one for one in log.getvalue().splitlines() if '"source_missing"' in one]
    assert json.loads(line)["severity"] == "critical"


def test_backtest_compares_as_the_single_sessions_do(tmp_path: Path) -> None:
    """DA-08, BT-01: the same differences, the same dissents, the same end."""
    bad = edited("SPY", SECOND, lambda close: f"{close * 1.2:.4f}")
    single = tmp_path / "single"
    for day in (FIRST, SECOND):
        run(two_sources(single, day, bad)[0], day)
    engine, _ = two_sources(tmp_path / "tested", FIRST, bad)
    clock, journal = engine.clock, MemoryJournal(keep=True)
    assert isinstance(clock, VirtualClock)
    setup = BacktestSetup(
        engine=replace(engine, journal=journal),
        clock=clock,
        sessions=engine.calendar.sessions(FIRST, SECOND),
        risk_profile="owner",
        units="total-return units",
        chance=Chance(7),
    )

    report = backtest(setup, lambda *_: None)

    tested, ran = Ledger(journal).state, Ledger(two_sources(single, SECOND)[0].journal).state
    assert report.decided == (("hedge", 1), ("trend", 1))
    for day in (FIRST, SECOND):
        one, other = tested.cycles[day], ran.cycles[day]
        assert one.sources is not None
        assert other.sources is not None
        assert one.sources.differences == other.sources.differences
        assert one.dissents == other.dissents
    assert tested.books == ran.books
