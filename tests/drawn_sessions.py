"""Sessions of the fast engine in which every rule has something to do."""

import numpy as np

from alchemiser.domain.fast.auction import Auction
from alchemiser.domain.fast.inputs import CappedFee, Costs, FastInputs, FastRun, Happening, Rules
from alchemiser.domain.fast.limits import NO_LIMITS, Bounds
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.numbers import Floats


def drawn(seed: int, columns: int = 5, rows: int = 40) -> FastInputs:
    """Return sessions whose rules, books, limits and holes follow from `seed`."""
    draw = np.random.default_rng(seed)
    books = int(draw.integers(1, 4))
    prices = 50 * np.exp(np.cumsum(draw.normal(0, 0.03, (rows, columns)), axis=0))
    if draw.random() < 0.5:
        prices[draw.random(prices.shape) < 0.03] = np.nan
    costs = _costs(draw, prices)
    weights = draw.dirichlet(np.ones(columns), (books, rows))
    weights *= draw.random((books, rows, columns)) < 0.8
    weights[draw.random((books, rows)) < 0.2] = np.nan
    rests = draw.random((books, rows)) < 0.2
    weights[rests] = np.nan
    return FastInputs(
        prices=prices,
        weights=weights,
        capital=draw.choice([60_000.0, 500.0, -200.0], books, p=[0.8, 0.1, 0.1]),
        costs=costs,
        idle=float(draw.choice([0.0, 5_000.0])),
        rules=Rules(
            cash_buffer=float(draw.choice([0.0, 0.01, 0.2])),
            drift_band=float(draw.choice([0.0, 0.02])),
            minimum_trade=float(draw.choice([0.0, 5.0, 900.0])),
            whole=bool(draw.random() < 0.5),
            reserve=float(draw.choice([0.0, 0.005])),
        ),
        rests=rests if draw.random() < 0.5 else None,
        thresholds=draw.choice([0.0, 0.05], books) if draw.random() < 0.5 else None,
        bounds=_bounds(draw, columns),
        happenings=_happenings(draw, rows, columns) if draw.random() < 0.5 else {},
        interest=draw.choice([0.0, 0.01], rows) if draw.random() < 0.5 else None,
    )


def _happenings(draw: np.random.Generator, rows: int, columns: int) -> dict[int, Happening]:
    """Return splits, and dividends that are paid at once, some sessions later, or never."""
    found = np.flatnonzero(draw.random(rows - 1) < 0.2) + 1
    return {
        int(row): Happening(
            ratio=draw.choice([1.0, 1.0, 2.0, 1 / 3], columns),
            income=draw.choice([0.0, 0.0, 0.7], columns),
            paid=row + draw.choice([0, 2, 9, 1_000], columns, p=[0.4, 0.3, 0.2, 0.1]),
        )
        for row in found
    }


def _costs(draw: np.random.Generator, prices: Floats) -> Costs:
    buy = prices * 0.0004
    sell = buy if draw.random() < 0.5 else prices * 0.0006 + 0.001
    impact = 4e-8 / np.sqrt(prices) if draw.random() < 0.5 else None
    capped = None
    if sell is not buy and draw.random() < 0.5:
        rate = draw.choice([0.0, 0.001], len(prices))
        capped = CappedFee(per_share=rate, most=rate * draw.uniform(20, 300, len(prices)))
    auction = _auction(draw, prices) if draw.random() < 0.4 else None
    return Costs(buy=buy, sell=sell, capped=capped, impact=impact, auction=auction)


def _auction(draw: np.random.Generator, prices: Floats) -> Auction:
    """Return an auction in which there is no spread; some orders are large, others are not."""
    usual, large = ((True, True), (True, False), (False, True))[int(draw.integers(3))]
    return Auction(
        buy=prices * 0.0001,
        sell=prices * 0.0001 + 0.001,
        large=draw.choice([500.0, 5_000.0, np.inf], prices.shape),
        usual_waits=usual,
        large_waits=large,
    )


def _bounds(draw: np.random.Generator, columns: int) -> Bounds:
    if draw.random() < 0.3:
        return NO_LIMITS
    return Bounds(
        codes=(RiskCode.MAX_GROSS_EXPOSURE, RiskCode.MAX_NET_EXPOSURE),
        factors=draw.choice([0.0, 1.0, 2.0, -1.0], (2, columns)),
        most=draw.uniform(0.3, 1.2, 2),
        position=draw.choice([0.2, 0.4, np.inf], columns) if draw.random() < 0.5 else None,
        turnover=0.7 if draw.random() < 0.5 else None,
    )


def told(run: FastRun) -> dict[str, object]:
    """Return everything that a run says, floats as bytes; zero has one sign."""
    arrays = ("equity", "cash", "positions", "books", "traded", "costs", "house", "owed")
    return {
        **{name: (getattr(run, name) + 0.0).tobytes() for name in arrays},
        "orders": run.orders.tolist(),
        "limited": run.limited,
        "auctioned": None if run.auctioned is None else (run.auctioned + 0.0).tobytes(),
    }
