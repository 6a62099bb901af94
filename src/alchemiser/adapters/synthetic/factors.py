"""The common forces of the made-up market: what makes its symbols move together."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from alchemiser.adapters.synthetic.noise import normal, uniform
from alchemiser.domain.values.numbers import Floats


@dataclass(frozen=True, slots=True)
class _Regime:
    """Describe one state of the stock market; drift and volatility as fractions a session."""

    drift: float
    volatility: float
    stay: float
    jump: float


_REGIMES: Final = (
    _Regime(drift=0.0008, volatility=0.0075, stay=0.992, jump=0.004),  # bull
    _Regime(drift=-0.0014, volatility=0.0175, stay=0.975, jump=0.020),  # bear
    _Regime(drift=0.0002, volatility=0.0095, stay=0.985, jump=0.006),  # sideways
)
_CALM: Final = 0.01
"""The market's volatility a session at which `stress` is one."""

# GARCH(1, 1) round each regime's own level (Bollerslev 1986).
_NEWS: Final = 0.09
_MEMORY: Final = 0.89

_FALL_MAX, _RISE_MAX = -0.11, 0.10
_JUMP_MEAN, _JUMP_DEVIATION = -0.012, 0.022


@dataclass(frozen=True, slots=True)
class Factors:
    """Hold what every symbol shares, one value a session, float64 (T,).

    Attributes:
        moves: By factor; a fraction a session, `rates` that of a bond of one year's duration.
        stress: The market's volatility over that of a calm day; around 1, above 0.
    """

    moves: dict[str, Floats]
    stress: Floats


def factors(seed: int, count: int) -> Factors:
    """Return the first `count` sessions of the world that `seed` names."""
    path = np.array(list(_market_path(seed, count))).reshape(count, 3)
    market, surprise, volatility = path.T
    stress = volatility / _CALM

    def own(name: str, deviation: float) -> Floats:
        return deviation * (0.6 + 0.4 * stress) * normal(seed, f"factor/{name}", count)

    # Fear answers to what was not expected, and to large surprises of either sign.
    unexpected = surprise * surprise - volatility * volatility
    fear = -2.6 * surprise + 9.0 * unexpected + own("volatility", 0.013)
    return Factors(
        moves={
            "market": market,
            "growth": own("growth", 0.0045),
            "rates": own("rates", 0.00055) - 0.010 * market,
            "commodity": own("commodity", 0.010) + 0.15 * market,
            "dollar": own("dollar", 0.0035) - 0.08 * market,
            "nuclear": own("nuclear", 0.012),
            "volatility": np.clip(fear, -0.20, 0.40),
        },
        stress=stress,
    )


def _market_path(seed: int, count: int) -> Iterator[tuple[float, float, float]]:
    """Yield the stock market's move, the surprise in it and the volatility expected before."""
    shocks = normal(seed, "market/shock", count).tolist()
    switches = uniform(seed, "market/switch", count).tolist()
    jumps = uniform(seed, "market/jump", count).tolist()
    sizes = normal(seed, "market/size", count).tolist()
    state, variance = 0, _REGIMES[0].volatility * _REGIMES[0].volatility
    for shock, switch, jump, size in zip(shocks, switches, jumps, sizes, strict=True):
        regime = _REGIMES[state]
        surprise = sqrt(variance) * shock
        if jump < regime.jump:
            surprise += _JUMP_MEAN + _JUMP_DEVIATION * size
        surprise = min(max(surprise, _FALL_MAX), _RISE_MAX)
        yield regime.drift + surprise, surprise, sqrt(variance)
        if switch >= regime.stay:
            # The two other states share what is left of [0, 1) equally.
            state = (state + (1 if switch < (1 + regime.stay) / 2 else 2)) % len(_REGIMES)
        level = _REGIMES[state].volatility * _REGIMES[state].volatility
        variance = (1 - _NEWS - _MEMORY) * level + _NEWS * surprise * surprise + _MEMORY * variance
