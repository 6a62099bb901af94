"""The bars that a strategy's process holds: its own copy, which only ever grows.

A row reaches the process when a decision may see it and not before, so that there is no later row
to be found in it by any means, not even below an array that was shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.adapters.plugin_loader.processes.frames import Head
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol

Array = NDArray[Any]

COLUMNS: Final = ("close", "open", "high", "low", "volume", "raw_close", "blocked")
ROOM_MIN: Final = 256
"""Rows of room made at first; it doubles whenever it is used up."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """Hold the bars of some symbols as one decision may see them; `panel` ends with its row."""

    panel: BarPanel
    symbols: tuple[Symbol, ...]

    @classmethod
    def of(cls, panel: BarPanel, names: Sequence[Symbol]) -> "Shipment":
        """Return what of `panel` a strategy may see that declares `names`."""
        return cls(panel, tuple(name for name in sorted(names) if panel.column(name) is not None))

    def follows(self, earlier: "Shipment") -> bool:
        """Say whether who has seen `earlier` has seen nothing that lies after this."""
        return self.panel.sessions[-1] >= earlier.panel.sessions[-1]

    def after(self, earlier: "Shipment | None") -> tuple[Head, bytes]:
        """Return head and body of what is new since `earlier`, or of everything."""
        keep = 0 if earlier is None else self._in_common(earlier)
        columns = _columns(self.panel)
        head: Head = {
            "keep": keep,
            "sessions": [day.toordinal() for day in self.panel.sessions[keep:]],
            "columns": [(name, array.dtype.str) for name, array in columns.items()],
            "provisional": self.panel.provisional,
        }
        if not keep:
            head["symbols"] = self.symbols
        return head, b"".join(array[keep:, self.picked()].tobytes() for array in columns.values())

    def _in_common(self, earlier: "Shipment") -> int:
        """Return how many rows at the beginning are the same in both."""
        ours, theirs = _columns(self.panel), _columns(earlier.panel)
        rows = min(len(self.panel.sessions), len(earlier.panel.sessions))
        if (
            self.symbols != earlier.symbols
            or ours.keys() != theirs.keys()
            or self.panel.sessions[:rows] != earlier.panel.sessions[:rows]
        ):
            return 0
        if all(_is_one_memory(ours[name], theirs[name]) for name in ours):
            return rows
        pick, their_pick = self.picked(), earlier.picked()
        return min(
            _equal_rows(ours[name][:rows, pick], theirs[name][:rows, their_pick]) for name in ours
        )

    def picked(self) -> list[int]:
        """Return the columns of its symbols in the panel."""
        columns = (self.panel.column(name) for name in self.symbols)
        return [column for column in columns if column is not None]


class OwnBars:
    """Hold the bars that arrived so far, and prove that nobody changed them.

    What was shown once is never written again, so that a strategy which keeps an array keeps what
    it saw: rows are added behind it, and anything else takes new memory.
    """

    def __init__(self) -> None:
        self._symbols: tuple[Symbol, ...] = ()
        self._sessions: tuple[date, ...] = ()
        self._provisional = False
        self._shown: dict[str, Array] = {}
        self._proof: dict[str, Array] = {}

    def take(self, head: Head, body: bytes) -> None:
        """Add what a shipment brought."""
        keep, new = head["keep"], [date.fromordinal(day) for day in head["sessions"]]
        if not keep:
            self._symbols = tuple(Symbol(name) for name in head["symbols"])
            self._shown, self._proof = {}, {}
        for name, rows in unpacked(head, body, (len(new), len(self._symbols))).items():
            for store in (self._shown, self._proof):
                store[name] = self._longer(store.get(name), keep, rows)
        self._sessions = (*self._sessions[:keep], *new)
        self._provisional = head["provisional"]

    def panel(self) -> BarPanel:
        """Return what the strategy may see: all that is here."""
        count = len(self._sessions)
        arrays = {name: array[:count] for name, array in self._shown.items()}
        return BarPanel(
            sessions=self._sessions,
            symbols=self._symbols,
            provisional=self._provisional,
            **arrays,
        )

    def is_intact(self) -> bool:
        """Say whether the bars are still those that arrived, to the bit."""
        count = len(self._sessions)
        return all(
            self._shown[name][:count].tobytes() == proof[:count].tobytes()
            for name, proof in self._proof.items()
        )

    def _longer(self, array: Array | None, keep: int, rows: Array) -> Array:
        held, count = len(self._sessions), keep + len(rows)
        if array is None or keep < held or count > len(array):
            room = max(ROOM_MIN, count if array is None else 2 * count)
            blank = np.full((room, rows.shape[1]), _blank(rows.dtype), rows.dtype)
            if array is not None:
                blank[:keep] = array[:keep]
            array = blank
        array.flags.writeable = True
        array[keep:count] = rows
        array.flags.writeable = False
        return array


def unpacked(head: Head, body: bytes, shape: tuple[int, int]) -> dict[str, Array]:
    """Return the columns that a message of `shape` (sessions, symbols) brought, read-only."""
    found, start = {}, 0
    for name, kind in head["columns"]:
        dtype = np.dtype(kind)
        end = start + shape[0] * shape[1] * dtype.itemsize
        found[name] = np.frombuffer(body[start:end], dtype).reshape(shape)
        start = end
    return found


def _columns(panel: BarPanel) -> dict[str, Array]:
    found = ((name, getattr(panel, name)) for name in COLUMNS)
    return {name: array for name, array in found if array is not None}


def _blank(dtype: np.dtype[Any]) -> object:
    return np.nan if dtype.kind == "f" else 0


def _is_one_memory(ours: Array, theirs: Array) -> bool:
    """Say whether both begin at one place of the same read-only memory."""
    return (
        ours.base is not None
        and ours.base is theirs.base
        and ours.strides == theirs.strides
        and ours.__array_interface__["data"][0] == theirs.__array_interface__["data"][0]
    )


def _equal_rows(ours: Array, theirs: Array) -> int:
    """Return the number of equal rows at the beginning; NaN is equal to NaN."""
    unequal = (ours != theirs) & ((ours == ours) | (theirs == theirs))  # noqa: PLR0124 - NaN
    differing = np.flatnonzero(unequal.any(axis=1))
    return int(differing[0]) if len(differing) else len(ours)
