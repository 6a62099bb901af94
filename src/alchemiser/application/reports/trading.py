"""What was done: exposure and turnover, strategies, trades and what they cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from alchemiser.application.backtest_report import BacktestReport, ClosedTrade
from alchemiser.application.reports.history import Past, points, rounded
from alchemiser.application.reports.shapes import FigureRow, Of, figures, table
from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.portfolio.diversity import Likeness
from alchemiser.domain.statistics.returns import SESSIONS_A_YEAR
from alchemiser.domain.values.numbers import Floats
from alchemiser.domain.venue_model.costs import CostKind
from alchemiser.ports.report_document import (
    Block,
    Chart,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """A book: its name, the dollars that it was given, and those that it ended with."""

    name: str
    given: float
    final: float

    @property
    def gain(self) -> float:
        return self.final - self.given


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """Sessions, and dollars: mean equity, what was traded, and costs by kind."""

    name: str
    sessions: int
    equity: float
    traded: float
    parts: Mapping[CostKind, float]

    @property
    def cost(self) -> float:
        return rounded(sum(self.parts.values()))


def _part(kind: CostKind) -> Of[_Stretch]:
    return Of(kind.value, _TITLES[kind], lambda one: one.parts[kind], Unit.MONEY)


_COSTS: Final[tuple[Of[_Stretch], ...]] = (
    Of("year", "Year", lambda one: one.name),
    Of("traded", "Bought and sold", lambda one: one.traded, Unit.MONEY),
    *map(_part, _TITLES),
    Of("total", "Together", lambda one: one.cost, Unit.MONEY),
    Of(
        "of_equity",
        "Of mean equity, a year",
        lambda one: _share(one.cost * SESSIONS_A_YEAR / one.sessions, one.equity),
        Unit.FRACTION,
    ),
    Of("of_traded", "Of what was traded", lambda one: _share(one.cost, one.traded), Unit.FRACTION),
)
_TRADE: Final[tuple[Of[ClosedTrade], ...]] = (
    Of("symbol", "Symbol", lambda one: one.symbol),
    Of("opened", "Bought", lambda one: one.opened, Unit.DAY),
    Of("closed", "Sold", lambda one: one.closed, Unit.DAY),
    Of("quantity", "Shares", lambda one: one.quantity, Unit.SHARES),
    Of("gain", "Gain", lambda one: one.gain, Unit.MONEY),
    Of("part", "Of its cost", lambda one: one.part, Unit.FRACTION),
)
_SYMBOL: Final[tuple[Of[tuple[str, list[float]]], ...]] = (
    Of("symbol", "Symbol", lambda one: one[0]),
    Of("trades", "Trades", lambda one: len(one[1]), Unit.COUNT),
    Of("hit_rate", "Gained", lambda one: sum(g > 0 for g in one[1]) / len(one[1]), Unit.FRACTION),
    Of("gain", "Gain", lambda one: sum(one[1]), Unit.MONEY),
)
_LIKENESS: Final[tuple[Of[Likeness], ...]] = (
    Of("first", "Strategy", lambda one: one.first),
    Of("second", "and", lambda one: one.second),
    Of("sessions", "Sessions", lambda one: one.sessions, Unit.COUNT),
    Of("overlap", "Overlap", lambda one: one.overlap, Unit.FRACTION),
    Of("signals", "Correlation of signals", lambda one: one.signal_correlation, Unit.RATIO),
    Of("returns", "Correlation of returns", lambda one: one.return_correlation, Unit.RATIO),
)


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
    whole, given = float(report.final_equity - report.course.start), report.course.capital
    books = [
        _Book(name=name, given=given.get(name, 0.0), final=_last(worth))
        for name, worth in report.course.books.items()
    ]
    columns: tuple[Of[_Book], ...] = (
        Of("book", "Book", lambda one: one.name),
        Of("weight", "Weight", lambda one: weights.get(one.name), Unit.FRACTION),
        Of("decided", "Sessions decided", lambda one: decided.get(one.name), Unit.COUNT),
        Of("capital", "Capital given", lambda one: one.given, Unit.MONEY),
        Of("equity", "Equity at the end", lambda one: one.final, Unit.MONEY),
        Of("gain", "Gain", lambda one: one.gain, Unit.MONEY),
        Of("return", "Gain on its capital", lambda o: _share(o.gain, o.given), Unit.FRACTION),
        Of("share", "Share of all gain", lambda one: _share(one.gain, whole), Unit.FRACTION),
    )
    return table(
        "attribution",
        f"Where the gain came from, {report.units}; the house holds what is no strategy's.",
        columns,
        books,
        empty="No book was ever opened: nothing was decided.",
    )


def _likeness(report: BacktestReport) -> Table:
    return table(
        "diversity",
        "How alike the strategies are, by what they wanted.",
        _LIKENESS,
        report.diversity,
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
        table("gains", "The largest gains.", _TRADE, gains, shown=LARGEST),
        table("losses", "The largest losses.", _TRADE, losses, shown=LARGEST),
        _by_symbol(closed),
        table("all", "Every closed trade, in order of time.", _TRADE, closed, shown=0),
    )
    return Section(name=name, title=title, blocks=blocks)


def _trade_figures(report: BacktestReport, closed: Sequence[ClosedTrade]) -> Figures:
    one = report.performance
    gains = np.array([trade.gain for trade in closed])
    held = [(trade.closed - trade.opened).days for trade in closed if trade.opened is not None]
    mean_held = rounded(float(np.mean(held))) if held else None
    rows: tuple[FigureRow, ...] = (
        ("trades", "Closed trades", one.trades, Unit.COUNT),
        ("hit_rate", "Gained", one.hit_rate, Unit.FRACTION),
        ("payoff", "Mean gain over mean loss", one.payoff, Unit.RATIO),
        ("gained", "Gained in all", rounded(float(gains[gains > 0].sum())), Unit.MONEY),
        ("lost", "Lost in all", rounded(float(-gains[gains < 0].sum())), Unit.MONEY),
        ("mean", "Mean gain of a trade", rounded(float(gains.mean())), Unit.MONEY),
        ("days", "Mean days held", mean_held, Unit.RATIO),
    )
    return figures("figures", f"Closed trades in figures, {report.units}", rows)


def _by_symbol(closed: Sequence[ClosedTrade]) -> Table:
    gains: dict[str, list[float]] = {}
    for one in closed:
        gains.setdefault(one.symbol, []).append(one.gain)
    most = sorted(gains.items(), key=lambda one: (-abs(sum(one[1])), one[0]))
    caption = "Closed trades by symbol, those that moved most first."
    return table("symbols", caption, _SYMBOL, most, shown=SYMBOLS)


def costs(report: BacktestReport, past: Past) -> Section:
    """Return what trading has cost, by year and kind."""
    years = {str(year): rows for year, rows in past.years().items()}
    years["All"] = np.arange(len(past.days))
    stretches = [
        _Stretch(
            name=name,
            sessions=len(rows),
            equity=past.mean_equity(rows),
            traded=rounded(float(report.course.traded[rows].sum())),
            parts={kind: rounded(float(report.course.costs[kind][rows].sum())) for kind in _TITLES},
        )
        for name, rows in years.items()
    ]
    by_year = table("costs", f"What trading cost by year, {report.units}.", _COSTS, stretches)
    text = (
        "Spread is what the venue model sets. Slippage is what fills were worse than that against "
        "the middle of the quote that was decided on; where it is negative they were better."
    )
    return Section(name="costs", title="Costs", blocks=(by_year, Text(text=text)))


def _share(part: float, whole: float) -> float:
    return rounded(part / whole) if whole > 0 else np.nan


def _last(worth: Floats) -> float:
    known = worth[np.isfinite(worth)]
    return float(known[-1]) if known.size else np.nan
