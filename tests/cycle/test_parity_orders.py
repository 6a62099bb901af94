"""What becomes of an order is one component, of known dollars, and told of that order."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.cycle import run_cycle
from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import resume
from alchemiser.application.parity.report import DayLine, OrderLine
from alchemiser.domain.journal.account_records import FillTakenBack
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.parity.components import Component
from alchemiser.domain.parity.lacking import Cause
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, ZERO, cents
from alchemiser.rules import asset
from tests.cycle.fickle import (
    FickleBroker,
    Trick,
    bust,
    charged,
    corrected,
    partial,
    rejected,
    vanished,
)
from tests.cycle.parity_world import (
    FREE,
    QQQ,
    TRADED,
    broker,
    close,
    compare,
    engine_of,
    parts,
    trade,
    write_bars,
)

DAY, NEXT = TRADED[:2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home that has not traded."""
    write_bars(tmp_path)
    return tmp_path


def fickle(home: Path, tricks: Mapping[Symbol, Trick], *refused: Symbol) -> None:
    """Trade the first day at a venue of tricks, and the next ones at an honest one."""
    engine = engine_of(home, DAY, FREE)
    tricky = FickleBroker(broker(engine), tricks, frozenset(refused))
    asyncio.run(run_cycle(replace(engine, broker=tricky), DAY))
    asyncio.run(resume(engine_of(home, NEXT, FREE), actor="owner", reason="seen"))
    trade(home, *TRADED[1:3], venue=FREE)


def compared(home: Path) -> tuple[DayLine, dict[Component, Decimal]]:
    """Return the first day and its components, and prove that the next one has none."""
    report = compare(home, venue=FREE)
    assert (report.differing, report.unexplained()) == ((), ())
    first, second = report.days
    assert parts(replace(report, days=(second,))) == {}
    return first, parts(report)


def gained(name: str) -> Decimal:
    """Return what a share gains from the first day's decision to the next."""
    return close(name, NEXT) - close(name, DAY)


def bought(home: Path, name: Symbol = QQQ) -> PlannedOrder:
    """Return the order of the first day."""
    plan = Ledger(engine_of(home, NEXT).journal).state.cycles[DAY].plan
    assert plan is not None
    return plan.slots[name, Side.BUY]


def only(day: DayLine) -> OrderLine:
    (line,) = day.orders
    return line


def told(line: OrderLine) -> list[tuple[Cause, Decimal]]:
    return [(one.lack.cause, one.lack.quantity) for one in line.lacks]


def test_nothing_is_lacking_where_everything_fills(home: Path) -> None:
    trade(home, *TRADED[:3], venue=FREE)

    day, found = compared(home)

    assert (day.orders, found) == ((), {})
    assert day.live == day.shadow != ZERO


def test_order_that_the_venue_refuses_is_refusals_alone(home: Path) -> None:
    """BT-06: what its shares would have gained, at no cost."""
    fickle(home, {}, QQQ)

    day, found = compared(home)

    order = bought(home)
    assert found == {Component.REFUSALS: cents(-order.quantity * gained("QQQ"))}
    assert told(only(day)) == [(Cause.VENUE, order.quantity)]
    assert only(day).lacks[0].dollars == found[Component.REFUSALS]
    assert "venue (no: not at this venue)" in only(day).sentence()


def test_order_that_is_rejected_after_it_was_taken_is_refusals_alone(home: Path) -> None:
    """BT-06: an acknowledgement is no promise."""
    fickle(home, {QQQ: rejected})

    day, found = compared(home)

    order = bought(home)
    assert found == {Component.REFUSALS: cents(-order.quantity * gained("QQQ"))}
    assert told(only(day)) == [(Cause.VENUE, order.quantity)]


