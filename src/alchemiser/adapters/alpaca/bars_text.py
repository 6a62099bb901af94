"""Read bars from the text of a page whose rows are all written in the broker's usual way.

Such a row is `{"c":1,"h":1,"l":1,"n":1,"o":1,"t":"…","v":1,"vw":1}`, without a space. Where one is
not, nothing is read at all, and the page has to be decoded in a way that takes any row.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np

from alchemiser.adapters.alpaca.bars_rows import BarRows, rows_by_symbol
from alchemiser.adapters.alpaca.decimals import WORD, Places, UnusualTextError, Words, decimals

_OPENINGS: Final = (b'{"c":', b'"h":', b'"l":', b'"n":', b'"o":', b'"t":"', b'"v":', b'"vw":')
_COLUMNS: Final[Mapping[int, str]] = {0: "close", 1: "high", 2: "low", 4: "open", 6: "volume"}
"""What is read, by its place in a row."""
_UNREAD: Final = (3, 7)
_STAMP, _LAST = 5, 7
_SERIES: Final = re.compile(rb'(?:^\{|\],)"([A-Za-z0-9./-]{1,32})":\[(?=\{"c":)')
_SERIES_MAX: Final = 64
"""Bytes within which a series has begun: its name and the signs round it."""
_COMMA: Final = ord(",")
_QUOTE, _ZERO = np.uint64(ord('"')), np.uint64(ord("0"))
_BYTE, _LAST_BYTE, _DIGITS = np.uint64(0xFF), np.uint64(56), np.uint64(10)
_AT_ONCE: Final = 1 << 17


@dataclass(frozen=True, slots=True)
class _Fields:
    """Hold R rows of eight fields.

    Attributes:
        text: What they stand in.
        ends: Where each ends, which is the place of a comma or the end, int64 (8, R).
    """

    text: memoryview
    ends: Places

    def starts(self, place: int) -> Places:
        """Return where the values of a field start, which is not the first of a row."""
        starts: Places = self.ends[place - 1] + (1 + len(_OPENINGS[place]))
        return starts

    def around(self, place: int, rows: slice = slice(None)) -> tuple[Words, Words]:
        """Return the eight bytes before and the eight from the ends of a field."""
        pairs = np.ndarray((len(self.text) - 2 * WORD + 1,), "V16", self.text, strides=(1,))
        words = pairs[self.ends[place, rows] - WORD].view("<u8").reshape(-1, 2)
        return words[:, 0], words[:, 1]

    def before(self, place: int) -> Words:
        """Return the eight bytes before the last eight of a field."""
        every = np.ndarray((len(self.text) - WORD + 1,), "<u8", self.text, strides=(1,))
        words: Words = every[self.ends[place] - 2 * WORD]
        return words


def read_text(text: memoryview) -> dict[str, BarRows]:
    """Return the bars in `text` by symbol.

    Args:
        text: A valid JSON value: of an object, a list of rows by symbol.

    Raises:
        UnusualTextError: When anything is written in another way.
        InputError: When a bar is not stamped midnight in New York.
    """
    ends = _ends(text)
    rows, rest = divmod(len(ends), len(_OPENINGS))
    if rest:
        raise UnusualTextError
    fields = _Fields(text, ends.reshape(rows, len(_OPENINGS)).T)
    firsts, starts = _firsts(fields)
    columns = {}
    for place in range(_LAST):
        tail, following = fields.around(place)
        if _others(following, place + 1).any():
            raise UnusualTextError
        if place in _COLUMNS:
            lengths = fields.ends[place] - (fields.starts(place) if place else starts)
            columns[_COLUMNS[place]] = decimals(tail, lengths, partial(fields.before, place))
        elif place == _STAMP and (tail >> _LAST_BYTE != _QUOTE).any():
            raise UnusualTextError
    stamps = _stamps(fields, [*firsts.values(), rows])
    return rows_by_symbol(dict(zip(firsts, stamps, strict=True)), columns)


def _ends(text: memoryview) -> Places:
    """Return where each part between commas ends, looking at as much at once as a cache holds."""
    parts = []
    for start in range(0, len(text), _AT_ONCE):
        places = np.flatnonzero(np.frombuffer(text[start : start + _AT_ONCE], np.uint8) == _COMMA)
        places += start
        parts.append(places)
    return np.concatenate([*parts, [len(text)]])


def _firsts(fields: _Fields) -> tuple[dict[str, int], Places]:
    """Return which row is the first of each symbol, and where the first field of each row starts.

    Raises:
        UnusualTextError: When something else stands between two rows.
    """
    firsts: dict[str, int] = {}
    begins = np.append(0, fields.ends[_LAST, :-1] + 1)
    breaks = np.flatnonzero(_others(fields.around(_LAST, slice(-1))[1], 0)) + 1
    for row in (0, *breaks.tolist()):
        start = max(int(begins[row]) - len("],"), 0)
        found = _SERIES.match(bytes(fields.text[start : start + _SERIES_MAX]))
        name = "" if found is None else found[1].decode()
        if found is None or name in firsts:
            raise UnusualTextError
        firsts[name] = row
        begins[row] = start + found.end()
    return firsts, begins + len(_OPENINGS[0])


def _others(following: Words, place: int) -> Words:
    """Return, above zero, where `following` is no comma and no usual opening of a field.

    A number has to follow where none is read: then no row has a comma, a list or an object inside.
    """
    usual = b"," + _OPENINGS[place]
    bits = np.uint64(8 * len(usual))
    others = following ^ np.uint64(int.from_bytes(usual, "little"))
    others &= np.uint64((1 << 8 * len(usual)) - 1)
    if place in _UNREAD:
        others |= (following >> bits & _BYTE) - _ZERO >= _DIGITS  # below zero it is very large
    return others


def _stamps(fields: _Fields, edges: Sequence[int]) -> Iterator[Sequence[str]]:
    """Yield the time stamps of each symbol, whose rows begin and end at `edges`.

    Raises:
        UnusualTextError: When they are of several lengths, or hold more than plain letters.
    """
    starts, text = fields.starts(_STAMP), fields.text
    lengths = fields.ends[_STAMP] - starts - 1
    length = int(lengths[0])
    if length < 1 or (lengths != length).any():
        raise UnusualTextError
    every = np.ndarray((len(text) - length + 1,), f"S{length}", text, strides=(1,))[starts]
    before, stamps = b"", list[str]()
    for first, last in pairwise(edges):
        own = every[first:last].tobytes()
        if own != before:  # most symbols trade on the same days
            if not own.isascii() or b"\\" in own:
                raise UnusualTextError
            before, stamps = own, every[first:last].astype(str).tolist()
        yield stamps
