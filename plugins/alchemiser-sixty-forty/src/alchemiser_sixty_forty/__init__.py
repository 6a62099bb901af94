"""Sixty per cent shares, forty per cent bonds: the example to copy."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import weight_specified


@dataclass(frozen=True, slots=True, kw_only=True)
class SixtyFortyParams:
    """Choose the mix.

    Attributes:
        shares: The part held in shares, above 0 and below 1; the rest is held in bonds.
    """

    shares: Decimal = Decimal("0.6")

    def __post_init__(self) -> None:
        if not 0 < self.shares < 1:
            msg = f"shares must lie above 0 and below 1, not at {self.shares}."
            raise ValueError(msg)


def build(params: SixtyFortyParams) -> RuleStrategy:
    """Return the strategy as `params` choose it."""
    bonds = 1 - params.shares
    tree = weight_specified((params.shares, "SPY"), (bonds, "AGG"))
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: max(params.shares, bonds)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    """Offer the strategy to The Alchemiser."""
    return [
        StrategySpec(
            strategy_id="sixty-forty",
            summary="Holds 60 % SPY and 40 % AGG.",
            params=SixtyFortyParams,
            build=build,
        )
    ]
