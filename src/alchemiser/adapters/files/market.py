"""Market data from a folder of one file a symbol, or from one file with a symbol column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from alchemiser.adapters.files.actions import actions_of
from alchemiser.adapters.files.series import Days, Series, load
from alchemiser.adapters.files.table import CLOSE, NUMBERS, OPEN, RAW_CLOSE
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_from_columns
from alchemiser.domain.market.quote import PRICE_MAX, PRICE_MIN, Quote
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, Floats, decimal_from_float
from alchemiser.domain.values.session import Session
from alchemiser.ports.calendar import CalendarPort

SYNTHETIC_UNIT: Final = Decimal("0.000001")
"""The price step of a source without a trading basis: its total-return units know no ticks."""

_LEAST: Final = float(PRICE_MIN)
_MOST: Final = float(PRICE_MAX)

_quote: Final = maker(Quote)

_CLOSE_IS_NEAR: Final = timedelta(hours=1)

_CLOSURE_MAX: Final = timedelta(days=14)
"""Longer than the exchange was ever closed since 1990."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """Hold what has been told of one moment.

    Attributes:
        asked: The moment that was asked for.
        session: The one that had last opened by then, or None.
        moment: When its quotes were made, UTC.
        early: Whether nothing but the opening prices was known.
        prices: Of that session, dollars, as far as they have been looked up.
        quotes: Of that moment, as far as they have been made.
    """

    asked: datetime
    session: Session | None
    moment: datetime
    early: bool
    prices: dict[Symbol, Decimal | None] = field(default_factory=dict)
    quotes: dict[Symbol, Quote | None] = field(default_factory=dict)


class FileMarketData:
    """Serve the bars at `path`, read whole at the first question and kept.

    An instance does not notice a file that changes under it.
    """

    def __init__(self, path: Path, calendar: CalendarPort) -> None:
        self._path = path
        self._calendar = calendar
        self._rows: dict[Symbol, int] = {}
        self._told: _Told | None = None

    def check(self) -> None:
        """Read the source; raise InputError, in one sentence, where it breaks its contract.

        Prices are not judged here: NaN, zero and negative ones stay for the data gate.
        """
        if RAW_CLOSE in self._columns:
            _ = self._actions

    def symbols(self) -> tuple[Symbol, ...]:
        """Return what the source has bars of, sorted."""
        return tuple(sorted(self._series))

    def price_increment(self) -> Decimal:
        """Return the price step in dollars: a cent on a trading basis, else a synthetic unit."""
        return CENT if RAW_CLOSE in self._columns else SYNTHETIC_UNIT

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return bars of `symbols` from the first session that one of them has up to `through`.

        A symbol that the source does not know has a column of NaN; when it knows none of them,
        the source's own first session begins the axis.
        """
        names = tuple(sorted(set(symbols)))
        known = {name: self._series[name] for name in names if name in self._series}
        first = min(int(one.days[0]) for one in (known or self._series).values())
        axis = tuple(
            session.day for session in self._calendar.sessions(date.fromordinal(first), through)
        )
        days = np.array([day.toordinal() for day in axis], dtype=np.int64)
        columns = {column: np.full((len(axis), len(names)), np.nan) for column in self._columns}
        for place, name in enumerate(names):
            if name in known:
                _fill(columns, place, days, known[name])
        return panel_from_columns(sessions=axis, symbols=names, columns=columns)

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return a price of the session that has last opened by `at` as bid, ask and last.

        Prices are on the trading basis where the source has one. In the session's last hour the
        close counts as known: the source has nothing finer. Before it only the opening price
        does, and there is no quote from a source without one. After the session a quote is as
        old as the close. A symbol without a positive finite price is left out.
        """
        known = self._told
        if known is None or known.asked != at:
            known = self._told = self._tell(at, known)
        if known.session is None:
            return ()
        quotes = known.quotes
        for name in symbols:
            if name not in quotes:
                quotes[name] = self._quote(name, known.session.day, known)
        names = sorted(set(symbols)) if len(symbols) > 1 else symbols
        return tuple([one for name in names if (one := quotes[name]) is not None])

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return what the columns `split` and `dividend` tell, where there is a trading basis.

        Without a column `split`, a split is read from how the two bases part.
        """
        if RAW_CLOSE not in self._columns:
            return ()
        found = (
            action
            for name in set(symbols)
            for action in self._actions.get(name, ())
            if first <= action.ex_day <= last
        )
        return tuple(sorted(found, key=lambda one: (one.ex_day, one.symbol)))

    @cached_property
    def _actions(self) -> Mapping[Symbol, tuple[CorporateAction, ...]]:
        return {name: tuple(actions_of(name, one)) for name, one in self._series.items()}

    @cached_property
    def _series(self) -> Mapping[Symbol, Series]:
        return load(self._path, self._calendar)

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        held = {column for one in self._series.values() for column in one.numbers}
        return tuple(column for column in NUMBERS if column in held)

    def _tell(self, at: datetime, before: "_Told | None") -> "_Told":
        """Return what is to tell quotes at `at`; the same prices are asked for all session long."""
        moment = at.astimezone(UTC)
        session = self._session_at(moment, None if before is None else before.session)
        if session is None:
            return _Told(asked=at, session=None, moment=moment, early=True)
        moment = min(moment, session.close_at)
        early = moment < session.close_at - _CLOSE_IS_NEAR
        known = before is not None and (before.session, before.early) == (session, early)
        prices = before.prices if before is not None and known else {}
        return _Told(asked=at, session=session, moment=moment, early=early, prices=prices)

    def _session_at(self, at: datetime, known: Session | None) -> Session | None:
        """Return the session that has last opened by `at`, UTC."""
        day = at.date()
        if known is not None and known.day == day and known.open_at <= at:
            return known
        recent = self._calendar.sessions(day - _CLOSURE_MAX, day)
        return next((one for one in reversed(recent) if one.open_at <= at), None)

    def _quote(self, name: Symbol, day: date, told: "_Told") -> Quote | None:
        if name not in told.prices:
            told.prices[name] = self._price(name, day, early=told.early)
        price = told.prices[name]
        if price is None:
            return None
        return _quote(symbol=name, bid=price, ask=price, last=price, at=told.moment)

    def _price(self, name: Symbol, day: date, *, early: bool) -> Decimal | None:
        series = self._series.get(name)
        number = day.toordinal()
        if series is None or not len(series.days):
            return None
        # A backtest asks session after session.
        row, days = self._rows.get(name, -1) + 1, series.days
        if row >= len(days) or days.item(row) != number:
            # Most that is asked for in vain has not begun yet.
            if not days.item(0) <= number <= days.item(-1):
                return None
            row = int(np.searchsorted(days, number))
            if days.item(row) != number:
                return None
        self._rows[name] = row
        columns = series.numbers
        price: float = columns.get(RAW_CLOSE, columns[CLOSE]).item(row)
        if early:
            close, opening = columns[CLOSE].item(row), columns.get(OPEN)
            # The opening price is on the signal basis, as the close is.
            price *= opening.item(row) / close if opening is not None and close else np.nan
        return decimal_from_float(price) if _LEAST <= price <= _MOST else None


def _fill(columns: Mapping[str, Floats], place: int, days: Days, series: Series) -> None:
    count = int(np.searchsorted(series.days, days[-1], side="right")) if len(days) else 0
    held = np.searchsorted(days, series.days[:count])
    for column, array in columns.items():
        if column in series.numbers:
            array[held, place] = series.numbers[column][:count]
