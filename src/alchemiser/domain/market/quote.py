"""The latest price of one symbol."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from alchemiser.domain.values.frozen import quickly
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import positive

PRICE_MIN: Final = Decimal("1e-6")
PRICE_MAX: Final = Decimal("1e13")
"""Dollars; outside them a price is taken for an error of its source, and there is no quote."""


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Hold the best bid and ask and the last trade of one symbol at one moment.

    Attributes:
        symbol: The ticker.
        bid: Highest buying price, dollars, above zero.
        ask: Lowest selling price, dollars, above zero. May equal or (crossed) be below `bid`.
        last: Price of the latest trade, dollars, above zero.
        at: When the quote was made, UTC.
        halted: Whether trading in the symbol is halted at present.
    """

    symbol: Symbol
    bid: Decimal
    ask: Decimal
    last: Decimal
    at: datetime
    halted: bool = False

    def __post_init__(self) -> None:
        bid, ask, last = self.bid, self.ask, self.last
        for one in (bid,) if bid is ask is last else (bid, ask, last):
            if not one.is_finite() or one <= 0:
                self._refuse()

    def _refuse(self) -> None:
        for name in ("bid", "ask", "last"):
            positive(getattr(self, name), f"{self.symbol} {name}")

    def mid(self) -> Decimal:
        """Return the arithmetic middle of bid and ask, the reference for marks and collars."""
        return (self.bid + self.ask) / 2

    def is_crossed(self) -> bool:
        """Say whether the bid is above the ask, so that no price can be taken from it."""
        return self.bid > self.ask
