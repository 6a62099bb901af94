"""What shares traded at, as it is known now: the prices of shadows and the marks of everybody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import numpy as np

from alchemiser.application.engine import Engine
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.parity.exchanges import Exchange
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats, decimal_from_float
from alchemiser.ports.errors import InputError

Marks = Mapping[Symbol, Decimal]


class TradedPrices:
    """Tell the price at which each session is decided: its close, or its open."""

    def __init__(self, engine: Engine, symbols: Iterable[Symbol], last: date) -> None:
        """Read the bars of `symbols` up to the session `last`, with splits and dividends.

        Raises:
            SettingsError: When sessions trade at the open, and the source has no opening prices.
            InputError: When the source breaks its contract.
            PortUnavailableError: When it cannot be reached.
        """
        names = tuple(sorted(set(symbols)))
        self._panel = engine.market.bars(names, through=last)
        self._closes = _closes(self._panel)
        at_open = engine.schedule.timing.trades_at_open()
        self._prices = _opens(self._panel, self._closes) if at_open else self._closes
        self._rows = {day: row for row, day in enumerate(self._panel.sessions)}
        self._marks: dict[date, dict[Symbol, Decimal]] = {}
        first = self._panel.sessions[0] if self._panel.sessions else last
        self._actions = engine.market.corporate_actions(names, first=first, last=last)

    def known(self, day: date) -> bool:
        """Say whether the session of `day` has a price of anything yet."""
        row = self._rows.get(day)
        return row is not None and bool((self._prices[row] > 0).any())

    def quotes(self, day: date, at: datetime) -> tuple[Quote, ...]:
        """Return the session's prices as quotes made at `at`, sorted by symbol."""
        priced = self._priced(self._prices[self._rows[day]])
        return tuple(
            Quote(symbol=name, bid=price, ask=price, last=price, at=at) for name, price in priced
        )

    def closes(self, day: date) -> dict[Symbol, Decimal]:
        """Return the session's closing prices, dollars; a symbol without one is left out."""
        return dict(self._priced(self._closes[self._rows[day]]))

    def _priced(self, row: Floats) -> Iterator[tuple[Symbol, Decimal]]:
        """Yield the symbols that have a price in `row`, float64 (N,)."""
        found = zip(self._panel.symbols, row.tolist(), strict=True)
        return ((name, decimal_from_float(price)) for name, price in found if price > 0)

    def marks(self, day: date) -> dict[Symbol, Decimal]:
        """Return the latest price of each symbol at `day`; a symbol never priced is left out."""
        if day not in self._marks:
            rows = self._prices[: self._rows[day] + 1]
            known = rows > 0
            latest = len(rows) - 1 - known[::-1].argmax(axis=0)
            self._marks[day] = dict(self._priced(rows[latest, np.arange(rows.shape[1])]))
        return self._marks[day]

    def worths(
        self, day: date, after: date, exchanges: Sequence[Exchange] = ()
    ) -> dict[Symbol, Decimal]:
        """Return what one share of `day` is worth at `after`, with all that came in between.

        Args:
            day: A session.
            after: A later one.
            exchanges: What shares were given for between the two; all that was received has a mark
                at `after`.
        """
        worths = dict(self.marks(after))
        happened: list[Exchange | CorporateAction] = [
            *exchanges,
            *(one for one in self._actions if day < one.ex_day <= after),
        ]
        in_turn = sorted(happened, key=_turn)
        for one in in_turn[::-1]:  # the last first, of one day too: sorting backwards keeps ties
            if isinstance(one, Exchange):
                worths[one.symbol] = one.worth(worths)
            elif one.symbol in worths:
                worths[one.symbol] = one.worth(worths[one.symbol])
        return worths

    def need(self, symbols: Iterable[Symbol], day: date) -> None:
        """Prove that everything held or traded has a mark.

        Raises:
            InputError: When something has none.
        """
        missing = sorted(set(symbols) - self.marks(day).keys())
        if missing:
            msg = (
                f"the data have no price of {missing[0]} up to {day}, and the account traded it: "
                f"add its bars, or pull them with `alchemiser data pull --symbols {missing[0]}`."
            )
            raise InputError(msg)


def _turn(one: Exchange | CorporateAction) -> tuple[date, int]:
    """Return when something counts, as the books have it: the company's changes come first."""
    return (one.day, 0) if isinstance(one, Exchange) else (one.ex_day, 1)


def _closes(panel: BarPanel) -> Floats:
    """Return closing prices on the trading basis, float64 (T, N), NaN where there is none."""
    closes = panel.close if panel.raw_close is None else panel.raw_close
    return np.where(np.isfinite(closes), closes, np.nan)


def _opens(panel: BarPanel, closes: Floats) -> Floats:
    """Return opening prices on the trading basis, float64 (T, N), NaN where there is none.

    Raises:
        SettingsError: When the data have none.
    """
    if panel.open is None:
        msg = "the data have no opening prices, and sessions trade at the open: add a column open."
        raise SettingsError(msg)
    with np.errstate(divide="ignore", invalid="ignore"):
        opens: Floats = panel.open * (closes / panel.close)
    return np.where(np.isfinite(opens), opens, np.nan)
