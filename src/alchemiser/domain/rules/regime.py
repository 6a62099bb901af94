"""In which regime the market is as of one session, the same live and in a backtest."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.metrics import (
    correlation_state,
    liquidity_state,
    trend,
    volatility_state,
)
from alchemiser.domain.values.identifiers import Symbol

UNKNOWN: Final = "unknown"
MARKET: Final = Symbol("SPY")
BONDS: Final = Symbol("TLT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """Label the market; `unknown` where the bars do not tell.

    Attributes:
        trend: `up`, `sideways` or `down`.
        volatility: `calm`, `normal` or `turbulent`.
        correlation: Of shares with bonds: `apart`, `unrelated` or `together`.
        liquidity: `thin`, `normal` or `deep`.
    """

    trend: str = UNKNOWN
    volatility: str = UNKNOWN
    correlation: str = UNKNOWN
    liquidity: str = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmarks:
    """Name what stands for the market.

    Attributes:
        market: The fund whose trend, volatility and liquidity are labelled.
        bonds: The fund whose correlation with it is.
    """

    market: Symbol = MARKET
    bonds: Symbol = BONDS

    def lookbacks(self) -> dict[Symbol, int]:
        """Return how many sessions of each fund the labels rest on."""
        states = _states(self.market, self.bonds)
        pair = states["correlation"].lookback()
        return {self.market: max(one.lookback() for one in states.values()), self.bonds: pair}

    def regime(self, evaluator: TreeEvaluator, row: int) -> Regime:
        """Return the labels at row `row` (0-based) of the evaluator's panel."""
        return Regime(**{
            name: _label(metric, evaluator, row)
            for name, metric in _states(self.market, self.bonds).items()
        })

    def regimes(self, evaluator: TreeEvaluator, rows: Iterable[int]) -> tuple[Regime, ...]:
        """Return the labels at each of `rows`."""
        return tuple(self.regime(evaluator, row) for row in rows)


@lru_cache(maxsize=32)  # each session asks for the same
def _states(market: Symbol, bonds: Symbol) -> dict[str, Metric]:
    return {
        "trend": trend(market),
        "volatility": volatility_state(market),
        "correlation": correlation_state(market, bonds),
        "liquidity": liquidity_state(market),
    }


def _label(metric: Metric, evaluator: TreeEvaluator, row: int) -> str:
    code = evaluator.value(metric, row)
    return UNKNOWN if code is None else metric.measure.labels[int(code)]
