"""Write bars as files that the readers give back bit for bit."""

import csv
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from alchemiser.adapters.files.series import SUFFIXES, Series, load
from alchemiser.adapters.files.table import FIELDS, SESSION, SYMBOL
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.errors import InputError, PortUnavailableError

Table = tuple[Sequence[str], Sequence[Sequence[object]]]
"""The names of columns and the columns."""

KINDS: Final = frozenset(one.removeprefix(".") for one in SUFFIXES)


def convert(path: Path, target: Path, kind: str, calendar: CalendarPort) -> tuple[int, int]:
    """Write the bars at `path` to `target` and return how many symbols and rows they are.

    Args:
        path: A folder or file of bars.
        target: A file that ends with `.csv` or `.parquet`, for all symbols in one table, or
            else a folder, for one file a symbol; made, and not to exist before.
        kind: `csv` or `parquet`; what the files of a folder are.
        calendar: The exchange's sessions.

    Raises:
        InputError: When the source breaks its contract or the target exists.
        PortUnavailableError: When the target cannot be written.
    """
    series = load(path, calendar)
    if target.exists():
        msg = f"{target} exists already: name a new file or folder."
        raise InputError(msg)
    try:
        if target.suffix.lower() not in SUFFIXES:
            target.parent.mkdir(parents=True, exist_ok=True)
        with _draft(target) as draft:
            _write_all(draft, series, kind)
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror}): make room, or name another place."
        raise PortUnavailableError(msg) from error
    return len(series), sum(len(one.days) for one in series.values())


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """Yield a place that becomes `target` when all is well: half of it would be read as if whole.

    What was written there is deleted when all is not.
    """
    draft = target.with_name(f".{os.getpid()}-{target.name}")
    try:
        yield draft
        draft.rename(target)
    finally:
        if draft.is_dir():
            shutil.rmtree(draft)
        draft.unlink(missing_ok=True)


def _write_all(place: Path, series: Mapping[Symbol, Series], kind: str) -> None:
    if place.suffix.lower() in SUFFIXES:
        _write(place, _table(series))
        return
    place.mkdir()
    for name, one in series.items():
        _write(place / f"{name}.{kind}", _table({name: one}, named=False))


def _table(series: Mapping[Symbol, Series], *, named: bool = True) -> Table:
    """Return all rows of `series`, with a column of symbols when `named`."""
    held = {key for one in series.values() for key in one.numbers}
    keys = [key for key in FIELDS if key in held]
    symbols = [name for name, one in series.items() for _ in one.days]
    sessions = [
        date.fromordinal(day).isoformat() for one in series.values() for day in one.days.tolist()
    ]
    numbers = [
        np.concatenate([
            one.numbers.get(key, np.full(len(one.days), np.nan)) for one in series.values()
        ]).tolist()
        for key in keys
    ]
    first: list[Sequence[object]] = [symbols, sessions] if named else [sessions]
    return ([SYMBOL, SESSION] if named else [SESSION]) + keys, [*first, *numbers]


def _write(target: Path, table: Table) -> None:
    if target.suffix.lower() == ".csv":
        with target.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(_lines(table))
        return
    try:
        from alchemiser.adapters.files.parquet import write_parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = f"{target} wants pyarrow: install the extra alchemiser[parquet], or write CSV."
        raise InputError(msg) from error
    write_parquet(target, dict(zip(*table, strict=True)))


def _lines(table: Table) -> Iterator[Sequence[object]]:
    names, columns = table
    yield names
    for row in zip(*columns, strict=True):
        # A NaN is an empty field; repr gives the shortest text that reads back as the same float.
        yield ["" if value != value else _text(value) for value in row]  # noqa: PLR0124


def _text(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)
