"""The latest of everything that a market data stream has told, for any thread to read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from threading import Lock

from alchemiser.adapters.alpaca.streams.halts import Halts
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Hold the best bid and ask of one symbol, dollars, above zero, at one moment, UTC."""

    bid: Decimal
    ask: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """Hold one trade: its name at its exchange, its price, dollars, and its moment, UTC."""

    trade_id: str
    price: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteBar:
    """Hold one minute: prices in dollars, shares, and the moment of its beginning, UTC."""

    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    at: datetime


class Board:
    """Keep the newest of each symbol that is subscribed; what is older than that is passed over.

    One thread writes, any may read.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._names: frozenset[Symbol] = frozenset()
        self._sides: dict[Symbol, Sides] = {}
        self._prints: dict[Symbol, Print] = {}
        self._bars: dict[Symbol, MinuteBar] = {}
        self._halts = Halts()

    def keep(self, names: Collection[Symbol]) -> None:
        """Keep `names` and nothing else from now on."""
        with self._lock:
            self._names = frozenset(names)
            for shelf in (self._sides, self._prints, self._bars):
                for name in [name for name in shelf if name not in self._names]:
                    del shelf[name]
            self._halts.keep(self._names)

    def blank(self) -> None:
        """Forget every price, and what is known of halts: messages are being missed."""
        with self._lock:
            self._sides.clear()
            self._prints.clear()
            self._bars.clear()
            self._halts.lose_track()

    def put_sides(self, name: Symbol, told: Sides | None, at: datetime) -> None:
        """Take a quote of the moment `at`; None when a side has no price."""
        with self._lock:
            known = self._sides.get(name)
            if name not in self._names or (known is not None and known.at > at):
                return
            if told is None:
                self._sides.pop(name, None)
            else:
                self._sides[name] = told

    def put_print(self, name: Symbol, told: Print) -> None:
        """Take a trade."""
        with self._lock:
            known = self._prints.get(name)
            if name in self._names:
                self._halts.traded(name, told.at)
                if known is None or known.at <= told.at:
                    self._prints[name] = told

    def take_back(self, name: Symbol, trade_id: str, instead: Print | None) -> None:
        """Take a trade back, or put another in its place, when it is the last one."""
        with self._lock:
            known = self._prints.get(name)
            if known is None or known.trade_id != trade_id:
                return
            if instead is None:
                del self._prints[name]
            else:
                self._prints[name] = instead

    def put_bar(self, name: Symbol, told: MinuteBar) -> None:
        """Take a minute, or the correction of the last one."""
        with self._lock:
            known = self._bars.get(name)
            if name in self._names and (known is None or known.at <= told.at):
                self._bars[name] = told

    def put_status(self, name: Symbol, *, status: str, reason: str, at: datetime) -> None:
        """Take a status message; statuses are told of every symbol, and only ours are kept."""
        with self._lock:
            if name in self._names:
                self._halts.status(name, status=status, reason=reason, at=at)

    def quote(self, name: Symbol) -> Quote | None:
        """Return the latest quote, or None where a price has not been told."""
        with self._lock:
            sides, last = self._sides.get(name), self._prints.get(name)
            if sides is None or last is None:
                return None
            halted = name in self._halts.halted()
        return Quote(
            symbol=name, bid=sides.bid, ask=sides.ask, last=last.price, at=sides.at, halted=halted
        )

    def bar(self, name: Symbol) -> MinuteBar | None:
        """Return the latest minute, or None."""
        with self._lock:
            return self._bars.get(name)

    def halts(self) -> frozenset[Symbol]:
        """Return the symbols that count as halted."""
        with self._lock:
            return self._halts.halted()

    def trading(self) -> frozenset[Symbol]:
        """Return the symbols that are known to trade: since the last gap no halt was told."""
        with self._lock:
            return self._halts.known() - self._halts.halted()

    def unknown_halts(self) -> frozenset[Symbol]:
        """Return the symbols of which nobody has said since the last gap whether they trade."""
        with self._lock:
            return self._names - self._halts.known()
