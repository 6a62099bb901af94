"""A source of market data whose bars are kept on this machine and only ever extended."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from alchemiser.application.pulling import Puller
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.market_data import PricedMarketDataPort


class KeptMarketData:
    """Serve bars from a local store after asking the source for what is missing.

    A session that is kept is not asked for again, so that a second decision of a day asks for
    nothing, and one of the next day for a few sessions.
    """

    def __init__(self, market: PricedMarketDataPort, puller: Puller, clock: ClockPort) -> None:
        """Keep the bars of `market`, which `puller` pulls."""
        self._market = market
        self._puller = puller
        self._clock = clock

    def check(self) -> None:
        """Check the source; it raises InputError."""
        self._market.check()

    def price_increment(self) -> Decimal:
        """Return the price step of the source."""
        return self._market.price_increment()

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return bars from the first session that one of `symbols` has up to `through`."""
        self._puller.pull(symbols, through=through, seen_at=self._clock.now())
        return self._puller.panel(symbols, through=through)

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return the quotes of the source."""
        return self._market.quotes(symbols, at=at)

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return the actions that the source tells."""
        return self._market.corporate_actions(symbols, first=first, last=last)
