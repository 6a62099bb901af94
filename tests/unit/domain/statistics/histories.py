"""Returns to measure, the same on every machine and with every numpy."""

from alchemiser.adapters.synthetic.noise import normal
from alchemiser.domain.values.numbers import Floats

SESSIONS = 756


def market(sessions: int = SESSIONS) -> Floats:
    """Return a benchmark's returns, (T,)."""
    return 0.0004 + 0.009 * normal(7, "market", sessions)


def three(sessions: int = SESSIONS) -> Floats:
    """Return one calm strategy, one with fat tails on the loss side, one that loses, (T, 3)."""
    own = normal(7, "own", 3 * sessions).reshape(sessions, 3)
    own[:, 1] -= 0.15 * own[:, 1] ** 2 - 0.15
    own[:, 1] += 0.05 * own[:, 1] ** 3
    returns: Floats = own * [0.004, 0.01, 0.02] + [0.0006, 0.001, -0.0015]
    returns += market(sessions)[:, None] * [0.3, 1.1, -0.4]
    return returns
