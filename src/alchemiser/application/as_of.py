"""Looking back: a market as it was at the close of a past session."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import decimal_from_float
from alchemiser.ports.market_data import PricedMarketDataPort


class ClosingQuotes:
    """Serve `market` with the closes of one past session as its quotes; a MarketDataPort.

    A broker tells the latest quotes alone. In a look back, the close stands for bid, ask and last
    trade, as it does in bars on disk.
    """

    def __init__(self, market: PricedMarketDataPort, session: date) -> None:
        """Look at `market` as it was at the close of `session`."""
        self._market = market
        self._session = session

    def check(self) -> None:
        """Prove that the source is there.

        Raises:
            InputError: When it is not.
        """
        self._market.check()

    def price_increment(self) -> Decimal:
        """Return the price step of the source."""
        return self._market.price_increment()

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return closed bars up to `through`.

        Raises:
            InputError: When the source breaks its contract.
            PortUnavailableError: When the source cannot be reached.
        """
        return self._market.bars(symbols, through=through)

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return the closes of the session, sorted; a symbol without one is left out.

        Raises:
            InputError: When the source breaks its contract.
            PortUnavailableError: When the source cannot be reached.
        """
        panel = self._market.bars(symbols, through=self._session)
        if not panel.sessions or panel.sessions[-1] != self._session:
            return ()
        row = (panel.close if panel.raw_close is None else panel.raw_close)[-1]
        closes = {name: float(price) for name, price in zip(panel.symbols, row, strict=True)}
        return tuple(
            Quote(symbol=name, bid=price, ask=price, last=price, at=at)
            for name, price in (
                (name, decimal_from_float(close)) for name, close in closes.items() if close > 0
            )
        )

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return the actions of `symbols` with ex-days from `first` to `last`.

        Raises:
            PortUnavailableError: When the source cannot be reached.
        """
        return self._market.corporate_actions(symbols, first=first, last=last)