def test_rest_of_an_order_that_filled_in_part_is_partials_alone(home: Path) -> None:
    """BT-06."""
    fickle(home, {QQQ: partial})

    day, found = compared(home)

    order, line = bought(home), only(day)
    rest = order.quantity - line.filled
    assert abs(line.filled * 4 - order.quantity) < CENT
    assert found == {Component.PARTIALS: cents(-rest * gained("QQQ"))}
    assert told(line) == [(Cause.PARTIAL, rest)]
    assert "nobody took all of it within its price bound" in line.sentence()


def test_order_that_its_algorithm_gives_up_is_unfilled_alone(home: Path) -> None:
    """BT-06: all of the day's orders, since the venue asks more than anybody pays."""
    dear = dict.fromkeys(FREE.half_spread, Decimal("0.2"))
    asyncio.run(run_cycle(engine_of(home, DAY, replace(FREE, half_spread=dear)), DAY))
    asyncio.run(resume(engine_of(home, NEXT, FREE), actor="owner", reason="seen"))
    trade(home, *TRADED[1:3], venue=FREE)

    day, found = compared(home)

    gains = [line.order.quantity * gained(line.order.symbol) for line in day.orders]
    assert len(gains) == 5
    by_book = [cents(-sum(one, ZERO)) for one in (gains[:1] + gains[2:4], gains[1:2] + gains[4:])]
    assert found == {Component.UNFILLED: sum(by_book)}
    assert {cause for line in day.orders for cause, _ in told(line)} == {Cause.GIVEN_UP}
    assert [line.lacks[0].dollars for line in day.orders] == [cents(-one) for one in gains]


def test_fill_that_is_taken_back_at_once_is_unfilled_alone(home: Path) -> None:
    """BT-06, FIX 150=H: the shares were there, and are not."""
    fickle(home, {QQQ: bust})

    day, found = compared(home)

    order = bought(home)
    assert found == {Component.UNFILLED: cents(-order.quantity * gained("QQQ"))}
    assert told(only(day)) == [(Cause.TAKEN_BACK, order.quantity)]


def test_part_that_is_taken_back_is_told_apart_from_the_rest(home: Path) -> None:
    """BT-06: two causes of one order, each with its own shares and dollars."""
    fickle(home, {QQQ: lambda reports: bust(partial(reports))})

    day, found = compared(home)

    order, line = bought(home), only(day)
    (taken, quarter), (rest, others) = told(line)
    assert (taken, rest) == (Cause.TAKEN_BACK, Cause.GIVEN_UP)
    assert quarter + others == order.quantity
    assert [one.dollars for one in line.lacks] == [
        cents(-shares * gained("QQQ")) for shares in (quarter, others)
    ]
    assert found == {Component.UNFILLED: cents(-order.quantity * gained("QQQ"))}


def test_fill_that_is_taken_back_overnight_is_unfilled_alone(home: Path) -> None:
    """BT-06: found by the next session, before it decides."""
    trade(home, DAY, venue=FREE)
    engine = engine_of(home, NEXT, FREE)
    tricky = FickleBroker(broker(engine), {QQQ: vanished})
    tricky.settle(DAY)
    asyncio.run(run_cycle(replace(engine, broker=tricky), NEXT))
    trade(home, TRADED[2], venue=FREE)

    day, found = compared(home)

    order = bought(home)
    booked = [one.type for one in engine.journal.read() if one.type == FillTakenBack.__name__]
    assert len(booked) == 1
    assert found == {Component.UNFILLED: cents(-order.quantity * gained("QQQ"))}
    assert told(only(day)) == [(Cause.TAKEN_BACK, order.quantity)]


