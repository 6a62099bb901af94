"""Read and write Parquet files; import this only where one is wanted: pyarrow is an extra."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute as pc
from pyarrow import parquet as pq

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

Column: TypeAlias = Any
"""A pyarrow.ChunkedArray; pyarrow ships no types."""


def read_parquet(path: Path, *, many_symbols: bool) -> RawTable:
    """Return the rows of `path`.

    Raises:
        InputError: When the file cannot be read, or a column is missing or has the wrong type.
    """
    try:
        with pq.ParquetFile(path) as file:
            names = chosen_columns(path, file.schema_arrow.names, many_symbols=many_symbols)
            table = file.read(columns=names)
        return RawTable(
            sessions=_sessions(path, table.column(SESSION)),
            symbols=_texts(path, SYMBOL, table.column(SYMBOL)) if SYMBOL in names else None,
            numbers={
                name: _numbers(path, name, table.column(name)) for name in FIELDS if name in names
            },
        )
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = str(error).partition("\n")[0]
        msg = f"{path} cannot be read as Parquet ({reason}): write the file again."
        raise InputError(msg) from error


def _numbers(path: Path, name: str, column: Column) -> Floats:
    kind = column.type
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)):
        msg = f"{path} has {kind} in the column {name}: write numbers."
        raise InputError(msg)
    known = column.cast(pa.float64(), safe=False)
    if known.null_count:
        known = pc.fill_null(known, float("nan"))
    numbers: Floats = _array(known.combine_chunks())
    return numbers


def _array(column: Column) -> NDArray[Any]:
    """Return an array without nulls as numpy has it; `to_numpy` would import pandas for it."""
    return np.from_dlpack(column)


def _sessions(path: Path, column: Column) -> Texts:
    if pa.types.is_date(column.type):
        days, codes = _encoded(path, SESSION, column.cast(pa.date32()))
        return Texts([day.isoformat() for day in days], codes)
    if pa.types.is_timestamp(column.type):
        local = column if column.type.tz is None else pc.local_timestamp(column)
        moments, codes = _encoded(path, SESSION, local.cast(pa.timestamp("us"), safe=False))
        return Texts([_label(moment) for moment in moments], codes)
    return _texts(path, SESSION, column)


def _label(moment: datetime) -> str:
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat(sep=" ")


def _texts(path: Path, name: str, column: Column) -> Texts:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        msg = f"{path} has {kind} in the column {name}: write text, a session as YYYY-MM-DD."
        raise InputError(msg)
    return Texts(*_encoded(path, name, column.cast(pa.large_string())))


def _encoded(path: Path, name: str, column: Column) -> tuple[Sequence[Any], NDArray[np.intp]]:
    if column.null_count:
        msg = f"{path} has {column.null_count} rows with no {name}: fill them in or delete them."
        raise InputError(msg)
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.dictionary.to_pylist(), _array(encoded.indices).astype(np.intp)


def write_parquet(path: Path, columns: Mapping[str, Sequence[object]]) -> None:
    """Write `columns` as a new file; a NaN stays one.

    Raises:
        OSError: When there is no room, or no right to write.
    """
    pq.write_table(pa.table(dict(columns)), path, compression="zstd")
