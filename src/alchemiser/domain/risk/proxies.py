"""Returns to measure risk by, and what stands in for a history that is too short.

A symbol takes its own returns when it has enough of them, else those of its underlying times its
leverage, else no series at all: then the worst case of its asset class is added to the figure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

import numpy as np

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import Floats

GAP_MAX: Final = 3
"""Closes in a row that may be missing: the last one stands for them."""


class Source(StrEnum):
    """Whose returns stand for a symbol's."""

    OWN = "own"
    UNDERLYING = "underlying"
    CLASS = "class"
    """None: the worst case of the asset class is added."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """Hold returns by symbol.

    Attributes:
        names: N symbols that have returns.
        returns: Simple one-session returns, float64 (T, N), no NaN.
        sources: Whose returns each symbol took, by symbol; those of `CLASS` are not in `names`.
    """

    names: tuple[Symbol, ...]
    returns: Floats
    sources: Mapping[Symbol, Source]


ReturnsOf = Callable[[Symbol], Floats | None]
"""Returns of a symbol itself, float64 (T,), or None where there are too few."""


def series_for(instruments: Sequence[Instrument], returns_of: ReturnsOf, sessions: int) -> Series:
    """Return the last `sessions` returns of `instruments`.

    Args:
        instruments: What is held or wanted, each once.
        returns_of: Gives a symbol's own, `sessions` of them.
        sessions: Returns wanted of each.
    """
    names: list[Symbol] = []
    columns: list[Floats] = []
    sources: dict[Symbol, Source] = {}
    for one in instruments:
        found, source = _returns(one, returns_of)
        sources[one.symbol] = source
        if found is not None:
            names.append(one.symbol)
            columns.append(found)
    returns = np.column_stack(columns) if columns else np.empty((sessions, 0))
    return Series(names=tuple(names), returns=returns, sources=sources)


def _returns(one: Instrument, returns_of: ReturnsOf) -> tuple[Floats | None, Source]:
    own = returns_of(one.symbol)
    if own is not None:
        return own, Source.OWN
    if one.underlying is not None and one.underlying != one.symbol:
        base = returns_of(one.underlying)
        if base is not None:
            # A fund cannot lose more than all.
            return np.maximum(base * float(one.leverage), -1.0), Source.UNDERLYING
    return None, Source.CLASS


def own_returns(
    name: Symbol, symbols: Mapping[Symbol, int], closes: Floats, sessions: int
) -> Floats | None:
    """Return the last `sessions` returns of a symbol, or None where there are too few.

    Args:
        name: Whose.
        symbols: Column of each symbol in `closes`.
        closes: Closing prices, float64 (T, M), oldest first, NaN where there is no bar.
        sessions: Returns wanted.
    """
    place = symbols.get(name)
    if place is None or len(closes) <= sessions:
        return None
    # A gap at the start is filled from before it, where there is a close.
    prices = _filled(closes[-(sessions + 1 + GAP_MAX) :, place])[-(sessions + 1) :]
    if np.isnan(prices).any():
        return None
    returns: Floats = prices[1:] / prices[:-1] - 1
    return returns


def _filled(prices: Floats) -> Floats:
    """Return `prices` with small gaps filled; NaN where a gap is too long, or at the start."""
    sound = np.isfinite(prices) & (prices > 0)
    rows = np.arange(len(prices))
    last = np.maximum.accumulate(np.where(sound, rows, -1))
    reached = (last >= 0) & (rows - last <= GAP_MAX)
    return np.where(reached, prices[last], np.nan)


def class_add_on(
    weights: Mapping[Symbol, Decimal],
    deviations: Mapping[Symbol, Decimal],
    multiple: Decimal,
) -> Decimal:
    """Return what symbols without a series add to a figure: they all fall at once.

    Args:
        weights: Shares of equity of every symbol held; those without a series count.
        deviations: One-session standard deviation of each symbol without a series.
        multiple: Deviations that the figure is made of.
    """
    return sum(
        (abs(weights[name]) * multiple * each for name, each in deviations.items()), Decimal(0)
    )
