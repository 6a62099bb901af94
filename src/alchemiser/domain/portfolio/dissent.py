"""Why a strategy that decided is not traded: two sources of market data lead elsewhere."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.values.identifiers import StrategyId, Symbol


class QuorumCode(StrEnum):
    """Name what two sources do not agree on for a strategy."""

    QUORUM_TARGET = "quorum_target"
    """What it wants: the largest difference of a weight is above the limit, or it decides on one
    source only."""
    QUORUM_EXIT = "quorum_exit"
    """What its exit rules give up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissent:
    """Say why a strategy is not traded although the first source alone would have it so.

    Attributes:
        strategy: Which one.
        code: What is not agreed on.
        observed: The largest difference of a weight, or what is decided on either source.
        limit: What would have passed.
        symbol: Where they differ most, or None.
        first: What it wants on the first source; empty when it is undecided there.
        second: What it wants on the second, likewise.
    """

    strategy: StrategyId
    code: QuorumCode
    observed: str
    limit: str
    symbol: Symbol | None
    first: tuple[tuple[Symbol, Decimal], ...]
    second: tuple[tuple[Symbol, Decimal], ...]

    def sentence(self) -> str:
        """Return the refusal in plain words."""
        where = "" if self.symbol is None else f" in {self.symbol}"
        return (
            f"the data sources lead to different decisions: {self.code}{where} is {self.observed}, "
            f"the limit {self.limit}."
        )
