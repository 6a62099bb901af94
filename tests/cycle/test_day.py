"""One session through the whole engine on real files: what the owner relies on."""

import asyncio
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from alchemiser.adapters.notify.log import LogNotifier
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.cycle import run_cycle
from alchemiser.application.dry_run import dry_plan, read_signals
from alchemiser.application.engine import EnabledStrategy, Engine, Mode
from alchemiser.application.explain import explain
from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import halt, overview, resume
from alchemiser.application.report import CycleReport
from alchemiser.domain.books.ledger import total_cash, total_positions
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import Side, SubmitOutcome
from alchemiser.domain.orders.plan import Crossing
from alchemiser.domain.risk.limits import RiskCode, RiskLimits, TradingState
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.errors import ConcurrentWriteError
from alchemiser.rules import asset, rsi, weight_specified, when
from tests.cycle.world import FIRST, SECOND, make_engine, run, write_bars

SUNDAY = date(2024, 3, 10)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_bars(tmp_path / "bars")
    return tmp_path


def go(engine: Engine, day: date = FIRST) -> CycleReport:
    return asyncio.run(run_cycle(engine, day))


def enabled(name: str, strategy: object, weight: str) -> EnabledStrategy:
    return EnabledStrategy(
        strategy_id=StrategyId(name),
        weight=Decimal(weight),
        strategy=strategy,  # type: ignore[arg-type]
        content_hash="",
    )


def kinds(engine: Engine) -> list[str]:
    return [envelope.type for envelope in engine.journal.read()]


class Wrong:
    """A free-form strategy that breaks."""

    requirements = Requirements(lookbacks=((Symbol("SPY"), 1),))
    largest_weights: Mapping[AssetClass, Decimal] = {}

    def target(self, view: MarketView) -> TargetPortfolio:
        """Divide by zero after having looked.

        Raises:
            DivisionByZero: Always.
        """
        return TargetPortfolio.of({"SPY": Decimal(str(view.close("SPY")[-1])) / Decimal(0)})


class HoldsSpy(Wrong):
    """A free-form strategy that works."""

    def target(self, view: MarketView) -> TargetPortfolio:
        """Want nothing but SPY."""
        return TargetPortfolio.of({"SPY": view.close("SPY")[-1] > 0})


def test_day_completes_and_books_sum_to_the_brokers_own_file(home: Path) -> None:
    """TE-03, OS-24: signals, plan, orders, fills, reconciliation; exact, without tolerance."""
    report = run(home, FIRST, 1)

    assert (report.status, report.exit_code, report.reconciled) == (CycleStatus.COMPLETED, 0, True)
    assert {line.status for line in report.orders} == {"filled"}
    books = Ledger(make_engine(home, FIRST, 1).journal).state.books
    with sqlite3.connect(home / "broker.db") as broker:
        cash = Decimal(broker.execute("SELECT cash FROM account").fetchone()[0])
        rows = broker.execute("SELECT symbol, quantity FROM positions").fetchall()
    assert total_cash(books) == cash
    assert total_positions(books) == {name: Decimal(quantity) for name, quantity in rows}


def test_weights_of_one_are_bought_in_full_less_the_cash_buffer(home: Path) -> None:
    engine = make_engine(home, FIRST, 1)
    tree = weight_specified((Decimal("0.35"), asset("QQQ")), (Decimal("0.65"), asset("SPY")))
    engine = replace(engine, strategies=(enabled("all", RuleStrategy(tree), "1"),))

    report = go(engine)

    assert report.status is CycleStatus.COMPLETED
    account = engine.broker.account()
    # What spread and slippage cost comes out of the buffer of one per cent.
    assert Decimal("0.0095") < account.cash / account.equity < Decimal("0.01")
    assert not report.limited


