"""Bars and quotes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol


class MarketDataPort(Protocol):
    """Serve closed daily bars and the latest quotes."""

    def check(self) -> None:
        """Prove that the source is there and has its contract's shape; called once at start.

        Raises:
            InputError: When it is not; names the file or address and the remedy.
        """

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return closed bars of `symbols` from the source's first session up to `through`.

        The panel's axis is every exchange session in the range. A symbol that the source does
        not know has a column of NaN. Values are as the source has them: bad ones included.

        Raises:
            InputError: When the source breaks its contract.
            PortUnavailableError: When the source cannot be reached.
        """

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return the latest quote of each symbol as of `at`, sorted; one without is left out.

        Raises:
            PortUnavailableError: When the source cannot be reached.
        """
