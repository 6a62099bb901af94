"""What a simulated venue costs and how long it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from types import MappingProxyType

from alchemiser.domain.market_rules.day_trading import (
    ADOPTION,
    DayTradeRegime,
    day_trade_regime,
)
from alchemiser.domain.market_rules.fees import regulatory_fees
from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import CENT, ONE, ZERO, cents, finite, positive
from alchemiser.domain.venue_model.impact import ImpactModel

INTEREST_DAYS = 360
"""Days of a year that interest is reckoned by: actual/360."""
PARTS_LIMIT = 4
"""Most partial fills that one match can have."""

_HALF_SPREAD = MappingProxyType({
    AssetClass.STOCK: Decimal("0.0003"),
    AssetClass.BROAD_FUND: Decimal("0.0001"),
    AssetClass.SECTOR_FUND: Decimal("0.0002"),
    AssetClass.LEVERAGED_FUND: Decimal("0.0003"),
})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSchedule:
    """Price the venue's service; the default is a commission-free broker that hands fees on.

    Attributes:
        commission_per_share: Dollars a share, both sides.
        commission_fraction: Share of the notional, both sides.
        regulatory: Whether sellers are charged what the law lets brokers hand on, by date.
    """

    commission_per_share: Decimal = ZERO
    commission_fraction: Decimal = ZERO
    regulatory: bool = True

    def __post_init__(self) -> None:
        for name in ("commission_per_share", "commission_fraction"):
            if finite(getattr(self, name), name) < 0:
                msg = f"{name} must not be negative."
                raise InvalidValueError(msg)

    def commission(self, quantity: Decimal, price: Decimal) -> Decimal:
        """Return what a fill on either side costs, dollars, rounded up to whole cents."""
        return _cents_up(self._commission(quantity, price))

    def charge(self, side: Side, quantity: Decimal, price: Decimal, day: date) -> Decimal:
        """Return the fee for one fill on `day`, dollars, rounded up to whole cents."""
        fee = self._commission(quantity, price)
        if side is Side.SELL and self.regulatory:
            fee += regulatory_fees(day, quantity, price)
        return _cents_up(fee)

    def _commission(self, quantity: Decimal, price: Decimal) -> Decimal:
        return quantity * (self.commission_per_share + self.commission_fraction * price)


def _cents_up(fee: Decimal) -> Decimal:
    return fee.quantize(CENT, rounding=ROUND_CEILING)


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueSettings:
    """Describe the venue that a backtest, a simulation or the local exchange trades on.

    Attributes:
        half_spread: Least distance of the touch from the quote's middle, as a fraction of the
            middle, for every asset class; a wider quote counts as it is.
        slippage: Largest loss of one fill beyond the touch, a fraction of the price; a fill's own
            lies evenly between none and this.
        impact: By how much an order moves the price.
        partial_probability: Chance that a match comes in more than one fill, in [0, 1].
        parts_max: Most fills of one match, 1 to 4.
        delay_min: Shortest time from match to fill.
        delay_max: Longest time from match to fill, shorter than `match_interval`.
        cancel_latency: Time from a cancel request to its effect; fills due before it count.
        match_interval: How often what is left of an order meets the quote again.
        notional_min: Smallest order, dollars at its limit.
        fees: What each fill is charged.
        close_cutoff: How long before the close the last order for the closing auction is taken, and
            the last cancel of one.
        kind: With whose money its account trades; neither kind is lent any.
        intraday_margin_since: Since when it holds to the rule on intraday margin, where brokers
            may choose; None when nobody has said, so that it refuses day trades meanwhile.
        margin_rate: Interest that a debit balance costs a year, a fraction.
    """

    half_spread: Mapping[AssetClass, Decimal] = field(default_factory=lambda: _HALF_SPREAD)
    slippage: Decimal = Decimal("0.0002")
    impact: ImpactModel = field(default_factory=ImpactModel)
    partial_probability: Decimal = Decimal("0.35")
    parts_max: int = 3
    delay_min: timedelta = timedelta(milliseconds=200)
    delay_max: timedelta = timedelta(seconds=3)
    cancel_latency: timedelta = timedelta(milliseconds=150)
    match_interval: timedelta = timedelta(minutes=1)
    notional_min: Decimal = ONE
    fees: FeeSchedule = FeeSchedule()
    close_cutoff: timedelta = timedelta(minutes=10)
    kind: AccountKind = AccountKind.MARGIN
    intraday_margin_since: date | None = ADOPTION
    margin_rate: Decimal = ZERO

    def __post_init__(self) -> None:
        object.__setattr__(self, "half_spread", dict(self.half_spread))
        missing = [name.value for name in AssetClass if name not in self.half_spread]
        if missing:
            msg = f"half_spread lacks the asset class {missing[0]}."
            raise InvalidValueError(msg)
        for name, value in self._fractions():
            if not 0 <= finite(value, name) <= ONE:
                msg = f"{name} must be between 0 and 1, not {value}."
                raise InvalidValueError(msg)
        positive(self.notional_min, "notional_min")
        if not 1 <= self.parts_max <= PARTS_LIMIT:
            msg = f"parts_max must be between 1 and {PARTS_LIMIT}, not {self.parts_max}."
            raise InvalidValueError(msg)
        if not timedelta(0) < self.delay_min <= self.delay_max < self.match_interval:
            msg = "delays must satisfy 0 < delay_min <= delay_max < match_interval."
            raise InvalidValueError(msg)
        for name in ("cancel_latency", "close_cutoff"):
            if getattr(self, name) <= timedelta(0):
                msg = f"{name} must be above zero."
                raise InvalidValueError(msg)

    def locked(self, unsettled: Decimal) -> Decimal:
        """Return how much of `unsettled` proceeds may not be spent yet, dollars."""
        return unsettled if self.kind is AccountKind.CASH else ZERO

    def interest(self, cash: Decimal, days: int) -> Decimal:
        """Return what a balance of `cash` dollars costs in so many calendar days, whole cents.

        Only a debit does. A year of interest has 360 days, as in the margin agreements of brokers:
        debit x rate x days / 360.
        """
        return cents(max(-cash, ZERO) * self.margin_rate * days / INTEREST_DAYS)

    def regime(self, day: date) -> DayTradeRegime:
        """Return the rule on day trades that the venue holds to on `day`."""
        return day_trade_regime(day, self.intraday_margin_since)

    def _fractions(self) -> list[tuple[str, Decimal]]:
        return [
            *((f"half_spread of {name.value}", value) for name, value in self.half_spread.items()),
            ("slippage", self.slippage),
            ("margin_rate", self.margin_rate),
            ("partial_probability", self.partial_probability),
        ]
