"""The table `[tax]` of `alchemiser.toml`: how the tax view reckons; nothing is traded by it."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from alchemiser.domain.books.lots import LotMethod
from alchemiser.domain.books.tax import TaxRates
from alchemiser.settings.fields import Exact, Section

_RATE = "a fraction of the gain from 0 to 1, such as"


class Tax(Section):
    """How lots are sold and gains taxed, for planning."""

    method: Literal["fifo", "highest-cost"] = Field(
        default="fifo", description='method = "fifo" or "highest-cost"'
    )
    short_rate: Exact = Field(default=Decimal("0.37"), ge=0, le=1, description=f"{_RATE} 0.37")
    long_rate: Exact = Field(default=Decimal("0.20"), ge=0, le=1, description=f"{_RATE} 0.20")

    def lot_method(self) -> LotMethod:
        """Return which lots are sold first."""
        return LotMethod(self.method)

    def rates(self) -> TaxRates:
        """Return the rates."""
        return TaxRates(short=self.short_rate, long=self.long_rate)
