"""Bars, quotes and corporate actions."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol


class MarketDataPort(Protocol):
    """Serve closed daily bars, the latest quotes, and splits and dividends."""

    def check(self) -> None:
        """Prove that the source is there and has its contract's shape; called once at start.

        Raises:
            InputError: When it is not; names the file or address and the remedy.
            PortUnavailableError: When the source cannot be reached.
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

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return the actions of `symbols` with ex-days from `first` to `last`, both inclusive.

        Sorted by ex-day, then symbol; at most one a symbol and day. A source whose prices are
        total-return units has none: they are in the prices.

        Raises:
            PortUnavailableError: When the source cannot be reached.
        """


class PricedMarketDataPort(MarketDataPort, Protocol):
    """A source that knows its price step."""

    def price_increment(self) -> Decimal:
        """Return the price step in dollars."""
