"""How often Python looks for garbage in cycles.

What the engine makes it either keeps for good, as all that folds from the journal, or lets go by
counting references; hardly anything is in a cycle. Looking through all of it after every seven
hundred new objects, as is usual, takes a tenth of a backtest.
"""

import gc
from typing import Final

THRESHOLDS: Final = (50_000, 20, 20)
"""New objects before the youngest are looked through, and how often before the older ones are."""


def collect_rarely() -> None:
    """Leave what is loaded alone from now on, and look through the rest less often."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
