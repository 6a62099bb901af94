"""What the owner has changed of the strategies at run time, and what is still to be done of it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyChanged:
    """The owner changed a strategy; it stands above the configuration until the next change.

    Attributes:
        strategy: Which one.
        enabled: Whether it is asked.
        weight: Its share of the account in (0, 1], or None for what the configuration says.
        leaving: Whether its book is sold and its cash goes back to the house; only when disabled.
        reweigh: Whether its book is to be brought to its weight at the next decision.
        actor: Who changed it.
        reason: Why.
    """

    strategy: StrategyId
    enabled: bool
    weight: Decimal | None = None
    leaving: bool = False
    reweigh: bool = False
    actor: str
    reason: str

    def sentence(self) -> str:
        """Return what stands, in plain words."""
        parts = (
            [] if self.enabled else ["disabled, its book is sold" if self.leaving else "disabled"]
        )
        if self.weight is not None:
            parts.append(f"weight {plain(self.weight)}")
        stands = ", ".join(parts) or "as configured"
        return f"{self.strategy}: {stands} ({self.reason}, {self.actor})"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyReweighted:
    """A book has been brought to the weight that its owner asked for, as far as there was cash."""

    strategy: StrategyId


AllocationRecord = StrategyChanged | StrategyReweighted
ALLOCATION_RECORDS: Final[tuple[type, ...]] = (StrategyChanged, StrategyReweighted)


@dataclass(slots=True)
class Allocations:
    """Hold the owner's changes.

    Attributes:
        changes: The last change of each strategy that is not as the configuration has it.
        owed: Strategies whose books are still to be brought to their weight.
    """

    changes: dict[StrategyId, StrategyChanged] = field(default_factory=dict)
    owed: set[StrategyId] = field(default_factory=set)

    def apply(self, record: AllocationRecord) -> None:
        """Change by one record."""
        name = record.strategy
        if isinstance(record, StrategyReweighted):
            self.owed.discard(name)
            return
        self.changes.pop(name, None)
        if not record.enabled or record.weight is not None:
            self.changes[name] = record
        if record.leaving:
            self.owed.discard(name)
        elif record.reweigh:
            self.owed.add(name)
