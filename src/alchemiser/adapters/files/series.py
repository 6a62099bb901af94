"""The whole source, judged against its contract and sorted by symbol and session."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.adapters.files.comma import read_csv
from alchemiser.adapters.files.table import RAW_CLOSE, RawTable, Texts
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.errors import InputError

Days = NDArray[np.int64]
"""Session labels as proleptic Gregorian ordinals."""

SUFFIXES: Final = frozenset({".csv", ".parquet"})
"""The kinds of files that hold bars."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Series:
    """Hold the R bars of one symbol.

    Attributes:
        days: Session labels, shape (R,), ascending, each once.
        numbers: float64 (R,) by column name; prices as the source has them, bad ones included.
    """

    days: Days
    numbers: Mapping[str, Floats]


def load(path: Path, calendar: CalendarPort) -> dict[Symbol, Series]:
    """Return every symbol of the folder or file at `path`.

    Raises:
        InputError: When anything but a price breaks the contract of bars on disk.
    """
    days = SessionLabels(calendar)
    try:
        if path.is_dir():
            return _folder(path, days)
        found = path.exists()
    except OSError as error:
        msg = f"{path} cannot be opened ({error.strerror}): correct the data path or its rights."
        raise InputError(msg) from error
    if not found:
        msg = f"{path} does not exist: put the bars there or correct the data path."
        raise InputError(msg)
    return dict(_split(path, read_table(path, many_symbols=True), days))


def _folder(path: Path, days: "SessionLabels") -> dict[Symbol, Series]:
    series: dict[Symbol, Series] = {}
    for file in sorted(path.iterdir()):
        if file.suffix.lower() not in SUFFIXES or file.name.startswith("."):
            continue
        name = _named(file)
        if name in series:
            msg = f"{path} holds {name} in more than one file: keep one of them."
            raise InputError(msg)
        series |= _split(file, read_table(file, many_symbols=False), days)
    if not series:
        msg = f"{path} holds no SYMBOL.csv and no SYMBOL.parquet: put the bars there."
        raise InputError(msg)
    _require_one_basis(path, series)
    return series


def _named(file: Path) -> Symbol:
    try:
        return symbol(file.stem)
    except InvalidValueError as error:
        msg = (
            f"{file} is not named after a ticker symbol, as SPY.csv or BRK.B.csv are: rename it, "
            "or take it out of the folder."
        )
        raise InputError(msg) from error


class SessionLabels(dict[str, int]):
    """Turn each label into the ordinal of its session once, however many rows carry it."""

    def __init__(self, calendar: CalendarPort) -> None:
        """Ask `calendar` for the sessions."""
        super().__init__()
        self._calendar = calendar

    def ordinals(self, path: Path, texts: Texts) -> Days:
        """Return the ordinals that `texts` label; InputError when one labels no session."""
        of_value = np.zeros(len(texts.values), dtype=np.int64)
        for place in texts.used():
            label = texts.values[place]
            if label not in self:
                self[label] = self._session(path, label).toordinal()
            of_value[place] = self[label]
        return of_value[texts.codes]

    def _session(self, path: Path, label: str) -> date:
        try:
            day = date.fromisoformat(label) if _DAY.fullmatch(label) else None
        except ValueError:
            day = None
        if day is None:
            msg = f"{path} has the session {label!r}, which is not a date: write YYYY-MM-DD."
            raise InputError(msg)
        try:
            found = self._calendar.session(day)
        except InputError as error:
            what, _, _ = str(error).rpartition(":")
            msg = f"{path}: {what}: delete the rows that do."
            raise InputError(msg) from error
        if found is None:
            msg = (
                f"{path} has the session {day}, on which the exchange was closed: delete its rows "
                "or correct the date."
            )
            raise InputError(msg)
        return day


def read_table(path: Path, *, many_symbols: bool) -> RawTable:
    """Return the rows of one file.

    Raises:
        InputError: When it is no table of bars, has no rows, or in a file of one symbol names
            another one than the file does.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        msg = f"{path} is neither .csv nor .parquet: name a file of these kinds, or a folder."
        raise InputError(msg)
    if suffix == ".csv":
        table = read_csv(path, many_symbols=many_symbols)
    else:
        try:
            from alchemiser.adapters.files.parquet import read_parquet  # noqa: PLC0415 - an extra
        except ImportError as error:
            msg = (
                f"{path} is a Parquet file and pyarrow is not installed: install the extra "
                "alchemiser[parquet], or convert the file to CSV."
            )
            raise InputError(msg) from error
        table = read_parquet(path, many_symbols=many_symbols)
    if not len(table.sessions.codes):
        msg = f"{path} has a header but no rows: fill it or delete it."
        raise InputError(msg)
    if not many_symbols and table.symbols is not None:
        own = _named(path)
        other = next((name for name in tickers(path, table.symbols)[0] if name != own), None)
        if other is not None:
            msg = f"{path} has rows of {other}: name it after its symbol, or move them elsewhere."
            raise InputError(msg)
    return table


def _split(path: Path, table: RawTable, labels: SessionLabels) -> Iterator[tuple[Symbol, Series]]:
    texts = table.symbols or Texts((path.stem,), np.zeros(len(table.sessions.codes), dtype=np.intp))
    names, groups = tickers(path, texts)
    days = labels.ordinals(path, table.sessions)
    order = np.lexsort((days, groups))
    days, groups = days[order], groups[order]
    again = np.flatnonzero((np.diff(days) == 0) & (np.diff(groups) == 0))
    if len(again):
        name, day = names[groups[again[0]]], date.fromordinal(int(days[again[0]]))
        msg = f"{path} has {name} on {day} more than once: keep one of these rows."
        raise InputError(msg)
    edges = np.searchsorted(groups, np.arange(len(names) + 1))
    for name, start, end in zip(names, edges, edges[1:], strict=False):
        numbers = {column: array[order[start:end]] for column, array in table.numbers.items()}
        yield name, Series(days[start:end], numbers)


def tickers(path: Path, texts: Texts) -> tuple[list[Symbol], NDArray[np.intp]]:
    """Return the symbols in `texts`, sorted, and which of them each text is.

    Raises:
        InputError: When a text is no ticker.
    """
    ticker_of = {place: _ticker(path, texts.values[place]) for place in texts.used()}
    names = sorted(set(ticker_of.values()))
    group_of = np.zeros(len(texts.values), dtype=np.intp)
    for place, name in ticker_of.items():
        group_of[place] = names.index(name)
    return names, group_of[texts.codes]


def _ticker(path: Path, text: str) -> Symbol:
    try:
        return symbol(text)
    except InvalidValueError as error:
        msg = f"{path}: {error}"
        raise InputError(msg) from error


def _require_one_basis(path: Path, series: Mapping[Symbol, Series]) -> None:
    raw = {name: RAW_CLOSE in one.numbers for name, one in series.items()}
    if len(set(raw.values())) > 1:
        with_raw = next(name for name, has in raw.items() if has)
        without = next(name for name, has in raw.items() if not has)
        msg = (
            f"{path} has the column {RAW_CLOSE} for {with_raw} and not for {without}: give it to "
            "all symbols or to none."
        )
        raise InputError(msg)
