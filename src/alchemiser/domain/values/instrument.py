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


class Sector(StrEnum):
    """Group instruments that fall together, by what they hold in the end.

    Shares and funds of one sector follow the eleven GICS sectors. A leveraged or inverse fund has
    the sector of what it multiplies, a fund with a theme that of the largest part of its holdings.
    """

    TECHNOLOGY = "technology"
    """Software, hardware and semiconductors."""
    COMMUNICATION = "communication"
    """Telecommunications, media, and the large platforms that live on advertising."""
    CONSUMER_DISCRETIONARY = "consumer_discretionary"
    """Retail, cars, homebuilders and leisure; Amazon and Tesla among them."""
    CONSUMER_STAPLES = "consumer_staples"
    HEALTH_CARE = "health_care"
    """Biotechnology too."""
    FINANCIALS = "financials"
    """Banks, insurers and brokers; preferred shares too, as they issue most of them."""
    INDUSTRIALS = "industrials"
    """Aerospace, defence, transport and machinery; makers of reactors too."""
    ENERGY = "energy"
    """Producers of oil, gas, coal and uranium, and their services; not the commodities."""
    MATERIALS = "materials"
    """Chemicals and mining; gold and silver miners too, not the metals."""
    UTILITIES = "utilities"
    REAL_ESTATE = "real_estate"
    DIVERSIFIED = "diversified"
    """Equity across sectors, of the United States or the whole world; the Nasdaq-100 too."""
    INTERNATIONAL = "international"
    """Equity outside the United States, of regions and countries, whatever its sectors."""
    TREASURIES = "treasuries"
    """Notes and bonds of the United States, inflation-protected ones too."""
    CREDIT = "credit"
    """Bonds that are not treasuries alone: corporate, municipal, mortgage, foreign and mixed."""
    CASH = "cash"
    """Treasury bills and floating-rate treasuries."""
    PRECIOUS_METALS = "precious_metals"
    """Gold, silver and platinum themselves."""
    COMMODITIES = "commodities"
    """Energy, base metals and crops, and baskets of commodities."""
    VOLATILITY = "volatility"
    """VIX futures, long and short."""
    CURRENCY = "currency"
    CRYPTO = "crypto"
    MULTI_ASSET = "multi_asset"
    """Several of the above at once, such as managed futures."""
    UNCLASSIFIED = "unclassified"
    """What reference data do not list: all of it together counts as one sector."""


class ListingStatus(StrEnum):
    """Say whether a symbol can be traded at all, and if not why."""

    ACTIVE = "active"
    NOT_TRADABLE = "not_tradable"
    """The venue does not take orders in it."""
    HALTED = "halted"
    SUSPENDED = "suspended"
    DELISTED = "delisted"
    CORPORATE_ACTION = "corporate_action"
    """A split, merger or change of name is under way, so that shares and prices may not fit."""


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
        sector: What it holds in the end; what reference data do not list is unclassified.
        status: Whether it can be traded at all, and if not why.
        quantity_increment: Smallest step of a quantity in shares: 1e-9 or 1 (not fractionable).
        price_increment: Smallest step of a limit price in dollars.
    """

    symbol: Symbol
    asset_class: AssetClass = AssetClass.STOCK
    leverage: Decimal = ONE
    underlying: Symbol | None = None
    sector: Sector = Sector.UNCLASSIFIED
    status: ListingStatus = ListingStatus.ACTIVE
    quantity_increment: Decimal = SHARE
    price_increment: Decimal = Decimal("0.01")

    @property
    def tradable(self) -> bool:
        """Whether orders in it may be sent."""
        return self.status is ListingStatus.ACTIVE

    def __post_init__(self) -> None:
        finite(self.leverage, "leverage")
        positive(self.quantity_increment, "quantity_increment")
        positive(self.price_increment, "price_increment")