def test_fill_that_is_taken_back_after_the_next_decision_is_that_sessions(home: Path) -> None:
    """BT-06: until then live had the shares, and gained by them."""
    trade(home, DAY, NEXT, venue=FREE)
    engine = engine_of(home, TRADED[2], FREE)
    tricky = FickleBroker(broker(engine), {Symbol("TLT"): vanished})
    tricky.settle(DAY)
    asyncio.run(run_cycle(replace(engine, broker=tricky), TRADED[2]))
    trade(home, TRADED[3], venue=FREE)

    report = compare(home, venue=FREE)

    first, second, third = report.days
    assert report.unexplained() == ()
    assert parts(replace(report, days=(first, third))) == {}
    assert parts(report).keys() == {Component.INTERVENTIONS}
    quantity = bought(home, Symbol("TLT")).quantity
    lost = quantity * (close("TLT", TRADED[2]) - close("TLT", DAY))
    assert abs(second.components[Component.INTERVENTIONS] + lost) <= CENT


@pytest.mark.parametrize("dollars", ["0.5", "-0.25"])
def test_price_that_is_corrected_is_slippage_alone(home: Path, dollars: str) -> None:
    """BT-06, FIX 150=G."""
    fickle(home, {QQQ: corrected(dollars)})

    day, found = compared(home)

    order = bought(home)
    assert day.orders == ()
    assert found.keys() == {Component.SLIPPAGE}
    known = -order.quantity * Decimal(dollars)
    assert abs(found[Component.SLIPPAGE] - known) <= CENT, "corrections are booked in cents"


def test_fee_that_no_model_knows_is_fees_alone(home: Path) -> None:
    """BT-06."""
    fickle(home, {QQQ: charged("3.21")})

    day, found = compared(home)

    assert (day.orders, found) == ((), {Component.FEES: Decimal("-3.21")})


@pytest.mark.parametrize(
    ("trick", "component"), [(partial, Component.PARTIALS), (bust, Component.UNFILLED)]
)
def test_order_that_books_share_lacks_for_each_of_them(
    home: Path, trick: Trick, component: Component
) -> None:
    """BT-06: in proportion to what each wanted, and to the cent for the account."""
    engine = engine_of(home, DAY, FREE)
    both = tuple(replace(one, strategy=RuleStrategy(asset("QQQ"))) for one in engine.strategies)
    for day in TRADED[:3]:
        here = replace(engine_of(home, day, FREE), strategies=both)
        tricks = {QQQ: trick} if day == DAY else {}
        asyncio.run(run_cycle(replace(here, broker=FickleBroker(broker(here), tricks)), day))
        asyncio.run(resume(engine_of(home, NEXT, FREE), actor="owner", reason="seen"))

    report = compare(home, engine=replace(engine_of(home, TRADED[2]), strategies=both), venue=FREE)

    first, _ = report.days
    assert report.unexplained() == ()
    assert parts(report).keys() == {component}
    (lack,) = only(first).lacks
    claims = dict(bought(home).claims)
    share = lack.lack.quantity / bought(home).quantity
    assert len(claims) == 2
    for book, shares in claims.items():
        known = -shares * share * gained("QQQ")
        assert abs(first.books[book].components[component] - known) <= CENT
    assert abs(lack.dollars - first.components[component]) <= CENT


def test_every_cause_at_once_is_told_apart(home: Path) -> None:
    """BT-06: each to its component and its order, and still to the cent."""
    fickle(
        home,
        {
            QQQ: partial,
            Symbol("GLD"): bust,
            Symbol("SPY"): corrected("0.5"),
            Symbol("IEF"): charged("3.21"),
        },
        Symbol("TLT"),
    )

    day, found = compared(home)

    lines = {line.order.symbol: line for line in day.orders}
    assert {name: told(line)[0][0] for name, line in lines.items()} == {
        "GLD": Cause.TAKEN_BACK,
        "QQQ": Cause.PARTIAL,
        "TLT": Cause.VENUE,
    }
    assert found[Component.FEES] == Decimal("-3.21")
    for name, component in (
        ("TLT", Component.REFUSALS),
        ("GLD", Component.UNFILLED),
        ("QQQ", Component.PARTIALS),
    ):
        (lack,) = lines[Symbol(name)].lacks
        assert abs(lack.dollars - found[component]) <= CENT
        assert lack.dollars == cents(-lack.lack.quantity * gained(name))
