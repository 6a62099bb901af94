"""The instruments that the package knows by name, and the source of their classification.

Sectors are assigned by hand, by the rules that `Sector` states. A symbol that the table does not
list is unclassified: all such symbols together count as one sector.
"""

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, ListingStatus, Sector
from alchemiser.domain.values.numbers import CENT

VERSION: Final = "2026-11-27"
"""The day of the last change of a row; a test holds the rows to it."""

_TABLE: Final = "instruments.csv"


class ReferenceTable:
    """Classify symbols by a table; what it does not list is a stock of no known sector.

    `statuses` are what is known of symbols besides: that they are halted, or about to be merged.
    `price_increment` is the step of a limit price in dollars, the same for every symbol: a cent,
    or less where bars are in total-return units.
    """

    def __init__(
        self,
        price_increment: Decimal = CENT,
        statuses: Mapping[Symbol, ListingStatus] = MappingProxyType({}),
    ) -> None:
        self._price_increment = price_increment
        self._statuses = statuses
        self._known: dict[Symbol, Instrument] = {}

    def instrument(self, name: Symbol) -> Instrument:
        """Return the instrument of `name`; an unlisted one is an unclassified, unlevered stock."""
        if name not in self._known:
            self._known[name] = self._made(name)
        return self._known[name]

    def _made(self, name: Symbol) -> Instrument:
        row = _rows().get(name)
        if row is None:
            return Instrument(
                symbol=name,
                underlying=name,
                status=self._status(name),
                price_increment=self._price_increment,
            )
        return Instrument(
            symbol=name,
            asset_class=AssetClass(row["asset_class"]),
            leverage=Decimal(row["leverage"]),
            underlying=symbol(row["underlying"]),
            sector=Sector(row["sector"]),
            status=self._status(name),
            price_increment=self._price_increment,
        )

    def _status(self, name: Symbol) -> ListingStatus:
        return self._statuses.get(name, ListingStatus.ACTIVE)


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    text = files(__package__).joinpath(_TABLE).read_text(encoding="utf-8")
    return {row["symbol"]: row for row in csv.DictReader(text.splitlines())}
