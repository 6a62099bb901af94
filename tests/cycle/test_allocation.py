"""Capital between books over several days: the owner's changes, a constant mix, and crashes."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.application.cycle import run_cycle
from alchemiser.application.dry_run import dry_plan, read_signals
from alchemiser.application.engine import EnabledStrategy, Engine
from alchemiser.application.ledger import CODEC, Ledger
from alchemiser.application.operate import overview
from alchemiser.application.owner import Owner
from alchemiser.application.report import CycleReport
from alchemiser.domain.books.ledger import Book, PostingKind, total_positions
from alchemiser.domain.journal.chain import Envelope, verify
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import CycleStatus, EntryPosted
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.portfolio.allocation import Allocation, AllocationSettings
from alchemiser.domain.portfolio.bands import CostBands
from alchemiser.domain.risk.limits import RESEARCH_LIMITS
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import HOUSE, BookId, StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.rebalance import Frequency, Rebalance
from alchemiser.rules import asset, price, weight_specified, when
from tests.cycle.world import make_engine

D1, D2, D3, D4, D5 = (date(2024, 3, d) for d in (7, 8, 11, 12, 13))
SHARES, BONDS = StrategyId("shares"), StrategyId("bonds")
MIXED = weight_specified((Decimal("0.5"), asset("SPY")), (Decimal("0.5"), asset("QQQ")))
SILENT = when(price("GLD") > 0, asset("AGG"), asset("AGG"))
"""Undecided whenever GLD has no bar: on the second day."""
DRIFT = AllocationSettings()
MIX = AllocationSettings(allocation=Allocation.CONSTANT_MIX)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Write bars: shares rise by 4 % a day, bonds stand still, GLD is missing on the second day."""
    folder = tmp_path / "bars"
    folder.mkdir()
    for name, start, growth in (
        ("SPY", 400.0, 1.04),
        ("QQQ", 300.0, 1.04),
        ("AGG", 100.0, 1.0),
        ("GLD", 180.0, 1.0),
        ("TLT", 90.0, 1.0),
    ):
        close, lines = start, ["session,close"]
        for day in (date(2024, 3, 5), date(2024, 3, 6), D1, D2, D3, D4, D5):
            close *= growth
            if name != "GLD" or day != D2:
                lines.append(f"{day},{close:.4f}")
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def strategy(
    name: StrategyId, weight: str, tree: Node, rule: Rebalance | None = None
) -> EnabledStrategy:
    return EnabledStrategy(
        strategy_id=name,
        weight=Decimal(weight),
        strategy=RuleStrategy(tree, rebalance=rule or Rebalance()),
        content_hash="",
    )


TWO = (strategy(BONDS, "0.4", asset("AGG")), strategy(SHARES, "0.5", MIXED))


def engine(
    home: Path,
    day: date,
    strategies: tuple[EnabledStrategy, ...] = TWO,
    settings: AllocationSettings = DRIFT,
) -> Engine:
    made = make_engine(home, day, 1)
    policy = replace(made.policy, allocation=settings, limits=RESEARCH_LIMITS)
    return replace(made, strategies=strategies, policy=policy)


def go(
    home: Path,
    day: date,
    strategies: tuple[EnabledStrategy, ...] = TWO,
    settings: AllocationSettings = DRIFT,
) -> CycleReport:
    report = asyncio.run(run_cycle(engine(home, day, strategies, settings), day))
    state = state_of(home)
    assert verify(SqliteJournal(home / "journal.db").read()).ok
    assert not overview(engine(home, day)).breaks
    assert state.books[HOUSE].cash >= 0
    return report


def owner(home: Path, day: date = D1) -> Owner:
    configured = {row.strategy_id: row.weight for row in TWO}
    return Owner(engine(home, day), configured, actor="ann", reason="calm")


def state_of(home: Path) -> EngineState:
    return Ledger(SqliteJournal(home / "journal.db")).state


def book(home: Path, name: StrategyId) -> Book:
    return state_of(home).books[BookId(name)]


