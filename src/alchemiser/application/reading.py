"""Inputs from one source, or from two that are compared before anything is decided."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from alchemiser.application.agreement import Agreement, agree
from alchemiser.application.engine import Engine
from alchemiser.application.inputs import (
    Analysis,
    Analyst,
    Comparison,
    TakenInputs,
    fresh_quotes,
    lookbacks,
    provisional_prices,
    take_inputs,
)
from alchemiser.application.second_source import SecondSource
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.source_records import Missing, SourcesCompared
from alchemiser.domain.market.comparison import Difference, differences
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.session import Session
from alchemiser.ports.errors import InputError, PortError
from alchemiser.ports.notifier import Alert, Severity

ALONE_MAX: Final = 2
"""Sessions in a row with one source alone after which it is no passing trouble any more."""
NAMED_MAX: Final = 8
"""Differences that one alert names; the journal has them all."""


async def read_inputs(
    engine: Engine, state: EngineState, session: Session, analyst: Analyst
) -> tuple[Agreement, TakenInputs]:
    """Read the account and everything else that the decision of `session` rests on.

    Raises:
        PortError: When something cannot be read, and no other source may stand in for it.
    """
    second = engine.second
    if second is None:
        agreed = await agree(engine, state, session.day)
        return agreed, await take_inputs(engine, session, analyst, agreed)
    second.leading.begin()
    agreed = await agree(engine, state, session.day)
    failure = second.leading.failure
    taken = await take_inputs(engine, session, analyst, agreed)
    if second.leading.failure != failure:
        # Quotes may still be of the first source: all that a decision rests on is read from one.
        taken = await take_inputs(engine, session, analyst, agreed)
    comparison = await engine.calls.call(lambda: _compare(engine, second, session, analyst, taken))
    return agreed, replace(taken, comparison=comparison)


def source_alerts(state: EngineState, session: Session, taken: TakenInputs) -> Iterator[Alert]:
    """Yield what the owner should hear of the sources of `taken`.

    `state` holds the records of earlier sessions, which tell how long a source has been missing.
    """
    if taken.comparison is None:
        return
    record = taken.comparison.record
    if record.missing is not Missing.NONE:
        before = _alone_before(state, session, record.missing)
        row = f", for {before + 1} sessions in a row" if before else ""
        text = (
            f"the {record.missing} data source cannot be read{row}, so that the other alone is "
            f"decided on: {record.reason}"
        )
        lasting = before >= ALONE_MAX
        severity = Severity.CRITICAL if lasting else Severity.WARNING
        yield Alert(severity=severity, code="source_missing", text=text)
    if record.differences:
        told = "; ".join(one.sentence() for one in record.differences[:NAMED_MAX])
        more = len(record.differences) - NAMED_MAX
        rest = f"; and {more} more symbols" if more > 0 else ""
        text = f"the data sources differ, and a strategy trades only where both agree: {told}{rest}"
        yield Alert(severity=Severity.WARNING, code="sources_differ", text=text)


def _alone_before(state: EngineState, session: Session, missing: Missing) -> int:
    """Return in how many sessions in a row before `session` the same source was missing."""
    cycles = (state.cycles[day] for day in sorted(state.cycles, reverse=True) if day < session.day)
    compared = (cycle.sources for cycle in cycles if cycle.sources is not None)
    return sum(1 for _ in takewhile(lambda record: record.missing is missing, compared))


def _compare(
    engine: Engine, second: SecondSource, session: Session, analyst: Analyst, taken: TakenInputs
) -> Comparison:
    """Return what the second source says, and where it differs from what was `taken`.

    Raises:
        InputError: When it cannot be read, and the first alone is not to be decided on.
    """
    if second.leading.failure:
        return Comparison(record=_record(second, Missing.FIRST, second.leading.failure))
    other = engine.on(second)

    def hear() -> Heard:
        quotes = _own_quotes(other)
        quoted = analyst.of_second().prepare(other, session, tuple(lookbacks(engine)))
        return Heard(analysis=quoted(quotes or taken.quotes), quotes=quotes)

    return compared(engine, second, taken.analysis, hear)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Hold what a second source tells of a session: the market, and its own quotes if any."""

    analysis: Analysis
    quotes: tuple[Quote, ...]


def compared(
    engine: Engine, second: SecondSource, first: Analysis, hear: Callable[[], Heard]
) -> Comparison:
    """Return what the second source says, and where it differs from the `first`.

    Args:
        engine: Whose strategies ask.
        second: The second source.
        first: The market as the first has it.
        hear: Asks the second; its PortError says that it cannot be read.

    Raises:
        InputError: When it cannot be read, and the first alone is not to be decided on.
    """
    try:
        heard = hear()
        found = _differences(engine, second, first, heard.analysis)
    except PortError as error:
        if second.policy.first_alone:
            return Comparison(record=_record(second, Missing.SECOND, str(error)))
        msg = f"the second data source cannot be used: {error}"
        raise InputError(msg) from error
    record = replace(
        _record(second, Missing.NONE),
        bars=heard.analysis.bars,
        provisional=provisional_prices(heard.analysis),
        quotes=heard.quotes,
        differences=found,
    )
    return Comparison(record=record, second=heard.analysis)


def _record(second: SecondSource, missing: Missing, reason: str = "") -> SourcesCompared:
    return SourcesCompared(
        first=second.first,
        second=second.facts,
        missing=missing,
        reason=reason,
        bars=None,
        provisional=(),
        quotes=(),
        tolerance=second.policy.tolerance,
        weight_tolerance=second.policy.weight_tolerance,
        differences=(),
    )


def _own_quotes(engine: Engine) -> tuple[Quote, ...]:
    """Return the source's own prices of the session; one of closed bars alone has none."""
    if not engine.schedule.timing.sees_session():
        return ()
    now = engine.clock.now()
    return fresh_quotes(engine.market.quotes(tuple(lookbacks(engine)), at=now), engine)


def _differences(
    engine: Engine, second: SecondSource, first: Analysis, other: Analysis
) -> tuple[Difference, ...]:
    tolerance = second.policy.tolerance
    try:
        return differences(first.panel, other.panel, first.row, lookbacks(engine), tolerance)
    except InvalidValueError as error:
        raise InputError(str(error)) from error
