"""The portfolio that one strategy wants."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.numbers import ONE, WEIGHT, ZERO, finite, weight_from_float


@dataclass(frozen=True, slots=True)
class TargetPortfolio:
    """Hold long-only weights that sum to at most one; the rest is cash.

    Attributes:
        weights: Pairs of symbol and weight in (0, 1] at 1e-9, sorted by symbol, each once.
    """

    weights: tuple[tuple[Symbol, Decimal], ...]

    def __post_init__(self) -> None:
        names = [name for name, _ in self.weights]
        if names != sorted(set(names)):
            msg = "the symbols of a target must be sorted and each stand once."
            raise InvalidValueError(msg)
        for name, weight in self.weights:
            if symbol(name) != name:
                msg = f"write {symbol(name)} instead of {name} in a target."
                raise InvalidValueError(msg)
            if not weight.is_finite():
                finite(weight, f"the weight of {name}")
            if not ZERO < weight <= ONE or weight % WEIGHT:
                msg = f"the weight of {name} must be in (0, 1] at 1e-9, not {weight}."
                raise InvalidValueError(msg)
        if self.total() > ONE:
            msg = f"the weights sum to {self.total()}, more than 1."
            raise InvalidValueError(msg)

    @classmethod
    def of(cls, weights: Mapping[str, Decimal | float | int]) -> "TargetPortfolio":
        """Return the target with `weights` in any order; zeros are left out, floats cut to 1e-9.

        Raises:
            InvalidValueError: When a weight is negative or not finite, or they sum to more than 1.
        """
        exact = [
            (symbol(name), weight if isinstance(weight, Decimal) else weight_from_float(weight))
            for name, weight in weights.items()
        ]
        return cls(tuple(sorted([pair for pair in exact if pair[1]])))

    def total(self) -> Decimal:
        """Return the invested share, in [0, 1]."""
        return sum((weight for _, weight in self.weights), ZERO)
