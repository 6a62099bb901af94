"""Prices of every symbol at any moment of any session."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from alchemiser.adapters.venue.data.days import Days, days_of
from alchemiser.adapters.venue.data.halts import Halts
from alchemiser.adapters.venue.data.moments import epoch, midnights, moment
from alchemiser.adapters.venue.data.path import UNITS, VOLUME_MIN, Path, session_path
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.session import Session
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.market_data import MarketDataPort
from alchemiser.ports.reference import ReferencePort

QUOTE_SECONDS: Final = 5
"""A new quote comes this often while the session is open."""

THIN: Final = 35
"""Shares in a thousand that trade on the thin feed, IEX: 3.5 per cent."""

_PATHS_MAX: Final = 1_024
_PARTS: Final = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Tell what was last traded and what is quoted, prices in units.

    Attributes:
        price: Of the last trade.
        size: Of the last trade, shares.
        number: Of the last trade within its session, from 0.
        traded_at: When that was, seconds since 1970.
        bid: Best buying price.
        ask: Best selling price, above `bid`.
        quoted_at: When the quote was made, seconds since 1970.
        session: The session of both.
    """

    price: int
    size: int
    number: int
    traded_at: int
    bid: int
    ask: int
    quoted_at: int
    session: Session


@dataclass(frozen=True, kw_only=True, eq=False)
class Prices:
    """Make the trades of each session from its daily bar; implements VenueMarket.

    What is told of a moment is a pure function of the bars, the seed, the symbol and the moment,
    and of no later part of the path.

    Attributes:
        market: The source of daily bars, read once at the first question.
        calendar: The sessions.
        reference: Gives the asset class, by which the spread is wide or narrow.
        listed: What is traded here.
        through: The last day that the source can have.
        seed: Determines the paths.
        half_spread: Half the spread as a fraction of the price, by asset class.
        halts: What is halted at present.
    """

    market: MarketDataPort
    calendar: CalendarPort
    reference: ReferencePort
    listed: Iterable[Symbol]
    through: date
    seed: int = 1
    half_spread: Mapping[AssetClass, Decimal] = field(
        default_factory=lambda: VenueSettings().half_spread
    )
    halts: Halts = field(default_factory=Halts)
    _paths: dict[tuple[Symbol, int, bool], Path] = field(init=False, default_factory=dict)

    def symbols(self) -> tuple[Symbol, ...]:
        """Return what is traded here, sorted."""
        return self._names

    def days(self, name: Symbol) -> Days | None:
        """Return the daily bars of `name`, or None when it has none."""
        return self._days.get(name)

    def session(self, day: date) -> Session:
        """Return the session labelled `day`, which is one that the bars have.

        Raises:
            LookupError: When the exchange was closed that day.
        """
        found = self.calendar.session(day)
        if found is None:
            msg = f"{day} has bars and is no session of the exchange."
            raise LookupError(msg)
        return found

    def row(self, days: Days, at: datetime) -> int:
        """Return the row of the last session that has opened by `at`, or -1."""
        return bisect_right(days.labels, at, key=lambda day: self.session(day).open_at) - 1

    def path(self, name: Symbol, row: int, *, thin: bool = False) -> Path:
        """Return the trades of one session of `name`, on all exchanges or on the thin feed."""
        key = (name, row, thin)
        found = self._paths.get(key)
        if found is None:
            if len(self._paths) >= _PATHS_MAX:
                del self._paths[next(iter(self._paths))]
            found = self._paths[key] = self._make_path(name, row, thin=thin)
        return found

    def last(self, name: Symbol, days: Days, row: int, at: datetime, *, thin: bool = False) -> Tick:
        """Return what is known at `at` of session `row`, which has opened by then.

        After the close it is the last there was.
        """
        session = self.session(days.labels[row])
        opened = epoch(session.open_at)
        now = min(epoch(at), epoch(session.close_at))
        path = self.path(name, row, thin=thin)
        last = path.count(now - opened) - 1
        price = int(path.prices[last])
        bid, ask = self.touch(name, price, days.step)
        return Tick(
            price=price,
            size=int(path.sizes[last]),
            number=last,
            traded_at=opened + int(path.seconds[last]),
            bid=bid,
            ask=ask,
            quoted_at=now - (now - opened) % QUOTE_SECONDS,
            session=session,
        )

    def touch(self, name: Symbol, price: int, step: int) -> tuple[int, int]:
        """Return bid and ask round `price`, in units, on steps of `step` that it lies on too."""
        half, whole = self._half(name), _PARTS * step
        bid = max(price * (_PARTS - half) // whole * step, step)
        ask = -(-price * (_PARTS + half) // whole) * step
        return bid, max(ask, bid + step)

    def quote(self, symbol: Symbol, at: datetime) -> Quote | None:
        """Return bid, ask and last trade of `symbol` as known at `at`, UTC, or None.

        Outside the session they are the last there were, in a halt those of its beginning; before
        the first session, and of what is not listed, there is none.
        """
        days, seen = self.days(symbol), self.halts.seen(symbol, at)
        row = -1 if days is None else self.row(days, seen)
        if days is None or row < 0:
            return None
        tick = self.last(symbol, days, row, seen)
        return Quote(
            symbol=symbol,
            bid=Decimal(tick.bid) / UNITS,
            ask=Decimal(tick.ask) / UNITS,
            last=Decimal(tick.price) / UNITS,
            at=moment(tick.quoted_at),
            halted=self.halts.halted(symbol),
        )

    @cached_property
    def actions(self) -> tuple[CorporateAction, ...]:
        """Return every split and dividend of what is traded here, by ex-day, then symbol."""
        return self.market.corporate_actions(self._names, first=date.min, last=self.through)

    @cached_property
    def _names(self) -> tuple[Symbol, ...]:
        return tuple(sorted(set(self.listed)))

    @cached_property
    def _days(self) -> Mapping[Symbol, Days]:
        panel = self.market.bars(self._names, through=self.through)
        stamps = midnights(panel.sessions)
        actions: dict[Symbol, list[CorporateAction]] = {}
        for action in self.actions:
            actions.setdefault(action.symbol, []).append(action)
        made = {
            name: days_of(panel, stamps, column, actions.get(name, ()))
            for column, name in enumerate(panel.symbols)
        }
        return {name: days for name, days in made.items() if len(days)}

    def _make_path(self, name: Symbol, row: int, *, thin: bool) -> Path:
        days = self._days[name]
        session = self.session(days.labels[row])
        bar = days.bar(row)
        return session_path(
            replace(bar, volume=thinned(bar.volume)) if thin else bar,
            seconds=int((session.close_at - session.open_at).total_seconds()),
            name=f"{self.seed}/{name}/{session.day}",
        )

    def _half(self, name: Symbol) -> int:
        half = self.half_spread[self.reference.instrument(name).asset_class]
        return int(half * _PARTS)


def thinned(volume: int) -> int:
    """Return what of a day's `volume` trades on the thin feed, shares."""
    return max(volume * THIN // 1_000, VOLUME_MIN)