def entries(home: Path) -> list[EntryPosted]:
    """Return what was posted without an order, oldest first."""
    records = (
        CODEC.decode(one.type, one.version, one.data)
        for one in SqliteJournal(home / "journal.db").read()
    )
    return [one for one in records if isinstance(one, EntryPosted)]


def reasons(home: Path) -> list[str]:
    return [one.reason for one in entries(home)]


def share(home: Path, day: date, name: StrategyId) -> Decimal:
    """Return the part of all books that one has at the marks of `day`."""
    lines = {line.book: line.equity or Decimal(0) for line in overview(engine(home, day)).books}
    return lines[BookId(name)] / sum(lines.values())


def test_disabled_strategy_is_not_asked_and_its_book_stands_still(home: Path) -> None:
    go(home, D1)
    before = book(home, SHARES)

    change = owner(home).disable(SHARES, leaving=False)
    report = go(home, D2)

    assert (change.refused, change.enabled) == (False, False)
    assert [line.strategy for line in report.strategies] == [BONDS]
    assert report.status is CycleStatus.COMPLETED
    assert book(home, SHARES) == before


def test_others_decide_order_and_hold_the_same_as_if_nothing_was_disabled(
    home: Path, tmp_path: Path
) -> None:
    """The other's contributions, orders and book are equal to the last digit."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "bars").symlink_to(home / "bars")
    half = weight_specified((Decimal("0.5"), asset("AGG")), (Decimal("0.5"), asset("TLT")))
    turned = (strategy(BONDS, "0.4", half), TWO[1])
    for place in (home, other):
        go(place, D1)
    owner(home).disable(SHARES, leaving=False)

    alone, together = go(home, D2, turned), go(other, D2, turned)

    def of_bonds(place: Path) -> object:
        return [
            row for row in state_of(place).cycles[D2].contributions if row.book == BookId(BONDS)
        ]

    assert [one.symbol for one in alone.orders] == ["AGG", "TLT"]
    assert of_bonds(home) == of_bonds(other) != []
    assert alone.orders == tuple(one for one in together.orders if one.symbol in {"AGG", "TLT"})
    assert book(home, BONDS) == book(other, BONDS)


def test_disabled_book_counts_in_limits(home: Path) -> None:
    """What it holds is account's exposure: the other may not buy what the limit has no room for."""
    go(home, D1)
    owner(home).disable(SHARES, leaving=False)
    made = engine(home, D2, (strategy(BONDS, "0.4", asset("SPY")), TWO[1]))
    limits = replace(made.policy.limits, max_position=dict.fromkeys(AssetClass, Decimal("0.3")))
    report = asyncio.run(run_cycle(replace(made, policy=replace(made.policy, limits=limits)), D2))

    held = total_positions(state_of(home).books)[Symbol("SPY")]
    equity = overview(engine(home, D2)).equity
    assert {bound.symbol for bound in report.limited} == {"SPY"}
    assert held * Decimal("467.9") / equity <= Decimal("0.301")


def test_exit_sells_the_book_at_the_next_session_and_its_cash_goes_to_the_house(home: Path) -> None:
    go(home, D1)
    bonds, house = book(home, BONDS), state_of(home).books[HOUSE].cash
    owner(home).disable(SHARES, leaving=True)

    exit_day = go(home, D2)
    assert {(one.symbol, one.side) for one in exit_day.orders} == {
        ("QQQ", Side.SELL),
        ("SPY", Side.SELL),
    }

    assert book(home, SHARES) == Book()
    assert book(home, BONDS) == bonds
    assert reasons(home)[2:] == ["shares is given up", "shares is given up"]
    assert not state_of(home).standing.books[BookId(SHARES)].units
    given = state_of(home).books[HOUSE].cash
    assert given > house
    go(home, D3)
    assert len(entries(home)) == 4
    assert state_of(home).books[HOUSE].cash == given


