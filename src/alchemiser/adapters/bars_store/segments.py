"""How bars are cut into blobs: a segment holds some sessions of some symbols, all columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.market.columns import canonical
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats

Days = NDArray[np.int64]
"""Session labels as proleptic Gregorian ordinals, ascending, shape (T,)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Hold what was first seen or revised together.

    Attributes:
        days: T session labels; gaps are allowed.
        symbols: N tickers.
        columns: By name, float64 (T, N), NaN where the source has no bar.
    """

    days: Days
    symbols: tuple[Symbol, ...]
    columns: Mapping[str, Floats]


def ordinals(days: Sequence[date]) -> Days:
    """Return ascending dates as ordinals."""
    return np.fromiter((day.toordinal() for day in days), dtype=np.int64, count=len(days))


def pack_days(days: Days) -> bytes:
    """Return days as a bitmap of the calendar days from the first to the last."""
    bitmap = np.zeros(days[-1] - days[0] + 1, dtype=np.bool_)
    bitmap[days - days[0]] = True
    return np.packbits(bitmap).tobytes()


def unpack_days(first: int, bitmap: bytes) -> Days:
    """Return the days that `pack_days` packed, the first of them given."""
    return first + np.flatnonzero(np.unpackbits(np.frombuffer(bitmap, dtype=np.uint8)))


def pack_values(segment: Segment) -> bytes:
    """Return the columns one after the other, each row by row, little-endian float64."""
    return b"".join(canonical(array).tobytes() for array in segment.columns.values())


def unpack_values(blob: bytes, names: Sequence[str], shape: tuple[int, int]) -> dict[str, Floats]:
    """Return the columns `names` of `shape` (sessions, symbols) that `pack_values` packed.

    A blob of another size is a ValueError.
    """
    values = np.frombuffer(blob, dtype="<f8").reshape((len(names), *shape))
    return dict(zip(names, values, strict=True))


def overlay(
    segments: Iterable[Segment], *, days: Days, symbols: Sequence[Symbol], names: Iterable[str]
) -> dict[str, Floats]:
    """Return the columns `names` (T, N) on the given axes; a later segment hides an earlier one.

    What no segment holds is NaN. The arrays are read-only.
    """
    column_of = {name: column for column, name in enumerate(symbols)}
    known = {name: np.full((len(days), len(symbols)), np.nan) for name in names}
    for segment in segments:
        rows, held = _rows(days, segment.days)
        pairs = [(column_of[s], i) for i, s in enumerate(segment.symbols) if s in column_of]
        if not (pairs and len(rows)):
            continue
        columns, held_columns = np.array(pairs).T
        for name in known.keys() & segment.columns.keys():
            values = segment.columns[name][held][:, held_columns]
            known[name][np.ix_(rows, columns)] = values
    for array in known.values():
        array.flags.writeable = False  # so that a panel takes it as it is
    return known


def differences(seen: Segment, known: Mapping[str, Floats]) -> Iterator[Segment]:
    """Yield segments with every bar of `seen` that differs from `known` in any bit.

    Symbols that differ in the same sessions share a segment. NaN equals NaN.
    """
    changed = np.zeros((len(seen.days), len(seen.symbols)), dtype=np.bool_)
    for name, array in seen.columns.items():
        changed |= canonical(array).view(np.int64) != canonical(known[name]).view(np.int64)
    together: dict[bytes, list[int]] = {}
    for column in np.flatnonzero(changed.any(axis=0)):
        together.setdefault(changed[:, column].tobytes(), []).append(int(column))
    for members in together.values():
        columns = np.array(members)
        rows = np.flatnonzero(changed[:, columns[0]])
        yield Segment(
            days=seen.days[rows],
            symbols=tuple(seen.symbols[column] for column in columns),
            columns={name: array[np.ix_(rows, columns)] for name, array in seen.columns.items()},
        )


def _rows(days: Days, wanted: Days) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the rows of those `wanted` that are in `days`, and which those are."""
    rows = np.searchsorted(days, wanted)
    found = days[np.minimum(rows, len(days) - 1)] == wanted
    return rows[found], found
