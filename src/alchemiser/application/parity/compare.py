"""Live against backtest: the decisions of the journal, each compared with its shadow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from alchemiser.application.admission import check_account
from alchemiser.application.backtest import WholePanelAnalyst
from alchemiser.application.engine import Engine, Mode
from alchemiser.application.inputs import lookbacks
from alchemiser.application.ledger import Ledger
from alchemiser.application.parity.days import Days
from alchemiser.application.parity.prices import TradedPrices
from alchemiser.application.parity.report import (
    BASIS_POINTS,
    DayLine,
    ParityReport,
    SignalDifference,
)
from alchemiser.application.parity.shadow import Shadow
from alchemiser.application.parity.signals import recorded_answers, signal_differences
from alchemiser.application.parity.sources import Sources
from alchemiser.application.parity.watching import Moment, Observer
from alchemiser.domain.books.history import Entry
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.statistics.drift import drift
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.ports.errors import InputError
from alchemiser.ports.notifier import Alert, Severity

NAMED_MAX: Final = 8
"""Differences that one alert names; the report has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParitySetup:
    """Hold what a comparison needs.

    Attributes:
        engine: With the journal, the bars store and the source as they are; it never trades.
        venue: What trading costs in the shadow.
        last: The last session that has closed: prices are known up to it.
        alpha: The chance of a false alarm of drift.
    """

    engine: Engine
    venue: VenueSettings
    last: date
    alpha: float


def parity(setup: ParitySetup, first: date | None, last: date | None) -> ParityReport:
    """Compare every decision from `first` to `last` with its shadow; all there are by default.

    Raises:
        SettingsError: When no decision is on record in this time, or the journal is of another
            simulated account.
        InputError: When journal, bars store or source break their contract, or a price is missing.
        PortUnavailableError: When one of them cannot be reached.
    """
    state = Ledger(setup.engine.journal).state
    if setup.engine.mode is Mode.SIMULATED:  # any other broker would have to be asked
        check_account(state, setup.engine.broker.account_id())
    start, end = _span(state, first, last)
    shadow = _shadow(setup, state)
    observer = Observer(shadow, start, end)
    entries = Ledger(setup.engine.journal, observer).state.entries
    days = tuple(_days(observer, shadow.prices, entries, (start, end)))
    asked = [one for one in observer.moments if start <= one.session.day <= end]
    _check_led(setup.engine)
    told = {day.session for day in days}
    returns = [float(day.points(day.live - day.shadow) / BASIS_POINTS) for day in days]
    return ParityReport(
        first=start,
        last=end,
        days=days,
        open=tuple(one.session.day for one in asked if one.session.day not in told),
        compared=sum(map(_compared, asked)),
        latest=max((one.session.day for one in asked if _compared(one)), default=None),
        differing=tuple(_differing(setup.engine, asked)),
        drift=drift(returns, setup.alpha),
    )


def parity_alerts(report: ParityReport) -> Iterable[Alert]:
    """Yield what the owner should hear of each day: of the latest session, and of drift.

    The latest decision that could be compared, and the latest day whose gain is known; what was
    wrong before was told before.
    """
    latest = [one for one in report.differing if one.session == report.latest]
    if latest:
        told = "; ".join(one.sentence() for one in latest[:NAMED_MAX])
        more = len(latest) - NAMED_MAX
        rest = f"; and {more} more" if more > 0 else ""
        text = f"live signals differ from their shadow's: {told}{rest}"
        yield Alert(severity=Severity.WARNING, code="signals_differ", text=text)
    for day in report.days[-1:]:
        if not day.residual:
            continue
        text = (
            f"{day.session}: {day.residual:f} dollars of the difference to the shadow are "
            "explained by nothing: run `alchemiser reconcile`."
        )
        yield Alert(severity=Severity.CRITICAL, code="parity_residual", text=text)
    if report.drift.drifts:
        text = (
            f"live drifts away from its shadow: {report.drift.mean * 1e4:+.2f} basis points a "
            f"session over {report.drift.days} sessions, which chance alone would not do."
        )
        yield Alert(severity=Severity.WARNING, code="parity_drift", text=text)


def _span(state: EngineState, first: date | None, last: date | None) -> tuple[date, date]:
    """Return the first and last session to compare.

    Raises:
        SettingsError: When no decision is on record between them.
    """
    decided = sorted(day for day, cycle in state.cycles.items() if cycle.taken is not None)
    if not decided:
        msg = "nothing has been decided yet: trade a session with `alchemiser run`."
        raise SettingsError(msg)
    start, end = first or decided[0], last or decided[-1]
    if first is not None and last is not None and first > last:
        msg = f"--from {start} lies after --to {end}: swap them."
        raise SettingsError(msg)
    if not any(start <= day <= end for day in decided):
        asked = [f"from {first}" if first else "", f"to {last}" if last else ""]
        msg = (
            f"nothing was decided {' '.join(filter(None, asked))}: the journal has decisions from "
            f"{decided[0]} to {decided[-1]}."
        )
        raise SettingsError(msg)
    return start, end


def _shadow(setup: ParitySetup, state: EngineState) -> Shadow:
    engine = setup.engine
    taken = (cycle.taken for cycle in state.cycles.values() if cycle.taken is not None)
    told: set[Symbol] = {row.symbol for one in taken for row in one.account.positions}
    posted = {one.posting.symbol for one in state.entries if one.posting.symbol is not None}
    plans = (cycle.plan for cycle in state.cycles.values() if cycle.plan is not None)
    planned = {order.symbol for plan in plans for order in plan.orders}
    names = lookbacks(engine).keys()
    second = engine.second
    return Shadow(
        engine=engine,
        sources=Sources(
            analyst=WholePanelAnalyst(engine, setup.last),
            prices=TradedPrices(engine, names | told | posted | planned, setup.last),
            seconds=None if second is None else TradedPrices(engine.on(second), names, setup.last),
        ),
        venue=setup.venue,
    )


def _check_led(engine: Engine) -> None:
    """Prove that everything was read from the first source.

    Raises:
        InputError: When the second stood in for it.
    """
    failure = "" if engine.second is None else engine.second.leading.failure
    if failure:
        msg = f"the past needs its first source: {failure}"
        raise InputError(msg)


def _days(
    observer: Observer,
    prices: TradedPrices,
    entries: Sequence[Entry],
    span: tuple[date, date],
) -> Iterable[DayLine]:
    """Yield the days of `span` whose prices are known to the next decision, oldest first."""
    days, (first, last) = Days(prices, entries, observer.exchanges), span
    for moment, following in pairwise(observer.moments):
        known = prices.known(moment.session.day) and prices.known(following.session.day)
        if moment.chain is not None and known and first <= moment.session.day <= last:
            yield days.day(moment, moment.chain, following)


def _compared(moment: Moment) -> int:
    cycle = moment.cycle
    if cycle is None or not cycle.answers or moment.chain is None:
        return 0
    return len({*recorded_answers(cycle), *moment.chain.shadow.answers})


def _differing(engine: Engine, moments: Iterable[Moment]) -> Iterable[SignalDifference]:
    for one in moments:
        if one.chain is not None and one.cycle is not None and one.cycle.answers:
            yield from signal_differences(one.cycle, one.chain, engine.identity, engine.strategies)
