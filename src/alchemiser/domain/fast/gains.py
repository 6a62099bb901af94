"""What sales have gained, lot by lot, first in first out."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.fast.costs import averaged
from alchemiser.domain.fast.inputs import FastInputs, FastRun
from alchemiser.domain.fast.kernel.values import A_SHARE
from alchemiser.domain.values.numbers import Floats

ROUNDING = 1e-12
"""What sums of shares may be off by, as a fraction."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sales:
    """Hold M parts of lots that were sold, in order of time, symbol and age.

    Attributes:
        opened: int (M,), sessions (0-based) in which they were bought.
        rows: int (M,), sessions (0-based) in which they were sold.
        columns: int (M,), symbols (0-based).
        shares: float64 (M,), shares sold.
        cost: float64 (M,), dollars that they had cost.
        gains: float64 (M,), dollars gained.
    """

    opened: NDArray[np.intp]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    shares: Floats
    cost: Floats
    gains: Floats


def sales_in(inputs: FastInputs, run: FastRun) -> Sales:
    """Return every part of a lot that was sold in `run`; its shares are those of the sale's day."""
    splits = inputs.splits()
    moved = run.moved(splits)
    paid, received = averaged(inputs.costs, moved, inputs.prices, run.auctioned)
    # A split is neither a purchase nor a sale: shares are counted as if there had been none.
    sales = sales_of(
        run.positions.sum(axis=1) / splits, inputs.prices * splits, paid * splits, received * splits
    )
    return replace(sales, shares=sales.shares * splits[sales.rows, sales.columns])


def sales_of(shares: Floats, prices: Floats, paid: Floats, received: Floats) -> Sales:
    """Return every part of a lot that was sold, and what it has gained.

    Lots are matched first in first out, as `books.matching` does it: the k-th share sold of a
    symbol is the k-th that was bought. So the sums of what was bought and of what was sold cut
    all shares into pieces, each of one purchase and one sale.

    Args:
        shares: float64 (T, N), held after each session.
        prices: float64 (T, N), dollars, known wherever something is traded.
        paid: float64 (T, N), dollars that buying one share costs besides.
        received: float64 (T, N), dollars that selling one share costs.
    """
    moved = np.diff(shares, axis=0, prepend=np.zeros_like(shares[:1]))
    bought = np.cumsum(np.maximum(moved, 0.0), axis=0)
    sold = np.cumsum(np.maximum(-moved, 0.0), axis=0)
    found = [_pieces(bought[:, column], sold[:, column]) for column in range(shares.shape[1])]
    sizes = [len(piece) for piece, _, _ in found]
    pieces = np.concatenate([np.empty(0), *(piece for piece, _, _ in found)])
    none = np.empty(0, np.intp)
    opened = np.concatenate([none, *(row for _, row, _ in found)])
    rows = np.concatenate([none, *(row for _, _, row in found)])
    columns = np.repeat(np.arange(shares.shape[1]), sizes)
    order = np.lexsort((opened, columns, rows))
    opened, rows, columns, pieces = opened[order], rows[order], columns[order], pieces[order]
    cost = pieces * (prices[opened, columns] + paid[opened, columns])
    proceeds = pieces * (prices[rows, columns] - received[rows, columns])
    return Sales(
        opened=opened,
        rows=rows,
        columns=columns,
        shares=pieces,
        cost=cost,
        gains=proceeds - cost,
    )


def _pieces(bought: Floats, sold: Floats) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """Return shares of one symbol's pieces, and when these were bought and sold, (M,) each.

    Args:
        bought: float64 (T,), shares bought up to each session.
        sold: float64 (T,), the same of shares sold.
    """
    edges = np.unique(np.concatenate(([0.0], bought, sold)))
    edges = edges[edges <= sold[-1]]
    # What rounding leaves between a purchase and a sale that end together is no piece.
    least = A_SHARE + ROUNDING * sold[-1]
    edges = edges[np.diff(edges, prepend=-np.inf) > least]
    middles = (edges[1:] + edges[:-1]) / 2
    opened, rows = np.searchsorted(bought, middles), np.searchsorted(sold, middles)
    known = (opened < len(bought)) & (rows < len(sold))
    return np.diff(edges)[known], opened[known], rows[known]
