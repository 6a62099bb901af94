"""When a symphony trades: on a schedule, when weights have drifted, or both."""

from decimal import Decimal
from typing import Final

from alchemiser.plugins import Frequency, Rebalance
from alchemiser_symphony.blocks import RefusedError

NEVER: Final = "none"
"""On no schedule, but when weights have drifted."""

EVERY_SESSION: Final = Rebalance()


def rebalanced(frequency: str | None, threshold: Decimal | None) -> Rebalance:
    """Return when to trade: at every session, unless told otherwise.

    Raises:
        RefusedError: When the frequency is unknown, the threshold is no fraction, or it is never.
    """
    if threshold is not None and not 0 < threshold < 1:
        msg = f"the threshold is a fraction above 0 and below 1, not {threshold:f}"
        raise RefusedError(msg)
    if frequency == NEVER and threshold is None:
        msg = "it is never rebalanced: give a threshold or a frequency"
        raise RefusedError(msg)
    word = Frequency.DAILY if frequency in (None, NEVER) else frequency
    if word not in set(Frequency):
        names = ", ".join(Frequency)
        raise RefusedError(f"the frequency is one of {names} and {NEVER}, not {frequency}")
    return Rebalance(frequency=Frequency(word), threshold=threshold or Decimal(0))