def test_strategy_that_raises_leaves_its_book_untouched_while_the_other_trades(
    home: Path,
) -> None:
    """RS-17, L01: a failure changes only its own book, and the status says so."""
    sound = enabled("sound", HoldsSpy(), "0.5")
    first = replace(
        make_engine(home, FIRST, 1), strategies=(enabled("shaky", HoldsSpy(), "0.5"), sound)
    )
    go(first)
    before = Ledger(first.journal).state.books["shaky"]  # type: ignore[index]

    second = replace(
        make_engine(home, SECOND, 1),
        strategies=(
            enabled("shaky", Wrong(), "0.5"),
            enabled("sound", RuleStrategy(asset("TLT")), "0.5"),
        ),
    )
    report = go(second, SECOND)

    assert (report.status, report.exit_code) == (CycleStatus.PARTIAL, 1)
    assert "shaky failed" in report.reason
    assert "DivisionByZero" in report.reason
    assert {line.symbol for line in report.orders} == {"SPY", "TLT"}
    assert report.reconciled
    after = Ledger(second.journal).state.books["shaky"]  # type: ignore[index]
    assert (after.cash, after.positions) == (before.cash, before.positions)


def test_only_failing_strategy_fails_the_cycle_without_posting_anything(home: Path) -> None:
    engine = replace(make_engine(home, FIRST, 1), strategies=(enabled("w", Wrong(), "1"),))

    report = go(engine)

    assert (report.status, report.exit_code) == (CycleStatus.FAILED, 1)
    assert kinds(engine) == [
        "CycleStarted",
        "InputsTaken",
        "Reconciled",
        "LimitsInForce",
        "EquityMarked",
        "StrategyFailed",
        "CycleFinished",
    ]


def test_strategy_without_enough_history_is_undecided_and_the_day_completes(home: Path) -> None:
    """A known lack of history is no fault: status completed, exit code 0."""
    young = when(rsi("SPY", 10) > 50, asset("SPY"), asset("TLT"))
    engine = replace(
        make_engine(home, FIRST, 1),
        strategies=(
            enabled("sound", RuleStrategy(asset("GLD")), "0.5"),
            enabled("young", RuleStrategy(young), "0.5"),
        ),
    )

    report = go(engine)

    assert (report.status, report.exit_code) == (CycleStatus.COMPLETED, 0)
    assert [(line.strategy, line.state) for line in report.strategies] == [
        ("sound", "decided"),
        ("young", "undecided"),
    ]
    assert {line.symbol for line in report.orders} == {"GLD"}


@pytest.mark.parametrize("price", ["", "nan", "-4.5", "0", "inf", "1e-320", "1e300"])
def test_bad_price_of_the_day_blocks_what_reads_it_and_sends_no_order_for_it(
    home: Path, price: str
) -> None:
    """DA-01, DA-02: one sentence that names the symbol; the book stays as it is."""
    path = home / "bars" / "SPY.csv"
    lines = path.read_text().splitlines()
    lines[3] = f"{FIRST},{price}"
    path.write_text("\n".join(lines) + "\n")

    report = run(home, FIRST, 1)

    assert (report.status, report.exit_code) == (CycleStatus.SKIPPED, 3)
    assert "SPY" in report.reason
    assert not report.orders


def test_first_session_of_the_data_is_skipped_for_lack_of_history(home: Path) -> None:
    """There is nothing closed before it, and nothing to keep."""
    report = run(home, date(2024, 3, 5), 1)

    assert (report.status, report.exit_code) == (CycleStatus.SKIPPED, 3)
    assert not (home / "bars.db").exists()


def test_trading_price_of_zero_the_day_before_blocks_the_symbol_without_a_warning(
    home: Path,
) -> None:
    """The ratio of signal to trading basis is unknown, so the provisional bar is, too."""
    for path in (home / "bars").glob("*.csv"):
        rows = path.read_text().splitlines()
        rows[0] += ",raw_close"
        rows[1:] = [f"{row},{row.split(',')[1][:5]}" for row in rows[1:]]
        path.write_text("\n".join(rows) + "\n")
    path = home / "bars" / "SPY.csv"
    rows = path.read_text().splitlines()
    rows[2] = ",".join((*rows[2].split(",")[:2], "0"))
    path.write_text("\n".join(rows) + "\n")

    report = run(home, FIRST, 1)

    assert report.exit_code == 3
    assert "SPY" in report.reason


def test_holiday_is_skipped_with_two_records_and_nothing_else(home: Path) -> None:
    engine = replace(make_engine(home, SECOND, 1))

    report = go(engine, SUNDAY)

    assert (report.status, report.exit_code) == (CycleStatus.SKIPPED, 3)
    assert "not a session" in report.reason
    assert kinds(engine) == ["CycleStarted", "CycleFinished"]


