"""The pieces that answers for people are made of."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from alchemiser.application.report import CycleReport, FillLine, OrderLine, StrategyLine
from alchemiser.domain.books.reconciliation import Break
from alchemiser.domain.portfolio.capital import Transfer
from alchemiser.domain.portfolio.consolidation import Contribution
from alchemiser.domain.portfolio.diversity import Likeness
from alchemiser.domain.risk.clipping import Limited
from alchemiser.domain.rules.regime import Regime
from alchemiser.domain.rules.trace import TraceStep

INDENT = 2
INDENT_MAX = 30
"""Deeper steps of a long chain of conditions are not indented further, or no text would fit."""


def plain(content: str, style: str = "") -> Text:
    """Return `content` as text that cannot steer a terminal, whoever chose the words."""
    kept = (char if char.isprintable() or char == "\n" else "?" for char in content)
    return Text("".join(kept), style=style)


def dollars(value: Decimal | None) -> str:
    """Return money or a price in dollars and cents; "-" when it is not known."""
    return "-" if value is None else f"{value:z,.2f}"


def shares(value: Decimal) -> str:
    """Return a number of shares to four decimals."""
    return f"{value:,.4f}"


def points(value: Decimal | None) -> str:
    """Return basis points with their sign, or a dash."""
    return "-" if value is None else f"{value:+z.2f} bp"


def seconds(value: float | None) -> str:
    """Return seconds, or a dash."""
    return "-" if value is None else f"{value:.1f} s"


def percent(value: Decimal | float) -> str:
    """Return a fraction as a percentage."""
    return f"{100 * value:z.2f} %"


def grid(console: Console, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; columns whose name begins with ">" are aligned to the right."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        right = name.startswith(">")
        table.add_column(
            name.removeprefix(">"), justify="right" if right else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(plain(cell) for cell in row))
    console.print(table)


def decisions(console: Console, lines: Iterable[StrategyLine]) -> None:
    """Print the regime, then what each strategy wants and the path that led there."""
    lines = list(lines)
    for regime in {line.regime: None for line in lines if line.regime is not None}:
        console.print(plain(f"regime: {_regime(regime)}"))
        console.print()
    for line in lines:
        wants = ", ".join(f"{name} {percent(weight)}" for name, weight in line.weights)
        told = f"wants {wants or 'cash'}"
        if line.state != "decided":
            told = f"{line.state}: {line.reason}"
        elif line.reason:
            told += f", its fallback: {line.reason}"
        elif line.resting:
            told += ", but rests until its next rebalancing"
        console.print(plain(f"{line.strategy} {told}", style="bold"))
        for step in line.trace:
            indented(console, min(INDENT * (step.depth + 1), INDENT_MAX), _step(step))
        console.print()


def _regime(regime: Regime) -> str:
    return (
        f"trend {regime.trend}, volatility {regime.volatility}, shares and bonds "
        f"{regime.correlation}, liquidity {regime.liquidity}"
    )


def _step(step: TraceStep) -> str:
    measured = ""
    if step.observed is not None:
        measured = f" (is {step.observed:.6g}"
        measured += f", margin {step.margin:+.6g})" if step.margin is not None else ")"
    return f"{step.text}: {step.outcome}{measured}"


def indented(console: Console, indent: int, text: str) -> None:
    """Print `text` with every line of it indented."""
    table = Table.grid(padding=0)
    table.add_column(width=indent)
    table.add_column()
    table.add_row("", plain(text))
    console.print(table)


def orders(console: Console, lines: Sequence[OrderLine]) -> None:
    """Print where orders stand."""
    if not lines:
        console.print("No orders.")
        return
    grid(
        console,
        ("Order", ">Quantity", ">Limit", ">Filled", ">Average", "Status"),
        (
            (
                f"{line.side} {line.symbol}",
                shares(line.order_qty),
                dollars(line.price),
                shares(line.cum_qty),
                dollars(line.avg_px),
                line.status,
            )
            for line in lines
        ),
    )
    for line in lines:
        if line.reason:
            indented(console, INDENT, f"{line.side} {line.symbol}: {line.reason}")


def fills(console: Console, lines: Sequence[FillLine]) -> None:
    """Print fills in order of arrival."""
    if not lines:
        console.print("No fills.")
        return
    grid(
        console,
        ("Fill (UTC)", "Order", ">Quantity", ">Price", ">Fee"),
        (
            (
                f"{line.at:%H:%M:%S}",
                f"{line.side} {line.symbol}",
                shares(line.quantity),
                dollars(line.price),
                dollars(line.commission),
            )
            for line in lines
        ),
    )


def transfers(console: Console, rows: Sequence[Transfer]) -> None:
    """Print what moves between the house and the books."""
    for row in rows:
        verb = "receives" if row.cash > 0 else "gives"
        console.print(plain(f"{row.book} {verb} {dollars(abs(row.cash))}: {row.reason}"))


def contributions(console: Console, lines: Sequence[Contribution]) -> None:
    """Print what each book wants of each symbol."""
    if not lines:
        return
    grid(
        console,
        ("Book", "Symbol", ">Weight", ">Held", ">Wanted", ">Crossed"),
        (
            (
                line.book,
                line.symbol,
                percent(line.weight),
                shares(line.held),
                shares(line.wanted),
                shares(line.crossed),
            )
            for line in lines
        ),
    )
    for line in lines:
        if line.banded:
            console.print(plain(f"{line.book} {line.symbol}: {line.banded}"), soft_wrap=True)


def diversity(console: Console, pairs: Sequence[Likeness]) -> None:
    """Print how alike the strategies are."""
    if not pairs:
        return
    grid(
        console,
        ("Strategies", ">Sessions", ">Overlap", ">Signals", ">Returns"),
        (
            (
                f"{pair.first} and {pair.second}",
                str(pair.sessions),
                "-" if pair.overlap is None else percent(pair.overlap),
                *(
                    "-" if value is None else f"{value:+z.2f}"
                    for value in (pair.signal_correlation, pair.return_correlation)
                ),
            )
            for pair in pairs
        ),
    )


def shaped(console: Console, report: CycleReport) -> None:
    """Print what rules of a strategy's own gave up or cut."""
    for given_up in report.exits:
        console.print(plain(f"exit: {given_up.sentence()}"))
    for cut in report.sized:
        console.print(plain(f"sized: {cut.sentence()}"))


def limits(console: Console, lines: Iterable[Limited]) -> None:
    """Print each limit that bound."""
    for line in lines:
        console.print(plain(f"limited: {line.sentence()}"))


def breaks(console: Console, found: Iterable[Break]) -> None:
    """Print each difference between books and broker."""
    for one in found:
        console.print(plain(f"break: {one.sentence()}"))
