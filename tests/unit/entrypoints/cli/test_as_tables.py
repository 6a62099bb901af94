"""What people read when not everything is well."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

from rich.console import Console

from alchemiser.application.report import (
    BookLine,
    CycleReport,
    OrderLine,
    Overview,
    PlanReport,
    StrategyLine,
)
from alchemiser.domain.books.profit import Profit
from alchemiser.domain.books.reconciliation import Break
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.clipping import Limited
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.rules.trace import TraceStep
from alchemiser.domain.values.identifiers import HOUSE, ClOrdId, CycleId, StrategyId, Symbol
from alchemiser.domain.values.schedule import Schedule
from alchemiser.entrypoints.cli import as_tables, lots_tables, pieces
from alchemiser.ports.strategy_source import InstalledPlugin

DAY = date(2024, 8, 5)
SPY = Symbol("SPY")
LIMITED = Limited(
    code=RiskCode.MAX_POSITION, symbol=SPY, wanted=Decimal("7.5"), allowed=Decimal(3), limit="0.1"
)
BREAK = Break(symbol=SPY, expected=Decimal("7.5"), observed=Decimal(3))
REFUSED = OrderLine(
    cl_ord_id=ClOrdId("alc-1"),
    symbol=SPY,
    side=Side.BUY,
    order_qty=Decimal("1234.5678901"),
    price=Decimal("517.38"),
    status="refused",
    cum_qty=Decimal(0),
    avg_px=None,
    reason="SPY: price_stale is 75 s, the limit 60 s",
)
PROFIT = Profit(
    contributed=Decimal(7),
    realised=None,
    unrealised=None,
    dividends=Decimal(0),
    interest=Decimal(0),
    fees=Decimal("0.25"),
    other_fees=Decimal(0),
)


def _shown(show: Callable[[Console], None]) -> str:
    out = StringIO()
    show(Console(file=out, width=80, highlight=False, markup=False, emoji=False))
    return out.getvalue()


def _overview(**changes: object) -> Overview:
    usual: dict[str, object] = {
        "state": TradingState.HALTED,
        "reason": "[red]news[/red] (ann)",
        "equity": Decimal("1234567.894"),
        "cash": Decimal("-5.5"),
        "positions": (),
        "books": (),
        "orders": (),
        "session": None,
        "breaks": (),
    }
    return Overview(**(usual | changes))  # type: ignore[arg-type]


def test_a_cycle_that_went_wrong_tells_everything_that_did() -> None:
    report = CycleReport(
        status=CycleStatus.PARTIAL,
        exit_code=1,
        cycle_id=CycleId("cycle-1"),
        session=DAY,
        strategies=(
            StrategyLine(strategy=StrategyId("one"), state="failed", reason="raised KeyError"),
            StrategyLine(
                strategy=StrategyId("two"),
                state="decided",
                trace=(
                    TraceStep(depth=40, text="RSI(SPY, 10) > 79", outcome="undecided"),
                    TraceStep(depth=0, text="volatility", outcome="held", observed=Decimal("1.5")),
                ),
            ),
        ),
        orders=(REFUSED,),
        limited=(LIMITED,),
        breaks=(BREAK,),
    )

    text = _shown(lambda console: as_tables.cycle(console, report))

    assert "one failed: raised KeyError" in text
    assert "two wants cash" in text
    assert f"{' ' * pieces.INDENT_MAX}RSI(SPY, 10) > 79: undecided" in text
    assert "volatility: held (is 1.5)" in text
    assert "1,234.5679" in text
    assert "buy SPY: SPY: price_stale is 75 s, the limit 60 s" in text
    assert "No fills." in text
    assert "limited: SPY: max_position 0.1 cut 7.5 to 3" in text
    assert "break: SPY: the books say 7.5, the broker 3" in text
    assert "reconciled: no" in text
    assert "status: partial" in text


def test_a_session_in_which_nothing_was_ordered_does_not_say_that_books_differ() -> None:
    """Nobody compares once more where nothing could have changed."""
    silent = CycleReport(
        status=CycleStatus.SKIPPED,
        reason="nothing could decide",
        exit_code=0,
        cycle_id=CycleId("cycle-2"),
        session=date(2024, 7, 9),
        strategies=(StrategyLine(strategy=StrategyId("one"), state="undecided"),),
    )

    assert "reconciled" not in _shown(lambda console: as_tables.cycle(console, silent))
    agreed = replace(silent, reconciled=True)
    assert "reconciled: yes" in _shown(lambda console: as_tables.cycle(console, agreed))


def test_a_halted_account_says_why_and_takes_no_markup_from_anybody() -> None:
    text = _shown(lambda console: as_tables.status(console, _overview(breaks=(BREAK,))))

    assert "Trading is halted: [red]news[/red] (ann)" in text
    assert "Equity 1,234,567.89, cash -5.50" in text
    assert "books and broker agree: no" in text


def test_nobodys_words_steer_the_terminal() -> None:
    report = _overview(reason="\x1b[2J\x07news", positions=((Symbol("\x9b1mSPY"), Decimal(3)),))

    shown = _shown(lambda console: as_tables.status(console, report))
    positions = _shown(lambda console: as_tables.positions(console, report))

    assert "Trading is halted: ?[2J?news" in shown
    assert "?1mSPY" in positions


def test_an_account_without_anything_says_so() -> None:
    empty = _overview()

    assert "No positions." in _shown(lambda console: as_tables.positions(console, empty))
    assert "No session was traded" in _shown(lambda console: as_tables.orders(console, empty))
    assert "No books yet" in _shown(lambda console: as_tables.books(console, empty))


def test_an_unpriced_book_has_no_equity() -> None:
    book = BookLine(
        book=HOUSE,
        cash=Decimal(7),
        equity=None,
        positions=((SPY, Decimal("1.5")),),
        profit=PROFIT,
        lots=(),
    )

    text = _shown(lambda console: as_tables.books(console, _overview(books=(book,))))
    gained = _shown(lambda console: lots_tables.books(console, _overview(books=(book,))))

    assert [word for word in text.split() if word in {"-", "7.00"}] == ["-", "7.00"]
    assert "SPY 1.5000" in text
    assert gained.startswith(text)
    assert gained.split()[-6:] == ["7.00", "-", "-", "0.00", "0.00", "0.25"]


def test_a_plan_that_would_be_refused_says_why() -> None:
    violation = Violation(code=RiskCode.TRADING_STATE, observed="halted", limit="active")
    report = PlanReport(
        as_of=DAY,
        timing=Schedule().contract(),
        orders=(),
        refused=(),
        plan_refused=(violation,),
        limited=(LIMITED,),
        target=(),
        strategies=(),
    )

    text = _shown(lambda console: as_tables.plan(console, report))

    assert (
        "near_close: decided at close-15m on a provisional bar of its own, "
        "traded near the close at the close"
    ) in " ".join(text.split())
    assert "No orders." in text
    assert "refused: the plan: trading_state is halted, the limit active" in text


def test_a_plan_of_an_account_that_differs_says_that_nothing_is_traded() -> None:
    report = PlanReport(as_of=DAY, timing=Schedule().contract(), stopped="books and broker differ.")

    text = _shown(lambda console: as_tables.plan(console, report))

    assert "A run would trade nothing: books and broker differ." in text
    assert "No orders." not in text


def test_a_plugin_that_cannot_be_used_says_why() -> None:
    broken = InstalledPlugin(plugin="plug", version="1.0", problem="it cannot be imported.")

    assert "it cannot be imported." in _shown(lambda console: as_tables.plugins(console, (broken,)))
    assert "No plugin is installed" in _shown(lambda console: as_tables.plugins(console, ()))


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert pieces.dollars(Decimal("-0.004")) == "0.00"
    assert pieces.points(Decimal("-0.004")) == "+0.00 bp"
