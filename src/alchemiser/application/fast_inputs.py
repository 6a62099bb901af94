"""Past sessions as arrays: what the books follow, at which prices and costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from alchemiser.application.backtest import BacktestSetup
from alchemiser.application.engine import EnabledStrategy, Engine, Fallback
from alchemiser.domain.fast.costs import costs_of
from alchemiser.domain.fast.inputs import Costs, FastInputs, Rules
from alchemiser.domain.fast.limits import Bounds, bounds_of
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ONE, Floats, Mask
from alchemiser.domain.values.rebalance import EVERY_SESSION, Rebalance
from alchemiser.ports.kernels import KernelsPort


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grounds:
    """Hold what sessions are run on, whatever is decided in them.

    Attributes:
        panel: Bars.
        days: The sessions, (T,).
        seen: The row of `panel` that each session's decision sees last, (T,).
        prices: float64 (T, N), dollars; what is traded at; NaN where there is no price.
        costs: What trades cost.
        rules: How weights become trades.
        bounds: What the portfolio may not exceed.
        cash: Dollars at the beginning.
        kernels: What runs the sessions, or None for arrays.
    """

    panel: BarPanel
    days: tuple[date, ...]
    seen: tuple[int, ...]
    prices: Floats
    costs: Costs
    rules: Rules
    bounds: Bounds
    cash: float
    kernels: KernelsPort | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Say how a book follows its strategy.

    Attributes:
        strategy_id: Whose book it is.
        weight: Share of the cash that it begins with.
        rebalance: When it is traded.
        fallback: What is held when there has been no decision for long, or None.
    """

    strategy_id: StrategyId
    weight: Decimal
    rebalance: Rebalance = EVERY_SESSION
    fallback: Fallback | None = None

    @classmethod
    def of(cls, enabled: EnabledStrategy) -> "Follower":
        """Return how the book of `enabled` follows it."""
        strategy = enabled.strategy
        rule = strategy.rebalance if isinstance(strategy, RuleStrategy) else EVERY_SESSION
        return cls(
            strategy_id=enabled.strategy_id,
            weight=enabled.weight,
            rebalance=rule,
            fallback=enabled.fallback,
        )


def grounds_of(setup: BacktestSetup, panel: BarPanel, seen: Sequence[int]) -> Grounds:
    """Return what the sessions of `setup` are run on.

    Args:
        setup: The world to run in.
        panel: Bars.
        seen: The row of `panel` that each session's decision sees last.

    Raises:
        SettingsError: When opening prices are traded at, and the data have none.
    """
    engine = setup.engine
    days = tuple(session.day for session in setup.sessions)
    prices = _prices(engine, panel, days)
    instruments = [engine.reference.instrument(name) for name in panel.symbols]
    return Grounds(
        panel=panel,
        days=days,
        seen=tuple(seen),
        prices=prices,
        costs=costs_of(setup.venue, instruments, days, prices),
        rules=_rules(engine, instruments),
        bounds=bounds_of(engine.policy.limits, instruments),
        cash=float(engine.broker.account().equity),
        kernels=setup.kernels,
    )


def inputs_of(
    grounds: Grounds,
    followers: Sequence[Follower],
    wanted: Mapping[StrategyId, Floats],
    missed: Mapping[StrategyId, frozenset[int]],
) -> FastInputs:
    """Return the sessions as arrays.

    Args:
        grounds: What they are run on.
        followers: The books.
        wanted: What each strategy decides, (T, N), NaN where it is undecided.
        missed: Rows at which each book could not be valued, so that it is its turn again after it.
    """
    capital = np.array([float(one.weight) * grounds.cash for one in followers])
    turns = [
        _traded(one, grounds, wanted[one.strategy_id], missed.get(one.strategy_id, frozenset()))
        for one in followers
    ]
    thresholds = np.array([float(one.rebalance.threshold) for one in followers])
    return FastInputs(
        prices=grounds.prices,
        weights=np.stack([followed for followed, _ in turns]),
        rests=np.stack([rests for _, rests in turns]),
        capital=capital,
        idle=grounds.cash - float(capital.sum()),
        costs=grounds.costs,
        rules=grounds.rules,
        thresholds=thresholds if thresholds.any() else None,
        bounds=grounds.bounds,
    )


def _prices(engine: Engine, panel: BarPanel, days: Sequence[date]) -> Floats:
    """Return the prices that sessions are traded at; NaN where there is none.

    Raises:
        SettingsError: When they are opening prices, and the data have none.
    """
    at_open = engine.schedule.timing.trades_at_open()
    prices = panel.open if at_open else panel.close
    if prices is None:
        msg = "the data have no opening prices: trade near the close, or add a column open."
        raise SettingsError(msg)
    rows = {day: row for row, day in enumerate(panel.sessions)}
    chosen = prices[[rows[day] for day in days]]
    return np.where(chosen > 0, chosen, np.nan)


def _rules(engine: Engine, instruments: Sequence[Instrument]) -> Rules:
    policy = engine.policy
    return Rules(
        cash_buffer=float(policy.allocation.cash_buffer),
        drift_band=float(policy.allocation.drift_band),
        minimum_trade=float(policy.planning.minimum_trade),
        whole=all(one.quantity_increment == ONE for one in instruments),
        reserve=float(policy.planning.limit_offset),
    )


def _traded(
    follower: Follower, grounds: Grounds, weights: Floats, missed: frozenset[int]
) -> tuple[Floats, Mask]:
    """Return what the book follows, and where it rests although its strategy decides.

    Fallbacks are put in, and what is not its turn is left out. What falls back is traded at once,
    and the strategy's own next decision as well.
    """
    followed, silent, last = weights.copy(), 0, None
    days, symbols = grounds.days, grounds.panel.symbols
    rests = np.zeros(len(days), dtype=np.bool_)
    fallback, rule = follower.fallback, follower.rebalance
    for row, is_decided in enumerate(decided(weights).tolist()):
        if row in missed:
            followed[row] = np.nan
        elif is_decided and rule.is_due(days[row], last):
            last = days[row]
        elif is_decided and rule != EVERY_SESSION:
            followed[row], rests[row] = np.nan, True
        elif not is_decided and fallback is not None and silent >= fallback.after:
            followed[row] = row_of(symbols, dict(fallback.target.weights))
            last = None
        silent = 0 if is_decided else silent + 1
    return followed, rests


def row_of(symbols: Sequence[Symbol], weights: Mapping[Symbol, Decimal]) -> list[float]:
    """Return `weights` in the order of `symbols`, zero where there is none."""
    return [float(weights.get(name, 0)) for name in symbols]


def decided(weights: Floats) -> Mask:
    """Return where a row of `weights`, (T, N), is known throughout, bool (T,)."""
    known: Mask = np.logical_and.reduce(np.isfinite(weights), axis=1)
    return known


def times_decided(weights: Floats, positions: Floats, prices: Floats) -> int:
    """Return in how many sessions a strategy decided, and its book and target had prices."""
    return int((decided(weights) & ~unvalued(weights, positions, prices)).sum())


def unvalued(weights: Floats, positions: Floats, prices: Floats) -> Mask:
    """Return where a book has no price of something that it held before or wants, bool (T,)."""
    held = np.concatenate((np.zeros_like(positions[:1]), positions[:-1]))
    lacks = np.isnan(prices) & ((held > 0) | (weights > 0))
    unvalued: Mask = np.logical_or.reduce(lacks, axis=1)
    return unvalued
