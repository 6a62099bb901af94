"""Bring a local copy of a source's bars up to date, with as little asking as will do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import from_first_bar, panel_columns, panel_from_columns
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.market_data import MarketDataPort
from alchemiser.ports.series_store import HistoryPort, SeriesStorePort

READ_AGAIN: Final = 5
"""Kept sessions that are asked for again: an action since then has changed the adjusted prices of
each of them, and late prints those of some."""


_NEAR: Final = timedelta(days=30)
"""Calendar days that hold more than `READ_AGAIN` sessions, whatever is closed in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """Tell what a pull brought.

    Attributes:
        source: What the series are made of.
        symbols: What was asked for, sorted.
        sessions: Sessions from the first kept bar to the last.
        new: Bars that were not known before.
        revised: Kept bars that were told otherwise than before, by symbol.
        again: Symbols whose whole history was asked for again, because it had changed.
    """

    source: str
    symbols: tuple[Symbol, ...]
    sessions: int
    new: int
    revised: Mapping[Symbol, int]
    again: tuple[Symbol, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Tell what came of asking a source: see `Pulled`; and whether it was asked at all."""

    revised: Mapping[Symbol, int]
    again: tuple[Symbol, ...]
    asked: bool


@dataclass(frozen=True, slots=True)
class Puller:
    """Keep the bars of one source in one store.

    Attributes:
        origin: Where bars come from.
        store: Where they are kept.
        calendar: The exchange's sessions.
        first: The first day of interest.
    """

    origin: HistoryPort
    store: SeriesStorePort
    calendar: CalendarPort
    first: date

    def pull(
        self,
        symbols: Sequence[Symbol],
        *,
        through: date,
        seen_at: datetime,
        whole: bool = False,
    ) -> Pulled:
        """Ask for what is missing of `symbols` up to `through`, and keep it.

        Nothing is asked for when nothing is missing. A symbol whose last kept sessions are told
        otherwise than they were is asked for from its beginning.

        Args:
            symbols: What to bring up to date.
            through: The last session.
            seen_at: The present moment, UTC.
            whole: Ask for everything again.

        Raises:
            InputError: When the source breaks its contract.
            PortUnavailableError: When the source or the store cannot be reached.
        """
        names = tuple(sorted(set(symbols)))
        before = self._bars(names, through)
        brought = self.bring(names, through=through, seen_at=seen_at, whole=whole)
        after = self._bars(names, through) if brought.asked else before
        return Pulled(
            source=self.origin.source(),
            symbols=names,
            sessions=_sessions(after),
            new=_count(after) - _count(before),
            revised=brought.revised,
            again=brought.again,
        )

    def bring(
        self,
        symbols: Sequence[Symbol],
        *,
        through: date,
        seen_at: datetime,
        whole: bool = False,
    ) -> Brought:
        """Do what `pull` does, without counting.

        A symbol that had prices until a few sessions before `through` and none since is asked for
        again: its source may have been late, or wrong. The errors are those of `pull`.
        """
        names = tuple(sorted(set(symbols)))
        covered = {} if whole else self._covered(names, through)
        begin = [name for name in names if name not in covered]
        revised: dict[Symbol, int] = {}
        kept = {covered[name] for name in names if name in covered}
        behind = sorted(last for last in kept if last < through)
        for last in behind:
            part = [name for name in names if covered.get(name) == last]
            begin += self._extend(part, last, through, seen_at, revised)
        if begin:
            panel = self.origin.history(sorted(begin), first=self.first, last=through)
            self._keep(panel, seen_at, revised)
        return Brought(
            revised=dict(sorted(revised.items())),
            again=tuple(sorted(set(begin) & covered.keys())),
            asked=bool(begin or behind),
        )

    def panel(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return what is kept of `symbols`, from the first session that one of them has."""
        return from_first_bar(self._bars(symbols, through))

    def _covered(self, names: Sequence[Symbol], through: date) -> dict[Symbol, date]:
        """Return through which day nothing has to be asked for, by symbol that was asked for."""
        source = self.origin.source()
        covered = {name: span[1] for name, span in self.store.coverage(source).items()}
        done = [name for name in names if covered.get(name, date.min) >= through]
        recent = self._last_sessions(through, READ_AGAIN + 1)
        known = self.store.read(done, source=source, sessions=recent)
        for name, column in zip(known.symbols, _usable(known).T, strict=True):
            rows = np.flatnonzero(column)
            if len(rows) and rows[-1] + 1 < len(recent):
                covered[name] = recent[rows[-1]]
        return covered

    def _extend(
        self,
        names: Sequence[Symbol],
        last: date,
        through: date,
        seen_at: datetime,
        revised: dict[Symbol, int],
    ) -> list[Symbol]:
        """Keep the sessions after `last`, and return whose history has changed before it."""
        kept = self._last_sessions(last, READ_AGAIN)
        told = self.origin.history(names, first=kept[0] if kept else self.first, last=through)
        known = self.store.read(names, source=self.origin.source(), sessions=kept)
        changed = [name for name in names if _differs(told, known, name)]
        self._keep(told, seen_at, revised)
        return changed

    def _keep(self, panel: BarPanel, seen_at: datetime, revised: dict[Symbol, int]) -> None:
        found = self.store.keep(panel, source=self.origin.source(), seen_at=seen_at)
        for name, bars in found.items():
            revised[name] = revised.get(name, 0) + bars

    def _bars(self, names: Sequence[Symbol], through: date) -> BarPanel:
        source = self.origin.source()
        spans = self.store.coverage(source)
        first = min((spans[name][0] for name in names if name in spans), default=self.first)
        sessions = [one.day for one in self.calendar.sessions(first, through)]
        return self.store.read(names, source=source, sessions=sessions)

    def _last_sessions(self, through: date, count: int) -> list[date]:
        """Return the last `count` sessions up to `through`, fewer where the calendar begins."""
        near = self.calendar.sessions(max(self.first, through - _NEAR), through)
        return [one.day for one in near][-count:]


def _differs(told: BarPanel, known: BarPanel, name: Symbol) -> bool:
    """Say whether what was known of `name` is told otherwise."""
    column, place = told.column(name), known.column(name)
    rows = len(known.sessions)
    if column is None or place is None or not rows:
        return False
    before, now = panel_columns(known), panel_columns(told)
    return any(
        not np.array_equal(now[field][:rows, column], array[:, place], equal_nan=True)
        for field, array in before.items()
        if field in now
    )


def _usable(panel: BarPanel) -> NDArray[np.bool_]:
    """Return where there is a price on every basis, shape (T, N)."""
    bases = [basis for basis in (panel.close, panel.raw_close) if basis is not None]
    usable: NDArray[np.bool_] = np.logical_and.reduce([
        np.isfinite(basis) & (basis > 0) for basis in bases
    ])
    return usable


def _count(panel: BarPanel) -> int:
    return int(np.count_nonzero(~np.isnan(panel.close)))


def _sessions(panel: BarPanel) -> int:
    return len(from_first_bar(panel).sessions) if _count(panel) else 0


class WholeSource:
    """Serve any part of the history of a source that only serves all of it at once."""

    def __init__(self, market: MarketDataPort, name: str) -> None:
        """Cut what `market` serves; `name` says what its series are made of."""
        self._market = market
        self._name = name

    def source(self) -> str:
        """Return what the series are made of."""
        return self._name

    def history(self, symbols: Sequence[Symbol], *, first: date, last: date) -> BarPanel:
        """Return bars of `symbols` in every session from `first`, or the source's own, to `last`.

        The errors are those of the source.
        """
        panel = self._market.bars(symbols, through=last)
        row = next((row for row, day in enumerate(panel.sessions) if day >= first), None)
        if row is None:
            row = len(panel.sessions)
        return panel_from_columns(
            sessions=panel.sessions[row:],
            symbols=panel.symbols,
            columns={name: array[row:] for name, array in panel_columns(panel).items()},
        )
