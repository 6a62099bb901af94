"""Mergers, new names, other timings, money that comes and goes: right figures or one sentence."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.simulated.corporate import Exchange
from alchemiser.application.cycle import run_cycle
from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import resume
from alchemiser.application.parity.compare import ParitySetup, parity
from alchemiser.application.parity.report import DayLine, ParityReport
from alchemiser.domain.books.ledger import total_positions
from alchemiser.domain.parity.components import Component
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.domain.values.numbers import CENT, cents
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.ports.errors import InputError
from tests.cycle.fickle import FickleBroker
from tests.cycle.parity_world import (
    DAYS,
    FREE,
    TRADED,
    broker,
    close,
    compare,
    engine_of,
    parts,
    price,
    trade,
    write_bars,
)
from tests.cycle.world import SYMBOLS, make_engine

DAY, NEXT = TRADED[:2]
AGG, GLD, SPY = Symbol("AGG"), Symbol("GLD"), Symbol("SPY")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home that has not traded."""
    write_bars(tmp_path)
    return tmp_path


def held(home: Path, day: date) -> Mapping[Symbol, Decimal]:
    return total_positions(Ledger(engine_of(home, day).journal).state.books)


def of(report: ParityReport, day: date) -> DayLine:
    (line,) = (one for one in report.days if one.session == day)
    return line


def test_merger_is_what_its_terms_are_worth(home: Path) -> None:
    """BT-06: the shadow is given the same for the same shares, and gains what that is worth."""
    trade(home, DAY, venue=FREE)
    shares = held(home, DAY)
    terms = Exchange(symbol=GLD, received=AGG, ratio=Decimal("1.5"), cash=Decimal("0.25"))
    broker(engine_of(home, NEXT, FREE)).exchange(terms)
    trade(home, *TRADED[1:3], venue=FREE)

    report = compare(home, venue=FREE)

    line = of(report, DAY)
    others = [(name, held) for name, held in shares.items() if name != GLD]
    kept = sum(held * (close(str(name), NEXT) - close(str(name), DAY)) for name, held in others)
    given = Decimal("1.5") * close("AGG", NEXT) + terms.cash - close("GLD", DAY)
    assert report.unexplained() == ()
    assert parts(report) == {}
    assert line.shadow == line.live
    assert abs(line.live - kept - shares[GLD] * given) <= 2 * CENT


def test_merger_of_shares_that_live_missed_is_the_shadows(home: Path) -> None:
    """BT-06: what was refused before the merger lacks what the terms are worth, not a price."""
    engine = engine_of(home, DAY, FREE)
    tricky = FickleBroker(broker(engine), {}, frozenset({Symbol("SPY")}))
    asyncio.run(run_cycle(replace(engine, broker=tricky), DAY))
    asyncio.run(resume(engine_of(home, NEXT, FREE), actor="owner", reason="seen"))
    hand = broker(engine_of(home, NEXT, FREE))
    hand.trade(SPY, Decimal(2), close("SPY", DAY))
    hand.exchange(Exchange(symbol=SPY, received=AGG, ratio=Decimal(3)))
    trade(home, *TRADED[1:3], venue=FREE)

    report = compare(home, venue=FREE)

    line = of(report, DAY)
    (order,) = line.orders
    gained = 3 * close("AGG", NEXT) - close("SPY", DAY)
    assert report.unexplained() == ()
    assert order.order.symbol == SPY
    assert line.components[Component.REFUSALS] == cents(-order.order.quantity * gained)


def test_spin_off_is_what_the_holders_keep_and_get(home: Path) -> None:
    """BT-06: half a share of another for each one; what is kept is priced as it trades."""
    trade(home, DAY, venue=FREE)
    shares = held(home, DAY)[GLD]
    terms = Exchange(symbol=GLD, received=AGG, ratio=Decimal("0.5"), kept=True)
    broker(engine_of(home, NEXT, FREE)).exchange(terms)
    trade(home, *TRADED[1:3], venue=FREE)

    report = compare(home, venue=FREE)
    line = of(report, DAY)

    assert report.unexplained() == ()
    assert parts(report) == {}
    assert line.live > shares * close("AGG", NEXT) / 3


