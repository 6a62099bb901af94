"""Ten years of one account: prices with splits and dividends, and an owner who interferes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from alchemiser.adapters.bars_store.null import NullBarsStore
from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.memory.control import MemoryControl
from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.memory.lease import MemoryLease
from alchemiser.adapters.notify.null import NullNotifier
from alchemiser.adapters.plugin_loader.runner import ContainedRunner
from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.system.calls import InlineCalls
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.engine import EnabledStrategy, Engine, Identity, Mode
from alchemiser.domain.cycle.decide import Policy
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.planning.planner import PlanSettings
from alchemiser.domain.portfolio.allocation import AllocationSettings
from alchemiser.domain.risk.breakers import RESEARCH_BREAKERS
from alchemiser.domain.risk.limits import RESEARCH_LIMITS
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.schedule import Schedule
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.rules import (
    asset,
    cumulative_return,
    weight_equal,
    weight_specified,
    when,
)

SYMBOLS = ("AGG", "GLD", "QQQ", "SPY", "TLT")
FIRST, LAST = date(2014, 1, 2), date(2023, 12, 29)
START = Decimal(250_000)
"""Dollars in the account."""
PAID_AFTER = timedelta(days=20)
WARM_UP = 40
"""Sessions before the first, for the look-backs."""


class PaidLater(FileMarketData):
    """The bars of files, whose dividends are paid three weeks after their ex-day."""

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return the actions with their pay days."""
        found = super().corporate_actions(symbols, first=first, last=last)
        return tuple(
            replace(one, pay_day=one.ex_day + PAID_AFTER) if one.dividend else one for one in found
        )


def write_decade(folder: Path, calendar: SessionTable, seed: int) -> None:
    """Write both bases of every symbol, with a dividend a quarter and a split every two years."""
    folder.mkdir(parents=True)
    axis = calendar.sessions(FIRST - timedelta(days=2 * WARM_UP), LAST)
    draws = np.random.default_rng(seed)
    for place, name in enumerate(SYMBOLS):
        growth = np.exp(draws.normal(0.0003, 0.012, len(axis)))
        raw, close = 60.0 + 35 * place, 100.0
        lines = ["session,close,raw_close,split,dividend"]
        for row, session in enumerate(axis):
            split = 1.0
            if row % 503 == 200 + 17 * place:
                split = float(draws.choice([2.0, 3.0, 1.5, 0.2, 0.1]))
            before, raw = raw, max(round(raw * growth[row] / split, 2), 0.05)
            dividend = round(raw * 0.006, 3) if row % 63 == 11 + 5 * place else 0.0
            close *= split * (raw + dividend) / before
            lines.append(f"{session.day},{close:.8f},{raw:.2f},{split:g},{dividend:g}")
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def trees() -> dict[str, tuple[str, Node]]:
    """Return three strategies that rotate often, into one another's symbols."""
    rising = cumulative_return("SPY", 10) > 0
    trend = when(rising, weight_equal(asset("QQQ"), asset("SPY")), asset("TLT"))
    rotation = weight_equal(*map(asset, SYMBOLS))
    hedge = when(
        cumulative_return("QQQ", 5) > 0,
        weight_specified((Decimal("0.7"), asset("AGG")), (Decimal("0.3"), asset("GLD"))),
        weight_specified((Decimal("0.5"), asset("SPY")), (Decimal("0.5"), asset("TLT"))),
    )
    return {"hedge": ("0.2", hedge), "rotation": ("0.3", rotation), "trend": ("0.4", trend)}


def make_engine(home: Path, seed: int) -> Engine:
    """Return an engine at the first session of the ten years, all of it in memory but the bars."""
    calendar = SessionTable()
    write_decade(home / "bars", calendar, seed)
    market = PaidLater(home / "bars", calendar)
    session = calendar.session(FIRST)
    assert session is not None
    clock = VirtualClock(Schedule().moment(session))
    reference = ReferenceTable(market.price_increment())
    return Engine(
        mode=Mode.SIMULATED,
        clock=clock,
        calendar=calendar,
        market=market,
        reference=reference,
        broker=SimulatedBroker(
            path=None,
            name="decade",
            cash=START,
            market=market,
            clock=clock,
            calendar=calendar,
            reference=reference,
            settings=VenueSettings(partial_probability=Decimal("0.6")),
            seed=seed,
            price_increment=market.price_increment(),
        ),
        journal=MemoryJournal(keep=True),
        bars_store=NullBarsStore(),
        lease=MemoryLease(),
        control=MemoryControl(),
        notifier=NullNotifier(),
        calls=InlineCalls(),
        runner=ContainedRunner(),
        strategies=tuple(
            EnabledStrategy(
                strategy_id=StrategyId(name),
                weight=Decimal(weight),
                strategy=RuleStrategy(tree),
                content_hash="",
            )
            for name, (weight, tree) in sorted(trees().items())
        ),
        policy=Policy(
            allocation=AllocationSettings(),
            planning=PlanSettings(),
            limits=RESEARCH_LIMITS,
            breakers=RESEARCH_BREAKERS,
        ),
        identity=Identity(code="", configuration=""),
    )
