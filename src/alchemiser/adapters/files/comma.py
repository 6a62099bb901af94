"""Read one CSV file."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from alchemiser.adapters.files.table import (
    FIELDS,
    SESSION,
    SYMBOL,
    RawTable,
    Texts,
    chosen_columns,
)
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.errors import InputError

_NAN: Final = float("nan")
_OTHER_MARKS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_csv(path: Path, *, many_symbols: bool) -> RawTable:
    """Return the rows of `path`; UTF-8, comma, a header line; an empty number is NaN.

    Lines without anything are passed over, and so are blanks around names and before fields.

    Raises:
        InputError: When the file cannot be read, a line has another number of fields than the
            header, a column is missing or a number is not one.
    """
    lines = _lines(path)
    filled = [number for number, line in enumerate(lines, start=1) if _is_filled(line)]
    header = [name.strip() for name in lines[filled[0] - 1]] if filled else []
    _require_header(path, header)
    names = chosen_columns(path, header, many_symbols=many_symbols)
    numbers, rows = filled[1:], [lines[number - 1] for number in filled[1:]]
    for number, row in zip(numbers, rows, strict=True):
        if len(row) != len(header):
            msg = (
                f"{path}, row {number}, has {len(row)} fields and the header {len(header)}: "
                "mend that row."
            )
            raise InputError(msg)
    fields = {name: [row[column] for row in rows] for column, name in enumerate(header)}
    return RawTable(
        sessions=_encoded(fields[SESSION]),
        symbols=_encoded(fields[SYMBOL]) if SYMBOL in names else None,
        numbers={
            name: _numbers(path, name, fields[name], numbers) for name in FIELDS if name in names
        },
    )


def _lines(path: Path) -> list[list[str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return list(csv.reader(file, strict=True, skipinitialspace=True))
    except OSError as error:
        msg = f"{path} cannot be opened ({error.strerror}): correct the file or its rights."
        raise InputError(msg) from error
    except (csv.Error, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read as CSV ({error}): write it as UTF-8 with commas."
        raise InputError(msg) from error


def _is_filled(line: list[str]) -> bool:
    return len(line) > 1 or bool(line and line[0].strip())


def _require_header(path: Path, header: Sequence[str]) -> None:
    if not header:
        msg = f"{path} is empty: fill it or delete it."
        raise InputError(msg)
    mark = next((mark for mark in _OTHER_MARKS if len(header) == 1 and mark in header[0]), None)
    if mark is not None:
        msg = (
            f"{path} parts its fields by {_OTHER_MARKS[mark]}: write commas, and points in numbers."
        )
        raise InputError(msg)


def _encoded(texts: Sequence[str]) -> Texts:
    places: dict[str, int] = {}
    codes = [places.setdefault(text, len(places)) for text in texts]
    return Texts(tuple(places), np.array(codes, dtype=np.intp))


def _numbers(path: Path, name: str, texts: Sequence[str], rows: Sequence[int]) -> Floats:
    try:
        return _parsed(texts)
    except ValueError as error:
        place = next(place for place, text in enumerate(texts) if not _is_number(text))
        msg = (
            f"{path}, row {rows[place]}, has {texts[place]!r} in the column {name}: write a "
            "number, or nothing where there is no bar."
        )
        raise InputError(msg) from error


def _parsed(texts: Sequence[str]) -> Floats:
    written = "".join(texts)
    if "_" in written or not written.isascii():
        # Python would read 1_000 and the digits of every script.
        msg = "a number is written in plain digits."
        raise ValueError(msg)
    return np.array([float(text) if text else _NAN for text in texts])


def _is_number(text: str) -> bool:
    try:
        _parsed([text])
    except ValueError:
        return False
    return True
