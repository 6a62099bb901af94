"""Past sessions as arrays: what the books follow, at which prices and costs."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from alchemiser.application.backtest import BacktestSetup
from alchemiser.application.engine import EnabledStrategy, Engine, Timing
from alchemiser.domain.fast.costs import costs_of
from alchemiser.domain.fast.inputs import FastInputs, Rules
from alchemiser.domain.fast.limits import bounds_of
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ONE, Floats, Mask
from alchemiser.domain.values.rebalance import EVERY_SESSION, Rebalance


def inputs_of(
    setup: BacktestSetup,
    panel: BarPanel,
    days: Sequence[date],
    wanted: Mapping[StrategyId, Floats],
    missed: Mapping[StrategyId, frozenset[int]],
) -> FastInputs:
    """Return the sessions of `setup` as arrays.

    Args:
        setup: The world to run in.
        panel: Bars.
        days: Its sessions that are run, (T,).
        wanted: What each strategy decides, (T, N), NaN where it is undecided.
        missed: Rows at which each book could not be valued, so that it is its turn again after it.

    Raises:
        SettingsError: When opening prices are traded at, and the data have none.
    """
    engine = setup.engine
    prices = _prices(engine, panel, days)
    instruments = [engine.reference.instrument(name) for name in panel.symbols]
    cash = float(engine.broker.account().equity)
    capital = np.array([float(one.weight) * cash for one in engine.strategies])
    turns = [
        _traded(one, panel, wanted[one.strategy_id], days, missed.get(one.strategy_id, frozenset()))
        for one in engine.strategies
    ]
    thresholds = np.array([_threshold(one) for one in engine.strategies])
    return FastInputs(
        prices=prices,
        weights=np.stack([followed for followed, _ in turns]),
        rests=np.stack([rests for _, rests in turns]),
        capital=capital,
        idle=cash - float(capital.sum()),
        costs=costs_of(setup.venue, instruments, days, prices),
        rules=_rules(engine, instruments),
        thresholds=thresholds if thresholds.any() else None,
        bounds=bounds_of(engine.policy.limits, instruments),
    )


def _prices(engine: Engine, panel: BarPanel, days: Sequence[date]) -> Floats:
    """Return the prices that sessions are traded at; NaN where there is none.

    Raises:
        SettingsError: When they are opening prices, and the data have none.
    """
    at_open = engine.schedule.timing is Timing.NEXT_OPEN
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


def _threshold(enabled: EnabledStrategy) -> float:
    return float(rebalance_of(enabled).threshold)


def _traded(
    enabled: EnabledStrategy,
    panel: BarPanel,
    weights: Floats,
    days: Sequence[date],
    missed: frozenset[int],
) -> tuple[Floats, Mask]:
    """Return what the book follows, and where it rests although its strategy decides.

    Fallbacks are put in, and what is not its turn is left out. What falls back is traded at once,
    and the strategy's own next decision as well.
    """
    followed, silent, last = weights.copy(), 0, None
    rests = np.zeros(len(days), dtype=np.bool_)
    fallback, rule = enabled.fallback, rebalance_of(enabled)
    for row, is_decided in enumerate(decided(weights).tolist()):
        if row in missed:
            followed[row] = np.nan
        elif is_decided and rule.is_due(days[row], last):
            last = days[row]
        elif is_decided and rule != EVERY_SESSION:
            followed[row], rests[row] = np.nan, True
        elif not is_decided and fallback is not None and silent >= fallback.after:
            followed[row] = row_of(panel.symbols, dict(fallback.target.weights))
            last = None
        silent = 0 if is_decided else silent + 1
    return followed, rests


def rebalance_of(enabled: EnabledStrategy) -> Rebalance:
    """Return when the book of a strategy is traded."""
    strategy = enabled.strategy
    return strategy.rebalance if isinstance(strategy, RuleStrategy) else EVERY_SESSION


def row_of(symbols: Sequence[Symbol], weights: Mapping[Symbol, Decimal]) -> list[float]:
    """Return `weights` in the order of `symbols`, zero where there is none."""
    return [float(weights.get(name, 0)) for name in symbols]


def decided(weights: Floats) -> Mask:
    """Return where a row of `weights`, (T, N), is known throughout, bool (T,)."""
    known: Mask = np.logical_and.reduce(np.isfinite(weights), axis=1)
    return known
