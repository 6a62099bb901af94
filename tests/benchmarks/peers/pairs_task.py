"""A thousand pairs of averages on each of 30 symbols: which, and what each comes to.

Standard library and numpy only. A symbol is held over the session after one whose mean of `FAST`
closes is above that of `SLOW` closes, equal ones are not above; nothing is paid. Prices are whole
cents, so that means that are equal are so to the last bit where sums are exact.
"""

from typing import Final

FAST: Final = tuple(range(2, 27))
SLOW: Final = tuple(range(30, 70))
PAIRS: Final = tuple((fast, slow) for fast in FAST for slow in SLOW)
YEAR: Final = 252
"""Sessions."""
