"""What is listed on the made-up market."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from alchemiser.domain.values.identifiers import Symbol, symbol

_TABLE: Final = "universe.csv"
_FACTORS: Final = (
    "market",
    "growth",
    "rates",
    "commodity",
    "dollar",
    "nuclear",
    "volatility",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Describe how one symbol moves: by the common factors, or as a multiple of another symbol.

    Attributes:
        name: The ticker.
        price: Dollars on the day before the first session.
        spread_bps: Ask less bid, in basis points of the price.
        volume: Shares on a calm day.
        drift: Fraction a year: how the trend grows; for a multiple its costs, below zero.
        underlying: The symbol that is multiplied, or None.
        multiple: By how much, daily; 0 without an underlying.
        loadings: Move by factor, for a factor's move of one; empty with an underlying.
        idiosyncratic: Standard deviation of its own move, a fraction a calm session.
    """

    name: Symbol
    price: float
    spread_bps: float
    volume: float
    drift: float
    underlying: Symbol | None
    multiple: float
    loadings: Mapping[str, float]
    idiosyncratic: float


@cache
def universe() -> Mapping[Symbol, Listing]:
    """Return every listing by its symbol; read once a process."""
    text = files(__package__).joinpath(_TABLE).read_text(encoding="ascii")
    rows = [_listing(row) for row in csv.DictReader(text.splitlines())]
    return MappingProxyType({listing.name: listing for listing in rows})


def _listing(row: Mapping[str, str]) -> Listing:
    multiplied = bool(row["underlying"])
    return Listing(
        name=symbol(row["symbol"]),
        price=float(row["price"]),
        spread_bps=float(row["spread_bps"]),
        volume=float(row["volume"]),
        drift=float(row["drift"]),
        underlying=symbol(row["underlying"]) if multiplied else None,
        multiple=float(row["multiple"]) if multiplied else 0.0,
        loadings={} if multiplied else {name: float(row[name]) for name in _FACTORS},
        idiosyncratic=0.0 if multiplied else float(row["idiosyncratic"]),
    )
