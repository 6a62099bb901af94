"""The figures of a backtest, from what its sessions left."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np

from alchemiser.application.engine import Engine
from alchemiser.domain.books.history import Entry, of_account
from alchemiser.domain.books.matching import match
from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.chance import ChancePort

_PARTS: Final = 4
_EACH: Final = 250
"""A thousand histories drawn anew, a part at a time to bound the memory."""


def closed_gains(entries: Iterable[Entry]) -> Floats:
    """Return dollars after fees of each lot that the account closed, first in first out, (M,).

    A sale that closes three lots is three closed trades; what is not known is left out.
    """
    disposals = match(of_account(entries).movements).disposals
    gains = (one.gain() for one in disposals)
    return floats(gain for gain in gains if gain is not None)


def returns_of(engine: Engine, symbol: Symbol, days: Sequence[date]) -> Floats:
    """Return what a share of `symbol` earned in each session, dividends too, (T,).

    From close to close, or from open to open where equity is that of the open; NaN where one of
    the two is missing, and in the first session.
    """
    panel = engine.market.bars((symbol,), through=days[-1])
    column = panel.open if engine.schedule.timing.trades_at_open() else panel.close
    known = {} if column is None else dict(zip(panel.sessions, column[:, 0], strict=True))
    prices = np.array([known.get(day, np.nan) for day in days])
    return np.concatenate([[np.nan], ratio(prices[1:], prices[:-1]) - 1])


def draws(chance: ChancePort, sessions: int) -> Iterator[Floats]:
    """Return what a thousand histories of `sessions` are drawn by, a part at a time."""
    shape = (2, sessions, _EACH)
    for part in range(_PARTS):
        yield chance.uniform(f"history {part}", 2 * sessions * _EACH).reshape(shape)


def floats(values: Iterable[Decimal]) -> Floats:
    """Return `values` as float64 (T,)."""
    return np.array([float(value) for value in values], dtype=np.float64)