def test_exchanges_of_one_day_follow_each_other(home: Path) -> None:
    """BT-06: merged into another, of which a third is spun off at once, and cash for the rest."""
    trade(home, DAY, venue=FREE)
    hand = broker(engine_of(home, NEXT, FREE))
    hand.exchange(Exchange(symbol=GLD, received=AGG, ratio=Decimal("1.5"), cash=Decimal("0.25")))
    hand.exchange(Exchange(symbol=AGG, received=SPY, ratio=Decimal("0.1"), kept=True))
    hand.exchange(Exchange(symbol=AGG, received=Symbol("IEF"), ratio=Decimal(2), cash=Decimal(1)))
    trade(home, *TRADED[1:3], venue=FREE)

    report = compare(home, venue=FREE)

    assert report.unexplained() == ()
    assert parts(report) == {}
    assert of(report, DAY).live == of(report, DAY).shadow


def test_merger_that_is_told_after_a_missed_session_is_no_difference(home: Path) -> None:
    """BT-06: nobody decided on the day before, and nobody asked the broker."""
    trade(home, DAY, venue=FREE)
    terms = Exchange(symbol=GLD, received=AGG, ratio=Decimal("1.5"))
    broker(engine_of(home, NEXT, FREE)).exchange(terms)
    trade(home, *TRADED[2:4], venue=FREE)

    report = compare(home, venue=FREE)

    assert report.unexplained() == ()
    assert parts(report).keys() <= {Component.MISSED}
    assert [day.decided for day in report.days] == [True, False, True]


def test_new_name_that_no_data_know_is_named(home: Path) -> None:
    """AR-05."""
    trade(home, DAY, venue=FREE)
    terms = Exchange(symbol=GLD, received=Symbol("NEWG"), ratio=Decimal(1))
    broker(engine_of(home, NEXT, FREE)).exchange(terms)
    asyncio.run(run_cycle(engine_of(home, NEXT, FREE), NEXT))

    with pytest.raises(InputError, match="no price of NEWG up to"):
        compare(home, venue=FREE)


def write_new_name(home: Path, since: date) -> None:
    """Let GLD end before `since`, and NEWG go on from there."""
    old = home / "bars" / "GLD.csv"
    head, *rows = old.read_text().splitlines()
    before = [row for row in rows if row < str(since)]
    after = [row for row in rows if row >= str(since)]
    old.write_text("\n".join([head, *before, ""]))
    (home / "bars" / "NEWG.csv").write_text("\n".join([head, *after, ""]))


def test_new_name_is_a_new_mark_and_no_difference(home: Path) -> None:
    """BT-06: the shadow goes on under the new name, at the prices that the data have of it."""
    trade(home, DAY, venue=FREE)
    shares = held(home, DAY)[GLD]
    write_new_name(home, NEXT)
    terms = Exchange(symbol=GLD, received=Symbol("NEWG"), ratio=Decimal(1))
    broker(engine_of(home, NEXT, FREE)).exchange(terms)
    for day in TRADED[1:3]:
        asyncio.run(run_cycle(engine_of(home, day, FREE), day))

    report = compare(home, venue=FREE)

    line = of(report, DAY)
    moved = shares * (close("GLD", NEXT) - close("GLD", DAY))
    assert abs(moved) > CENT
    assert report.unexplained() == ()
    assert line.components[Component.ACTIVITIES] == 0
    assert line.live - line.shadow == sum(line.components.values())


def test_orders_that_never_filled_of_a_strategy_that_is_gone_have_marks(home: Path) -> None:
    """BT-06: nothing now asks for QQQ, and nothing was ever booked in it."""
    engine = engine_of(home, DAY, FREE)
    tricky = FickleBroker(broker(engine), {}, frozenset({Symbol("QQQ")}))
    asyncio.run(run_cycle(replace(engine, broker=tricky), DAY))
    asyncio.run(resume(engine_of(home, NEXT, FREE), actor="owner", reason="seen"))
    hedge = replace(engine_of(home, NEXT, FREE), strategies=engine.strategies[:1])
    asyncio.run(run_cycle(hedge, NEXT))

    report = compare(home, engine=hedge, venue=FREE)

    assert report.unexplained() == ()
    found = parts(report)
    assert found.keys() == {Component.CONFIGURATION, Component.REFUSALS}
    (line,) = of(report, DAY).orders
    gained = close("QQQ", NEXT) - close("QQQ", DAY)
    assert found[Component.REFUSALS] == cents(-line.order.quantity * gained)


