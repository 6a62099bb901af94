"""Every decision has its shadow: signals match, and what the difference is made of adds up."""

import asyncio
import gc
import shutil
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.application.cycle import run_cycle
from alchemiser.application.ledger import CODEC
from alchemiser.application.operate import halt, resume
from alchemiser.application.parity.compare import parity_alerts
from alchemiser.application.parity.report import Reason
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.execution.facts import FillAllocated
from alchemiser.domain.journal.chain import seal_all
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.parity.components import Component
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import HOUSE, CycleId, StrategyId
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import CENT, ZERO
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.ports.errors import InputError
from alchemiser.rules import asset
from tests.cycle.parity_world import (
    DAYS,
    MEAN,
    QQQ,
    TRADED,
    broker,
    compare,
    engine_of,
    parts,
    price,
    trade,
    write_bars,
)
from tests.cycle.world import SYMBOLS, VENUE


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home that has not traded."""
    write_bars(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def traded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("traded")
    write_bars(folder)
    trade(folder, *TRADED)
    return folder


@pytest.fixture
def traded(traded_once: Path, tmp_path: Path) -> Path:
    """Return a home that has traded every session at the venue's mean."""
    return shutil.copytree(traded_once, tmp_path / "home")


@pytest.mark.parametrize("timing", Timing)
def test_where_nothing_differs_live_is_its_shadow_to_the_cent(home: Path, timing: Timing) -> None:
    """BT-03, BT-05, BT-06."""
    schedule = Schedule(timing=timing)
    trade(home, *TRADED, schedule=schedule)

    report = compare(home, engine=engine_of(home, DAYS[-1], schedule=schedule))

    assert [day.session for day in report.days] == list(TRADED[:-1])
    assert report.open == TRADED[-1:]
    assert (report.compared, report.differing) == (2 * len(TRADED), ())
    assert parts(report) == {}
    assert report.residual == ZERO
    assert any(day.live for day in report.days)
    assert list(parity_alerts(report)) == []


def test_what_the_venue_takes_beyond_its_mean_is_slippage_and_cents(home: Path) -> None:
    trade(home, *TRADED, venue=VENUE)

    report = compare(home)

    assert parts(report).keys() <= {Component.SLIPPAGE, Component.FEES, Component.ROUNDING}
    assert parts(report)[Component.SLIPPAGE] != ZERO
    assert report.differing == ()
    assert report.unexplained() == ()


def test_live_is_what_the_broker_tells(home: Path) -> None:
    """BT-06: the account's worth at each decision, by its own positions and cash."""
    engine, equities = None, []
    for day in TRADED:
        engine = engine_of(home, day, VENUE)
        equities.append(engine.broker.account().equity)
        trade(home, day, venue=VENUE)

    report = compare(home)

    gains = [after - before for before, after in pairwise(equities)]
    assert len(report.days) == len(gains)
    for line, gain in zip(report.days, gains, strict=True):
        assert abs(line.live - gain) <= CENT, "the broker rounds both ends to the cent"


def test_revised_close_that_turns_a_signal_is_told_with_its_diff(traded: Path) -> None:
    """BT-05: a closed bar is told otherwise now than when it was decided on."""
    write_bars(traded, {("SPY", TRADED[1]): 0.9})

    report = compare(traded)

    after = [one for one in report.differing if one.session == TRADED[2]]
    assert {one.strategy for one in after} == {"hedge", "trend"}
    assert all(Reason.DATA_REVISION in one.reasons for one in after)
    (trend,) = (one for one in after if one.strategy == "trend")
    assert set(trend.differences()) == {"GLD", "QQQ", "SPY", "TLT"}
    assert "data revision" in trend.sentence()
    assert Component.DATA_REVISION in parts(report)
    assert report.unexplained() == ()
    assert list(parity_alerts(report)) == [], "it was told on its day"
    on_its_day = compare(traded, None, TRADED[2])
    (told,) = parity_alerts(on_its_day)
    assert (told.code, f"{TRADED[2]} trend" in told.text) == ("signals_differ", True)


def test_close_that_is_not_the_provisional_bar_is_timing(traded: Path) -> None:
    """BT-05: decided on one price of the session, closed at another."""
    write_bars(traded, {("SPY", TRADED[-2]): 1.08})

    report = compare(traded, TRADED[-2], TRADED[-2])

    assert {one.reasons for one in report.differing} == {(Reason.TIMING,)}
    assert parts(report).keys() == {Component.TIMING}
    assert report.unexplained() == ()


