"""What is recorded of strategies' wishes that rules of their own made smaller."""

from dataclasses import dataclass

from alchemiser.domain.portfolio.exits import Exit
from alchemiser.domain.portfolio.sizing import Sized
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionExited:
    """A book gives a position up; it is not bought again until its strategy stops wanting it."""

    strategy: StrategyId
    exit: Exit

    def sentence(self) -> str:
        """Return the exit in plain words."""
        one = self.exit
        return (
            f"{self.strategy} gives up {one.symbol}: {one.reason} at {plain(one.price)}, its level "
            f"{plain(one.level)}, bought at {plain(one.entry)}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSized:
    """A rule of sizing cut a strategy's weight, or all of them."""

    strategy: StrategyId
    cut: Sized

    def sentence(self) -> str:
        """Return the cut in plain words."""
        whose = self.cut.symbol or "all"
        wanted, allowed = plain(self.cut.wanted), plain(self.cut.allowed)
        return f"{self.strategy} {whose}: {self.cut.rule} cut {wanted} to {allowed}"
