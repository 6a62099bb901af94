"""Paths of prices that cases share: calm ones, crashes, crowds, short ones and ones with gaps."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Final

import numpy as np

from alchemiser.domain.risk.markets import MarketHistory
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, Sector
from alchemiser.domain.values.numbers import Floats

ROWS: Final = 64
LONG_ROWS: Final = 251
PATHS: Final = 30
KINDS: Final = (
    "calm",
    "wild",
    "crash",
    "crowd",
    "short",
    "gaps",
    "silent",
    "thin",
    "still",
    "long",
)
"""Of path n, the one at n modulo ten."""


def _fund(
    name: str, kind: AssetClass, sector: Sector, leverage: int = 1, base: str | None = None
) -> Instrument:
    return Instrument(
        symbol=Symbol(name),
        asset_class=kind,
        sector=sector,
        leverage=Decimal(leverage),
        underlying=None if base is None else Symbol(base),
    )


UNIVERSE: Final = (
    _fund("BIG", AssetClass.BROAD_FUND, Sector.DIVERSIFIED),
    _fund("BILLS", AssetClass.BROAD_FUND, Sector.CASH),
    _fund("BOND", AssetClass.BROAD_FUND, Sector.TREASURIES),
    _fund("CHIPS", AssetClass.LEVERAGED_FUND, Sector.TECHNOLOGY, 3, "TECH"),
    _fund("DOUBLE", AssetClass.LEVERAGED_FUND, Sector.DIVERSIFIED, 2, "BIG"),
    _fund("FRESH", AssetClass.LEVERAGED_FUND, Sector.DIVERSIFIED, 2, "BIG"),
    _fund("INVERSE", AssetClass.LEVERAGED_FUND, Sector.DIVERSIFIED, -3, "BIG"),
    _fund("MINUS", AssetClass.LEVERAGED_FUND, Sector.DIVERSIFIED, -1, "BIG"),
    _fund("NOVEL", AssetClass.STOCK, Sector.UNCLASSIFIED),
    _fund("PENNY", AssetClass.STOCK, Sector.ENERGY),
    _fund("SHARE", AssetClass.STOCK, Sector.TECHNOLOGY),
    _fund("STEEL", AssetClass.STOCK, Sector.MATERIALS),
    _fund("TECH", AssetClass.SECTOR_FUND, Sector.TECHNOLOGY),
)
"""FRESH and NOVEL have no past of their own; of NOVEL no underlying is known either."""
WHOLE_SHARES: Final = tuple(replace(one, quantity_increment=Decimal(1)) for one in UNIVERSE)
WORTH: Final[Mapping[Symbol, float]] = {
    one.symbol: price
    for one, price in zip(
        UNIVERSE,
        (510.0, 91.5, 96.0, 38.0, 84.0, 25.0, 9.5, 40.0, 55.0, 1.9, 210.0, 4.5, 145.0),
        strict=True,
    )
}
"""Dollars a share, about."""
WITHOUT_PAST: Final = frozenset({"FRESH", "NOVEL"})


@cache
def past(number: int) -> MarketHistory:
    """Return path `number`, from 0 to 29."""
    kind = KINDS[number % len(KINDS)]
    rng = np.random.default_rng((7, number))
    rows = {"short": 12, "long": LONG_ROWS}.get(kind, ROWS)
    names = [one.symbol for one in UNIVERSE if one.symbol not in WITHOUT_PAST]
    growth = np.cumprod(1 + _returns(kind, rng, names, rows), axis=0)
    closes = np.asarray(100 * growth, dtype=np.float64)
    if kind == "gaps":
        closes[rng.random(closes.shape) < 0.06] = np.nan
        closes[5:10, 3] = np.nan
    if kind == "still":
        closes[:, 1] = 100.0
    low, high = (4, 6.5) if kind == "thin" else (6, 9.5)
    dollars = 10 ** rng.uniform(low, high, (1, len(names))) * rng.uniform(0.5, 1.5, closes.shape)
    if kind == "gaps":
        dollars[:, 4] = 0.0
        dollars[-10:, 6] = np.nan
    dollars[-1] = np.nan  # the present session has not closed
    columns = {name: place for place, name in enumerate(names)}
    return MarketHistory(
        columns=columns, closes=closes, dollars=None if kind == "silent" else dollars
    )


def _returns(kind: str, rng: np.random.Generator, names: list[Symbol], rows: int) -> Floats:
    leverage = np.array([float(one.leverage) for one in UNIVERSE if one.symbol in names])
    size = {"calm": 0.003, "wild": 0.03, "crowd": 0.012}.get(kind, 0.01)
    common = rng.normal(0.0003, size, (rows, 1))
    if kind == "crash":
        common[rows // 2] = -0.12
        common[rows // 2 + 1] = -0.09
    own = rng.normal(0.0, size * (0.15 if kind == "crowd" else 0.8), (rows, len(names)))
    returns: Floats = np.maximum(leverage * common + own, -0.6)
    return returns
