"""A panel of bars as named arrays, and its fingerprint."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats

COLUMNS: Final = ("close", "open", "high", "low", "volume", "raw_close")
"""The arrays of a panel that hold what the source said, in the order in which they are stored."""


def panel_columns(panel: BarPanel) -> dict[str, Floats]:
    """Return the arrays that `panel` has, by name, in the order of `COLUMNS`."""
    every = {name: getattr(panel, name) for name in COLUMNS}
    return {name: array for name, array in every.items() if array is not None}


def panel_from_columns(
    *,
    sessions: tuple[date, ...],
    symbols: tuple[Symbol, ...],
    columns: Mapping[str, Floats],
    provisional: bool = False,
) -> BarPanel:
    """Return the panel with these arrays, by the names of `COLUMNS`; `close` must be one of them.

    Raises:
        InvalidValueError: When a name is not one of `COLUMNS`, or `close` is missing.
    """
    if not {"close"} <= columns.keys() <= set(COLUMNS):
        msg = f"a panel is made of {', '.join(COLUMNS)}, not of {', '.join(columns)}."
        raise InvalidValueError(msg)
    return BarPanel(
        sessions=sessions,
        symbols=symbols,
        close=columns["close"],
        open=columns.get("open"),
        high=columns.get("high"),
        low=columns.get("low"),
        volume=columns.get("volume"),
        raw_close=columns.get("raw_close"),
        provisional=provisional,
    )


def from_first_bar(panel: BarPanel) -> BarPanel:
    """Return `panel` from the first session on in which one of its symbols has a bar."""
    held = np.flatnonzero(~np.isnan(panel.close).all(axis=1)) if panel.symbols else np.arange(0)
    if not len(held) or held[0] == 0:
        return panel
    return panel_from_columns(
        sessions=panel.sessions[held[0] :],
        symbols=panel.symbols,
        columns={name: array[held[0] :] for name, array in panel_columns(panel).items()},
    )


def canonical(array: Floats) -> Floats:
    """Return `array` as little-endian float64 in which every NaN has the same bits, C order."""
    return np.where(np.isnan(array), np.nan, array).astype("<f8", order="C", copy=False)


def panel_digest(panel: BarPanel) -> str:
    """Return the SHA-256 of what the source said, 64 hexadecimal digits.

    Covers sessions, symbols, the names and bits of the arrays and the provisional mark; not
    `blocked`, which is our own judgement of the same content. Every NaN counts as the same.
    """
    columns = panel_columns(panel)
    head = (
        " ".join(day.isoformat() for day in panel.sessions),
        " ".join(panel.symbols),
        " ".join(columns),
        str(panel.provisional),
    )
    digest = hashlib.sha256("\n".join(head).encode("ascii"))
    for array in columns.values():
        digest.update(canonical(array).tobytes())
    return digest.hexdigest()