def test_other_strategy_than_then_is_told_as_another_plugin(home: Path) -> None:
    trade(home, *TRADED[:3])
    engine = engine_of(home, DAYS[-1])
    hedge, trend = engine.strategies
    other = replace(trend, strategy=RuleStrategy(asset("SPY")), content_hash="other")

    report = compare(home, engine=replace(engine, strategies=(hedge, other)))

    assert {one.strategy for one in report.differing} == {"trend"}
    assert {one.reasons for one in report.differing} == {(Reason.PLUGIN,)}
    assert parts(report).keys() == {Component.CONFIGURATION}
    assert report.unexplained() == ()


def test_strategy_that_is_no_more_is_not_asked_in_the_shadow(home: Path) -> None:
    trade(home, *TRADED[:3])
    engine = engine_of(home, DAYS[-1])

    report = compare(home, engine=replace(engine, strategies=engine.strategies[:1]))

    assert {one.shadow for one in report.differing} == {None}
    assert "not asked in the shadow" in report.differing[0].sentence()
    assert report.unexplained() == ()


def test_session_that_nobody_decided_is_missed(home: Path) -> None:
    trade(home, *TRADED[:3], *TRADED[4:])

    report = compare(home)

    (missed,) = (day for day in report.days if not day.decided)
    assert missed.session == TRADED[3]
    assert parts(report).keys() == {Component.MISSED}
    assert missed.components[Component.MISSED] == missed.live - missed.shadow != ZERO
    assert report.unexplained() == ()


def test_halted_session_is_a_restriction(home: Path) -> None:
    trade(home, *TRADED[:3])
    halt(engine_of(home, TRADED[3]), actor="owner", reason="x")
    halted = asyncio.run(run_cycle(engine_of(home, TRADED[3]), TRADED[3]))
    assert halted.status is CycleStatus.SKIPPED
    asyncio.run(resume(engine_of(home, TRADED[4]), actor="owner", reason="x"))
    trade(home, TRADED[4])

    report = compare(home)

    assert parts(report).keys() == {Component.RESTRICTIONS}
    assert report.unexplained() == ()


@pytest.mark.parametrize(
    ("venue", "component"),
    [
        (replace(MEAN, notional_min=Decimal(10**6)), Component.REFUSALS),
        (replace(MEAN, half_spread=dict.fromkeys(AssetClass, Decimal("0.2"))), Component.UNFILLED),
    ],
)
def test_what_the_venue_refuses_or_leaves_is_apart(
    home: Path, venue: VenueSettings, component: Component
) -> None:
    """The shadow trades at the usual venue; the next day is compared from what live holds."""
    day = TRADED[0]
    report = asyncio.run(run_cycle(engine_of(home, day, venue), day))
    assert report.status is CycleStatus.PARTIAL
    assert report.fills == ()
    asyncio.run(resume(engine_of(home, TRADED[1]), actor="owner", reason="seen"))
    trade(home, *TRADED[1:3])

    compared = compare(home)

    assert parts(compared).keys() == {component}
    assert compared.days[0].components[component] == -compared.days[0].shadow != ZERO
    assert compared.days[1].live == compared.days[1].shadow + sum(
        compared.days[1].components.values()
    )
    assert compared.unexplained() == ()


def test_deposits_are_no_gain_and_trades_by_hand_are_apart(home: Path) -> None:
    trade(home, *TRADED[:2])
    hand = broker(engine_of(home, TRADED[2]))
    hand.transfer(Decimal("5000.00"))
    hand.trade(QQQ, Decimal(3), Decimal(60))
    trade(home, *TRADED[2:])

    report = compare(home)

    assert sum(day.flows for day in report.days) == 5000
    assert parts(report).keys() == {Component.INTERVENTIONS}
    assert all(abs(day.live) < 4000 for day in report.days)
    (day,) = (one for one in report.days if one.flows)
    assert day.books[HOUSE].components[Component.INTERVENTIONS] != ZERO
    assert report.unexplained() == ()


def planted(home: Path, dollars: str) -> MemoryJournal:
    """Return the journal with one fill booked wrong by `dollars`, its chain whole."""
    original, journal = engine_of(home, DAYS[-1]).journal, MemoryJournal(keep=True)
    epoch, head, left = journal.take_over(), journal.head(), 1
    for envelope in original.read():
        record = CODEC.decode(envelope.type, envelope.version, envelope.data)
        if left and isinstance(record, FillAllocated) and str(TRADED[1]) in str(envelope.at):
            first, *rest = record.postings
            assert first.kind is PostingKind.FILL
            wrong = replace(first, cash=first.cash + Decimal(dollars))
            record, left = replace(record, postings=(wrong, *rest)), 0
        name = None if envelope.cycle_id is None else CycleId(envelope.cycle_id)
        written = (envelope.at, name, *CODEC.encode(record))
        sealed = seal_all(head, [written], epoch=epoch)
        journal.append(sealed)
        head = sealed[-1].head()
    assert not left
    return journal


