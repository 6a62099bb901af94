"""What is traded: an instrument, its asset class and its increments."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, SHARE, finite, positive


class AssetClass(StrEnum):
    """Group instruments that share one risk policy."""

    STOCK = "stock"
    BROAD_FUND = "broad_fund"
    """Broad index, treasury or cash-like fund."""
    SECTOR_FUND = "sector_fund"
    """Sector, theme or commodity fund."""
    LEVERAGED_FUND = "leveraged_fund"
    """Leveraged, inverse or volatility fund."""


CASH_LIKE: Final = frozenset(
    map(Symbol, ("BIL", "BILS", "GBIL", "SGOV", "SHV", "TBIL", "TFLO", "USFR"))
)
"""Funds of treasury bills and floating-rate treasuries: what a strategy may fall back to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """Describe one tradable symbol.

    Attributes:
        symbol: The ticker.
        asset_class: The policy group; an unlisted symbol is a stock, the strictest unlevered one.
        leverage: Signed daily multiple of the underlying; 1 for an ordinary share, -3 for SQQQ.
        underlying: The symbol that `leverage` multiplies, or None where none is known.
        tradable: Whether the venue takes orders in it at all.
        quantity_increment: Smallest step of a quantity in shares: 1e-9 or 1 (not fractionable).
        price_increment: Smallest step of a limit price in dollars.
    """

    symbol: Symbol
    asset_class: AssetClass = AssetClass.STOCK
    leverage: Decimal = ONE
    underlying: Symbol | None = None
    tradable: bool = True
    quantity_increment: Decimal = SHARE
    price_increment: Decimal = Decimal("0.01")

    def __post_init__(self) -> None:
        finite(self.leverage, "leverage")
        positive(self.quantity_increment, "quantity_increment")
        positive(self.price_increment, "price_increment")
