"""Where two sources are declared, shadows decide on both, as live did."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from alchemiser.adapters.bars_store.sqlite import SqliteBarsStore
from alchemiser.adapters.files.market import FileMarketData
from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.parity.report import ParityReport, Reason
from alchemiser.application.second_source import LeadingMarket, QuorumPolicy, SecondSource
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.source import SourceFacts
from alchemiser.domain.parity.components import Component
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.ports.errors import InputError, PortUnavailableError
from tests.cycle.parity_world import DAYS, MEAN, TRADED, compare, engine_of, parts, write_bars
from tests.cycle.test_two_sources import Unreachable
from tests.cycle.world import NEAR_CLOSE

DAY, BEFORE = TRADED[1], TRADED[0]
"""On this day SPY falls, and both strategies rotate."""
STRICT, ALONE = QuorumPolicy(), QuorumPolicy(first_alone=True, second_alone=True)


def write_second(home: Path, changes: Mapping[tuple[str, date], float] | None = None) -> None:
    """Write the second source's bars; `changes` multiply closes."""
    place = home / "second"
    place.mkdir(exist_ok=True)
    write_bars(place, changes)


def both(
    home: Path,
    day: date,
    policy: QuorumPolicy = STRICT,
    schedule: Schedule = NEAR_CLOSE,
    missing: str = "",
) -> Engine:
    """Return an engine of two sources of files, of which one may be `missing`."""
    engine = engine_of(home, day, MEAN, schedule)
    first: FileMarketData = FileMarketData(home / "bars", engine.calendar)
    other: FileMarketData = FileMarketData(home / "second" / "bars", engine.calendar)
    if missing == "first":
        first = Unreachable(home / "bars", engine.calendar)
    elif missing == "second":
        other = Unreachable(home / "bars", engine.calendar)
    facts = SourceFacts(adapter="files", feed="bars", adjustment="close=all", calendar="XNYS")
    second = SecondSource(
        market=other,
        facts=replace(facts, feed="second"),
        first=facts,
        policy=policy,
        bars_store=SqliteBarsStore(home / "bars-secondary.db"),
        leading=LeadingMarket(first, other, policy),
    )
    return replace(engine, market=second.leading, second=second)


def trade(engine: Engine, day: date) -> None:
    asyncio.run(run_cycle(engine, day))


