"""The fast engine over past sessions: weights as arrays, and the books that follow them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Final

import numpy as np

from alchemiser.application.backtest import (
    BacktestSetup,
    Progress,
    WholePanelAnalyst,
    reported,
)
from alchemiser.application.backtest_report import BacktestReport, EngineName
from alchemiser.application.engine import Engine
from alchemiser.application.fast_course import Past, course_of
from alchemiser.application.fast_decisions import decisions
from alchemiser.application.fast_inputs import (
    Follower,
    Grounds,
    decided,
    grounds_of,
    inputs_of,
    unvalued,
)
from alchemiser.domain.fast.inputs import FastInputs, FastRun
from alchemiser.domain.fast.simulate import simulate
from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.portfolio.allocation import Allocation
from alchemiser.domain.portfolio.exits import Exits
from alchemiser.domain.portfolio.sizing import Sizing
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskLimits
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import Floats
from alchemiser.domain.values.rebalance import EVERY_SESSION

CHECKED: Final = frozenset({
    "max_position",
    "max_position_symbol",
    "max_sector",
    "max_asset_class",
    "max_underlying",
    "max_gross_exposure",
    "max_net_exposure",
    "max_leverage",
    "max_turnover",
})
"""Limits that this engine knows; the others are checked by the exact one."""


def fast_backtest(setup: BacktestSetup, progress: Progress) -> BacktestReport:
    """Run every session of `setup` as arrays and return how it went.

    Decisions are those of the exact engine, at the same moments and on the same bars. Prices are
    those that it trades at, with splits and dividends where the source has a trading basis; what
    trading costs are the venue's means. A property test holds the two together, and
    docs/backtesting.md tells where they part.

    Args:
        setup: The world to run in.
        progress: Told sessions done and sessions in all, at the end.

    Raises:
        SettingsError: When there is no session to run, or the settings ask for what only the exact
            engine does.
        PortError: When the data break their contract.
    """
    grounds, evaluator = grounds_for(setup)
    strategies = setup.engine.strategies
    wanted = decisions(grounds, strategies, evaluator, lambda: setup.engine.runner)
    followers = [Follower.of(one) for one in strategies]
    report = fast_report(setup, (grounds, evaluator), followers, wanted)
    progress(report.sessions, report.sessions)
    return report


def fast_report(
    setup: BacktestSetup,
    past: Past,
    followers: Sequence[Follower],
    wanted: Mapping[StrategyId, Floats],
) -> BacktestReport:
    """Return how past sessions went, which are those of `setup`.

    Args:
        setup: The world to run in.
        past: What the sessions are run on, and what evaluates trees there.
        followers: The books.
        wanted: What each strategy decides, (T, N), NaN where it is undecided.
    """
    course = course_of(setup, past, wanted, run_books(past[0], followers, wanted))
    return reported(
        setup,
        course,
        engine=EngineName.FAST,
        units=setup.units,
        not_checked=tuple(not_checked(setup.engine.policy.limits)),
    )


def grounds_for(setup: BacktestSetup) -> Past:
    """Return what the sessions of `setup` are run on, and what evaluates trees there.

    Raises:
        SettingsError: When there is no session to run, or the settings ask for what only the exact
            engine does.
        PortError: When the data break their contract.
    """
    if not setup.sessions:
        msg = "there is no session to backtest: widen --start and --end to the data's range."
        raise SettingsError(msg)
    _refuse_what_is_exact(setup.engine, setup)
    analyst = WholePanelAnalyst(setup.engine, setup.sessions[-1].day)
    seen = [analyst.prepare(setup.engine, session, ())(()).row for session in setup.sessions]
    panel, kernels = analyst.panel, setup.kernels
    loops = None if kernels is None else kernels.loops_for(panel.close.size)
    return grounds_of(setup, panel, seen), TreeEvaluator(panel, loops)


def run_books(
    grounds: Grounds, followers: Sequence[Follower], wanted: Mapping[StrategyId, Floats]
) -> tuple[FastInputs, FastRun]:
    """Run the sessions, again where a book that was to be traded could not be valued.

    Only what it holds then tells so, and it is its turn again at the next session.

    Args:
        grounds: What the sessions are run on.
        followers: The books.
        wanted: What each strategy decides, (T, N), NaN where it is undecided.
    """
    seldom = [
        (book, one.strategy_id)
        for book, one in enumerate(followers)
        if one.rebalance != EVERY_SESSION
    ]
    missed: dict[StrategyId, frozenset[int]] = {}
    kernels, cells = grounds.kernels, grounds.prices.size * len(followers)
    kernel = None if kernels is None else kernels.kernel_for(cells)
    while True:
        inputs = inputs_of(grounds, followers, wanted, missed)
        run = simulate(inputs, kernel)
        found: dict[StrategyId, list[int]] = {}
        for book, name in seldom:
            weights = inputs.weights[book]
            without = unvalued(weights, run.positions[:, book], inputs.prices)
            rows = np.flatnonzero(decided(weights) & without)
            if rows.size:
                found[name] = rows[:1].tolist()
        if not found:
            return inputs, run
        for name, first in found.items():
            missed[name] = missed.get(name, frozenset()) | frozenset(first)


def _refuse_what_is_exact(engine: Engine, setup: BacktestSetup) -> None:
    allocation = engine.policy.allocation
    asked = (
        (any(one.exits != Exits() for one in engine.strategies), "exits"),
        (any(one.sizing != Sizing() for one in engine.strategies), "sizing"),
        (allocation.allocation is not Allocation.DRIFT, "a constant mix"),
        (allocation.cost_bands is not None, "bands that costs set"),
        (setup.venue.kind is AccountKind.CASH, "an account without margin"),
        (engine.second is not None, "a second source of data"),
    )
    for is_asked, what in asked:
        if is_asked:
            msg = f"the fast engine does not know {what}: leave it out, or use --engine exact."
            raise SettingsError(msg)


def not_checked(limits: RiskLimits) -> Iterator[str]:
    """Yield the names of limits that are on and that this engine does not know."""
    for each in fields(limits):
        is_on = getattr(RESEARCH_LIMITS, each.name) is None and each.name not in CHECKED
        if is_on and getattr(limits, each.name) is not None:
            yield each.name
