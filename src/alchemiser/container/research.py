"""A world in memory for backtests: the same engine, other adapters."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Final

import numpy as np
from dependency_injector import providers

from alchemiser.application.backtest import BacktestSetup
from alchemiser.container.adapters import adapter
from alchemiser.container.assembly import code_hash, today
from alchemiser.container.parts import Parts
from alchemiser.domain.risk.breakers import RESEARCH_BREAKERS, BreakerLimits
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskLimits
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, ONE, WEIGHT, ZERO
from alchemiser.domain.values.session import Session
from alchemiser.ports.strategy_source import StrategySourcePort
from alchemiser.settings import Settings, load_risk
from alchemiser.settings.trading import StrategySettings

_SEED: Final = 7
"""The same intervals of the same backtest, whoever runs it."""
_NAMED: Final = 5
"""Of more symbols a sentence names no more."""

Chosen = Sequence[tuple[str, Decimal | None]]
"""Strategies and their weights; None takes an equal share of what the others leave."""


def build_backtest(
    settings: Settings | None,
    strategies: Chosen,
    *,
    data: Path | None = None,
    period: tuple[date | None, date | None] = (None, None),
    risk: Path | None = None,
    benchmark: Symbol | None = None,
) -> BacktestSetup:
    """Return the world of a backtest; everything but the bars is in memory.

    Args:
        settings: The owner's; without them research defaults hold: no exposure limits.
        strategies: What to run; with none of them, what the settings enable.
        data: A folder or file of bars; None takes the settings' data.
        period: First and last session; None takes the data's own.
        risk: A file whose table `[risk]` is applied instead.
        benchmark: What is compared with, or None.

    Raises:
        SettingsError: When no strategy is named, weights sum to more than 1, or the data have no
            bar of the period or of the benchmark.
        PluginError: When a strategy cannot be loaded.
        InputError: When the data break their contract.
    """
    start, end = period
    last = end or today()
    base = settings or Settings()
    parts = Parts(settings=base, day=last, code=code_hash())
    chosen = _chosen(base, strategies, parts.source())
    # Whose key may be used for the owner's data, the owner's account says: a backtest has none.
    parts.keys.override(providers.Object(parts.keys()))
    parts.settings.override(base.for_research(chosen, data))
    limits, breakers, profile = _limits(settings, risk)
    _move_into_memory(parts, limits, breakers)
    parts.liquidity_through.override(providers.Object(last))
    parts.leading().check()
    sessions = _sessions(parts, start, last)
    if benchmark is not None:
        _check_benchmark(parts, benchmark, last)
    parts.start.override(parts.schedule().moment(sessions[0]))
    return BacktestSetup(
        engine=parts.engine(),
        clock=parts.virtual_clock(),
        sessions=sessions,
        venue=parts.settings().broker.venue_settings(),
        risk_profile=profile,
        units="dollars" if parts.price_increment() == CENT else "total-return units",
        chance=adapter("synthetic.chance.Chance")(_SEED),
        benchmark=benchmark,
    )


def _chosen(
    base: Settings, strategies: Chosen, source: StrategySourcePort
) -> dict[str, StrategySettings]:
    """Return the chosen strategies: as the settings have them, else with default parameters.

    Raises:
        SettingsError: When none is named, one is named twice, or there is no weight left.
    """
    if not strategies:
        if base.strategies:
            return base.strategies
        msg = "no strategy is named: add --strategy ID, such as --strategy nuclear."
        raise SettingsError(msg)
    weights = _weights(strategies)
    chosen: dict[str, StrategySettings] = {}
    for name, weight in weights.items():
        known = base.strategies.get(name)
        if known is None:
            chosen[name] = StrategySettings(plugin=source.offering(name), weight=weight)
        else:
            chosen[name] = known.model_copy(update={"weight": weight})
    return chosen


def _weights(strategies: Chosen) -> dict[str, Decimal]:
    names = [name for name, _ in strategies]
    given = [weight for _, weight in strategies if weight is not None]
    if not all(
        weight.is_finite() and 0 < weight <= ONE and not weight % WEIGHT for weight in given
    ):
        msg = "a weight of --strategy must be above 0 and at most 1, with at most nine decimals."
        raise SettingsError(msg)
    open_names = len(names) - len(given)
    left = ONE - sum(given, ZERO)
    if len(set(names)) < len(names):
        msg = "a strategy is named twice: name each once, with the weight it is to have."
        raise SettingsError(msg)
    if left < 0 or (open_names and not left):
        msg = "the weights of --strategy sum to at most 1, with something left for every strategy."
        raise SettingsError(msg)
    share = (left / open_names).quantize(WEIGHT, rounding=ROUND_DOWN) if open_names else ZERO
    return {name: share if weight is None else weight for name, weight in strategies}


def _limits(settings: Settings | None, risk: Path | None) -> tuple[RiskLimits, BreakerLimits, str]:
    if risk is not None:
        table = load_risk(risk)
        return table.limits(), table.breaker_limits(), risk.name
    if settings is not None:
        return settings.risk.limits(), settings.risk.breaker_limits(), settings.origin()
    return RESEARCH_LIMITS, RESEARCH_BREAKERS, "research"


def _move_into_memory(parts: Parts, limits: RiskLimits, breakers: BreakerLimits) -> None:
    parts.override_providers(
        bars_store=providers.Singleton(adapter("bars_store.null.NullBarsStore")),
        second_bars_store=providers.Singleton(adapter("bars_store.null.NullBarsStore")),
        broker_file=providers.Object(None),
        control=providers.Singleton(adapter("memory.control.MemoryControl")),
        journal=providers.Singleton(adapter("memory.journal.MemoryJournal")),
        lease=providers.Singleton(adapter("memory.lease.MemoryLease")),
        breakers=providers.Object(breakers),
        limits=providers.Object(limits),
        notifier=providers.Singleton(adapter("notify.null.NullNotifier")),
    )


def _sessions(parts: Parts, start: date | None, last: date) -> tuple[Session, ...]:
    """Return the sessions from `start` to `last` in which any of the symbols has a bar.

    Raises:
        SettingsError: When there is none.
    """
    symbols = sorted({
        name for enabled in parts.strategies() for name in enabled.strategy.requirements.symbols()
    })
    if start is not None and start > last:
        msg = f"there is no session to backtest: --start {start} is after the end, {last}."
        raise SettingsError(msg)
    panel = parts.market().bars(symbols, through=last)
    held = np.flatnonzero(np.isfinite(panel.close).any(axis=1))
    named = ", ".join(symbols[:_NAMED]) + (" and others" if len(symbols) > _NAMED else "")
    if not len(held):
        msg = (
            f"there is no session to backtest: the data have no bar of {named} up to {last}; take "
            "a later --end, or other data."
        )
        raise SettingsError(msg)
    first, final = panel.sessions[held[0]], panel.sessions[held[-1]]
    sessions = parts.calendar().sessions(max(start or first, first), final)
    if not sessions:
        msg = (
            f"there is no session to backtest from {start} to {last}: the data have bars of "
            f"{named} from {first} to {final}; widen --start and --end."
        )
        raise SettingsError(msg)
    return sessions


def _check_benchmark(parts: Parts, benchmark: Symbol, last: date) -> None:
    """Look for a bar of it.

    Raises:
        SettingsError: When there is none.
    """
    if not np.isfinite(parts.market().bars((benchmark,), through=last).close).any():
        msg = f"the data have no bar of the benchmark {benchmark}: name a symbol that they have."
        raise SettingsError(msg)
