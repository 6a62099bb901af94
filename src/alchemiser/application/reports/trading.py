"""What was done: exposure and turnover, strategies, trades and what they cost."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from alchemiser.application.backtest_report import BacktestReport, ClosedTrade
from alchemiser.application.reports.history import Past, points, rounded
from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.statistics.returns import SESSIONS_A_YEAR
from alchemiser.domain.values.numbers import Floats
from alchemiser.domain.venue_model.costs import CostKind
from alchemiser.ports.report_document import (
    Block,
    Cell,
    Chart,
    Column,
    Figure,
    Figures,
    Line,
    Mark,
    Section,
    Table,
    Text,
    Unit,
)

LARGEST: Final = 10
"""Gains and losses that people are shown."""
SYMBOLS: Final = 20

_TITLES: Final = {
    CostKind.SPREAD: "Spread",
    CostKind.SLIPPAGE: "Slippage and impact",
    CostKind.COMMISSION: "Commission",
    CostKind.FEES: "Regulatory fees",
}


def exposure(report: BacktestReport, past: Past) -> Section:
    """Return how much was held, and how much was traded."""
    held = Chart(
        name="exposure",
        caption="Share of equity that was not cash, at the end of each session.",
        unit=Unit.FRACTION,
        days=past.days,
        lines=(Line(title="Exposure", values=points(ratio(report.course.held, past.equity))),),
        mark=Mark.AREA,
    )
    months = past.months()
    turned = np.array([
        _share(float(report.course.traded[rows].sum()), past.mean_equity(rows))
        for rows in months.values()
    ])
    turnover = Chart(
        name="turnover",
        caption="Bought and sold in each month, as a multiple of the month's mean equity.",
        unit=Unit.RATIO,
        days=tuple(past.days[rows[0]] for rows in months.values()),
        lines=(Line(title="Turnover", values=points(turned)),),
        mark=Mark.BARS,
    )
    blocks = (held, turnover)
    return Section(name="exposure", title="Exposure and turnover", blocks=blocks)


def strategies(report: BacktestReport, past: Past) -> Section:
    """Return what each book has gained, and what it was of the whole."""
    books = {
        name: worth for name, worth in report.course.books.items() if (np.abs(worth) >= 1).any()
    }
    blocks: list[Block] = [
        _attribution(report),
        Chart(
            name="books",
            caption=f"Equity of each book, {report.units}.",
            unit=Unit.MONEY,
            days=past.days,
            lines=tuple(Line(title=name, values=points(worth)) for name, worth in books.items()),
            log=all(bool((worth > 0).all()) for worth in books.values()),
        ),
        Chart(
            name="shares",
            caption="Each book's share of the account.",
            unit=Unit.FRACTION,
            days=past.days,
            lines=tuple(
                Line(title=name, values=points(ratio(worth, past.equity)))
                for name, worth in books.items()
            ),
            mark=Mark.STACK,
        ),
        _likeness(report),
    ]
    return Section(name="strategies", title="Strategies", blocks=tuple(blocks))


def _attribution(report: BacktestReport) -> Table:
    decided = {str(name): count for name, count in report.decided}
    weights = {str(name): weight for name, weight, _ in report.strategies}
    whole = float(report.final_equity - report.course.start)
    rows: list[tuple[Cell, ...]] = []
    for name, worth in report.course.books.items():
        final, given = _last(worth), report.course.capital.get(name, 0.0)
        gain = final - given
        rows.append((
            name,
            weights.get(name),
            decided.get(name),
            given,
            final,
            rounded(gain),
            _share(gain, given),
            _share(gain, whole),
        ))
    return Table(
        name="attribution",
        caption=f"Where the gain came from, {report.units}; the house holds what is no strategy's.",
        columns=(
            Column(name="book", title="Book"),
            Column(name="weight", title="Weight", unit=Unit.FRACTION),
            Column(name="decided", title="Sessions decided", unit=Unit.COUNT),
            Column(name="capital", title="Capital given", unit=Unit.MONEY),
            Column(name="equity", title="Equity at the end", unit=Unit.MONEY),
            Column(name="gain", title="Gain", unit=Unit.MONEY),
            Column(name="return", title="Gain on its capital", unit=Unit.FRACTION),
            Column(name="share", title="Share of all gain", unit=Unit.FRACTION),
        ),
        rows=tuple(rows),
        empty="No book was ever opened: nothing was decided.",
    )


def _likeness(report: BacktestReport) -> Table:
    return Table(
        name="diversity",
        caption="How alike the strategies are, by what they wanted.",
        columns=(
            Column(name="first", title="Strategy"),
            Column(name="second", title="and"),
            Column(name="sessions", title="Sessions", unit=Unit.COUNT),
            Column(name="overlap", title="Overlap", unit=Unit.FRACTION),
            Column(name="signals", title="Correlation of signals", unit=Unit.RATIO),
            Column(name="returns", title="Correlation of returns", unit=Unit.RATIO),
        ),
        rows=tuple(
            (
                pair.first,
                pair.second,
                pair.sessions,
                pair.overlap,
                pair.signal_correlation,
                pair.return_correlation,
            )
            for pair in report.diversity
        ),
        empty="There are no two strategies to compare.",
    )


def trades(report: BacktestReport) -> Section:
    """Return what was gained and lost by what was sold."""
    closed = report.course.trades
    name, title = "trades", "Closed trades"
    if not closed:
        return Section(name=name, title=title, blocks=(Text(text="No trade was closed."),))
    order = sorted(closed, key=lambda one: (-one.gain, one.closed, one.symbol))
    gains = [one for one in order if one.gain > 0]
    losses = [one for one in reversed(order) if one.gain < 0]
    blocks = (
        _trade_figures(report, closed),
        _trades("gains", "The largest gains.", gains, LARGEST),
        _trades("losses", "The largest losses.", losses, LARGEST),
        _by_symbol(closed),
        _trades("all", "Every closed trade, in order of time.", closed, 0),
    )
    return Section(name=name, title=title, blocks=blocks)


def _trade_figures(report: BacktestReport, closed: Sequence[ClosedTrade]) -> Figures:
    one = report.performance
    gains = np.array([trade.gain for trade in closed])
    held = [(trade.closed - trade.opened).days for trade in closed if trade.opened is not None]
    mean_held = rounded(float(np.mean(held))) if held else None
    rows: tuple[tuple[str, str, Cell, Unit], ...] = (
        ("trades", "Closed trades", one.trades, Unit.COUNT),
        ("hit_rate", "Gained", one.hit_rate, Unit.FRACTION),
        ("payoff", "Mean gain over mean loss", one.payoff, Unit.RATIO),
        ("gained", "Gained in all", rounded(float(gains[gains > 0].sum())), Unit.MONEY),
        ("lost", "Lost in all", rounded(float(-gains[gains < 0].sum())), Unit.MONEY),
        ("mean", "Mean gain of a trade", rounded(float(gains.mean())), Unit.MONEY),
        ("days", "Mean days held", mean_held, Unit.RATIO),
    )
    return Figures(
        name="figures",
        caption=f"Closed trades in figures, {report.units}",
        figures=tuple(Figure(name=a, title=b, value=c, unit=d) for a, b, c, d in rows),
    )


def _trades(name: str, caption: str, rows: Sequence[ClosedTrade], shown: int) -> Table:
    return Table(
        name=name,
        caption=caption,
        columns=(
            Column(name="symbol", title="Symbol"),
            Column(name="opened", title="Bought", unit=Unit.DAY),
            Column(name="closed", title="Sold", unit=Unit.DAY),
            Column(name="quantity", title="Shares", unit=Unit.SHARES),
            Column(name="gain", title="Gain", unit=Unit.MONEY),
            Column(name="part", title="Of its cost", unit=Unit.FRACTION),
        ),
        rows=tuple(zip(*_columns(rows), strict=True)),
        shown=shown,
    )


def _columns(rows: Sequence[ClosedTrade]) -> tuple[Sequence[Cell], ...]:
    """Return what a table of trades has, each column rounded as a whole."""
    return (
        [one.symbol for one in rows],
        [one.opened for one in rows],
        [one.closed for one in rows],
        points(np.array([one.quantity for one in rows])),
        points(np.array([one.gain for one in rows])),
        points(np.array([one.part for one in rows])),
    )


def _by_symbol(closed: Sequence[ClosedTrade]) -> Table:
    gains: dict[str, list[float]] = {}
    for one in closed:
        gains.setdefault(one.symbol, []).append(one.gain)
    most = sorted(gains, key=lambda name: (-abs(sum(gains[name])), name))
    return Table(
        name="symbols",
        caption="Closed trades by symbol, those that moved most first.",
        columns=(
            Column(name="symbol", title="Symbol"),
            Column(name="trades", title="Trades", unit=Unit.COUNT),
            Column(name="hit_rate", title="Gained", unit=Unit.FRACTION),
            Column(name="gain", title="Gain", unit=Unit.MONEY),
        ),
        rows=tuple(
            (
                name,
                len(each),
                rounded(sum(gain > 0 for gain in each) / len(each)),
                rounded(sum(each)),
            )
            for name, each in ((name, gains[name]) for name in most)
        ),
        shown=SYMBOLS,
    )


def costs(report: BacktestReport, past: Past) -> Section:
    """Return what trading has cost, by year and kind."""
    kinds = report.course.costs
    years = {str(year): rows for year, rows in past.years().items()}
    years["All"] = np.arange(len(past.days))
    rows: list[tuple[Cell, ...]] = []
    for year, chosen in years.items():
        parts = [rounded(float(kinds[kind][chosen].sum())) for kind in _TITLES]
        mean = past.mean_equity(chosen)
        traded = rounded(float(report.course.traded[chosen].sum()))
        whole = rounded(sum(parts))
        yearly = _share(whole * SESSIONS_A_YEAR / len(chosen), mean)
        rows.append((year, traded, *parts, whole, yearly, _share(whole, traded)))
    table = Table(
        name="costs",
        caption=f"What trading cost by year, {report.units}.",
        columns=(
            Column(name="year", title="Year"),
            Column(name="traded", title="Bought and sold", unit=Unit.MONEY),
            *(Column(name=one.value, title=_TITLES[one], unit=Unit.MONEY) for one in _TITLES),
            Column(name="total", title="Together", unit=Unit.MONEY),
            Column(name="of_equity", title="Of mean equity, a year", unit=Unit.FRACTION),
            Column(name="of_traded", title="Of what was traded", unit=Unit.FRACTION),
        ),
        rows=tuple(rows),
    )
    text = (
        "Spread is what the venue model sets. Slippage is what fills were worse than that against "
        "the middle of the quote that was decided on; where it is negative they were better."
    )
    return Section(name="costs", title="Costs", blocks=(table, Text(text=text)))


def _share(part: float, whole: float) -> float:
    return rounded(part / whole) if whole > 0 else np.nan


def _last(worth: Floats) -> float:
    known = worth[np.isfinite(worth)]
    return float(known[-1]) if known.size else np.nan
