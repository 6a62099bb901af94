"""How far the best of many may be believed."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from alchemiser.domain.statistics.evidence import deflated_sharpe, independent_trials
from alchemiser.domain.statistics.overfitting import BLOCKS, overfitting
from alchemiser.domain.values.numbers import Floats, round_significant

LIKELY: Final = 0.95
"""How likely skill has to be before it is called so."""
LUCK: Final = 0.5
"""How often the best of one half is below the middle of the other when choosing is of no use."""
HARDLY: Final = 0.25
"""How often it may be, for choosing to be called of use."""
_PAIR: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Tell how far the best of many may be believed; NaN where it cannot be told.

    Attributes:
        trials: How many were tried.
        independent: How many independent ones they are worth.
        deflated_sharpe: Chance that the Sharpe ratio of the chosen is above what luck alone would
            have given the best of them.
        overfitting: How often the best of one half of history is below the middle in the other.
        loss: How often it loses money there.
    """

    trials: int
    independent: float
    deflated_sharpe: float
    overfitting: float
    loss: float

    @property
    def verdict(self) -> str:
        """Return what that means, as one sentence."""
        if self.trials == 1:
            return "Only one was tried: nothing was chosen, so nothing could be chosen by luck."
        if np.isnan(self.deflated_sharpe):
            return "Too little was traded to tell skill from luck."
        luck = (
            "The best is more than the luck of many trials would give."
            if self.deflated_sharpe >= LIKELY
            else "The best may be no more than the luck of many trials: do not rely on it."
        )
        return f"{luck} {self._choosing()}"

    def _choosing(self) -> str:
        if np.isnan(self.overfitting):
            return "Whether choosing by the past helps cannot be told."
        if self.overfitting >= LUCK:
            return "Choosing by the past did not help later: it was overfitted."
        if self.overfitting >= HARDLY:
            return "Choosing by the past hardly helped later."
        return "Choosing by the past helped later as well."


def evidence(returns: Floats, chosen: int) -> Evidence:
    """Return the evidence for one of N; `returns` are those of sessions, float64 (T, N)."""
    count = returns.shape[1]
    deflated = float(deflated_sharpe(returns)[chosen])
    blocks = min(BLOCKS, len(returns) // _PAIR // _PAIR * _PAIR)
    found = overfitting(returns, blocks) if count >= _PAIR and blocks >= _PAIR else None
    figures = np.array([
        independent_trials(returns) if count > 1 else 1.0,
        deflated,
        np.nan if found is None else found.probability,
        np.nan if found is None else found.loss,
    ])
    independent, deflated, chance, loss = round_significant(figures).tolist()
    return Evidence(
        trials=count,
        independent=independent,
        deflated_sharpe=deflated,
        overfitting=chance,
        loss=loss,
    )