def test_finished_session_is_refused_with_the_same_cycle_id_and_no_new_record(home: Path) -> None:
    """G07: a second start for the same day makes no second plan."""
    first = run(home, FIRST, 1)
    engine = make_engine(home, FIRST, 1)
    before = kinds(engine)

    second = go(engine)

    assert (second.status, second.exit_code) == (CycleStatus.SKIPPED, 3)
    assert second.cycle_id == first.cycle_id
    assert "already finished" in second.reason
    assert kinds(engine) == before


def test_session_before_a_traded_one_is_refused(home: Path) -> None:
    run(home, SECOND, 1)

    report = run(home, FIRST, 1)

    assert (report.status, report.exit_code) == (CycleStatus.SKIPPED, 3)
    assert str(SECOND) in report.reason


def test_cash_that_changed_behind_the_engines_back_stops_all_trading(home: Path) -> None:
    """OS-24: books and broker are compared before anything is decided."""
    run(home, FIRST, 1)
    tamper(home, "UPDATE account SET cash = cash - 0.01")

    report = run(home, SECOND, 1)

    assert (report.status, report.exit_code) == (CycleStatus.FAILED, 4)
    assert [row.symbol for row in report.breaks] == [None]
    assert not report.orders
    assert "differ" in report.reason


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("TLT", "UPDATE positions SET quantity = quantity + 1 WHERE symbol = 'TLT'"),
        ("TLT", "UPDATE positions SET quantity = quantity - 1 WHERE symbol = 'TLT'"),
        ("QQQ", "DELETE FROM positions WHERE symbol = 'QQQ'"),
    ],
)
def test_symbol_that_changed_behind_the_engines_back_is_not_bought_and_the_rest_is_traded(
    home: Path, name: str, change: str
) -> None:
    """OS-24: on the second day TLT would be bought and QQQ sold."""
    run(home, FIRST, 1)
    assert name in dict(overview(make_engine(home, FIRST, 1)).positions)
    tamper(home, change)

    report = run(home, SECOND, 1)

    assert (report.status, report.exit_code) == (CycleStatus.FAILED, 4)
    assert [row.symbol for row in report.breaks] == [name]
    assert "differ" in report.reason
    filled = {(line.side, line.symbol) for line in report.orders if line.cum_qty}
    assert filled
    assert (Side.BUY, name) not in {(side, symbol) for side, symbol in filled}
    assert {symbol for _, symbol in filled} - {name}


def tamper(home: Path, change: str) -> None:
    with sqlite3.connect(home / "broker.db") as broker:
        broker.execute(change)


def test_break_that_is_undone_lets_the_same_session_run(home: Path) -> None:
    run(home, FIRST, 1)
    with sqlite3.connect(home / "broker.db") as broker:
        cash = broker.execute("SELECT cash FROM account").fetchone()[0]
        broker.execute("UPDATE account SET cash = '1'")
    run(home, SECOND, 1)
    with sqlite3.connect(home / "broker.db") as broker:
        broker.execute("UPDATE account SET cash = ?", (cash,))

    assert run(home, SECOND, 1).status is CycleStatus.COMPLETED


def test_halt_skips_the_session_until_it_is_resumed_with_a_reason(home: Path) -> None:
    """RC-10: sticky over restarts; loosened by a person only."""
    run(home, FIRST, 1)
    halt(make_engine(home, FIRST, 1), actor="owner", reason="on holiday")

    assert overview(make_engine(home, SECOND, 1)).state is TradingState.HALTED
    halted = run(home, SECOND, 1)
    resumed = asyncio.run(resume(make_engine(home, SECOND, 1), actor="owner", reason="back"))

    assert (halted.status, halted.exit_code) == (CycleStatus.SKIPPED, 3)
    assert "on holiday" in halted.reason
    assert resumed.state is TradingState.ACTIVE
    assert run(home, SECOND, 1).status is CycleStatus.COMPLETED


def test_halt_file_made_by_hand_halts_too(home: Path) -> None:
    (home / "control").mkdir()
    (home / "control" / "HALT").touch()

    report = run(home, FIRST, 1)

    assert (report.status, report.exit_code) == (CycleStatus.SKIPPED, 3)
    assert Ledger(make_engine(home, FIRST, 1).journal).state.state is TradingState.HALTED


