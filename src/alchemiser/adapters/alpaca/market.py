"""Market data of the broker: bars, quotes and corporate actions."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.adapters.alpaca.actions import ACTIONS_PER_PAGE, announcements
from alchemiser.adapters.alpaca.apart import ROUNDS, Apart
from alchemiser.adapters.alpaca.halted import Halted, Halts
from alchemiser.adapters.alpaca.history import ROWS_PER_PAGE, BarsSource, Tell
from alchemiser.adapters.alpaca.paging import Reader, in_time
from alchemiser.adapters.alpaca.quotes import latest_quotes
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import from_first_bar
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.errors import InputError, PortError, PortUnavailableError

FIRST_DAY: Final = date(2016, 1, 4)
"""Where the broker's history of the whole market begins."""

_PROBE: Final = Symbol("SPY")
_ANY_TIME: Final = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
"""No quote is later than this one, so that none is left out for its time."""


class AlpacaMarketData:
    """Serve both bases of daily bars, the latest quotes, and splits and dividends.

    `close` is adjusted for everything that happened until the day of asking, so that old values
    change with every dividend; `raw_close` is what was traded.
    """

    def __init__(
        self,
        reader: Reader,
        calendar: CalendarPort,
        *,
        tell: Tell,
        feed: str | None = None,
        first: date = FIRST_DAY,
        halts: Halts | None = None,
    ) -> None:
        """Ask through `reader`.

        Args:
            reader: Asks the data address.
            calendar: The exchange's sessions.
            tell: Told of what an owner should know, one sentence each.
            feed: The broker's name of the feed, such as `iex` or `sip`; None for the best one.
            first: Where bars begin.
            halts: Judges what is halted; None where there is no stream to tell it.
        """
        self._reader = reader
        self._calendar = calendar
        self._tell = tell
        self._feed = feed
        self._first = first
        self._halts = halts or Halts(calendar, tell, feed=feed)
        self._apart = Apart()

    def check(self) -> None:
        """Ask for the latest quote of SPY: whoever may ask for that may ask for its history.

        Raises:
            InputError: When it cannot be read; names the remedy.
            PortUnavailableError: When the broker gives no answer.
        """
        try:
            self._latest((_PROBE,), _ANY_TIME, lambda _name, _traded_at: False)
        except (InputError, PortUnavailableError):
            raise
        except PortError as error:
            msg = (
                f"the data source does not serve the feed {self._feed or 'by default'} "
                f"({error}): correct url, feed or credentials."
            )
            raise InputError(msg) from error

    def price_increment(self) -> Decimal:
        """Return the price step: a cent."""
        return CENT

    def source(self) -> str:
        """Return what every series is made of, to be kept beside it."""
        return f"alpaca {self._feed or 'default'} close=all raw_close=raw"

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return bars from the first session that one of `symbols` has up to `through`.

        When the source knows none of them, the axis begins where its history does.
        """
        return from_first_bar(self.history(symbols, first=self._first, last=through))

    def history(self, symbols: Sequence[Symbol], *, first: date, last: date) -> BarPanel:
        """Return bars of `symbols` in every session from `first`, or the feed's own, to `last`."""
        sessions = self._calendar.sessions(max(first, self._first), last)
        return self._panel(sorted(set(symbols)), [one.day for one in sessions])

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return the latest quotes, at most as old as the broker's; `at` is taken for now."""
        return self._latest(symbols, at.astimezone(UTC), self._halts.at(symbols, at))

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return splits, stock and cash dividends; what else is announced is told."""
        pages = len(symbols) * ((last - first).days // 30 + 1) // ACTIONS_PER_PAGE
        told = announcements(in_time(self._reader, pages), symbols, first=first, last=last)
        for (kind, name), count in sorted(told.others.items()):
            self._tell(
                f"{count} announcements of the kind {kind} concern {name}: no engine books them, "
                "so compare the account after its ex-day."
            )
        return told.actions

    def _latest(self, symbols: Sequence[Symbol], at: datetime, halted: Halted) -> tuple[Quote, ...]:
        reader = in_time(self._reader, 0, ROUNDS)
        return tuple(
            latest_quotes(reader, symbols, at=at, feed=self._feed, halted=halted, apart=self._apart)
        )

    def _panel(self, symbols: Sequence[Symbol], sessions: Sequence[date]) -> BarPanel:
        """Return bars of both bases, read in the time that so many may take."""
        pages = 2 * (len(symbols) * len(sessions) // ROWS_PER_PAGE + 1)
        reader = in_time(self._reader, pages, ROUNDS)
        source = BarsSource(reader, self._feed, self._tell, self._apart)
        return source.panel(symbols, sessions)
