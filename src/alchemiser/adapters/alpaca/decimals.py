"""Read many decimal numbers at once: eight of their digits are a word of 64 bits.

A number of at most 2**53 without its point, over a power of ten, is what `float` makes of the same
text: both are exact, and one division rounds once. The steps that add up eight digits are those of
D. Lemire, Number Parsing at a Gigabyte per Second, 2021.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.numbers import Floats

Places = NDArray[np.int64]
Words = NDArray[np.uint64]
"""Eight bytes of a text each, the first of them the lowest."""

WORD: Final = 8
"""Bytes of a word; a number has at most two words."""


def _word(byte: int) -> np.uint64:
    """Return the word of which every byte is `byte`."""
    return np.uint64(byte * 0x0101010101010101)


_BYTE: Final = np.uint64(8)
_HALF: Final = np.uint64(16)
_ONE: Final = np.uint64(1)
_ONES, _ZEROS, _TOPS = _word(1), _word(0x30), _word(0x80)
_NO_DIGITS: Final = _word(0x80 - 10)
_POINT: Final = np.uint64(0x30 ^ 0x2E)
_POINTS: Final = _word(0x30 ^ 0x2E)
_FULL: Final = np.uint64(0xFF)
_PAIRS: Final = np.uint64(0x000000FF000000FF)
_TEN: Final = np.uint64(10)
_FIRST_PAIRS: Final = np.uint64(100 + (10**6 << 32))
_LAST_PAIRS: Final = np.uint64(1 + (10**4 << 32))
_BYTES_ABOVE: Final = np.uint64(0x0706050403020100)
"""Multiplied by a word with a one in one byte, its top byte says how many bytes lie above it."""
_TOP: Final = np.uint64(56)
_POWERS: Final = 10.0 ** np.arange(WORD)
_WORDS: Final = np.uint64(10**WORD)
_EXACT: Final = 2**53


def _kept(lengths: range) -> Words:
    """Return, by the length of a number, the part of a word that it fills, ones where it does."""
    parts = (min(max(length, 0), WORD) for length in lengths)
    return np.array([(1 << 64) - (1 << 8 * (WORD - part)) for part in parts], dtype=np.uint64)


_LAST: Final = _kept(range(2 * WORD + 1))
_FIRST: Final = _kept(range(-WORD, WORD + 1))


class UnusualTextError(ValueError):
    """Mark a text that has to be read in another way."""


def decimals(last: Words, lengths: Places, first: Callable[[], Words]) -> Floats:
    """Return numbers, float64 (R,), R above zero.

    Args:
        last: The last eight bytes of each; what it does not fill may be anything.
        lengths: Bytes of each.
        first: Called for the eight bytes before those when there is a number that has them.

    Raises:
        UnusualTextError: When one is not plain digits with at most one point among the last eight
            bytes, or is too long to be exact.
    """
    longest = lengths.max()
    if not 0 < lengths.min() <= longest <= 2 * WORD:
        raise UnusualTextError
    digits = last ^ _ZEROS
    digits &= _LAST[lengths]
    if longest <= WORD:
        return _value(None, digits)
    return _value((first() ^ _ZEROS) & _FIRST[lengths], digits)


def _value(first: Words | None, last: Words) -> Floats:
    """Return numbers from their first and last eight characters, each less `0`.

    Raises:
        UnusualTextError: When one is no number, or too long.
    """
    point = _points(last)
    scale = None
    if point.any():
        scale = _POWERS[(point * _BYTES_ABOVE >> _TOP).view(np.int64)]
        first, last = _without(point, first, last)
    whole = _summed(last)
    if first is not None:
        whole += _summed(first) * _WORDS
        if whole.max() > _EXACT:
            raise UnusualTextError
    value = whole.view(np.int64).astype(np.float64)
    return value if scale is None else np.divide(value, scale, out=value)


def _points(last: Words) -> Words:
    """Return a one in the byte in which `last` has its point, else nothing.

    Raises:
        UnusualTextError: When there are two of them.
    """
    others = last ^ _POINTS
    found = others - _ONES
    found &= ~others
    found &= _TOPS
    found >>= np.uint64(7)
    if (found & (found - _ONE)).any():
        raise UnusualTextError
    return found


def _without(point: Words, first: Words | None, last: Words) -> tuple[Words | None, Words]:
    """Move what lies before the point into its place."""
    some = point != 0
    before = point - some.astype(np.uint64)
    closed = (last & before) * _FULL  # what is moved up a byte is 256 times as much
    closed += last
    closed -= point * _POINT
    if first is not None:
        closed += np.where(some, first >> _TOP, np.uint64(0))
        first = np.where(some, first << _BYTE, first)
    return first, closed


def _summed(digits: Words) -> Words:
    """Return the numbers that eight digits make.

    Raises:
        UnusualTextError: When one is none.
    """
    odd = digits + _NO_DIGITS
    odd |= digits
    if np.bitwise_or.reduce(odd) & _TOPS:
        raise UnusualTextError
    pairs = digits * _TEN
    pairs += digits >> _BYTE
    high = pairs & _PAIRS
    high *= _FIRST_PAIRS
    pairs >>= _HALF
    pairs &= _PAIRS
    pairs *= _LAST_PAIRS
    high += pairs
    high >>= np.uint64(32)
    return high