def test_unreadable_halt_switch_counts_as_halted(home: Path) -> None:
    (home / "control").mkdir()
    (home / "control" / "HALT").mkdir()

    assert run(home, FIRST, 1).exit_code == 3


def test_resume_is_refused_while_books_and_broker_differ(home: Path) -> None:
    run(home, FIRST, 1)
    halt(make_engine(home, FIRST, 1), actor="owner", reason="odd")
    with sqlite3.connect(home / "broker.db") as broker:
        broker.execute("UPDATE account SET cash = '1'")

    change = asyncio.run(resume(make_engine(home, SECOND, 1), actor="owner", reason="looks fine"))

    assert change.refused
    assert change.state is TradingState.HALTED


class Tripwire:
    """A broker that does something once so many orders have been sent."""

    def __init__(self, engine: Engine, act: object, after: int = 1) -> None:
        self._broker = engine.broker
        self._act = act
        self._after = after
        self.sent = 0
        self.account_id, self.lease_key = engine.broker.account_id, engine.broker.lease_key
        self.account, self.cancel = engine.broker.account, engine.broker.cancel
        self.reports, self.orders = engine.broker.reports, engine.broker.orders
        self.activities = engine.broker.activities

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Send the order, then act if it was the last of so many."""
        self.sent += 1
        outcome = self._broker.submit(order)
        if self.sent == self._after:
            assert callable(self._act)
            self._act()
        return outcome


def test_halt_during_the_day_stops_every_order_not_yet_sent(home: Path) -> None:
    """M03, SE-08: zero submits after the switch is seen; the rest is accounted for, each order."""
    engine = make_engine(home, FIRST, 1)
    control = home / "control"
    control.mkdir()
    wire = Tripwire(engine, (control / "HALT").touch)

    report = go(replace(engine, broker=wire))

    assert wire.sent == 1
    assert report.exit_code == 1
    assert [line.status for line in report.orders].count("refused") == len(report.orders) - 1
    assert report.reconciled
    assert Ledger(engine.journal).state.state is TradingState.HALTED


def test_engine_whose_journal_was_taken_over_sends_nothing_more(home: Path) -> None:
    """J10, invariant 30: an older epoch can neither append nor send."""
    engine = make_engine(home, FIRST, 1)
    other = make_engine(home, FIRST, 1).journal
    wire = Tripwire(engine, other.take_over)

    with pytest.raises(ConcurrentWriteError):
        go(replace(engine, broker=wire))

    assert wire.sent == 1


def test_second_engine_on_the_same_account_is_refused(home: Path) -> None:
    """CC-06, J08."""
    engine = make_engine(home, FIRST, 1)

    with engine.lease.hold(engine.broker.lease_key()):
        report = run(home, FIRST, 1)

    assert (report.status, report.exit_code) == (CycleStatus.SKIPPED, 3)
    assert not kinds(engine)


def test_journal_of_another_account_is_refused(home: Path, tmp_path: Path) -> None:
    run(home, FIRST, 1)
    engine = make_engine(home, SECOND, 1)
    broker = replace(engine.broker, name="other", path=tmp_path / "other.db")  # type: ignore[type-var]

    with pytest.raises(SettingsError, match="belongs to account"):
        go(replace(engine, broker=broker), SECOND)


def test_opposite_wishes_of_two_books_cross_at_the_mid_without_the_venue(home: Path) -> None:
    run(home, FIRST, 1)
    before = Ledger(make_engine(home, FIRST, 1).journal).state.books
    report = run(home, SECOND, 1)
    engine = make_engine(home, SECOND, 1)
    plan = Ledger(engine.journal).state.cycles[SECOND].plan

    assert plan is not None
    crossed: dict[str, Crossing] = {row.symbol: row for row in plan.crossings}
    assert set(crossed) == {"GLD", "TLT"}
    assert crossed["GLD"].sells[0][0] == "trend"
    assert crossed["GLD"].buys[0][0] == "hedge"
    sold = sum((line.cum_qty for line in report.orders if line.symbol == "GLD"), Decimal(0))
    held = before["trend"].positions["GLD"]  # type: ignore[index]
    assert sold + crossed["GLD"].quantity == held


def test_limits_clip_targets_and_the_day_still_completes(home: Path) -> None:
    """RC-01: a clipped target is listed, is never exceeded, and is no failure."""
    engine = make_engine(home, FIRST, 1)
    limits = RiskLimits(
        max_position={name: Decimal("0.12") for name in AssetClass}, correlation_threshold=None
    )
    engine = replace(engine, policy=replace(engine.policy, limits=limits))

    report = go(engine)

    assert report.status is CycleStatus.COMPLETED
    assert {row.code for row in report.limited} == {RiskCode.MAX_POSITION}
    account = engine.broker.account()
    quotes = engine.market.quotes([row.symbol for row in account.positions], at=engine.clock.now())
    marks = {quote.symbol: quote.mid() for quote in quotes}
    for row in account.positions:
        assert row.quantity * marks[row.symbol] <= Decimal("0.12") * account.equity


def test_new_strategy_is_funded_from_the_house_and_a_removed_one_keeps_its_book(
    home: Path,
) -> None:
    first = replace(
        make_engine(home, FIRST, 1), strategies=(enabled("old", RuleStrategy(asset("SPY")), "0.4"),)
    )
    go(first)
    kept = Ledger(first.journal).state.books["old"]  # type: ignore[index]

    second = replace(
        make_engine(home, SECOND, 1),
        strategies=(enabled("new", RuleStrategy(asset("TLT")), "0.25"),),
    )
    go(second, SECOND)

    books = Ledger(second.journal).state.books
    assert books["old"].positions == kept.positions  # type: ignore[index]
    assert books["new"].positions["TLT"] > 0  # type: ignore[index]
    assert books["house"].cash > Decimal(30_000)  # type: ignore[index]


def test_interrupted_session_is_finished_before_the_next_one(home: Path) -> None:
    """RS-11: what an earlier session left open is asked for first."""
    engine = make_engine(home, FIRST, 1)

    class Stop(Exception):  # noqa: N818
        pass

    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        go(replace(engine, broker=Tripwire(engine, stop)))
    report = run(home, SECOND, 1)

    state = Ledger(make_engine(home, SECOND, 1).journal).state
    assert state.cycles[FIRST].finished is not None
    assert report.reconciled
    assert not overview(make_engine(home, SECOND, 1)).breaks


def test_interrupted_session_is_followed_to_its_end_after_the_close(home: Path) -> None:
    """RS-11: what was sent before the crash was filled since, and is accounted for."""
    engine = make_engine(home, FIRST, 1)
    planned = len(asyncio.run(dry_plan(engine, FIRST)).orders)

    class Stop(Exception):  # noqa: N818
        pass

    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        go(replace(engine, broker=Tripwire(engine, stop, after=planned)))
    late = make_engine(home, FIRST, 1)
    assert isinstance(late.clock, VirtualClock)
    late.clock.advance_to(datetime(2024, 3, 7, 22, tzinfo=UTC))

    report = go(late)

    assert (report.status, report.reconciled) == (CycleStatus.COMPLETED, True)
    assert {line.status for line in report.orders} == {"filled"}


def test_dry_plan_is_what_the_run_then_does_and_leaves_no_trace(home: Path) -> None:
    engine = make_engine(home, FIRST, 1)
    plan = asyncio.run(dry_plan(engine, FIRST))
    assert not (home / "journal.db").exists()
    assert not (home / "bars.db").exists()

    report = run(home, FIRST, 1)

    planned = [(order.cl_ord_id, order.quantity) for order in plan.orders]
    assert planned == [(line.cl_ord_id, line.order_qty) for line in report.orders]


def test_signals_say_what_each_strategy_wants_and_why(home: Path) -> None:
    signals = asyncio.run(read_signals(make_engine(home, SECOND, 1), SECOND))

    hedge, trend = signals.strategies
    assert dict(hedge.weights) == {"AGG": Decimal("0.6"), "GLD": Decimal("0.4")}
    assert trend.trace[0].outcome == "false"
    assert trend.trace[0].margin is not None
    assert trend.trace[0].margin < 0


def test_signals_of_a_day_without_session_name_the_remedy(home: Path) -> None:
    with pytest.raises(SettingsError, match="trading day"):
        asyncio.run(read_signals(make_engine(home, SECOND, 1), SUNDAY))


def test_order_is_explained_by_its_books_weights_and_branches(home: Path) -> None:
    """ST-18, CA-03: order -> contributions -> trace."""
    report = run(home, FIRST, 1)
    engine = make_engine(home, FIRST, 1)
    order = next(line for line in report.orders if line.symbol == "TLT")

    explanation = explain(engine, order.cl_ord_id)

    assert [row.book for row in explanation.contributions] == ["hedge"]
    assert [line.strategy for line in explanation.strategies] == ["hedge"]
    assert explanation.strategies[0].trace
    assert explain(engine, report.cycle_id).orders == report.orders
    with pytest.raises(SettingsError, match="knows no order"):
        explain(engine, "alc-nothing")


def test_same_day_twice_from_scratch_gives_the_same_digest_and_another_seed_other_fills(
    tmp_path: Path,
) -> None:
    """BT-10: the same inputs give the same bytes."""
    reports = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_bars(tmp_path / name / "bars")
        reports.append(run(tmp_path / name, FIRST, seed))

    assert reports[0] == reports[1]
    assert reports[2].digest != reports[0].digest
    assert reports[2].fills != reports[0].fills


def test_quotes_that_are_too_old_are_no_quotes(home: Path) -> None:
    """C15: nothing is decided on a stale price."""
    engine = make_engine(home, FIRST, 1)

    class Old:
        def __init__(self) -> None:
            self.check, self.bars = engine.market.check, engine.market.bars

        def quotes(self, symbols: list[Symbol], *, at: object) -> object:
            del at
            fresh = engine.market.quotes(symbols, at=engine.clock.now())
            return tuple(replace(q, at=q.at - timedelta(seconds=61)) for q in fresh)

    report = go(replace(engine, market=Old()))  # type: ignore[arg-type]

    assert report.exit_code == 3
    assert not report.orders


def test_limits_are_recorded_when_they_change_and_the_owner_is_told(home: Path) -> None:
    """RC-16, K05: what a decision rested on is in the journal, and an edit does not go unseen."""
    go(make_engine(home, FIRST, 1))
    log = StringIO()
    second = make_engine(home, SECOND, 1)
    looser = replace(second.policy.limits, max_gross_exposure=Decimal("1.5"))
    second = replace(
        second,
        policy=replace(second.policy, limits=looser),
        notifier=LogNotifier(log, second.clock),
    )

    asyncio.run(run_cycle(second, SECOND))

    told = [json.loads(line) for line in log.getvalue().splitlines()]
    changes = [line for line in told if line["event"] == "limits_changed"]
    assert len(changes) == 1
    assert "max_gross_exposure from 1 to 1.5" in json.dumps(changes[0])
    assert kinds(second).count("LimitsInForce") == 2


def loosened(engine: Engine) -> Engine:
    """Return `engine` under a configuration that allows more than before."""
    limits = replace(engine.policy.limits, max_gross_exposure=Decimal("1.5"))
    return replace(engine, policy=replace(engine.policy, limits=limits))


def test_limits_that_were_loosened_send_nothing_until_a_person_resumes(home: Path) -> None:
    """K05, FAULTS invariants 18 and 20."""
    go(make_engine(home, FIRST, 1))
    second = loosened(replace(make_engine(home, SECOND, 1), mode=Mode.PAPER))

    held = go(second, SECOND)

    assert (held.exit_code, held.orders) == (3, ())
    assert "limits were loosened: max_gross_exposure from 1 to 1.5" in held.reason
    assert not asyncio.run(resume(second, actor="owner", reason="I meant it")).refused
    assert go(second, SECOND).status is CycleStatus.COMPLETED


def test_plan_of_stricter_limits_is_not_gone_on_with_under_looser_ones(home: Path) -> None:
    """K05: an edit in mid-day and a restart."""
    engine = replace(make_engine(home, FIRST, 1), mode=Mode.PAPER)
    wire = Tripwire(engine, make_engine(home, FIRST, 1).journal.take_over)
    with pytest.raises(ConcurrentWriteError):
        go(replace(engine, broker=wire))
    sent = len(engine.broker.orders(FIRST))

    held = go(loosened(engine))

    assert sent == 1
    assert len(engine.broker.orders(FIRST)) == sent
    assert [line.status for line in held.orders].count("refused") == len(held.orders) - sent > 0
    assert Ledger(engine.journal).state.state is TradingState.HALTED
