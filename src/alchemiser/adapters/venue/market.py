"""Where the venue's prices come from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.market_data import MarketDataPort


class VenueMarket(Protocol):
    """Quote every listed symbol at every moment, past ones too."""

    def symbols(self) -> tuple[Symbol, ...]:
        """Return what is listed, sorted."""

    def quote(self, symbol: Symbol, at: datetime) -> Quote | None:
        """Return the latest quote of `symbol` as of `at` (UTC), or None where there is none."""


class PortMarket:
    """Quote what a source of market data quotes; implements VenueMarket."""

    def __init__(self, market: MarketDataPort, symbols: Sequence[Symbol]) -> None:
        self._market = market
        self._symbols = tuple(sorted(set(symbols)))
        self._listed = frozenset(symbols)

    def symbols(self) -> tuple[Symbol, ...]:
        """Return what is listed, sorted."""
        return self._symbols

    def quote(self, symbol: Symbol, at: datetime) -> Quote | None:
        """Return the latest quote of `symbol` as of `at` (UTC), or None where there is none."""
        if symbol not in self._listed:
            return None
        return next(iter(self._market.quotes((symbol,), at=at)), None)
