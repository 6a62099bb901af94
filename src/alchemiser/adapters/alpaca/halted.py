"""Whether a symbol counts as halted: by what a stream has told, and by its silence."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.calendar import CalendarPort

Named = Callable[[Collection[Symbol]], Collection[Symbol]]
"""Tells of which of some symbols something is known, as far as a stream has told."""

Halted = Callable[[Symbol, datetime], bool]
"""Says whether a symbol whose last trade was at that moment, UTC, is halted."""

SILENCE_MAX: Final = timedelta(minutes=15)
"""All exchanges together: longer than a pause for volatility. An order for what is halted rests and
is cancelled; one that is refused because a fund trades seldom is a day lost."""
SILENCE_MAX_OF: Final[Mapping[str | None, timedelta]] = MappingProxyType({
    "iex": timedelta(hours=1)
})
"""By feed; one exchange hears a small part of the trades."""


def none_of(names: Collection[Symbol]) -> Collection[Symbol]:  # noqa: ARG001
    """Tell of nothing: the broker's plain answers know of no halt, only its stream does."""
    return frozenset()


class Halts:
    """Take for halted what the stream calls so, and what has not traded for long.

    A stream tells changes alone, so that a halt from before it was heard is told by nobody. In
    regular hours such a symbol shows no trades, while its quotes may go on.
    """

    def __init__(
        self,
        calendar: CalendarPort,
        tell: Callable[[str], object],
        *,
        feed: str | None = None,
        silence_max: timedelta | None = None,
        halted: Named = none_of,
        trading: Named = none_of,
    ) -> None:
        """Know of no halt yet.

        Args:
            calendar: The exchange's sessions.
            tell: Told once of each symbol that is silent, until it trades again.
            feed: The broker's name of the feed, or None for the best one.
            silence_max: How long a symbol may be without a trade in regular hours, above zero; None
                for what suits the feed.
            halted: Tells what the stream calls halted.
            trading: Tells what has traded or was released since the stream is heard: of these it
                would have told a halt, however long they are silent.
        """
        self._calendar = calendar
        self._tell = tell
        self._silence_max = silence_max or SILENCE_MAX_OF.get(feed, SILENCE_MAX)
        self._halted = halted
        self._trading = trading
        self._silent: set[Symbol] = set()

    def at(self, names: Collection[Symbol], at: datetime) -> Halted:
        """Return what judges `names` at the moment `at`, UTC."""
        halted, trading = frozenset(self._halted(names)), frozenset(self._trading(names))
        since = self._since(at)

        def judge(name: Symbol, traded_at: datetime) -> bool:
            silent = since is not None and traded_at < since and name not in trading
            self._note(name, traded_at, silent=silent and name not in halted)
            return silent or name in halted

        return judge

    def _since(self, at: datetime) -> datetime | None:
        """Return since when a trade is to be expected; None where that cannot be said yet."""
        since = at - self._silence_max
        session = self._calendar.session(at.astimezone(UTC).date())
        is_open = session is not None and session.is_open(at) and session.is_open(since)
        return since if is_open else None

    def _note(self, name: Symbol, traded_at: datetime, *, silent: bool) -> None:
        if not silent:
            self._silent.discard(name)
        elif name not in self._silent:
            self._silent.add(name)
            minutes = self._silence_max.total_seconds() / 60
            self._tell(
                f"{name} last traded at {traded_at.isoformat(timespec='seconds')}, more than "
                f"{minutes:g} minutes ago: it counts as halted until it trades again. A symbol "
                "that trades so seldom needs a larger [data] silence_seconds_max."
            )
