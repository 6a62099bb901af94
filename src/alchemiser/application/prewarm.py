"""Bring everything that the next session's decision reads to this machine before it is decided."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from alchemiser.application.engine import Engine
from alchemiser.application.inputs import lookbacks
from alchemiser.application.ledger import Ledger
from alchemiser.application.strategies import as_changed
from alchemiser.domain.market.gate import Finding, assess
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.session import Session
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.errors import InputError

_CLOSURE_MAX: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prewarmed:
    """Tell what is ready for the next decision.

    Attributes:
        session: The session that is decided next.
        through: The last session whose bars that decision reads.
        symbols: What the strategies that are asked declare, sorted.
        sessions: Sessions from the first bar to the last.
        problems: What the data gate finds in what is read, as of the last bar.
    """

    session: date
    through: date
    symbols: tuple[Symbol, ...]
    sessions: int
    problems: tuple[Finding, ...]

    @property
    def blocked(self) -> tuple[Symbol, ...]:
        """The symbols that a decision could not read, sorted."""
        return tuple(one.symbol for one in self.problems if one.blocks)


def prewarm(engine: Engine) -> Prewarmed:
    """Ask for the bars of exactly the symbols that the next decision reads, as it will ask itself.

    Nothing is recorded in the journal. Where the market keeps what it is asked for, the decision
    then asks its source for no history.

    Raises:
        InputError: When the source breaks its contract, or the calendar ends.
        PortUnavailableError: When source, store or journal cannot be reached.
    """
    before, coming = _around(engine.calendar, engine.clock.now())
    needed = lookbacks(as_changed(engine, Ledger(engine.journal).state))
    panel = engine.market.bars(tuple(needed), through=before.day)
    return Prewarmed(
        session=coming.day,
        through=before.day,
        symbols=tuple(needed),
        sessions=len(panel.sessions),
        problems=assess(panel, needed).findings,
    )


def _around(calendar: CalendarPort, now: datetime) -> tuple[Session, Session]:
    """Return the last session that has closed, and the first that has not.

    Raises:
        InputError: When the calendar has no such session.
    """
    near = calendar.sessions(now.date() - _CLOSURE_MAX, now.date() + _CLOSURE_MAX)
    over = [one for one in near if one.close_at <= now]
    coming = [one for one in near if one.close_at > now]
    if not (over and coming):
        msg = f"the exchange calendar has no sessions around {now.date()}: install a newer release."
        raise InputError(msg)
    return over[-1], coming[0]