def checked(home: Path, policy: QuorumPolicy = STRICT) -> ParityReport:
    report = compare(home, engine=both(home, DAYS[-1], policy))
    assert report.unexplained() == ()
    return report


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with two sources that agree, and nothing traded."""
    write_bars(tmp_path)
    write_second(tmp_path)
    return tmp_path


@pytest.mark.parametrize("timing", Timing)
def test_sources_that_agree_are_one(home: Path, timing: Timing) -> None:
    """BT-05, RS-07."""
    schedule = Schedule(timing=timing)
    for day in TRADED[:4]:
        trade(both(home, day, schedule=schedule), day)

    report = compare(home, engine=both(home, DAYS[-1], schedule=schedule))

    assert (report.differing, parts(report), report.unexplained()) == ((), {}, ())
    assert report.compared == 8


def test_sources_that_disagree_still_are_undecided_in_the_shadow_too(home: Path) -> None:
    """BT-05, RS-07: the first alone would have traded, and neither live nor shadow did."""
    write_second(home, {("SPY", DAY): 1.2})
    for day in TRADED[:3]:
        trade(both(home, day), day)
    state = Ledger(both(home, DAY).journal).state

    report = checked(home)

    assert len(state.cycles[DAY].dissents) == 2
    assert state.cycles[DAY].plan is None
    assert (report.differing, parts(report)) == ((), {})
    alone = compare(home, engine=engine_of(home, DAYS[-1]))
    assert {one.reasons for one in alone.differing if one.session == DAY} == {(Reason.FAILURE,)}


def test_disagreement_that_turns_nothing_is_traded_in_both(home: Path) -> None:
    """RS-07: GLD is bought whatever it costs."""
    write_second(home, {("GLD", BEFORE): 1.1})
    for day in TRADED[:2]:
        trade(both(home, day), day)

    report = checked(home)

    sources = Ledger(both(home, DAY).journal).state.cycles[BEFORE].sources
    assert sources is not None
    assert [one.symbol for one in sources.differences] == ["GLD"]
    assert (report.differing, parts(report)) == ((), {})
    assert report.days[0].live != ZERO


@pytest.mark.parametrize(
    ("wrong", "reason", "component"),
    [
        (DAY, Reason.TIMING, Component.TIMING),
        (BEFORE, Reason.DATA_REVISION, Component.DATA_REVISION),
    ],
)
def test_second_source_that_was_put_right_later_is_told_by_its_step(
    home: Path, wrong: date, reason: Reason, component: Component
) -> None:
    """BT-05: its price of the session is timing, a bar that had closed a revision."""
    trade(both(home, BEFORE), BEFORE)
    write_second(home, {("SPY", wrong): 1.2 if wrong == DAY else 0.8})
    trade(both(home, DAY), DAY)
    write_second(home)
    trade(both(home, TRADED[2]), TRADED[2])

    report = checked(home)

    of_day = [one for one in report.differing if one.session == DAY]
    assert {one.strategy for one in of_day} == {"hedge", "trend"}
    assert {one.reasons for one in of_day} == {(reason,)}
    assert all(one.live is not None and one.live.state == "undecided" for one in of_day)
    (day,) = (one for one in report.days if one.session == DAY)
    assert {one for one, dollars in day.components.items() if dollars} == {component}
    told = day.components[component]
    assert told == sum(line.components[component] for line in day.books.values()) != ZERO


@pytest.mark.parametrize("missing", ["first", "second"])
def test_source_that_was_missing_is_a_revision_where_it_turns_a_signal(
    home: Path, missing: str
) -> None:
    """BT-05, RS-07: live decided on the other alone; now the two are known to disagree."""
    trade(both(home, BEFORE), BEFORE)
    trade(both(home, DAY, ALONE, missing=missing), DAY)
    trade(both(home, TRADED[2], ALONE), TRADED[2])
    agreeing = checked(home, ALONE)
    write_second(home, {("SPY", DAY): 1.2})

    report = checked(home, ALONE)

    assert (agreeing.differing, parts(agreeing)) == ((), {})
    of_day = [one for one in report.differing if one.session == DAY]
    assert {one.reasons for one in of_day} == {(Reason.DATA_REVISION,)}
    assert all(one.shadow is not None and one.shadow.state == "undecided" for one in of_day)


def test_source_that_was_declared_later_is_not_asked_of_earlier_sessions(home: Path) -> None:
    """BT-05: what was decided on one source is decided on one again."""
    write_second(home, {("SPY", DAY): 1.2})
    for day in (BEFORE, DAY):
        trade(engine_of(home, day), day)
    trade(both(home, TRADED[2]), TRADED[2])

    report = checked(home)

    assert [one for one in report.differing if one.session != TRADED[2]] == []
    assert parts(report) == {}


def test_source_that_is_declared_no_more_is_another_configuration(home: Path) -> None:
    """BT-05: the first alone decides what the two did not."""
    write_second(home, {("SPY", DAY): 1.2})
    for day in TRADED[:3]:
        trade(both(home, day), day)
    then = engine_of(home, DAYS[-1])
    now = replace(then, identity=replace(then.identity, configuration="other"))

    report = compare(home, engine=now)

    of_day = [one for one in report.differing if one.session == DAY]
    assert {one.reasons for one in of_day} == {(Reason.FAILURE, Reason.CONFIGURATION)}
    (line,) = (one for one in report.days if one.session == DAY)
    assert {one for one, dollars in line.components.items() if dollars} == {Component.CONFIGURATION}
    assert report.unexplained() == ()


def test_missed_session_is_decided_on_both(home: Path) -> None:
    """BT-06: with sources that disagree there is nothing to miss."""
    write_second(home, {("SPY", DAY): 1.2})
    trade(both(home, BEFORE), BEFORE)
    trade(both(home, TRADED[2]), TRADED[2])

    report = checked(home)

    assert [day.session for day in report.days if not day.decided] == [DAY]
    assert parts(report) == {}


@pytest.mark.parametrize(
    ("missing", "remedy"),
    [("first", "the past needs its first source"), ("second", "nobody answers")],
)
def test_source_that_cannot_be_read_now_is_one_sentence(
    home: Path, missing: str, remedy: str
) -> None:
    """AR-05: the other never stands in for it in silence."""
    for day in TRADED[:2]:
        trade(both(home, day), day)

    with pytest.raises((InputError, PortUnavailableError), match=remedy):
        compare(home, engine=both(home, DAYS[-1], ALONE, missing=missing))


class Tiring(FileMarketData):
    """Answer a first question about bars, and none after it."""

    asked = 0

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return the bars once.

        Raises:
            PortUnavailableError: From the second time on.
        """
        self.asked += 1
        if self.asked > 1:
            msg = "tired."
            raise PortUnavailableError(msg)
        return super().bars(symbols, through=through)


def test_first_source_that_fails_on_the_way_is_one_sentence(home: Path) -> None:
    """AR-05: no figure is partly of the one and partly of the other."""
    for day in TRADED[:2]:
        trade(both(home, day), day)
    engine = both(home, DAYS[-1], ALONE)
    assert engine.second is not None
    tiring = Tiring(home / "bars", engine.calendar)
    leading = LeadingMarket(tiring, engine.second.market, ALONE)
    second = replace(engine.second, leading=leading)

    with pytest.raises(InputError, match="the past needs its first source: tired"):
        compare(home, engine=replace(engine, market=leading, second=second))


def test_second_bars_that_were_lost_are_named(home: Path) -> None:
    for day in TRADED[:2]:
        trade(both(home, day), day)
    write_second(home, {("SPY", BEFORE): 0.9})
    (home / "bars-secondary.db").unlink()

    with pytest.raises(InputError, match="restore it from a backup"):
        compare(home, engine=both(home, DAYS[-1]))


@pytest.mark.parametrize("policy", [STRICT, ALONE])
def test_session_that_the_second_has_no_price_of_yet_is_open(
    home: Path, policy: QuorumPolicy
) -> None:
    """BT-05: one source is later than the other, and the comparison waits for it."""
    for day in TRADED[:3]:
        trade(both(home, day), day)
    for file in (home / "second" / "bars").iterdir():
        rows = file.read_text().splitlines()
        file.write_text("\n".join(row for row in rows if not row.startswith(str(DAY))) + "\n")

    report = checked(home, policy)

    assert report.open == (DAY, TRADED[2])
    assert parts(report) == {}
