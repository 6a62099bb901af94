"""Pasts to try orders in: one in which nothing happened, and some that tell of a danger."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from types import MappingProxyType
from typing import Final

import numpy as np

from alchemiser.domain.risk.history import RiskHistory
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.risk.markets import MarketHistory
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, Floats

SESSIONS: Final = 64
"""As many as the checks look back at, at most."""
HALF: Final = Decimal("0.5")
"""What is lost in a session of a past that tells of danger, a fraction."""
_SATURDAY: Final = 6
_LIQUID: Final = 1e12
_FIRST_CLOSE: Final = 100.0
_RIPPLE: Final = 0.0005


def weekdays(day: date) -> tuple[date, ...]:
    """Return the last 64 weekdays up to `day`, ascending."""
    days = (day - timedelta(days=back) for back in range(2 * SESSIONS))
    return tuple(reversed([one for one in days if one.isoweekday() < _SATURDAY][:SESSIONS]))


def quiet_past(day: date, names: Iterable[Symbol], limits: RiskLimits) -> RiskHistory:
    """Return a past without losses or trades, as long as `limits` look back.

    Every symbol is liquid and hardly moves, each in a rhythm of its own.
    """
    ordered = sorted(names)
    rows = np.arange(_length(limits))[:, None]
    rhythm = 0.61 + 0.37 * np.arange(1, len(ordered) + 1)[None, :]
    columns = dict(zip(ordered, (1 + _RIPPLE * np.sin(rows * rhythm)).T, strict=True))
    return RiskHistory(sessions=weekdays(day), markets=_market(columns))


def traded(past: RiskHistory, name: Symbol, dollars: float) -> RiskHistory:
    """Return `past` in which so many dollars of `name` are traded a day; NaN is not known."""
    markets = _known(past)
    if markets.dollars is None:
        return past
    volumes = markets.dollars.copy()
    volumes[:-1, markets.columns[name]] = dollars
    return replace(past, markets=replace(markets, dollars=volumes))


def moving_as(past: RiskHistory, name: Symbol, other: Symbol) -> RiskHistory:
    """Return `past` in which `name` has moved exactly as `other`."""
    markets = _known(past)
    return _with(past, name, markets.closes[:, markets.columns[other]])


def new(past: RiskHistory, name: Symbol) -> RiskHistory:
    """Return `past` in which `name` was listed too late to be measured."""
    return _with(past, name, np.full(len(_known(past).closes), np.nan))


def crashing(past: RiskHistory, name: Symbol, limits: RiskLimits) -> RiskHistory:
    """Return `past` in which `name` lost half in just as many sessions as value at risk counts.

    The deviation of all sessions is small, so that only the historical figure shows it.
    """
    returns = np.zeros(_length(limits) - 1, dtype=np.float64)
    count = ((ONE - limits.var_confidence) * limits.var_sessions).to_integral_value(ROUND_CEILING)
    returns[-max(int(count), 1) :] = -float(HALF)
    return _with(past, name, _closes(returns))


def swinging(past: RiskHistory, name: Symbol, limits: RiskLimits) -> RiskHistory:
    """Return `past` in which `name` lost or won half of its value in every session.

    No session was worse than another, so that only the parametric figure shows it.
    """
    returns = np.full(_length(limits) - 1, float(HALF))
    returns[::2] *= -1
    return _with(past, name, _closes(returns))


def _length(limits: RiskLimits) -> int:
    return 1 + max(limits.var_sessions, limits.correlation_sessions, limits.adv_sessions)


def _closes(returns: Floats) -> Floats:
    growth = np.concatenate((np.ones(1), 1 + returns))
    closes: Floats = np.asarray(_FIRST_CLOSE * np.cumprod(growth), dtype=np.float64)
    return closes


def _market(columns: Mapping[Symbol, Floats]) -> MarketHistory:
    closes = np.column_stack(list(columns.values()))
    dollars = np.full(closes.shape, _LIQUID)
    # The present session has not closed, so that nobody knows its volume.
    dollars[-1] = np.nan
    places = {name: place for place, name in enumerate(columns)}
    return MarketHistory(columns=MappingProxyType(places), closes=closes, dollars=dollars)


def _with(past: RiskHistory, name: Symbol, closes: Floats) -> RiskHistory:
    markets = _known(past)
    columns = {one: markets.closes[:, place] for one, place in markets.columns.items()}
    return replace(past, markets=_market({**columns, name: closes}))


def _known(past: RiskHistory) -> MarketHistory:
    return past.markets or _market({})
