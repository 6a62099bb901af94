"""Days on which money is lost: bars written by their changes, strategies that hold or rotate."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import EnabledStrategy, Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import resume
from alchemiser.application.report import CycleReport, StateChange
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.risk.breakers import BreakerCode, BreakerLimits
from alchemiser.domain.risk.limits import RiskLimits, TradingState
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.ports.notifier import Alert
from alchemiser.rules import asset, cumulative_return, when
from tests.cycle.world import make_engine

BEFORE = (date(2024, 3, 5), date(2024, 3, 6))
DAYS = tuple(date(2024, 3, day) for day in (7, 8, 11, 12, 13, 14, 15, 18, 19, 20))
ONE, TWO, THREE, FOUR, FIVE = DAYS[:5]

SPIN = when(cumulative_return("SPY", 1) > 0, asset("SPY"), asset("AGG"))
"""Rotates out of what has fallen: on a bad day it sells SPY and wants AGG."""
QUIET = BreakerLimits(
    max_daily_loss=Decimal("0.04"),
    max_drawdown=Decimal("0.9"),
    max_trend_loss=None,
    strategy_max_daily_loss=None,
    strategy_max_drawdown=None,
)
"""Only the loss of a day stops trading, at four per cent."""


def write_falls(home: Path, **changes: Sequence[float]) -> None:
    """Write two quiet sessions, then one session a change of each symbol."""
    folder = home / "bars"
    folder.mkdir(parents=True, exist_ok=True)
    for place, (name, moves) in enumerate(sorted(changes.items())):
        price, lines = 60.0 + 11 * place, ["session,close"]
        steps = zip((*BEFORE, *DAYS), (0.0, 0.001, *moves), strict=False)
        for day, change in steps:
            price *= 1 + change
            lines.append(f"{day},{price:.4f}")
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def enabled(weights: Mapping[str, str], trees: Mapping[str, Node]) -> tuple[EnabledStrategy, ...]:
    """Return strategies by name."""
    return tuple(
        EnabledStrategy(
            strategy_id=StrategyId(name),
            weight=Decimal(weights[name]),
            strategy=RuleStrategy(trees[name]),
            content_hash="",
        )
        for name in sorted(trees)
    )


ONLY = enabled({"spin": "1"}, {"spin": SPIN})


@dataclass
class Ears:
    """Keep every alert."""

    heard: list[Alert] = field(default_factory=list)

    def notify(self, alert: Alert) -> None:
        """Keep `alert`."""
        self.heard.append(alert)

    def codes(self) -> list[str]:
        """Return the alerts' names in their order."""
        return [one.code for one in self.heard]


@dataclass
class Desk:
    """Run days on the files in `home`; every day has an engine of its own, as after a restart.

    Attributes:
        home: The folder.
        breakers: What stops trading by itself.
        strategies: What is switched on.
        limits: Limits that differ from the usual ones.
        ears: Hear every alert.
    """

    home: Path
    breakers: BreakerLimits = QUIET
    strategies: tuple[EnabledStrategy, ...] = ONLY
    limits: Mapping[str, object] = field(default_factory=dict)
    ears: Ears = field(default_factory=Ears)

    def engine(self, day: date) -> Engine:
        """Return a new engine at the decision of `day`."""
        made = make_engine(self.home, day, 1)
        usual = replace(
            made.policy.limits,
            max_daily_loss=self.breakers.max_daily_loss,
            max_drawdown=self.breakers.max_drawdown,
            max_var=None,
            max_expected_shortfall=None,
        )
        limits: RiskLimits = replace(usual, **self.limits)  # type: ignore[arg-type]
        policy = replace(made.policy, breakers=self.breakers, limits=limits)
        return replace(made, strategies=self.strategies, policy=policy, notifier=self.ears)

    def run(self, day: date, change: Callable[[Engine], Engine] = lambda one: one) -> CycleReport:
        """Run the cycle of `day` with an engine that `change` may alter."""
        return asyncio.run(run_cycle(change(self.engine(day)), day))

    def state(self) -> EngineState:
        """Return what the journal says."""
        return Ledger(self.engine(ONE).journal).state

    def standing(self) -> TradingState:
        """Return how much may be done."""
        return self.state().state

    def tripped(self) -> list[BreakerCode]:
        """Return the breakers that stand, in their order."""
        return [code for code, _ in self.state().standing.latch.standing]

    def resume(self, day: date) -> StateChange:
        """Let a person lift what stands."""
        return asyncio.run(resume(self.engine(day), actor="owner", reason="seen"))

    def held(self) -> dict[str, Decimal]:
        """Return the broker's positions."""
        rows = self.engine(ONE).broker.account().positions
        return {str(row.symbol): row.quantity for row in rows}
