"""Decode pages of daily bars straight into arrays."""

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.errors import InputError

NEW_YORK: Final = ZoneInfo("America/New_York")
_LABELS_MAX: Final = 16_384
"""Time stamps whose session is remembered: every one since 1970, in winter and in summer."""


@dataclass(frozen=True, slots=True)
class BarRows:
    """Hold R bars of one symbol in the order in which they were told, nothing judged yet.

    Attributes:
        days: Session labels as proleptic Gregorian ordinals, shape (R,).
        numbers: float64 (R,) under `open, high, low, close, volume`; NaN where nothing was told.
    """

    days: NDArray[np.int64]
    numbers: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class BarsPage:
    """Hold one page: rows by the symbol as the broker writes it, and where the next one begins."""

    rows: Mapping[str, BarRows]
    next_token: str | None


class _Bar(msgspec.Struct, gc=False):
    t: str
    o: float | None = None
    h: float | None = None
    l: float | None = None  # noqa: E741 - the broker's key
    c: float | None = None
    v: float | None = None


class _Page(msgspec.Struct):
    bars: dict[str, list[_Bar] | None] | None
    next_page_token: str | None = None
    currency: str | None = None


_DECODER: Final = msgspec.json.Decoder(_Page)


def decode_bars(body: bytes) -> BarsPage:
    """Return what a page of `/v2/stocks/bars` tells.

    Numbers that JSON or a float cannot hold make the page take a slower way and become NaN or
    infinite, so that the data gate blocks the one symbol they belong to.

    Raises:
        InputError: When it is no such page, a bar is not stamped midnight in New York, or prices
            are not in dollars.
    """
    try:
        page = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        page = _decoded_with_patience(body)
    if page.currency not in {None, "", "USD"}:
        msg = f"the bars are in {page.currency}: only dollars can be traded; correct the account."
        raise InputError(msg)
    told = {name: bars for name, bars in (page.bars or {}).items() if bars}
    return BarsPage(rows=_rows(told), next_token=page.next_page_token or None)


def _rows(told: Mapping[str, Sequence[_Bar]]) -> dict[str, BarRows]:
    """Return the bars of each symbol as views of columns that are made for all at once."""
    bars = list(chain.from_iterable(told.values()))
    columns = {
        "open": _floats([bar.o for bar in bars]),
        "high": _floats([bar.h for bar in bars]),
        "low": _floats([bar.l for bar in bars]),
        "close": _floats([bar.c for bar in bars]),
        "volume": _floats([bar.v for bar in bars]),
    }
    rows: dict[str, BarRows] = {}
    start, stamps, days = 0, list[str](), np.zeros(0, dtype=np.int64)
    for name, own in told.items():
        end = start + len(own)
        before, stamps = stamps, [bar.t for bar in own]
        if stamps != before:  # most symbols trade on the same days
            days = np.array([_label(stamp) for stamp in stamps], dtype=np.int64)
        rows[name] = BarRows(days, {key: column[start:end] for key, column in columns.items()})
        start = end
    return rows


def _floats(values: list[float | None]) -> Floats:
    """Return `values` as an array; null is NaN."""
    try:
        return np.frombuffer(struct.pack(f"{len(values)}d", *values))  # a third of the time
    except struct.error:
        return np.array(values, dtype=np.float64)


@lru_cache(maxsize=_LABELS_MAX)
def _label(stamp: str) -> int:
    """Return the ordinal of the session whose daily bar is stamped so.

    Raises:
        InputError: When it is not midnight in New York.
    """
    try:
        told = datetime.fromisoformat(stamp)
        local = None if told.tzinfo is None else told.astimezone(NEW_YORK)
    except (ValueError, OverflowError):
        local = None
    if local is None or local.time() != time():
        msg = (
            f"a daily bar is stamped {stamp[:40]!r}, which is not midnight in New York: the "
            "source serves other bars than daily ones."
        )
        raise InputError(msg)
    return local.toordinal()


def _decoded_with_patience(body: bytes) -> _Page:
    """Return a page that holds numbers outside JSON or outside float64.

    Raises:
        InputError: When it is no page at all.
    """
    try:
        told = json.loads(body)
        bars = {
            str(name): [_bar(row) for row in rows or ()]
            for name, rows in (told["bars"] or {}).items()
        }
        token = told.get("next_page_token")
        return _Page(bars=dict(bars), next_page_token=token and str(token))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        msg = (
            f"the answer to a question for bars is no page of bars ({type(error).__name__}): "
            "correct the data address."
        )
        raise InputError(msg) from error


def _bar(row: Mapping[str, object]) -> _Bar:
    number: Callable[[str], float] = lambda key: _number(row.get(key))  # noqa: E731
    return _Bar(
        t=str(row["t"]), o=number("o"), h=number("h"), l=number("l"), c=number("c"), v=number("v")
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
