"""A source's bars as they were seen, in a SQLite file that only grows."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from alchemiser.adapters.bars_store.opening import opened
from alchemiser.adapters.bars_store.segments import (
    Segment,
    differences,
    ordinals,
    overlay,
    pack_days,
    pack_values,
    unpack_days,
    unpack_values,
)
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import COLUMNS, panel_columns, panel_from_columns
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.series_store import Revision

_NEW_YORK: Final = ZoneInfo("America/New_York")
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS pulled (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    symbols TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS seen (
    number INTEGER PRIMARY KEY,
    pulled INTEGER NOT NULL REFERENCES pulled,
    first_day INTEGER NOT NULL,
    days BLOB NOT NULL,
    symbols TEXT NOT NULL,
    columns TEXT NOT NULL,
    bars BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS revised (
    pulled INTEGER NOT NULL REFERENCES pulled,
    symbol TEXT NOT NULL,
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    bars INTEGER NOT NULL,
    largest REAL NOT NULL
);
CREATE TRIGGER IF NOT EXISTS pulled_is_final BEFORE UPDATE ON pulled
    BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;
CREATE TRIGGER IF NOT EXISTS pulled_stays BEFORE DELETE ON pulled
    BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;
CREATE TRIGGER IF NOT EXISTS seen_is_final BEFORE UPDATE ON seen
    BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;
CREATE TRIGGER IF NOT EXISTS seen_stays BEFORE DELETE ON seen
    BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;
CREATE TRIGGER IF NOT EXISTS revised_is_final BEFORE UPDATE ON revised
    BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;
CREATE TRIGGER IF NOT EXISTS revised_stays BEFORE DELETE ON revised
    BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;
"""


@dataclass(frozen=True, slots=True)
class _Change:
    """Tell what a panel changed in one symbol's kept bars; days are ordinals."""

    symbol: Symbol
    first: int
    last: int
    bars: int
    largest: float


