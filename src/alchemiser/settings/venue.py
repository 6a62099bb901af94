"""The tables `[broker.venue]`: what trading costs at the simulated venue, and how long it takes."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.venue_model.impact import ImpactModel
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.settings.fields import Exact, Section

_USUAL = VenueSettings()
_MICROSECOND = timedelta(microseconds=1)
_FRACTION = "a fraction of the price from 0 to 0.1, such as 0.0002"
_SECONDS = "seconds from 0.001 to 59.999, such as 0.2"

Cost = Annotated[Exact, Field(ge=0, le=Decimal("0.1"), description=_FRACTION)]
Delay = Annotated[Exact, Field(ge=Decimal("0.001"), le=Decimal("59.999"), description=_SECONDS)]


def _seconds(delay: timedelta) -> Decimal:
    return Decimal(delay // _MICROSECOND).scaleb(-6).normalize()


def _delay(seconds: Decimal) -> timedelta:
    return int(seconds.scaleb(6)) * _MICROSECOND


class HalfSpread(Section):
    """Least distance of the touch from the middle of the quote, by asset class."""

    stock: Cost = _USUAL.half_spread[AssetClass.STOCK]
    broad_fund: Cost = _USUAL.half_spread[AssetClass.BROAD_FUND]
    sector_fund: Cost = _USUAL.half_spread[AssetClass.SECTOR_FUND]
    leveraged_fund: Cost = _USUAL.half_spread[AssetClass.LEVERAGED_FUND]


class Venue(Section):
    """What trading costs at the simulated venue, and how long it takes."""

    half_spread: HalfSpread = Field(default_factory=HalfSpread)
    slippage: Cost = _USUAL.slippage
    impact: Exact = Field(
        default=_USUAL.impact.coefficient,
        ge=0,
        le=10,
        description="a number from 0 to 10, such as 1",
    )
    assumed_volatility: Cost = _USUAL.impact.volatility
    assumed_daily_dollars: Exact = Field(
        default=_USUAL.impact.daily_dollars, ge=1, description="dollars, such as 1000000000"
    )
    partial_probability: Exact = Field(
        default=_USUAL.partial_probability, ge=0, le=1, description="a fraction, such as 0.35"
    )
    margin_rate: Exact = Field(
        default=_USUAL.margin_rate, ge=0, le=1, description="a fraction a year, such as 0.0625"
    )
    delay_min: Delay = _seconds(_USUAL.delay_min)
    delay_max: Delay = _seconds(_USUAL.delay_max)

    @model_validator(mode="after")
    def _delays_are_in_order(self) -> Self:
        if self.delay_min > self.delay_max:
            msg = (
                f"delay_min = {self.delay_min:f} is above delay_max = {self.delay_max:f}: "
                "lower the first or raise the second"
            )
            raise ValueError(msg)
        return self

    def venue(self, kind: AccountKind) -> VenueSettings:
        """Return the venue, for an account of that kind."""
        return VenueSettings(
            half_spread={AssetClass(name): part for name, part in self.half_spread},
            slippage=self.slippage,
            impact=ImpactModel(
                coefficient=self.impact,
                volatility=self.assumed_volatility,
                daily_dollars=self.assumed_daily_dollars,
            ),
            partial_probability=self.partial_probability,
            margin_rate=self.margin_rate,
            delay_min=_delay(self.delay_min),
            delay_max=_delay(self.delay_max),
            kind=kind,
        )
