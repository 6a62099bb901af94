"""What one strategy says for one session."""

from dataclasses import dataclass

from alchemiser.domain.rules.trace import TraceStep
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.target import TargetPortfolio


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The strategy wants `target`, for the reasons in `trace`.

    Attributes:
        target: The wanted portfolio.
        trace: The path that led there.
        instead_of: Why the strategy itself did not decide, where `target` is its fallback; or "".
    """

    target: TargetPortfolio
    trace: tuple[TraceStep, ...] = ()
    instead_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """The strategy cannot decide.

    Attributes:
        reason: One plain sentence.
        symbols: The symbols whose data are missing, sorted.
        lacks_history: Whether all of them are merely too young, so that time alone will mend it.
        trace: The path up to where it broke off.
    """

    reason: str
    symbols: tuple[Symbol, ...] = ()
    lacks_history: bool = False
    trace: tuple[TraceStep, ...] = ()
