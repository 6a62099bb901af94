"""Which object works an order."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from alchemiser.domain.execution.algorithms.crossing import MarketableLimit, Passive, WalkTheBook
from alchemiser.domain.execution.algorithms.on_close import LimitOnClose
from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.algorithms.slicing import (
    Participation,
    TimeWeighted,
    VolumeWeighted,
)
from alchemiser.domain.execution.algorithms.steps import Working
from alchemiser.domain.orders.working import Algorithm

WORKING: Final[Mapping[Algorithm, Callable[[AlgorithmSettings], Working]]] = MappingProxyType({
    Algorithm.MARKETABLE_LIMIT: MarketableLimit,
    Algorithm.WALK_THE_BOOK: WalkTheBook,
    Algorithm.PASSIVE: Passive,
    Algorithm.TWAP: TimeWeighted,
    Algorithm.VWAP: VolumeWeighted,
    Algorithm.PARTICIPATION: Participation,
    Algorithm.LIMIT_ON_CLOSE: LimitOnClose,
})
"""Every algorithm by its name."""

AT_ONCE: Final = frozenset({
    Algorithm.MARKETABLE_LIMIT,
    Algorithm.WALK_THE_BOOK,
    Algorithm.PASSIVE,
})
"""Those whose first child is sent as soon as the order is due."""
