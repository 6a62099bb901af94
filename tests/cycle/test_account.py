"""What happens in the account besides our orders: booked, told, or found to differ and stopped."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.simulated.corporate import Exchange
from alchemiser.application.agreement import look
from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import halt, overview, resume
from alchemiser.application.reconciling import Reconciliation, reconcile_account
from alchemiser.application.report import CycleReport
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import Accepted, NewOrderSingle, Side
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import HOUSE, BookId, ClOrdId, Symbol, cl_ord_id
from alchemiser.domain.values.numbers import cents
from tests.cycle.losses import Ears
from tests.cycle.world import FIRST, SECOND, make_engine, run, write_bars

AGG, QQQ, TLT = map(Symbol, ("AGG", "QQQ", "TLT"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the folder of an account that has traded one day."""
    write_bars(tmp_path / "bars")
    assert run(tmp_path, FIRST, 1).status is CycleStatus.COMPLETED
    return tmp_path


def broker(engine: Engine) -> SimulatedBroker:
    assert isinstance(engine.broker, SimulatedBroker)
    return engine.broker


def go(engine: Engine) -> CycleReport:
    return asyncio.run(run_cycle(engine, SECOND))


def reconcile(home: Path, adopt: str | None = None, reason: str = "") -> Reconciliation:
    engine = make_engine(home, SECOND, 1)
    return asyncio.run(reconcile_account(engine, actor="owner", adopt=adopt, reason=reason))


def change(home: Path, statement: str) -> None:
    with sqlite3.connect(home / "broker.db") as file:
        file.execute(statement)


def test_deposit_lands_in_the_house_and_is_no_gain(home: Path) -> None:
    """M06: drawdown is measured on unit value."""
    engine = make_engine(home, SECOND, 1)
    before = Ledger(engine.journal).state
    broker(engine).transfer(Decimal("5000.00"))

    report = go(engine)

    assert report.exit_code == 0
    after = Ledger(engine.journal).state
    assert after.books[HOUSE].cash == before.books[HOUSE].cash + 5000
    bought = after.standing.account.units / before.standing.account.units
    assert Decimal("1.04") < bought < Decimal("1.06")


def test_trade_by_hand_is_the_houses_told_and_not_added_to_on_its_day(home: Path) -> None:
    """M01, B13: on the second day TLT would be bought."""
    engine = make_engine(home, SECOND, 1)
    broker(engine).trade(TLT, Decimal(3), Decimal(80))

    report = go(engine)

    assert report.reconciled
    assert not [line for line in report.orders if (line.side, line.symbol) == (Side.BUY, TLT)]
    assert Ledger(engine.journal).state.books[HOUSE].positions == {TLT: 3}


def test_shares_that_the_owner_sold_are_not_bought_back_while_their_strategy_wants_them(
    home: Path,
) -> None:
    """M01: not undone."""
    engine = make_engine(home, SECOND, 1)
    broker(engine).trade(QQQ, Decimal(-10), Decimal(70))

    go(engine)

    ledger = Ledger(engine.journal)
    assert ledger.state.withheld.trimmed == {"trend": set()}, "on this day it stops wanting them"


class Lagging:
    """Show a wrong balance for twenty seconds."""

    def __init__(self, engine: Engine) -> None:
        inner = engine.broker
        self._engine, self._until = engine, engine.clock.now() + timedelta(seconds=20)
        self._inner = inner
        self.account_id, self.lease_key = inner.account_id, inner.lease_key
        self.submit, self.cancel = inner.submit, inner.cancel
        self.reports, self.orders = inner.reports, inner.orders
        self.activities = inner.activities

    def account(self) -> AccountSnapshot:
        """Return the account, a cent short at first."""
        found = self._inner.account()
        short = self._engine.clock.now() < self._until
        return replace(found, cash=found.cash - Decimal("0.01")) if short else found


def test_difference_that_lasts_half_a_minute_is_none(home: Path) -> None:
    """A27: views of a broker lag behind one another."""
    engine = make_engine(home, SECOND, 1)

    report = go(replace(engine, broker=Lagging(engine)))

    assert (report.exit_code, report.breaks) == (0, ())


def test_halt_is_lifted_although_a_view_of_the_broker_lags_behind(home: Path) -> None:
    """A27: as wherever books and broker are compared."""
    engine = make_engine(home, SECOND, 1)
    halt(engine, actor="owner", reason="x")

    lagging = replace(engine, broker=Lagging(engine))
    change = asyncio.run(resume(lagging, actor="owner", reason="seen"))

    assert (change.refused, change.state) == (False, TradingState.ACTIVE)


@pytest.mark.parametrize(
    ("statement", "adopt"),
    [
        ("UPDATE account SET cash = cash + 0.05", "cash"),
        ("UPDATE positions SET quantity = quantity + 2 WHERE symbol = 'QQQ'", "QQQ"),
        ("UPDATE positions SET quantity = quantity - 2 WHERE symbol = 'QQQ'", "QQQ"),
        ("INSERT INTO positions VALUES ('AGG', '7')", "AGG"),
    ],
)
def test_owner_takes_over_what_nothing_explains_and_trading_goes_on(
    home: Path, statement: str, adopt: str
) -> None:
    """OS-24."""
    change(home, statement)

    found = reconcile(home)
    assert found.exit_code() == 4
    assert adopt in found.sentence()
    done = reconcile(home, adopt, "moved by the broker")
    assert (done.exit_code(), done.breaks) == (0, ())
    assert done.adopted
    assert reconcile(home).exit_code() == 0

    report = run(home, SECOND, 1)
    assert (report.exit_code, report.reconciled) == (0, True)


