"""The table `[tax]` of `alchemiser.toml`: how the tax view reckons; nothing is traded by it."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from alchemiser.domain.books.lots import LotMethod
from alchemiser.domain.books.tax import TaxRates
from alchemiser.domain.books.terms import Merger, SpinOff
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from alchemiser.domain.values.identifiers import symbol
from alchemiser.settings.fields import Exact, Section
from alchemiser.settings.risk import Ticker

_RATE = "a fraction of the gain from 0 to 1, such as"


class SpinOffSettings(Section):
    """Which part of the cost of a share goes over to what was spun off from it."""

    kept: Ticker = Field(description="the ticker of the share that was kept")
    basis: Exact = Field(ge=0, le=1, description="a fraction of the cost from 0 to 1, such as 0.2")


class MergerSettings(Section):
    """What a share is worth that a merger gives beside cash."""

    value: Exact = Field(gt=0, description="dollars a share, such as 90.25")


class Tax(Section):
    """How lots are sold and gains taxed, for planning."""

    method: Literal["fifo", "highest-cost"] = Field(
        default="fifo", description='method = "fifo" or "highest-cost"'
    )
    short_rate: Exact = Field(default=Decimal("0.37"), ge=0, le=1, description=f"{_RATE} 0.37")
    long_rate: Exact = Field(default=Decimal("0.20"), ge=0, le=1, description=f"{_RATE} 0.20")

    spin_offs: dict[Ticker, SpinOffSettings] = Field(
        default_factory=dict, description='a table such as NEW = { kept = "OLD", basis = 0.2 }'
    )

    mergers: dict[Ticker, MergerSettings] = Field(
        default_factory=dict, description="a table such as OLD = { value = 90.25 }"
    )

    def lot_method(self) -> LotMethod:
        """Return which lots are sold first."""
        return LotMethod(self.method)

    def rates(self) -> TaxRates:
        """Return the rates."""
        return TaxRates(short=self.short_rate, long=self.long_rate)

    def terms(self) -> tuple[SpinOff | Merger, ...]:
        """Return what the owner tells of spin-offs and mergers.

        Raises:
            SettingsError: When one cannot be.
        """
        try:
            spin_offs = [
                SpinOff(symbol=symbol(name), kept=symbol(one.kept), basis=one.basis)
                for name, one in self.spin_offs.items()
            ]
            mergers = [
                Merger(symbol=symbol(name), value=one.value) for name, one in self.mergers.items()
            ]
        except InvalidValueError as error:
            raise SettingsError(str(error)) from error
        return (*spin_offs, *mergers)
