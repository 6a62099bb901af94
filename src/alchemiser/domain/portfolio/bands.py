"""How far a holding may drift before trading it back is worth what it costs.

A weight that diffuses by s = w (1 - w) sigma, and is brought back to its target from the edges of a
band of half-width h, is traded back s^2 / h^2 times in a unit of time, which costs k s^2 / h.
Between the edges its mean square distance is h^2 / 6, and being off costs gamma sigma^2 / 2 times
that. The sum k s^2 / h + gamma sigma^2 h^2 / 12 is least at

    h = (6 k w^2 (1 - w)^2 / gamma)^(1/3)

where sigma is left in the cost alone. The cube root of the cost is the law of Davis and Norman
(1990), Portfolio selection with transaction costs, Mathematics of Operations Research 15; Leland
(2000), Optimal portfolio implementation with transactions costs and capital gains taxes; and Rogers
(2004), Why is the effect of proportional transaction costs O(delta^(2/3))?
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Final

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, SIGNIFICANT_DIGITS, ZERO

_PRECISION: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBands:
    """Say how bands follow from costs.

    Attributes:
        risk_aversion: The owner's relative risk aversion, above zero; more of it, narrower bands.
        widest: No band is wider than this share of a book's equity, in (0, 1).
    """

    risk_aversion: Decimal = Decimal(3)
    widest: Decimal = Decimal("0.05")

    def half_width(self, weight: Decimal, cost: Decimal) -> Decimal:
        """Return the half-width of the band round a weight, as a share of the book's equity.

        Args:
            weight: Wanted share of the book's equity, in [0, 1].
            cost: Dollars that trading a dollar costs, at or above zero.

        Returns:
            Twelve significant digits, at most `weight` and at most `widest`.
        """
        swing = weight * (ONE - weight)
        cube = 6 * cost * swing * swing / self.risk_aversion
        if cube <= 0:
            return ZERO
        # Logarithm and exponential of Decimal are correctly rounded, a power need not be.
        exact = Context(prec=_PRECISION)
        root = exact.exp(exact.divide(exact.ln(cube), Decimal(3)))
        return min(Context(prec=SIGNIFICANT_DIGITS).plus(root), weight, self.widest)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingCost:
    """Tell what trading a symbol is expected to cost.

    Attributes:
        half_spread: Half of the spread as a fraction of the mid, or None when it is not known.
        liquidity: What is known of how the symbol trades.
    """

    half_spread: Decimal | None = None
    liquidity: Liquidity = field(default_factory=Liquidity)

    def of(self, quantity: Decimal) -> Decimal | None:
        """Return what a dollar's worth costs when `quantity` shares are traded, or None.

        Half the spread plus the impact of the square-root model.
        """
        impact = self.liquidity.impact(quantity)
        if self.half_spread is None or impact is None:
            return None
        return self.half_spread + impact

    def unknown(self) -> str:
        """Return what is not known of it, in plain words, or ""."""
        if self.half_spread is None:
            return "its spread is not known"
        if self.liquidity.volatility is None:
            return "its volatility is not known"
        return "" if self.liquidity.daily_volume else "its volume is not known"


UNKNOWN_COST: Final = TradingCost()
"""What is known of trading a symbol of which nothing is."""


def trading_costs(
    quotes: Mapping[Symbol, Quote], liquidity: Mapping[Symbol, Liquidity]
) -> dict[Symbol, TradingCost]:
    """Return what trading each quoted symbol costs; a crossed or halted quote has no spread."""
    return {
        name: TradingCost(
            half_spread=_half_spread(quote), liquidity=liquidity.get(name, Liquidity())
        )
        for name, quote in quotes.items()
    }


def _half_spread(quote: Quote) -> Decimal | None:
    if quote.halted or quote.is_crossed():
        return None
    return (quote.ask - quote.bid) / 2 / quote.mid()