@pytest.mark.parametrize("dollars", ["5.00", "-0.01"])
def test_planted_wrong_booking_is_left_over(traded: Path, dollars: str) -> None:
    """BT-06: what the broker told is not what was booked, to the cent, on that day."""
    engine = replace(engine_of(traded, DAYS[-1]), journal=planted(traded, dollars))

    report = compare(traded, engine=engine)

    (day,) = report.unexplained()
    assert day.session == TRADED[1]
    assert report.residual == -Decimal(dollars)
    on_its_day = compare(traded, None, TRADED[1], engine=engine)
    assert "parity_residual" in [one.code for one in parity_alerts(on_its_day)]


def test_dividends_and_splits_are_in_both_worlds(tmp_path: Path) -> None:
    (tmp_path / "bars").mkdir()
    for place, name in enumerate(SYMBOLS):
        rows, factor = ["session,close,raw_close,split,dividend"], 1.0
        for number, day in enumerate(DAYS):
            close, ex = price(place, number), day == TRADED[2]
            factor = 0.5 if ex or factor < 1 else 1.0
            split, dividend = (2, 0.25) if ex else (1, 0)
            rows.append(f"{day},{close:.4f},{close * factor:.2f},{split},{dividend}")
        (tmp_path / "bars" / f"{name}.csv").write_text("\n".join(rows) + "\n")
    trade(tmp_path, *TRADED)

    report = compare(tmp_path)

    assert report.unexplained() == ()
    assert parts(report).keys() <= {Component.ACTIVITIES, Component.ROUNDING, Component.FEES}
    assert abs(report.total(Component.ACTIVITIES)) < 1
    assert all(abs(day.live) < 5000 for day in report.days)


def test_all_there_is_is_compared_by_default(traded: Path) -> None:
    report = compare(traded, None, None)

    assert (report.first, report.last) == (TRADED[0], TRADED[-1])
    assert (len(report.days), report.latest) == (len(TRADED) - 1, TRADED[-1])


def test_days_of_a_part_are_those_of_the_whole(home: Path) -> None:
    trade(home, *TRADED, venue=VENUE)

    whole, part = compare(home), compare(home, TRADED[2], TRADED[3])

    assert part.days == whole.days[2:4]


def test_what_cannot_be_compared_is_one_sentence(home: Path) -> None:
    """AR-05."""
    with pytest.raises(SettingsError, match="nothing has been decided yet"):
        compare(home)
    trade(home, TRADED[0])
    with pytest.raises(SettingsError, match=f"decisions from {TRADED[0]} to {TRADED[0]}"):
        compare(home, DAYS[-1], DAYS[-1])
    with pytest.raises(SettingsError, match="swap them"):
        compare(home, DAYS[-1], DAYS[0])
    assert compare(home, TRADED[0] - timedelta(days=30), None).compared == 2


def test_bars_that_were_lost_are_named(traded: Path) -> None:
    write_bars(traded, {("SPY", TRADED[1]): 0.9})
    (traded / "bars.db").unlink()

    with pytest.raises(InputError, match="restore it from a backup"):
        compare(traded)


def test_nothing_is_written(home: Path) -> None:
    trade(home, *TRADED[:3])
    # A connection that is let go of writes its log into the file: not while it is looked at.
    gc.collect()
    before = {path: path.read_bytes() for path in home.rglob("*.db")}

    compare(home)

    assert {path: path.read_bytes() for path in home.rglob("*.db")} == before


def test_strategy_that_was_undecided_live_is_told(home: Path) -> None:
    """A symbol had no bars then, and has them now."""
    path = home / "bars" / "TLT.csv"
    text = path.read_text()
    path.unlink()
    engine = engine_of(home, TRADED[0])
    name = StrategyId("hold")
    hold = replace(engine.strategies[0], strategy_id=name, strategy=RuleStrategy(asset("TLT")))
    both = (
        replace(hold, weight=Decimal("0.5")),
        replace(engine.strategies[1], weight=Decimal("0.5"), strategy=RuleStrategy(asset("SPY"))),
    )
    asyncio.run(run_cycle(replace(engine, strategies=both), TRADED[0]))
    path.write_text(text)

    report = compare(home, None, None, engine=replace(engine_of(home, DAYS[-1]), strategies=both))

    (one,) = report.differing
    assert one.strategy == name
    assert one.live is not None
    assert one.live.state == "undecided"
    assert one.reasons[0] is Reason.TIMING, "its price of the session was missing"