class SqliteSeriesStore:
    """Keep bars in the file at `path`, one transaction a panel.

    Each call opens and closes the file, so that it works from any thread and leaves no lock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def coverage(self, source: str) -> Mapping[Symbol, tuple[date, date]]:
        """Return from which session to which day each symbol of `source` was asked for.

        A day that was not over in New York when it was asked for does not count.
        """
        with opened(self._path, _SCHEMA) as connection:
            spans = _spans(connection, source)
        return {
            name: (date.fromordinal(first), date.fromordinal(last))
            for name, (first, last) in spans.items()
        }

    def keep(self, panel: BarPanel, *, source: str, seen_at: datetime) -> Mapping[Symbol, int]:
        """Store what is new or revised; return how many kept bars each symbol revised."""
        if not (panel.sessions and panel.symbols):
            return {}
        seen = Segment(ordinals(panel.sessions), panel.symbols, panel_columns(panel))
        with opened(self._path, _SCHEMA) as connection:
            connection.execute("BEGIN IMMEDIATE")
            known = overlay(
                _segments(connection, source, int(seen.days[0]), int(seen.days[-1])),
                days=seen.days,
                symbols=seen.symbols,
                names=seen.columns,
            )
            changes, fresh = list(_changes(seen, known)), list(differences(seen, known))
            if not fresh and _is_covered(_spans(connection, source), seen, seen_at):
                return {}
            number = _note(connection, source, seen_at, seen)
            for segment in fresh:
                connection.execute(
                    "INSERT INTO seen (pulled, first_day, days, symbols, columns, bars)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (number, *_axes(segment), pack_values(segment)),
                )
            connection.executemany(
                "INSERT INTO revised VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (number, one.symbol, one.first, one.last, one.bars, one.largest)
                    for one in changes
                ],
            )
            connection.execute("COMMIT")
        return {one.symbol: one.bars for one in changes}

    def read(self, symbols: Sequence[Symbol], *, source: str, sessions: Sequence[date]) -> BarPanel:
        """Return the bars of `symbols` as seen last, NaN where none was."""
        names = tuple(sorted(set(symbols)))
        if not (names and sessions):
            empty = np.full((len(sessions), len(names)), np.nan)
            return panel_from_columns(
                sessions=tuple(sessions), symbols=names, columns={"close": empty}
            )
        days = ordinals(sessions)
        with opened(self._path, _SCHEMA) as connection:
            segments = list(_segments(connection, source, int(days[0]), int(days[-1])))
        held = {name for segment in segments for name in segment.columns} | {"close"}
        columns = overlay(
            segments,
            days=days,
            symbols=names,
            names=[name for name in COLUMNS if name in held],
        )
        return panel_from_columns(sessions=tuple(sessions), symbols=names, columns=columns)

    def sources(self) -> Mapping[Symbol, tuple[str, ...]]:
        """Return the sources that each symbol was kept from, sorted."""
        found: dict[Symbol, set[str]] = {}
        with opened(self._path, _SCHEMA) as connection:
            for source, names in connection.execute("SELECT source, symbols FROM pulled"):
                for name in json.loads(names):
                    found.setdefault(Symbol(name), set()).add(source)
        return {name: tuple(sorted(found[name])) for name in sorted(found)}

    def revisions(self) -> tuple[Revision, ...]:
        """Return every revision, oldest first."""
        with opened(self._path, _SCHEMA) as connection:
            rows = connection.execute(
                "SELECT symbol, source, seen_at, revised.first_day, revised.last_day, bars, largest"
                " FROM revised JOIN pulled ON pulled.number = revised.pulled"
                " ORDER BY pulled.number, symbol"
            ).fetchall()
        return tuple(
            Revision(
                symbol=Symbol(name),
                source=source,
                seen_at=datetime.fromisoformat(seen_at),
                first=date.fromordinal(first),
                last=date.fromordinal(last),
                bars=bars,
                largest=largest,
            )
            for name, source, seen_at, first, last, bars, largest in rows
        )


def _spans(connection: sqlite3.Connection, source: str) -> dict[Symbol, tuple[int, int]]:
    """Return from which day to which, as ordinals, each symbol was asked for after they ended."""
    spans: dict[Symbol, tuple[int, int]] = {}
    asked = "SELECT first_day, last_day, symbols, seen_at FROM pulled WHERE source = ?"
    for first, last, names, seen_at in connection.execute(asked, (source,)):
        until = _final(last, datetime.fromisoformat(seen_at))
        for name in map(Symbol, json.loads(names)):
            before = spans.get(name, (first, until))
            spans[name] = min(before[0], first), max(before[1], until)
    return spans


def _final(day: int, seen_at: datetime) -> int:
    """Return `day`, or the last day that was over at the exchange at `seen_at`, as an ordinal.

    Until then its bar may change: the day's last trades are told late.
    """
    return min(day, seen_at.astimezone(_NEW_YORK).toordinal() - 1)


def _is_covered(spans: Mapping[Symbol, tuple[int, int]], seen: Segment, seen_at: datetime) -> bool:
    first, last = int(seen.days[0]), _final(int(seen.days[-1]), seen_at)
    return all(
        name in spans and spans[name][0] <= first and last <= spans[name][1]
        for name in seen.symbols
    )


def _note(connection: sqlite3.Connection, source: str, seen_at: datetime, seen: Segment) -> int:
    """Write down what was asked for, once, and return its number."""
    asked = (source, int(seen.days[0]), int(seen.days[-1]), json.dumps(seen.symbols))
    number = connection.execute(
        "INSERT INTO pulled (source, seen_at, first_day, last_day, symbols) VALUES (?, ?, ?, ?, ?)",
        (asked[0], seen_at.isoformat(), *asked[1:]),
    ).lastrowid
    return int(number or 0)


def _changes(seen: Segment, known: Mapping[str, Floats]) -> Iterator[_Change]:
    """Yield what `seen` changes in the bars that were known; a first sight is no change."""
    had = np.logical_or.reduce([~np.isnan(array) for array in known.values()])
    other = np.zeros(had.shape, dtype=np.bool_)
    for name, array in seen.columns.items():
        other |= ~((array == known[name]) | (np.isnan(array) & np.isnan(known[name])))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        moved = np.abs(seen.columns["close"] / known["close"] - 1)
    moved = np.where(np.isnan(seen.columns["close"]) != np.isnan(known["close"]), np.inf, moved)
    for column, name in enumerate(seen.symbols):
        rows = np.flatnonzero(had[:, column] & other[:, column])
        if len(rows):
            yield _Change(
                symbol=name,
                first=int(seen.days[rows[0]]),
                last=int(seen.days[rows[-1]]),
                bars=len(rows),
                largest=float(np.max(np.nan_to_num(moved[rows, column], posinf=np.inf))),
            )


def _axes(segment: Segment) -> tuple[int, bytes, str, str]:
    return (
        int(segment.days[0]),
        pack_days(segment.days),
        json.dumps(segment.symbols),
        json.dumps(list(segment.columns)),
    )


def _segments(
    connection: sqlite3.Connection, source: str, first_day: int, last_day: int
) -> Iterator[Segment]:
    """Yield what was seen of the days from `first_day` to `last_day`, in the order of seeing."""
    rows = connection.execute(
        "SELECT seen.first_day, days, seen.symbols, columns, bars FROM seen"
        " JOIN pulled ON pulled.number = seen.pulled WHERE source = ?"
        # Eight days a byte: what ends before the first day is not even read.
        " AND seen.first_day <= ? AND seen.first_day + 8 * length(days) > ? ORDER BY seen.number",
        (source, last_day, first_day),
    )
    for first, bitmap, names, columns, blob in rows:
        days = unpack_days(first, bitmap)
        symbols = tuple(Symbol(name) for name in json.loads(names))
        values = unpack_values(blob, json.loads(columns), (len(days), len(symbols)))
        yield Segment(days, symbols, values)
