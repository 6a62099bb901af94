"""The instruments that the package knows by name."""

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import CENT

_TABLE: Final = "instruments.csv"


class ReferenceTable:
    """Classify symbols by a table; what it does not list is a stock.

    `price_increment` is the step of a limit price in dollars, the same for every symbol: a cent,
    or less where bars are in total-return units.
    """

    def __init__(self, price_increment: Decimal = CENT) -> None:
        self._price_increment = price_increment

    def instrument(self, name: Symbol) -> Instrument:
        """Return the instrument of `name`; an unlisted symbol is an unlevered stock."""
        row = _rows().get(name)
        if row is None:
            return Instrument(symbol=name, underlying=name, price_increment=self._price_increment)
        return Instrument(
            symbol=name,
            asset_class=AssetClass(row["asset_class"]),
            leverage=Decimal(row["leverage"]),
            underlying=symbol(row["underlying"]),
            price_increment=self._price_increment,
        )


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    text = files(__package__).joinpath(_TABLE).read_text(encoding="utf-8")
    return {row["symbol"]: row for row in csv.DictReader(text.splitlines())}
