"""Past sessions as arrays: what the books follow, at which prices and costs."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np

from alchemiser.application.backtest import BacktestSetup
from alchemiser.application.engine import EnabledStrategy, Engine, Fallback
from alchemiser.application.fast_costs import costs_for
from alchemiser.application.kernels import Kernels
from alchemiser.domain.fast.inputs import Costs, FastInputs, Happening, Rules
from alchemiser.domain.fast.limits import Bounds, bounds_of
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.faults import is_bad
from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ONE, Floats, Mask
from alchemiser.domain.values.rebalance import EVERY_SESSION, Rebalance
from alchemiser.domain.venue_model.liquidity import LiquidityTable
from alchemiser.domain.venue_model.settings import INTEREST_DAYS, VenueSettings


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
        happenings: Splits and dividends by the row of their session.
        interest: float64 (T,), what a dollar of debt costs when each session begins, or None.
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
    happenings: Mapping[int, Happening] = field(default_factory=dict)
    interest: Floats | None = None
    kernels: Kernels | None = None


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
        costs=costs_for(
            setup,
            instruments,
            days,
            prices,
            LiquidityTable.of(panel, _trading_basis(panel)).rows(days),
        ),
        rules=_rules(engine, instruments),
        bounds=bounds_of(engine.policy.limits, instruments),
        cash=float(engine.broker.account().equity),
        happenings=happenings_of(_actions(engine, panel, days), panel.symbols, days),
        interest=_interest(setup.venue, days),
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
        happenings=grounds.happenings,
        interest=grounds.interest,
    )


def _prices(engine: Engine, panel: BarPanel, days: Sequence[date]) -> Floats:
    """Return the prices that sessions are traded at, on the trading basis where there is one.

    NaN where there is none.

    Raises:
        SettingsError: When they are opening prices, and the data have none.
    """
    at_open = engine.schedule.timing.trades_at_open()
    if at_open and panel.open is None:
        msg = "the data have no opening prices: trade near the close, or add a column open."
        raise SettingsError(msg)
    rows = {day: row for row, day in enumerate(panel.sessions)}
    prices = _trading_basis(panel)
    if at_open and panel.open is not None:
        # The opening price is on the signal basis, as the close is.
        prices = panel.open if panel.raw_close is None else prices * ratio(panel.open, panel.close)
    chosen = prices[[rows[day] for day in days]]
    return np.where(is_bad(chosen), np.nan, chosen)


def _trading_basis(panel: BarPanel) -> Floats:
    """Return the closes that shares are traded at, (T, N): as traded, where the source tells."""
    return panel.close if panel.raw_close is None else panel.raw_close


def _actions(engine: Engine, panel: BarPanel, days: Sequence[date]) -> tuple[CorporateAction, ...]:
    """Return the splits and dividends after the first of `days`; without a basis there are none."""
    if panel.raw_close is None:
        return ()
    return engine.market.corporate_actions(
        panel.symbols, first=days[0] + timedelta(days=1), last=days[-1]
    )


def happenings_of(
    actions: Iterable[CorporateAction], symbols: Sequence[Symbol], days: Sequence[date]
) -> dict[int, Happening]:
    """Return what becomes of shares of `symbols` at which of `days`, by their rows.

    Books count dividends from their ex-day on, and the account has them from their pay day on.

    Args:
        actions: By ex-day; those between two sessions happen before the later one.
        symbols: N tickers.
        days: Sessions, ascending.
    """
    found: dict[int, Happening] = {}
    columns = {name: column for column, name in enumerate(symbols)}
    for action in actions:
        row, column = bisect_left(days, action.ex_day), columns[action.symbol]
        happening = found.setdefault(row, _nothing(row, len(symbols)))
        happening.ratio[column] *= float(action.split)
        happening.income[column] += happening.ratio[column] * float(action.dividend)
        if action.pay_day is not None and action.dividend:
            paid = bisect_left(days, action.pay_day)
            happening.paid[column] = max(happening.paid[column], paid)
    return found


def _nothing(row: int, columns: int) -> Happening:
    """Return what happens before the session of `row` when nothing does."""
    return Happening(ratio=np.ones(columns), income=np.zeros(columns), paid=np.full(columns, row))


def _interest(venue: VenueSettings, days: Sequence[date]) -> Floats | None:
    """Return what a dollar of debt costs for the days since the session before, (T,), or None."""
    if not venue.margin_rate:
        return None
    gaps = [0, *((day - before).days for before, day in pairwise(days))]
    return np.array(gaps) * float(venue.margin_rate) / INTEREST_DAYS


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
