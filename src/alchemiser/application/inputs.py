"""What a decision rests on: bars, a provisional bar, quotes and the gate's verdict."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

import numpy as np

from alchemiser.application.agreement import Agreement
from alchemiser.application.engine import EnabledStrategy, Engine
from alchemiser.domain.journal.records import InputsTaken
from alchemiser.domain.journal.source_records import SourcesCompared
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel, BarsReference
from alchemiser.domain.market.gate import Finding, assess
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import Floats
from alchemiser.domain.values.session import Session
from alchemiser.ports.errors import PortError
from alchemiser.ports.strategy_runner import StrategyRunnerPort


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Hold the market as one session's decision sees it.

    Attributes:
        evaluator: Evaluates rule trees on `panel`.
        panel: Bars, the session's own row included.
        row: The session's row.
        findings: What the data gate found in that row.
        bars: Where the closed bars stand, or None when they are not kept.
    """

    evaluator: TreeEvaluator
    panel: BarPanel
    row: int
    findings: tuple[Finding, ...] = ()
    bars: BarsReference | None = None


Quoted = Callable[[Sequence[Quote]], Analysis]
"""Tells the market in a session, whose own prices are those of the quotes."""


class Analyst(Protocol):
    """Prepare the market for a decision."""

    def prepare(self, engine: Engine, session: Session, symbols: Sequence[Symbol]) -> Quoted:
        """Return what tells the market in `session` once there are quotes.

        What takes its time is done here, since quotes grow old.
        """

    def of_second(self) -> "Analyst":
        """Return what prepares the market of the engine's second source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Hold what a second source says.

    Attributes:
        record: How it compares with the first.
        second: The market as it has it, or None when it could not be read or leads itself.
    """

    record: SourcesCompared
    second: Analysis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenInputs:
    """Hold everything read for one decision.

    `read_at` is when the account was, UTC; `comparison` is None unless there is a second source.
    """

    read_at: datetime
    account: AccountSnapshot
    quotes: tuple[Quote, ...]
    analysis: Analysis
    instruments: Mapping[Symbol, Instrument]
    provisional: tuple[tuple[Symbol, Decimal], ...]
    comparison: Comparison | None = None


def lookbacks(engine: Engine) -> dict[Symbol, int]:
    """Return how many sessions of each symbol a decision needs.

    The benchmarks of the regime come last: what labels a decision must not block one.
    """
    needed: dict[Symbol, int] = {}
    for enabled in (*engine.strategies, *engine.disabled):
        for name, sessions in enabled.strategy.requirements.lookbacks:
            if sessions > needed.get(name, 0):
                needed[name] = sessions
        if enabled.fallback is not None:
            needed |= {name: needed.get(name, 1) for name, _ in enabled.fallback.target.weights}
    benchmarks = engine.policy.benchmarks.lookbacks()
    return dict(sorted((benchmarks | needed).items()))


def last_closed(engine: Engine, session: Session) -> Session:
    """Return the session before `session`."""
    before = engine.calendar.sessions(session.day - timedelta(days=14), session.day)
    return before[-2]


class FreshAnalyst:
    """Fetch the bars, keep them in the bars store, gate them and evaluate on them."""

    def __init__(self, *, keep: bool = True) -> None:
        """Write to the bars store only when `keep`; a dry run leaves no trace."""
        self._keep = keep

    def prepare(self, engine: Engine, session: Session, symbols: Sequence[Symbol]) -> Quoted:
        """Return what tells the market in `session` once there are quotes.

        Raises:
            InputError: When the source breaks its contract.
            PortUnavailableError: When the source or the store cannot be reached.
        """
        closed = engine.market.bars(symbols, through=last_closed(engine, session).day)
        seen_at = engine.clock.now()
        kept = self._keep and closed.sessions
        reference = engine.bars_store.record(closed, seen_at=seen_at) if kept else None
        return lambda quotes: replace(analysis_of(engine, session, closed, quotes), bars=reference)

    def of_second(self) -> "FreshAnalyst":
        """Return itself: it prepares whatever market the engine has."""
        return self


def recalled(engine: Engine, session: Session, taken: InputsTaken) -> Analysis | None:
    """Return the market as an interrupted decision saw it, or None when its bars are out of reach.

    They were kept when the decision was made; later revisions do not count.
    """
    if taken.bars is None:
        return None
    try:
        closed = engine.bars_store.read(taken.bars)
        return analysis_of(engine, session, closed, taken.quotes)
    except PortError:
        return None


def analysis_of(
    engine: Engine, session: Session, closed: BarPanel, quotes: Sequence[Quote]
) -> Analysis:
    """Return the market of `session` on the bars `closed` before it and on its own `quotes`."""
    panel = closed
    if engine.schedule.timing.sees_session():
        panel = with_provisional(closed, session, quotes, _actions(engine, session, closed))
    gated = assess(panel, lookbacks(engine))
    return Analysis(
        evaluator=TreeEvaluator(gated.panel),
        panel=gated.panel,
        row=len(gated.panel.sessions) - 1,
        findings=gated.findings,
    )


