"""Why a decision came out as it did."""

from dataclasses import dataclass
from decimal import Decimal

from alchemiser.domain.values.frozen import quickly


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """Tell one step on the path of a decision.

    Attributes:
        depth: Nesting in the tree; 0 is the root. A chain of else-ifs stays on one level.
        text: The node or condition in words, such as `RSI(SPY, 10) > 79`.
        outcome: `true`, `false`, `undecided`, `selected`, `dropped`, `held` or `entered`.
        observed: The measured left side or score, 12 significant digits, or None.
        threshold: The right side it was compared with, or None.
        margin: `observed - threshold`, or None where nothing is compared.
    """

    depth: int
    text: str
    outcome: str
    observed: Decimal | None = None
    threshold: Decimal | None = None
    margin: Decimal | None = None
