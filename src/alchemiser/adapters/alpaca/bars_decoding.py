"""Decode pages of daily bars straight into arrays."""

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import msgspec
import numpy as np

from alchemiser.adapters.alpaca.bars_rows import BarRows, rows_by_symbol
from alchemiser.adapters.alpaca.bars_text import read_text
from alchemiser.adapters.alpaca.decimals import UnusualTextError
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.errors import InputError


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


class _Envelope(msgspec.Struct):
    bars: msgspec.Raw
    next_page_token: str | None = None
    currency: str | None = None


class _Page(msgspec.Struct):
    bars: dict[str, list[_Bar] | None] | None
    next_page_token: str | None = None
    currency: str | None = None


_Told = tuple[_Envelope | _Page, dict[str, BarRows]]
_LONG: Final = 1 << 17
"""Bytes from which on it pays to look at a page as a whole: a tenth of a full one."""

_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
_DECODER: Final = msgspec.json.Decoder(_Page)


def decode_bars(body: bytes) -> BarsPage:
    """Return what a page of `/v2/stocks/bars` tells.

    Numbers that JSON or a float cannot hold make the page take a slower way and become NaN or
    infinite, so that the data gate blocks the one symbol they belong to.

    Raises:
        InputError: When it is no such page, a bar is not stamped midnight in New York, or prices
            are not in dollars.
    """
    page, rows = _usual(body) if len(body) > _LONG else _any(body)
    if page.currency not in {None, "", "USD"}:
        msg = f"the bars are in {page.currency}: only dollars can be traded; correct the account."
        raise InputError(msg)
    return BarsPage(rows=rows, next_token=page.next_page_token or None)


def _usual(body: bytes) -> _Told:
    """Return a page by its text, where that is as usual; InputError as `decode_bars`."""
    try:
        page = _ENVELOPE.decode(body)
        return page, read_text(memoryview(page.bars))
    except (msgspec.MsgspecError, UnicodeDecodeError, UnusualTextError):
        return _any(body)


def _any(body: bytes) -> _Told:
    """Return a page whatever its rows look like; InputError as `decode_bars`."""
    try:
        page = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        page = _decoded_with_patience(body)
    return page, _rows({name: bars for name, bars in (page.bars or {}).items() if bars})


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
    stamps = {name: [bar.t for bar in own] for name, own in told.items()}
    return rows_by_symbol(stamps, columns)


def _floats(values: list[float | None]) -> Floats:
    """Return `values` as an array; null is NaN."""
    try:
        return np.frombuffer(struct.pack(f"{len(values)}d", *values))  # a third of the time
    except struct.error:
        return np.array(values, dtype=np.float64)


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
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return float("nan")
    try:
        return float(value)
    except ValueError:
        return float("nan")
    except OverflowError:
        return float("inf") if float(str(value)) > 0 else float("-inf")