def test_what_an_exit_could_not_sell_goes_on_at_the_next_session(home: Path) -> None:
    """Its cash goes back as it comes, and with the last share the rest."""
    go(home, D1)
    owner(home).disable(SHARES, leaving=True)
    limits = replace(engine(home, D2).policy.limits, max_order_notional=Decimal(20_000))
    policy = replace(engine(home, D2).policy, limits=limits)
    capped = replace(engine(home, D2), policy=policy)
    asyncio.run(run_cycle(capped, D2))
    left = book(home, SHARES)
    assert left.positions
    assert left.cash > 0

    go(home, D3)

    assert book(home, SHARES) == Book()
    assert set(reasons(home)[2:]) == {"shares is given up"}


def test_an_exit_gives_nothing_back_while_books_and_broker_differ(home: Path) -> None:
    """Invariant 10: what is not proved is not given."""
    go(home, D1)
    owner(home).disable(SHARES, leaving=True)
    world = engine(home, D2)

    class Wrong:
        """A broker whose cash is a cent short once anything was sold."""

        def __getattr__(self, name: str) -> object:
            return getattr(world.broker, name)

        def account(self) -> AccountSnapshot:
            found = world.broker.account()
            held = {row.symbol for row in found.positions}
            return found if "SPY" in held else replace(found, cash=found.cash - Decimal("0.01"))

    asyncio.run(run_cycle(replace(world, broker=Wrong()), D2))  # type: ignore[arg-type]

    assert book(home, SHARES).positions == {}
    assert book(home, SHARES).cash > 0


def test_exit_can_follow_later_and_needs_no_strategy_that_decides(home: Path) -> None:
    only = (strategy(SHARES, "0.5", MIXED),)
    go(home, D1, only)
    configured = {SHARES: Decimal("0.5")}
    speaker = Owner(engine(home, D1), configured, actor="ann", reason="calm")
    speaker.disable(SHARES, leaving=False)
    standing = go(home, D2, only)
    speaker.disable(SHARES, leaving=True)

    sold, idle = (go(home, day, only) for day in (D3, D4))

    assert standing.reason == "nothing could decide: every strategy is disabled."
    assert (sold.status, idle.status) == (CycleStatus.COMPLETED, CycleStatus.SKIPPED)
    assert len(sold.orders) == 2
    assert book(home, SHARES) == Book()


def test_enabling_after_an_exit_funds_the_book_again(home: Path) -> None:
    go(home, D1)
    owner(home).disable(SHARES, leaving=True)
    go(home, D2)
    go(home, D3)

    change = owner(home).enable(SHARES)
    go(home, D4)

    assert change.reweigh
    assert reasons(home)[-1] == "re-weighting of shares to 0.5"
    assert abs(share(home, D4, SHARES) - Decimal("0.5")) < Decimal("0.001")
    assert state_of(home).allocations.owed == set()
    assert state_of(home).standing.latch.standing == {}


def test_enabling_what_was_only_disabled_moves_nothing(home: Path) -> None:
    go(home, D1)
    owner(home).disable(SHARES, leaving=False)
    go(home, D2)

    change = owner(home).enable(SHARES)
    report = go(home, D3)

    assert not change.reweigh
    assert len(entries(home)) == 2
    assert [line.strategy for line in report.strategies] == [BONDS, SHARES]


def test_enabling_what_never_had_a_book_funds_it_as_the_first_cycle_does(home: Path) -> None:
    owner(home).disable(SHARES, leaving=False)
    go(home, D1)
    assert BookId(SHARES) not in state_of(home).books

    owner(home).enable(SHARES)
    go(home, D2)

    assert reasons(home) == ["opening", "funding", "funding"]
    assert abs(share(home, D2, SHARES) - Decimal("0.5")) < Decimal("0.001")


def test_weight_moves_the_book_once_to_its_share_of_the_account(home: Path) -> None:
    go(home, D1)
    owner(home).weigh(SHARES, Decimal("0.2"))
    equity = overview(engine(home, D2)).equity

    go(home, D2)
    after_first = len(entries(home))
    go(home, D3)

    assert reasons(home)[-1] == "re-weighting of shares to 0.2"
    assert {one.kind for one in entries(home)[-1].postings} == {PostingKind.FUNDING}
    assert (after_first, len(entries(home))) == (3, 3)
    assert abs(share(home, D2, SHARES) - Decimal("0.2")) < Decimal("0.001")
    assert book(home, SHARES).cash > 0
    assert equity > 100_000


