"""What happens in the account at an awkward moment: while trading, getting out, or interrupted."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.agreement import look
from alchemiser.application.cycle import run_cycle
from alchemiser.application.emergency import liquidate
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import overview
from alchemiser.application.reconciling import reconcile_account
from alchemiser.domain.journal.account_records import ActivityBooked, DividendAccrued
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import (
    ExecutionReport,
    NewOrderSingle,
    Side,
    SubmitOutcome,
    Unknown,
)
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import (
    HOUSE,
    BookId,
    ClOrdId,
    StrategyId,
    Symbol,
    cl_ord_id,
)
from alchemiser.domain.values.numbers import SHARE, round_down
from alchemiser.ports.broker import BrokerPort
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.market_data import MarketDataPort
from tests.cycle.losses import Ears
from tests.cycle.world import FIRST, SECOND, SYMBOLS, make_engine, run, write_bars

AGG, QQQ, TLT = map(Symbol, ("AGG", "QQQ", "TLT"))
TREND = BookId("trend")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the folder of an account that has traded one day."""
    write_bars(tmp_path / "bars")
    assert run(tmp_path, FIRST, 1).status is CycleStatus.COMPLETED
    return tmp_path


@dataclass
class Told:
    """Tell one corporate action beside everything else of `inner`, or none, unreachably."""

    inner: MarketDataPort
    action: CorporateAction | None

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        if self.action is None:
            msg = "no answer"
            raise PortUnavailableError(msg)
        told = self.action.symbol in symbols and first <= self.action.ex_day <= last
        return (self.action,) if told else ()


def broker(engine: Engine) -> SimulatedBroker:
    assert isinstance(engine.broker, SimulatedBroker)
    return engine.broker


def split_bars(folder: Path) -> None:
    """Write bars in which QQQ gives four shares for one on the second day, and all rise."""
    folder.mkdir()
    for name in SYMBOLS:
        lines = ["session,close,raw_close,split"]
        for number, day in enumerate(("2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08")):
            close = 80.0 * 1.01**number
            last = name == QQQ and number == 3
            lines.append(f"{day},{close:.4f},{close / (4 if last else 1):.4f},{4 if last else 1}")
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def test_known_break_does_not_halt_once_more_where_its_symbol_was_sold(home: Path) -> None:
    """OS-24: the difference is the same; only both sides have become less."""
    with sqlite3.connect(home / "broker.db") as file:
        file.execute("UPDATE positions SET quantity = quantity + 2 WHERE symbol = 'QQQ'")

    report = run(home, SECOND, 1)

    assert report.exit_code == 4
    assert any(fill.symbol == QQQ for fill in report.fills)
    assert overview(make_engine(home, SECOND, 1)).state is TradingState.ACTIVE


def test_shares_of_a_split_that_is_not_booked_yet_are_sold_for_their_strategy(
    tmp_path: Path,
) -> None:
    split_bars(tmp_path / "bars")
    assert run(tmp_path, FIRST, 1).status is CycleStatus.COMPLETED
    engine = make_engine(tmp_path, SECOND, 1)
    before = Ledger(engine.journal).state.books[HOUSE].cash

    report = asyncio.run(
        liquidate(engine, VirtualClock(engine.clock.now()), actor="owner", reason="enough")
    )

    state = Ledger(engine.journal).state
    assert not report.breaks
    assert not any(book.positions for book in state.books.values())
    assert state.books[HOUSE].cash == before


def test_owner_who_sells_everything_is_told_what_happened_in_the_account_and_once(
    home: Path,
) -> None:
    """M01: what nobody hears of while it is sold is heard of never."""
    ears = Ears()
    engine = replace(make_engine(home, SECOND, 1), notifier=ears)
    broker(engine).trade(QQQ, Decimal(-1), Decimal(70))

    asyncio.run(liquidate(engine, engine.clock, actor="owner", reason="enough"))

    assert [one.code for one in ears.heard] == ["account_changed"]


def test_everything_is_sold_and_another_engine_that_trades_the_account_is_named(home: Path) -> None:
    """B12."""
    engine = make_engine(home, SECOND, 1)
    name = cl_ord_id(
        account=engine.broker.account_id(), session=SECOND, name=QQQ, buy=False, attempt=99
    )
    stranger = NewOrderSingle(
        cl_ord_id=name, symbol=QQQ, side=Side.SELL, order_qty=Decimal(1), price=Decimal(1000)
    )
    engine.broker.submit(ApprovedOrder(order=stranger))

    report = asyncio.run(liquidate(engine, engine.clock, actor="owner", reason="enough"))

    assert (report.exit_code(), report.strangers) == (4, (name,))
    assert name in report.sentence()
    assert report.fills


def test_everything_is_sold_although_nobody_tells_what_happened(home: Path) -> None:
    """RC-11: getting out rests on positions alone."""
    engine = make_engine(home, SECOND, 1)

    deaf = replace(engine, market=Told(engine.market, None))  # type: ignore[arg-type]

    report = asyncio.run(
        liquidate(deaf, VirtualClock(engine.clock.now()), actor="owner", reason="enough")
    )

    assert (report.exit_code(), engine.broker.account().positions) == (0, ())


def test_dividend_since_an_interrupted_session_is_counted_before_it_is_paid(home: Path) -> None:
    """What was interrupted is brought to its end days later, when the broker has paid."""
    engine = make_engine(home, SECOND, 1)

    dividend = CorporateAction(symbol=QQQ, ex_day=SECOND, dividend=Decimal("0.5"))
    paying = replace(engine, market=Told(engine.market, dividend))  # type: ignore[arg-type]

    seen = look(paying, Ledger(engine.journal).state, FIRST)

    assert [type(record) for record in seen.news] == [DividendAccrued]


