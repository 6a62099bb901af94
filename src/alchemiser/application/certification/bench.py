"""What a strategy is tried on and with, and what is noticed on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.candidate import Process, Told
from alchemiser.ports.chance import ChancePort
from alchemiser.ports.market_data import MarketDataPort
from alchemiser.ports.reference import ReferencePort


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Hold what every certification needs.

    Attributes:
        chance: Every draw.
        seed: What determines them.
        cuts: At how many random sessions the look-ahead is tried; the other checks follow it.
        calendar: The exchange's sessions.
        reference: Which class a symbol is of.
        market: The owner's bars; made-up ones when it is None.
        today: The last day that the owner's bars may hold.
        stopwatch: Tells seconds.
    """

    chance: ChancePort
    seed: int
    cuts: int
    calendar: CalendarPort
    reference: ReferencePort
    market: MarketDataPort | None
    today: date
    stopwatch: Callable[[], float]

    def rows(self, stream: str, count: int, last: int, *, first: int = 0) -> list[int]:
        """Return `count` rows from `first` to `last`, drawn with replacement."""
        draws = self.chance.uniform(f"rows/{stream}", count)
        return [first + int(draw * (last - first + 1)) for draw in draws]

    def share(self, part: int, *, least: int = 8) -> int:
        """Return one in `part` of the cuts."""
        return max(least, self.cuts // part)


class Ceilings:
    """Hold what a strategy declares to want of one symbol at most."""

    def __init__(self, reference: ReferencePort, largest: Mapping[AssetClass, Decimal]) -> None:
        self._reference = reference
        self._largest = largest
        self.undeclared: set[AssetClass] = set()

    def excess(self, outcome: StrategyOutcome) -> str:
        """Return which weight is above what was declared, or ""."""
        if not isinstance(outcome, Decided):
            return ""
        for name, weight in outcome.target.weights:
            kind = self._reference.instrument(name).asset_class
            ceiling = self._largest.get(kind)
            if ceiling is None and self._largest and kind is not AssetClass.STOCK:
                return f"wants {name}, a {kind}, of which largest_weights declares nothing"
            if ceiling is None:  # nothing is declared, or the symbol is one that nobody listed
                self.undeclared.add(kind)
            elif weight > ceiling:
                return (
                    f"wants {weight:f} of {name}, a {kind}, of which largest_weights declares "
                    f"{ceiling:f} at most"
                )
        return ""


@dataclass(slots=True, kw_only=True)
class Watch:
    """Ask a strategy, and keep what was noticed: the first of each kind, and counts."""

    needed: Requirements
    ceilings: Ceilings
    asked: int = 0
    decided: int = 0
    seconds: list[float] = field(default_factory=list)
    impure: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    heavy: list[str] = field(default_factory=list)

    def follow(self, process: Process, panel: BarPanel, row: int) -> Told:
        """Ask as trading does."""
        return self._noted(process.follow(panel, row), panel.sessions[row])

    def show(
        self, process: Process, panel: BarPanel, row: int, *, times: int = 1, fresh: bool = False
    ) -> Told:
        """Ask as of `row` of a panel that lies in the process with all its later rows."""
        told = process.show(panel, row, times=times, fresh=fresh)
        return self._noted(told, panel.sessions[row])

    def exact(
        self, process: Process, panel: BarPanel, row: int, *, times: int = 1, fresh: bool = False
    ) -> Told:
        """Ask as of `row` of a panel that ends with it."""
        return self.show(process, panel.until(row), row, times=times, fresh=fresh)

    def _noted(self, told: Told, day: date) -> Told:
        known = self.needed.symbols()
        self.asked += len(told.outcomes)
        self.seconds.append(told.seconds)
        self.impure += [f"as of {day} it {what}." for what in told.impure]
        self.changed += [f"as of {day} it {what}." for what in told.changed]
        self.strange += [
            f"as of {day} it reads {name}, which its requirements do not name."
            for name in told.reads
            if name not in known
        ]
        for outcome in told.outcomes:
            self.decided += isinstance(outcome, Decided)
            excess = self.ceilings.excess(outcome)
            if excess:
                self.heavy.append(f"as of {day} it {excess}.")
        return told
