"""A local copy of a source's bars that never forgets what they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol


@runtime_checkable
class HistoryPort(Protocol):
    """A source that serves any part of its history."""

    def source(self) -> str:
        """Return what its series are made of, such as feed and adjustments."""

    def history(self, symbols: Sequence[Symbol], *, first: date, last: date) -> BarPanel:
        """Return bars of `symbols` in every session from `first`, or the source's own, to `last`.

        Raises:
            InputError: When the source breaks its contract.
            PortUnavailableError: When the source cannot be reached.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Tell that bars which had been seen were seen otherwise later.

    Attributes:
        symbol: The ticker.
        source: What the series is made of.
        seen_at: When the change was first seen, UTC.
        first: The first session that changed.
        last: The last one.
        bars: How many changed.
        largest: The largest change of a close, relative; infinite when one came or went.
    """

    symbol: Symbol
    source: str
    seen_at: datetime
    first: date
    last: date
    bars: int
    largest: float


class SeriesStorePort(Protocol):
    """Keep every bar as first seen, and every later revision beside it."""

    def coverage(self, source: str) -> Mapping[Symbol, tuple[date, date]]:
        """Return from which session to which day each symbol of `source` was asked for.

        A day that was not over at the exchange when it was asked for does not count: its bar may
        still change.
        """

    def keep(self, panel: BarPanel, *, source: str, seen_at: datetime) -> Mapping[Symbol, int]:
        """Store what is new or revised in `panel`; return how many kept bars each symbol revised.

        Durable when it returns. Storing the same panel again adds nothing.

        Raises:
            PortUnavailableError: When the store cannot be written.
        """

    def read(self, symbols: Sequence[Symbol], *, source: str, sessions: Sequence[date]) -> BarPanel:
        """Return the bars of `symbols` as seen last, NaN where none was."""

    def sources(self) -> Mapping[Symbol, tuple[str, ...]]:
        """Return the sources that each symbol was kept from, sorted."""

    def revisions(self) -> tuple[Revision, ...]:
        """Return every revision, oldest first."""
