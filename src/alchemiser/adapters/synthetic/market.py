"""Market data of a made-up market that one seed determines whole."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property
from typing import Final

import numpy as np

from alchemiser.adapters.synthetic.universe import Listing, universe
from alchemiser.adapters.synthetic.world import World
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import COLUMNS, panel_from_columns
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import BASIS_POINT, CENT, decimal_from_float
from alchemiser.domain.values.session import Session
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.errors import InputError

FIRST_DAY: Final = date(2018, 1, 2)
"""Where every such market begins, so that a later end changes nothing before it."""

HISTORY_SESSIONS_MIN: Final = 1_500

_CLOSURE_MAX: Final = timedelta(days=14)
_CLOSING: Final = timedelta(minutes=15)


class SyntheticMarket:
    """Make up correlated prices with regimes, jumps and clusters of volatility.

    The same seed gives the same bits everywhere; a symbol's bars depend neither on which others
    are asked for nor on `last`. There are no dividends and no splits, so the signal basis and the
    trading basis are the same prices in whole cents.
    """

    def __init__(self, seed: int, calendar: CalendarPort, last: date) -> None:
        self._seed = seed
        self._calendar = calendar
        self._last = last

    def check(self) -> None:
        """Prove that there is enough history for the bundled strategies.

        Raises:
            InputError: When the market would end before it is 1,500 sessions old.
        """
        if len(self._axis) < HISTORY_SESSIONS_MIN:
            msg = (
                f"the synthetic market begins on {FIRST_DAY} and needs {HISTORY_SESSIONS_MIN} "
                f"sessions of history before {self._last}: choose a day from 2024 on."
            )
            raise InputError(msg)

    def price_increment(self) -> Decimal:
        """Return the price step: a cent."""
        return CENT

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return bars of `symbols` from the first session of the market up to `through`.

        A symbol that is not listed, and every session after `last`, is NaN.
        """
        names = tuple(sorted(set(symbols)))
        axis = tuple(one.day for one in self._calendar.sessions(FIRST_DAY, through))
        held = min(len(axis), len(self._axis))
        columns = {name: np.full((len(axis), len(names)), np.nan) for name in COLUMNS}
        for place, name in enumerate(names):
            if name in universe():
                for column, values in self._world.bars(universe()[name]).items():
                    columns[column][:held, place] = values[:held]
        return panel_from_columns(sessions=axis, symbols=names, columns=columns)

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return quotes round a price that runs straight from open to close.

        It arrives a quarter of an hour before the close; after the session a quote is as old as
        the close. A symbol that is not listed, or a session after `last`, has no quote.
        """
        moment = at.astimezone(UTC)
        recent = self._calendar.sessions(moment.date() - _CLOSURE_MAX, moment.date())
        session = next((one for one in reversed(recent) if one.open_at <= moment), None)
        if session is None or session.day not in self._axis:
            return ()
        listed = [name for name in sorted(set(symbols)) if name in universe()]
        return tuple(self._quote(universe()[name], session, moment) for name in listed)

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return none: this market has neither splits nor dividends."""
        del symbols, first, last
        return ()

    @cached_property
    def _axis(self) -> dict[date, int]:
        sessions = self._calendar.sessions(FIRST_DAY, max(FIRST_DAY, self._last))
        return {one.day: row for row, one in enumerate(sessions)}

    @cached_property
    def _world(self) -> World:
        return World(self._seed, len(self._axis))

    def _quote(self, listing: Listing, session: Session, at: datetime) -> Quote:
        columns, row = self._world.bars(listing), self._axis[session.day]
        opened, closed = float(columns["open"][row]), float(columns["close"][row])
        elapsed = (at - session.open_at) / (session.close_at - _CLOSING - session.open_at)
        middle = decimal_from_float(opened + (closed - opened) * min(1.0, elapsed))
        half = decimal_from_float(listing.spread_bps) * BASIS_POINT / 2
        bid = (middle * (1 - half)).quantize(CENT, rounding=ROUND_FLOOR)
        ask = (middle * (1 + half)).quantize(CENT, rounding=ROUND_CEILING)
        return Quote(
            symbol=listing.name,
            bid=max(bid, CENT),
            ask=max(ask, CENT),
            last=max(middle.quantize(CENT), CENT),
            at=min(at, session.close_at),
        )
