"""What a decision of the past rests on: as it was recorded, or as it is known now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from alchemiser.application.backtest import WholePanelAnalyst
from alchemiser.application.engine import Engine
from alchemiser.application.inputs import Analysis, Comparison, analysis_of, lookbacks
from alchemiser.application.parity.prices import TradedPrices
from alchemiser.application.reading import Heard, compared
from alchemiser.domain.journal.records import InputsTaken
from alchemiser.domain.journal.source_records import Missing, SourcesCompared
from alchemiser.domain.market.bars import BarsReference
from alchemiser.domain.market.columns import panel_digest
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Hold the prices of a session by either source; the second has none of its own at the open."""

    first: tuple[Quote, ...]
    second: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Hold what one world decides on.

    Attributes:
        quotes: The first source's prices of the session.
        analysis: The market as the first source has it.
        comparison: What a second one says, or None where the first alone is decided on.
    """

    quotes: tuple[Quote, ...]
    analysis: Analysis
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Hold what a session was decided on, by its records.

    Attributes:
        taken: The first source's, and the account.
        sources: How the second compared with it, or None when none was declared.
    """

    taken: InputsTaken
    sources: SourcesCompared | None

    def quoted(self, engine: Engine) -> Quoted:
        """Return the prices of the moment of the decision, of the sources that `engine` has."""
        quotes = () if self.sources is None or engine.second is None else self.sources.quotes
        return Quoted(first=self.taken.quotes, second=quotes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Tell what sessions were decided on, by both sources where two are declared.

    Attributes:
        analyst: The market as it is known now.
        prices: What the first source says that shadows trade at.
        seconds: What the second says, or None where none is declared.
    """

    analyst: WholePanelAnalyst
    prices: TradedPrices
    seconds: TradedPrices | None

    def hears(self, day: date) -> bool:
        """Say whether the second source has a price of the session of `day` yet."""
        return self.seconds is not None and self.seconds.known(day)

    def quoted(self, engine: Engine, session: Session, account: Iterable[Symbol]) -> Quoted:
        """Return the prices of `session` as they are known now.

        Args:
            engine: At the moment of the decision.
            session: One whose prices are known.
            account: Symbols that the account holds.
        """
        names = lookbacks(engine).keys()
        at, day = engine.clock.now(), session.day
        first = self.prices.quotes(day, at)
        held = {*names, *account}
        second: tuple[Quote, ...] = ()
        seen = engine.second is not None and engine.schedule.timing.sees_session()
        if seen and self.seconds is not None and self.seconds.known(day):
            second = self.seconds.quotes(day, at)
        return Quoted(
            first=tuple(one for one in first if one.symbol in held),
            second=tuple(one for one in second if one.symbol in names),
        )

    def known_now(self, engine: Engine, session: Session, quoted: Quoted) -> Inputs:
        """Return what `session` would be decided on now.

        Raises:
            InputError: When the second source cannot be used, and the first alone must not be.
        """
        analysis = self.analyst.prepare(engine, session, ())(quoted.first)
        comparison = None
        if engine.second is not None:

            def hear() -> Heard:
                told = self.analyst.of_second().prepare(engine, session, ())(quoted.second)
                return Heard(analysis=told, quotes=quoted.second)

            comparison = compared(engine, engine.second, analysis, hear)
        return Inputs(quotes=quoted.first, analysis=analysis, comparison=comparison)

    def recorded(
        self, engine: Engine, session: Session, recorded: Recorded, quoted: Quoted
    ) -> Inputs:
        """Return what `session` is decided on with closed bars of the record and prices `quoted`.

        Where one source could not be read then, it is not asked now.

        Raises:
            InputError: When a bars store does not hold what was decided on.
            PortUnavailableError: When one cannot be read.
        """
        bars = recorded.taken.bars
        analysis = _analysed(engine, session, bars, quoted.first, self.analyst)
        second, sources = engine.second, recorded.sources
        comparison = None
        if second is not None and sources is not None and sources.missing is Missing.NONE:
            other = engine.on(second)

            def hear() -> Heard:
                quotes, now = quoted.second, self.analyst.of_second()
                told = _analysed(other, session, sources.bars, quotes or quoted.first, now)
                return Heard(analysis=told, quotes=quotes)

            comparison = compared(engine, second, analysis, hear)
        return Inputs(quotes=quoted.first, analysis=analysis, comparison=comparison)


def is_revised(engine: Engine, recorded: Recorded) -> bool:
    """Say whether a source tells closed bars otherwise now, or was missing and is not now."""
    if _differs(engine, recorded.taken.bars):
        return True
    if engine.second is None or recorded.sources is None:
        return False
    missed = recorded.sources.missing is not Missing.NONE
    return missed or _differs(engine.on(engine.second), recorded.sources.bars)


def with_sources(engine: Engine, recorded: Recorded | None) -> Engine:
    """Return `engine` with a second source only where the session was decided with one.

    One that nobody decided is decided now with all that is declared.
    """
    alone = recorded is not None and recorded.sources is None
    return replace(engine, second=None) if alone else engine


def _differs(engine: Engine, bars: BarsReference | None) -> bool:
    if bars is None:
        return False
    now = engine.market.bars(bars.symbols, through=bars.last)
    return not now.sessions or panel_digest(now) != bars.digest


def _analysed(
    engine: Engine,
    session: Session,
    bars: BarsReference | None,
    quotes: Sequence[Quote],
    now: WholePanelAnalyst,
) -> Analysis:
    """Return the market on the `bars` of the record; as it is known `now` where there were none."""
    if bars is None:
        return now.prepare(engine, session, ())(quotes)
    return analysis_of(engine, session, engine.bars_store.read(bars), quotes)
