"""By how much what is traded moves its own price: the square-root law."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import ONE, ZERO, Floats, finite, positive
from alchemiser.domain.venue_model.liquidity import LiquidityTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactModel:
    """Say what moving the price costs: a fraction Y sigma sqrt(Q / V) of it.

    Q are the shares taken, sigma is the deviation of daily returns and V an average day's volume.
    It belongs to the price and not to chance. What has recovered is not counted: each time that an
    order meets the market it pays for what it takes there and then.

    Attributes:
        coefficient: Y, at or above zero; of order one in every market that was looked at.
        volatility: What counts as sigma where it is not known, a fraction at or above zero.
        daily_dollars: What counts as traded on an average day where volumes are not known, dollars,
            above zero.

    Sources: Almgren, Thum, Hauptmann and Li (2005), Direct Estimation of Equity Market Impact, who
    measure a power of 3/5; Toth et al. (2011), Anomalous Price Impact and the Critical Nature of
    Liquidity in Financial Markets, for the root and for Y.
    """

    coefficient: Decimal = ONE
    volatility: Decimal = Decimal("0.02")
    daily_dollars: Decimal = Decimal(1_000_000_000)

    def __post_init__(self) -> None:
        for name in ("coefficient", "volatility"):
            if finite(getattr(self, name), f"the impact's {name}") < 0:
                msg = f"the impact's {name} must not be negative."
                raise InvalidValueError(msg)
        positive(self.daily_dollars, "the impact's daily_dollars")

    def cost(self, quantity: Decimal, price: Decimal, known: Liquidity) -> Decimal:
        """Return by what fraction taking `quantity` shares at `price` dollars moves the price."""
        if not self.coefficient:
            return ZERO
        moved = self.completed(known, price).impact(quantity)
        return ZERO if moved is None else self.coefficient * moved

    def completed(self, known: Liquidity, price: Decimal) -> Liquidity:
        """Return what is `known` of a market, with what is assumed where it is not."""
        volatility, volume = known.volatility, known.daily_volume
        return Liquidity(
            volatility=self.volatility if volatility is None else volatility,
            daily_volume=volume or self.daily_dollars / price,
        )

    def coefficients(self, table: LiquidityTable, prices: Floats) -> Floats:
        """Return what trading costs, (T, N), in dollars per power 3/2 of the dollars traded.

        Args:
            table: What is known of each symbol as each of T sessions begins.
            prices: float64 (T, N), dollars, those of the trades; NaN where there is none.
        """
        known = np.where(table.volume > 0, table.volume * prices, np.nan)
        dollars = np.where(np.isnan(known), float(self.daily_dollars), known)
        sigma = np.where(np.isnan(table.volatility), float(self.volatility), table.volatility)
        coefficients: Floats = float(self.coefficient) * sigma / np.sqrt(dollars)
        return coefficients