def test_transfers_are_neither_gain_nor_loss_of_a_book(home: Path) -> None:
    """RC-07: unit values before and after differ by what the market did alone."""
    go(home, D1)
    owner(home).weigh(SHARES, Decimal("0.1"))
    owner(home).weigh(BONDS, Decimal("0.8"))
    go(home, D2)
    units = {name: state_of(home).standing.books[BookId(name)] for name in (SHARES, BONDS)}
    go(home, D3)

    for name, track in units.items():
        later = state_of(home).standing.books[BookId(name)]
        assert later.drawdown(book_equity(home, D3, name)) is not None
        growth = later.closes[-1][1] / track.closes[-1][1]
        expected = Decimal("1.04") if name == SHARES else Decimal(1)
        # A hundredth of the book is cash; costs take some basis points more.
        assert abs(growth - expected) < Decimal("0.002")
    assert state_of(home).standing.latch.standing == {}


def book_equity(home: Path, day: date, name: StrategyId) -> Decimal:
    lines = {line.book: line.equity for line in overview(engine(home, day)).books}
    equity = lines[BookId(name)]
    assert equity is not None
    return equity


def test_undecided_strategy_gives_its_cash_now_and_the_rest_when_it_decides(home: Path) -> None:
    silent = (strategy(BONDS, "0.4", SILENT), TWO[1])
    go(home, D1, silent)
    owner(home).weigh(BONDS, Decimal("0.1"))
    cash, positions = book(home, BONDS).cash, book(home, BONDS).positions

    go(home, D2, silent)
    assert book(home, BONDS) == Book(cash=Decimal(0), positions=positions)
    assert sum(one.cash for one in entries(home)[-1].postings if one.book == HOUSE) == cash
    assert state_of(home).allocations.owed == {BONDS}
    go(home, D3, silent)

    assert abs(share(home, D3, BONDS) - Decimal("0.1")) < Decimal("0.001")
    assert state_of(home).allocations.owed == set()


def test_reweighted_book_is_traded_at_once_although_its_month_is_not_over(home: Path) -> None:
    monthly = (TWO[0], strategy(SHARES, "0.5", MIXED, Rebalance(frequency=Frequency.MONTHLY)))
    go(home, D1, monthly)
    owner(home).weigh(SHARES, Decimal("0.2"))

    report = go(home, D2, monthly)

    assert {one.symbol for one in report.orders if one.side is Side.SELL} == {"SPY", "QQQ"}
    assert book(home, SHARES).cash > 0


def test_constant_mix_brings_every_book_back_each_day_and_drift_none(
    home: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "bars").symlink_to(home / "bars")
    for day in (D1, D2, D3):
        go(home, day, settings=MIX)
        go(other, day)

    assert abs(share(home, D3, SHARES) - Decimal("0.5")) < Decimal("0.001")
    assert abs(share(home, D3, BONDS) - Decimal("0.4")) < Decimal("0.001")
    assert share(other, D3, SHARES) > Decimal("0.51")
    assert reasons(home)[2:4] == [
        "constant mix of shares to 0.5",
        "constant mix of bonds to 0.4",
    ]
    assert reasons(other) == ["opening", "funding"]


def test_constant_mix_waits_for_a_rebalancing(home: Path) -> None:
    monthly = (TWO[0], strategy(SHARES, "0.5", MIXED, Rebalance(frequency=Frequency.MONTHLY)))
    for day in (D1, D2):
        go(home, day, monthly, MIX)

    assert not any("shares" in reason for reason in reasons(home))


