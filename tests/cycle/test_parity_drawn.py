"""Drawn worlds in which causes are planted: each is found as itself, with what it came to."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import resume
from alchemiser.application.parity.report import ParityReport
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.parity.components import Component
from alchemiser.domain.values.identifiers import ACCRUALS, Symbol
from alchemiser.domain.values.numbers import CENT, ZERO
from tests.cycle.fickle import FickleBroker, Trick, bust, charged, corrected, partial, rejected
from tests.cycle.parity_world import (
    DAYS,
    FREE,
    TRADED,
    broker,
    compare,
    engine_of,
    parts,
    trade,
)
from tests.cycle.test_fast import PaysLater
from tests.cycle.world import NEAR_CLOSE, SYMBOLS, make_engine

DAY, NEXT = TRADED[:2]
Closes = Mapping[tuple[str, date], Decimal]
BOOKS = 3
"""Two strategies and the house: each is rounded to the cent for itself."""


@dataclass(frozen=True)
class Planted:
    """What becomes of an order.

    Attributes:
        component: What it is to be found as.
        trick: What the venue does, or None where it refuses.
        dollars: Of a share, or of the order.
    """

    component: Component
    trick: Trick | None
    dollars: Decimal = ZERO

    def comes_to(self, order: PlannedOrder, gained: Decimal) -> Decimal:
        """Return what it changes, dollars, when a share gains `gained` to the next decision."""
        match self.component:
            case Component.SLIPPAGE:
                return -order.quantity * self.dollars
            case Component.FEES:
                return -self.dollars
            case Component.PARTIALS:
                return -order.quantity * 3 / 4 * gained
            case _:
                return -order.quantity * gained


cents = st.integers(1, 900).map(lambda number: Decimal(number) / 100)
causes = st.one_of(
    st.just(Planted(Component.REFUSALS, None)),
    st.just(Planted(Component.REFUSALS, rejected)),
    st.just(Planted(Component.UNFILLED, bust)),
    st.just(Planted(Component.PARTIALS, partial)),
    cents.map(lambda much: Planted(Component.FEES, charged(str(much)), much)),
    st.sampled_from(["0.05", "-0.25", "0.01"]).map(
        lambda much: Planted(Component.SLIPPAGE, corrected(much), Decimal(much))
    ),
)


def write_drawn(home: Path, seed: int) -> Closes:
    """Write a random walk of every symbol, and return its closes."""
    (home / "bars").mkdir()
    draw, found = np.random.default_rng(seed), {}
    for name in SYMBOLS:
        walk = draw.uniform(20.0, 400.0) * np.exp(np.cumsum(draw.normal(0.0, 0.02, len(DAYS))))
        rows = ["session,close"]
        for day, close in zip(DAYS, walk.tolist(), strict=True):
            rows.append(f"{day},{close:.4f}")
            found[name, day] = Decimal(f"{close:.4f}")
        (home / "bars" / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return found


@settings(max_examples=8)
@given(
    seed=st.integers(0, 10**6),
    causes=st.dictionaries(st.sampled_from(SYMBOLS), causes, max_size=4),
    by_owner=st.sampled_from([("0", 0), ("-50.01", 0), ("12345.67", 0), ("12345.67", 40)]),
)
def test_every_cause_is_found_as_itself_with_what_it_came_to(
    seed: int, causes: dict[str, Planted], by_owner: tuple[str, int]
) -> None:
    """BT-06: planted alone or beside others, in any market; nothing is left over."""
    deposit, by_hand = by_owner
    with TemporaryDirectory() as folder:
        home = Path(folder)
        closes = write_drawn(home, seed)
        _play(home, causes)
        hand = broker(engine_of(home, NEXT, FREE))
        if Decimal(deposit):
            hand.transfer(Decimal(deposit))
        if by_hand:
            hand.trade(Symbol("AGG"), Decimal(by_hand), Decimal(50))
        trade(home, *TRADED[1:3], venue=FREE)
        report = compare(home, venue=FREE)
        plan = Ledger(engine_of(home, NEXT).journal).state.cycles[DAY].plan

    assert plan is not None
    expected = {Component.INTERVENTIONS: by_hand * (closes["AGG", NEXT] - 50)}
    for order in plan.orders:
        cause = causes.get(order.symbol)
        if cause is not None:
            gained = closes[order.symbol, NEXT] - closes[order.symbol, DAY]
            known = expected.get(cause.component, ZERO)
            expected[cause.component] = known + cause.comes_to(order, gained)
    first, second = report.days
    _nothing_left(report)
    assert parts(replace(report, days=(second,))) == {}
    assert first.flows == Decimal(deposit)
    for component in set(Component) - {Component.ROUNDING}:
        known = expected.get(component, ZERO)
        assert abs(first.components[component] - known) <= BOOKS * CENT, component


def _play(home: Path, causes: Mapping[str, Planted]) -> None:
    """Trade the first day at a venue that does what is planted."""
    engine = engine_of(home, DAY, FREE)
    tricks = {Symbol(name): one.trick for name, one in causes.items() if one.trick is not None}
    refused = frozenset(Symbol(name) for name, one in causes.items() if one.trick is None)
    tricky = FickleBroker(broker(engine), tricks, refused)
    report = asyncio.run(run_cycle(replace(engine, broker=tricky), DAY))
    if report.status is not CycleStatus.COMPLETED:
        asyncio.run(resume(engine_of(home, NEXT, FREE), actor="owner", reason="seen"))


def _nothing_left(report: ParityReport) -> None:
    assert (report.differing, report.unexplained()) == ((), ())
    for day in report.days:
        assert day.live - day.shadow == sum(day.components.values()) + day.residual


def write_actions(home: Path, seed: int) -> int:
    """Write splits and dividends of odd sizes, and return how many there are while it is traded."""
    (home / "bars").mkdir()
    draw, count = np.random.default_rng(seed), 0
    for name in SYMBOLS:
        walk = draw.uniform(20.0, 400.0) * np.exp(np.cumsum(draw.normal(0.0, 0.02, len(DAYS))))
        rows, shares, gross, before = ["session,close,raw_close,split,dividend"], 1.0, 1.0, 0.0
        for day, close in zip(DAYS, walk.tolist(), strict=True):
            split = float(draw.choice([1, 1, 1, 2, 3, 1.5, 0.1])) if day > DAY else 1.0
            paid = float(draw.choice([0, 0, 0, 0.123, 0.333333])) if day > DAY else 0.0
            count += (split != 1.0) + (paid > 0)
            shares *= split
            raw = round(close / shares, 2)
            gross *= split * (raw + paid) / before if before else 1.0
            before = raw
            rows.append(f"{day},{gross:.8f},{raw:.2f},{split:g},{paid:g}")
        (home / "bars" / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return count


def _paying(home: Path, day: date, wait: int) -> Engine:
    """Return an engine whose dividends are paid `wait` days after their ex-day."""

    class Pays(PaysLater):
        pass

    Pays.wait = wait
    return make_engine(home, day, 1, NEAR_CLOSE, venue=FREE, files=Pays)


@settings(max_examples=5)
@given(seed=st.integers(0, 10**6), wait=st.sampled_from([0, 1, 5, 30]))
def test_what_is_owed_and_split_leaves_nothing_but_its_own_rounding(seed: int, wait: int) -> None:
    """BT-06: dividends counted and not paid yet, and splits into parts of a share.

    A dividend is booked in cents, and shares after a split to the ninth decimal: no more than
    that is between what is booked and what the data entitle to, and it is `activities`.
    """
    with TemporaryDirectory() as folder:
        home = Path(folder)
        actions = write_actions(home, seed)
        for day in TRADED:
            told = asyncio.run(run_cycle(_paying(home, day, wait), day))
            assert told.status is CycleStatus.COMPLETED, told.reason
        engine = _paying(home, DAYS[-1], wait)
        report = compare(home, engine=engine, venue=FREE)
        books = Ledger(engine.journal).state.books
        account = engine.broker.account()

    assert sum((book.cash for book in books.values()), ZERO) == account.cash
    assert wait < 30 or ACCRUALS not in books or books[ACCRUALS].cash <= 0
    _nothing_left(report)
    assert parts(report).keys() <= {Component.ACTIVITIES}
    for line in report.days:
        assert abs(line.components[Component.ACTIVITIES]) <= actions * CENT
