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


def read_csv(path: Path, *, many_symbols: bool) -> RawTable:
    """Return the rows of `path`; UTF-8, comma, a header line; an empty number is NaN.

    Raises:
        InputError: When the file cannot be read, a line has another number of fields than the
            header, a column is missing or a number is not one.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header, *lines = list(csv.reader(file, strict=True)) or [[]]
    except OSError as error:
        msg = f"{path} cannot be opened ({error.strerror}): correct the file or its rights."
        raise InputError(msg) from error
    except (csv.Error, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read as CSV ({error}): write it as UTF-8 with commas."
        raise InputError(msg) from error
    names = chosen_columns(path, header, many_symbols=many_symbols)
    rows = [line for line in lines if line]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            msg = (
                f"{path}, row {number}, has {len(row)} fields and the header {len(header)}: "
                "mend that row."
            )
            raise InputError(msg)
    fields = {name: [row[column] for row in rows] for column, name in enumerate(header)}
    return RawTable(
        sessions=_encoded(fields[SESSION]),
        symbols=_encoded(fields[SYMBOL]) if many_symbols else None,
        numbers={name: _numbers(path, name, fields[name]) for name in FIELDS if name in names},
    )


def _encoded(texts: Sequence[str]) -> Texts:
    places: dict[str, int] = {}
    codes = [places.setdefault(text, len(places)) for text in texts]
    return Texts(tuple(places), np.array(codes, dtype=np.intp))


def _numbers(path: Path, name: str, texts: Sequence[str]) -> Floats:
    try:
        return _parsed(texts)
    except ValueError as error:
        row = next(row for row, text in enumerate(texts, start=2) if not _is_number(text))
        msg = (
            f"{path}, row {row}, has {texts[row - 2]!r} in the column {name}: write a number, or "
            "nothing where there is no bar."
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