def test_dry_runs_know_the_changes_and_leave_no_trace(home: Path) -> None:
    go(home, D1)
    owner(home).disable(BONDS, leaving=True)
    owner(home).weigh(SHARES, Decimal("0.2"))
    records = SqliteJournal(home / "journal.db").head()

    signals = asyncio.run(read_signals(engine(home, D2), D2))
    plan = asyncio.run(dry_plan(engine(home, D2), D2))
    report = go(home, D2)

    assert [line.strategy for line in signals.strategies] == [SHARES]
    assert [one.book for one in plan.transfers] == [BookId(BONDS), BookId(SHARES)]
    assert {(one.symbol, one.side) for one in plan.orders} == {
        (one.symbol, one.side) for one in report.orders
    }
    assert records.sequence > 0
    *decided, after = [one.reason for one in entries(home)[-3:]]
    assert decided == [one.reason for one in plan.transfers]
    assert after == "bonds is given up"


def test_band_without_a_known_volatility_is_the_fixed_one_and_says_so(home: Path) -> None:
    by_cost = AllocationSettings(drift_band=Decimal("0.5"), cost_bands=CostBands())
    go(home, D1, settings=by_cost)

    plan = asyncio.run(dry_plan(engine(home, D2, settings=by_cost), D2))

    known = {row.symbol: row.banded for row in plan.target}
    assert known == dict.fromkeys(known, "the fixed band holds: its volatility is not known")


def test_band_by_cost_follows_from_spread_volatility_and_volume(tmp_path: Path) -> None:
    """Each symbol has its own, within the bounds; what trades less has the wider one."""
    (tmp_path / "bars").mkdir()
    for name, volume in (("AGG", 500_000), ("QQQ", 1_000), ("SPY", 50_000_000)):
        lines = ["session,close,volume"]
        for place, session in enumerate(SessionTable().sessions(date(2024, 1, 8), D2)):
            lines.append(f"{session.day},{100 + place % 3},{volume}")
        (tmp_path / "bars" / f"{name}.csv").write_text("\n".join(lines) + "\n")
    by_cost = AllocationSettings(cost_bands=CostBands())
    go(tmp_path, D1, settings=by_cost)

    target = asyncio.run(dry_plan(engine(tmp_path, D2, settings=by_cost), D2)).target

    equity = book_equity(tmp_path, D2, SHARES)
    share = {row.symbol: row.band / equity for row in target if row.book == BookId(SHARES)}
    assert {row.banded for row in target} == {""}
    assert 0 < share[Symbol("SPY")] < share[Symbol("QQQ")] <= Decimal("0.05")


class Interrupted(BaseException):
    """The process ends here."""


class Brittle:
    """A journal under which the process ends right before or after the plan is durable."""

    def __init__(self, journal: SqliteJournal, *, after: bool) -> None:
        self._journal, self._after = journal, after
        self.head, self.epoch = journal.head, journal.epoch
        self.take_over, self.read = journal.take_over, journal.read

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Append, and end if the plan is among them.

        Raises:
            Interrupted: Then.
        """
        planned = any(one.type == "OrderPlanned" for one in envelopes)
        if planned and not self._after:
            raise Interrupted
        self._journal.append(envelopes)
        if planned:
            raise Interrupted


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("settings", [DRIFT, MIX])
def test_interrupted_decision_transfers_once(
    home: Path, after: bool, settings: AllocationSettings
) -> None:
    """RS-11: postings and plan are one transaction, so that a transfer is made once or not yet."""
    go(home, D1, settings=settings)
    owner(home).weigh(SHARES, Decimal("0.2"))
    made = engine(home, D2, settings=settings)
    brittle = replace(made, journal=Brittle(SqliteJournal(home / "journal.db"), after=after))

    with pytest.raises(Interrupted):
        asyncio.run(run_cycle(brittle, D2))
    posted = reasons(home).count("re-weighting of shares to 0.2")
    refused = owner(home).weigh(SHARES, Decimal("0.3")) if after else None
    report = go(home, D2, settings=settings)

    assert posted == int(after)
    assert refused is None or (refused.refused and "orders may be in flight" in refused.reason)
    assert report.status is CycleStatus.COMPLETED
    assert reasons(home).count("re-weighting of shares to 0.2") == 1
    assert abs(share(home, D2, SHARES) - Decimal("0.2")) < Decimal("0.001")