def test_only_what_differs_can_be_adopted_and_only_with_a_reason(home: Path) -> None:
    before = len([*make_engine(home, SECOND, 1).journal.read()])

    with pytest.raises(SettingsError, match="--reason"):
        reconcile(home, "SPY", " ")
    with pytest.raises(SettingsError, match="takes a ticker"):
        reconcile(home, "Spy", "x")
    assert len([*make_engine(home, SECOND, 1).journal.read()]) == before

    nothing = reconcile(home, "SPY", "x")
    assert nothing.exit_code() == 3
    assert "nothing to adopt" in nothing.sentence()


def test_nothing_is_reconciled_before_there_are_books_or_while_an_engine_works(
    home: Path, tmp_path: Path
) -> None:
    """CC-06."""
    other = tmp_path / "other"
    write_bars(other / "bars")
    assert "no books yet" in reconcile(other).sentence()

    engine = make_engine(home, SECOND, 1)
    with engine.lease.hold(engine.broker.lease_key()):
        refused = reconcile(home)
    assert refused.exit_code() == 3


def send_a_stranger(engine: Engine) -> ClOrdId:
    """Send an order of our name that the journal does not know."""
    name = cl_ord_id(
        account=engine.broker.account_id(), session=SECOND, name=QQQ, buy=False, attempt=9
    )
    stranger = NewOrderSingle(
        cl_ord_id=name, symbol=QQQ, side=Side.SELL, order_qty=Decimal(1), price=Decimal(1000)
    )
    assert isinstance(engine.broker.submit(ApprovedOrder(order=stranger)), Accepted)
    return name


def test_whoever_adopts_what_does_not_differ_hears_of_all_that_is_wrong(home: Path) -> None:
    """B12, OS-24."""
    change(home, "INSERT INTO positions VALUES ('AGG', '7')")
    name = send_a_stranger(make_engine(home, SECOND, 1))

    nothing = reconcile(home, "SPY", "x")

    assert (nothing.exit_code(), nothing.strangers) == (4, (name,))
    for told in ("nothing to adopt", name, "AGG: the books say 0, the broker 7"):
        assert told in nothing.sentence()


def test_order_of_our_name_that_the_journal_does_not_know_halts(home: Path) -> None:
    """B12, CC-06, FAULTS invariant 7: another engine trades this account."""
    engine = make_engine(home, SECOND, 1)
    name = send_a_stranger(engine)

    report = go(engine)

    assert (report.status, report.exit_code) == (CycleStatus.FAILED, 4)
    assert name in report.reason
    assert not report.orders
    assert overview(engine).state is TradingState.HALTED


def test_break_that_was_known_before_does_not_halt_but_a_new_one_does(home: Path) -> None:
    """OS-24, RC-09."""
    change(home, "INSERT INTO positions VALUES ('AGG', '7')")

    assert run(home, SECOND, 1).exit_code == 4
    assert overview(make_engine(home, SECOND, 1)).state is TradingState.ACTIVE


def test_position_without_a_quote_stops_the_plan_and_names_itself_and_its_remedy(
    home: Path,
) -> None:
    """RC-03: risk fails closed, and says how to open it."""
    ears = Ears()
    engine = replace(make_engine(home, SECOND, 1), notifier=ears)
    broker(engine).trade(Symbol("OKLO"), Decimal(3), Decimal(20))

    report = go(engine)

    assert (report.exit_code, report.orders) == (1, ())
    assert "position_unpriced is unknown" in report.reason
    assert "sell what has no quote" in report.reason
    (told,) = [one.text for one in ears.heard if one.code == "position_unpriced"]
    assert told.startswith("OKLO is held")


@pytest.mark.parametrize("kept", [False, True])
def test_merger_and_spin_off_reach_every_book_and_books_equal_the_broker(
    home: Path, kept: bool
) -> None:
    """M11: two AGG for each QQQ, and eleven cents; trend alone holds QQQ."""
    engine = make_engine(home, SECOND, 1)
    trend = BookId("trend")
    before = Ledger(engine.journal).state.books[trend]
    terms = Exchange(symbol=QQQ, received=AGG, ratio=Decimal(2), kept=kept, cash=Decimal("0.11"))
    broker(engine).exchange(terms)

    seen = look(engine, Ledger(engine.journal).state, SECOND)

    after, shares = seen.books[trend], before.positions[QQQ]
    assert not seen.breaks
    assert after.positions.get(AGG) == 2 * shares
    assert after.positions.get(QQQ) == (shares if kept else None)
    assert after.cash == before.cash + cents(shares * Decimal("0.11"))

    report = go(engine)
    assert (report.exit_code, report.reconciled) == (0, True)
    assert not overview(engine).breaks


def test_halt_is_lifted_only_with_a_reason(home: Path) -> None:
    """OS-24: who lifted it and why is on record."""
    engine = make_engine(home, SECOND, 1)
    halt(engine, actor="owner", reason="")

    with pytest.raises(SettingsError, match="--reason"):
        asyncio.run(resume(engine, actor="owner", reason=" "))
    assert overview(engine).state is TradingState.HALTED


def test_halt_is_lifted_although_money_came_meanwhile(home: Path) -> None:
    engine = make_engine(home, SECOND, 1)
    assert halt(engine, actor="owner", reason="x").state is TradingState.HALTED
    broker(engine).transfer(Decimal("10.00"))

    assert asyncio.run(resume(engine, actor="owner", reason="seen")).state is TradingState.ACTIVE
    assert not overview(engine).breaks


def test_book_of_a_strategy_sees_the_sale_by_hand(home: Path) -> None:
    engine = make_engine(home, SECOND, 1)
    held = Ledger(engine.journal).state.books[BookId("trend")].positions[QQQ]
    broker(engine).trade(QQQ, -held, Decimal(70))

    found = overview(engine)

    assert QQQ not in dict(found.positions)
    assert not found.breaks