def _actions(engine: Engine, session: Session, closed: BarPanel) -> tuple[CorporateAction, ...]:
    """Return what makes a share of `session` another than the one of the session before."""
    if closed.raw_close is None:
        return ()
    return engine.market.corporate_actions(closed.symbols, first=session.day, last=session.day)


def with_provisional(
    closed: BarPanel,
    session: Session,
    quotes: Sequence[Quote],
    actions: Iterable[CorporateAction] = (),
) -> BarPanel:
    """Return `closed` with one more row for `session`, made of the latest trades.

    On the signal basis: where trading prices differ from it, the last close grows by what one
    share of the session before, with all that it brings in `session`, has become worth.
    """
    prices = {quote.symbol: quote.last for quote in quotes}
    last = _row(closed.symbols, prices)
    close = last
    if closed.raw_close is not None and len(closed.sessions):
        with np.errstate(divide="ignore", invalid="ignore"):
            became = {one.symbol: one for one in actions if one.symbol in prices}
            worth = {name: one.worth(prices[name]) for name, one in became.items()}
            close = _row(closed.symbols, prices | worth) * (closed.close[-1] / closed.raw_close[-1])
    blank = np.full(len(closed.symbols), np.nan)

    def longer(array: Floats | None, row: Floats) -> Floats | None:
        return None if array is None else np.vstack((array, row))

    return replace(
        closed,
        sessions=(*closed.sessions, session.day),
        close=np.vstack((closed.close, close)),
        open=longer(closed.open, blank),
        high=longer(closed.high, blank),
        low=longer(closed.low, blank),
        volume=longer(closed.volume, blank),
        raw_close=longer(closed.raw_close, last),
        provisional=True,
    )


def _row(symbols: Sequence[Symbol], prices: Mapping[Symbol, Decimal]) -> Floats:
    """Return prices in the order of `symbols`, NaN where there is none."""
    return np.array([float(prices[name]) if name in prices else np.nan for name in symbols])


async def take_inputs(
    engine: Engine, session: Session, analyst: Analyst, agreed: Agreement
) -> TakenInputs:
    """Read quotes and bars for the decision of `session` on the account as it was `agreed`.

    Raises:
        InputError: When a source breaks its contract.
        PortUnavailableError: When something cannot be read.
    """
    account = agreed.account
    needed = lookbacks(engine)
    symbols = sorted(needed.keys() | {row.symbol for row in account.positions})
    quoted = await engine.calls.call(lambda: analyst.prepare(engine, session, tuple(needed)))
    now = engine.clock.now()
    quotes = await engine.calls.call(lambda: engine.market.quotes(symbols, at=now))
    fresh = fresh_quotes(quotes, engine)
    analysis = await engine.calls.call(lambda: quoted(fresh))
    instruments = await engine.calls.call(
        lambda: {name: engine.reference.instrument(name) for name in symbols}
    )
    return TakenInputs(
        read_at=agreed.read_at,
        account=account,
        quotes=fresh,
        analysis=analysis,
        instruments=instruments,
        provisional=provisional_prices(analysis),
    )


def fresh_quotes(quotes: Sequence[Quote], engine: Engine) -> tuple[Quote, ...]:
    """Return those of `quotes` that are not too old to be used."""
    oldest = timedelta(seconds=engine.policy.limits.quote_age_seconds_max)
    now = engine.clock.now()
    return tuple(quote for quote in quotes if now - quote.at <= oldest)


def provisional_prices(analysis: Analysis) -> tuple[tuple[Symbol, Decimal], ...]:
    """Return the close of each symbol's bar for the session itself, dollars, where there is one."""
    panel = analysis.panel
    if not panel.provisional:
        return ()
    row = panel.close[analysis.row]
    return tuple(
        (name, Decimal(repr(float(price))))
        for name, price in zip(panel.symbols, row, strict=True)
        if np.isfinite(price)
    )


def ask_strategies(
    strategies: Sequence[EnabledStrategy], runner: StrategyRunnerPort, analysis: Analysis
) -> dict[StrategyId, Node | StrategyOutcome]:
    """Return each strategy's tree, or what its free-form code answers to `runner`."""
    answers: dict[StrategyId, Node | StrategyOutcome] = {
        one.strategy_id: one.strategy.tree
        for one in strategies
        if isinstance(one.strategy, RuleStrategy)
    }
    code = [one for one in strategies if one.strategy_id not in answers]
    view = MarketView(analysis.panel, analysis.row, analysis.evaluator.readings)
    outcomes = runner.run_all(code, view)
    return answers | {one.strategy_id: told for one, told in zip(code, outcomes, strict=True)}