def test_dividend_that_was_never_booked_is_activities_alone(tmp_path: Path) -> None:
    """BT-06: the data know of it now, and the account never heard."""

    def write(dividend: str) -> None:
        (tmp_path / "bars").mkdir(exist_ok=True)
        for place, name in enumerate(SYMBOLS):
            rows = ["session,close,raw_close,split,dividend"]
            for number, day in enumerate(DAYS):
                paid = dividend if (name, day) == ("GLD", NEXT) else "0"
                at = f"{price(place, number):.2f}"
                rows.append(f"{day},{at},{at},1,{paid}")
            (tmp_path / "bars" / f"{name}.csv").write_text("\n".join(rows) + "\n")

    write("0")
    trade(tmp_path, *TRADED[:3], venue=FREE)
    shares = Ledger(engine_of(tmp_path, DAY).journal).state.cycles[DAY].plan
    assert shares is not None
    write("0.25")

    report = compare(tmp_path, venue=FREE)

    (order,) = (one for one in shares.orders if one.symbol == GLD)
    assert report.unexplained() == ()
    assert parts(report) == {Component.ACTIVITIES: cents(-order.quantity * Decimal("0.25"))}


def test_other_timing_than_then_is_explained(home: Path) -> None:
    """BT-03, BT-05: decided near the close, and the shadow at the open."""
    trade(home, *TRADED[:4], venue=FREE)
    at_open = engine_of(home, DAYS[-1], FREE, Schedule(timing=Timing.NEXT_OPEN))
    other = replace(at_open, identity=replace(at_open.identity, configuration="other"))

    report = compare(home, engine=other, venue=FREE)

    assert report.unexplained() == ()
    assert len(report.days) == 3
    for line in report.days:
        assert line.live - line.shadow == sum(line.components.values())


def test_money_that_comes_and_goes_around_a_missed_session(home: Path) -> None:
    """BT-06: booked by the session after, gained by nobody."""
    trade(home, *TRADED[:2], venue=FREE)
    broker(engine_of(home, TRADED[2], FREE)).transfer(Decimal("12345.67"))
    broker(engine_of(home, TRADED[3], FREE)).transfer(Decimal("-2345.67"))
    trade(home, *TRADED[3:5], venue=FREE)

    report = compare(home, venue=FREE)

    assert sum(day.flows for day in report.days) == 10_000
    assert parts(report).keys() <= {Component.MISSED}
    assert report.unexplained() == ()
    assert all(abs(day.live) < 6_000 for day in report.days)


def test_one_strategy_of_one_symbol_on_one_session(home: Path) -> None:
    """BT-06: nothing to compare yet, then one day."""

    def alone(day: date) -> ParityReport:
        engine = engine_of(home, day, FREE)
        hedge = replace(engine.strategies[0], weight=Decimal(1))
        engine = replace(engine, strategies=(hedge,))
        asyncio.run(run_cycle(engine, day))
        setup = ParitySetup(engine=engine, venue=FREE, last=DAYS[-1], alpha=0.01)
        return parity(setup, day if day == DAY else None, None)

    first, second = alone(DAY), alone(NEXT)

    assert (first.days, first.open, first.compared) == ((), (DAY,), 1)
    assert (len(second.days), second.drift.days) == (1, 1)
    assert parts(second) == {}
    assert second.days[0].books.keys() == {BookId("hedge")}


def test_journal_of_another_account_is_one_sentence(home: Path) -> None:
    """AR-05."""
    trade(home, DAY)
    engine = make_engine(home, DAYS[-1], 1)
    other = replace(broker(engine), path=home / "other.db", name="another")

    with pytest.raises(SettingsError, match="the journal belongs to account"):
        compare(home, engine=replace(engine, broker=other))


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (None, DAYS[0], f"nothing was decided to {DAYS[0]}: the journal has decisions from {DAY}"),
        (DAYS[-1], None, f"nothing was decided from {DAYS[-1]}: the journal"),
        (date(2024, 3, 9), date(2024, 3, 10), "from 2024-03-09 to 2024-03-10: the journal"),
    ],
)
def test_time_without_a_decision_is_told_as_it_was_asked(
    home: Path, first: date | None, last: date | None, told: str
) -> None:
    """AR-05: a weekend, too."""
    trade(home, *TRADED[:3])

    with pytest.raises(SettingsError, match=told):
        compare(home, first, last)