@pytest.mark.parametrize("part", ["0.1", "1"])
def test_what_the_owner_sold_of_a_strategy_is_neither_undone_nor_gone_on_with(
    tmp_path: Path, part: str
) -> None:
    """M01: sold after the first session, split four for one before the second."""
    split_bars(tmp_path / "bars")
    assert run(tmp_path, FIRST, 1).status is CycleStatus.COMPLETED
    evening, engine = make_engine(tmp_path, FIRST, 1), make_engine(tmp_path, SECOND, 1)
    held = Ledger(engine.journal).state.books[TREND].positions[QQQ]
    sold = round_down(held * Decimal(part), SHARE)
    broker(evening).trade(QQQ, -sold, Decimal(82))

    report = asyncio.run(run_cycle(engine, SECOND))

    assert report.reconciled
    assert not [order for order in report.orders if order.symbol == QQQ]
    state = Ledger(engine.journal).state
    assert state.books[TREND].positions.get(QQQ, Decimal(0)) == 4 * (held - sold)
    assert state.withheld.trimmed[StrategyId(TREND)] == {QQQ}


class Silent:
    """Take orders and say so no more: their outcome is not known until it speaks again."""

    def __init__(self, inner: BrokerPort) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        self._inner.submit(order)
        return Unknown(text="no answer")

    def reports(self, cl_ord_id: ClOrdId) -> tuple[ExecutionReport, ...] | None:
        msg = f"no answer about {cl_ord_id}"
        raise PortUnavailableError(msg)


def test_sale_by_hand_waits_for_the_purchase_whose_outcome_is_not_known(home: Path) -> None:
    """M01, OS-17: TLT is bought on the second day, and at once the owner sells all of it."""
    engine = make_engine(home, SECOND, 1)
    silent = replace(engine, broker=Silent(engine.broker))  # type: ignore[arg-type]

    assert asyncio.run(run_cycle(silent, SECOND)).exit_code == 4
    tlt = next(row for row in engine.broker.account().positions if row.symbol == TLT)
    broker(engine).trade(TLT, -tlt.quantity, Decimal(80))
    assert asyncio.run(run_cycle(silent, SECOND)).exit_code == 4
    asyncio.run(run_cycle(engine, SECOND))

    books = Ledger(engine.journal).state.books
    assert not [name for name, book in books.items() if TLT in book.positions]
    assert sum(book.cash for book in books.values()) == engine.broker.account().cash


def test_unknown_outcome_is_told_once_and_again_when_something_has_changed(home: Path) -> None:
    """OS-17: what is told with every try is soon not read any more."""
    engine, ears = make_engine(home, SECOND, 1), Ears()
    broker(engine).trade(QQQ, Decimal(-1), Decimal(70))
    silent = replace(engine, broker=Silent(engine.broker), notifier=ears)  # type: ignore[arg-type]

    asyncio.run(run_cycle(silent, SECOND))
    first = len(ears.heard)
    for _ in range(2):
        assert asyncio.run(run_cycle(silent, SECOND)).exit_code == 4
    assert ears.codes().count("cycle_failed") == 1
    assert len(ears.heard) == first

    with sqlite3.connect(home / "broker.db") as file:
        file.execute("UPDATE account SET cash = cash + 0.05")
    asyncio.run(run_cycle(silent, SECOND))
    assert ears.codes().count("cycle_failed") == 2

    asyncio.run(run_cycle(replace(silent, broker=engine.broker), SECOND))
    assert ears.codes().count("account_changed") == 1, "told when it is booked, before trading"


def test_dividend_of_what_the_owner_bought_while_the_engine_stood_still_counts(home: Path) -> None:
    """Nobody held AGG when the engine looked last."""
    evening, engine = make_engine(home, FIRST, 1), make_engine(home, SECOND, 1)
    broker(evening).trade(AGG, Decimal(2), Decimal(50))
    dividend = CorporateAction(symbol=AGG, ex_day=SECOND, dividend=Decimal("0.5"))
    paying = replace(engine, market=Told(engine.market, dividend))  # type: ignore[arg-type]

    seen = look(paying, Ledger(engine.journal).state, SECOND)

    assert [type(record) for record in seen.news] == [ActivityBooked, DividendAccrued]


def test_owner_is_told_of_a_withdrawal_that_the_house_cannot_pay(home: Path) -> None:
    """M06: nothing of it is hidden in what the strategies are worth."""
    engine = make_engine(home, SECOND, 1)
    cash = engine.broker.account().cash
    broker(engine).transfer(-cash)

    agreed = look(engine, Ledger(engine.journal).state, SECOND)

    (alert,) = agreed.alerts()
    assert alert.code == "house_owes"
    assert f"{-agreed.books[HOUSE].cash:f}" in alert.text
    assert not agreed.breaks


def test_nothing_of_another_account_is_sold_or_taken_over(home: Path, tmp_path: Path) -> None:
    """RC-11: an owner who has the key of another account in the environment."""
    engine = make_engine(home, SECOND, 1)
    other = replace(broker(engine), name="other", path=tmp_path / "other.db")
    other.trade(QQQ, Decimal(3), Decimal(70))
    mixed_up = replace(engine, broker=other)

    with pytest.raises(SettingsError, match="belongs to account"):
        asyncio.run(liquidate(mixed_up, engine.clock, actor="owner", reason="enough"))
    with pytest.raises(SettingsError, match="belongs to account"):
        asyncio.run(reconcile_account(mixed_up, actor="owner", adopt="QQQ", reason="mine"))

    assert [one.quantity for one in other.account().positions] == [3]
    assert overview(engine).state is TradingState.HALTED
