"""Rows as the REST interface writes them; prices in dollars, moments as RFC 3339 texts."""

import zlib
from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec

from alchemiser.adapters.venue.data.candles import Candles
from alchemiser.adapters.venue.data.moments import epoch, moment, text, texts
from alchemiser.adapters.venue.data.path import UNITS
from alchemiser.adapters.venue.data.prices import Prices, Tick
from alchemiser.adapters.venue.data.series import Prints, Series, Touches, Window
from alchemiser.adapters.venue.data.timeframe import DAY
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass

Price = float | msgspec.Raw | None
"""A fault writes what is no price: null, or the letters NaN."""

_AUCTION_PART: Final = 50
_LOTS: Final = 20
_LOT: Final = 100
_MIX: Final = 2_654_435_761
"""Knuth's multiplier: neighbouring seconds get sizes that look unrelated."""


class BarRow(msgspec.Struct, gc=False):
    """Write one bar; the fields are those of the published `stock_bar`."""

    c: Price
    h: Price
    l: Price  # noqa: E741 - the protocol's name
    n: int
    o: Price
    t: str
    v: int
    vw: Price


class TradeRow(msgspec.Struct, gc=False):
    """Write one trade; the fields are those of the published `stock_trade`."""

    c: list[str]
    i: int
    p: Price
    s: int
    t: str
    x: str
    z: str


class QuoteRow(msgspec.Struct, gc=False, rename={"as_": "as"}):
    """Write one quote; the fields are those of the published `stock_quote`."""

    ap: Price
    as_: int
    ax: str
    bp: Price
    bs: int
    bx: str
    c: list[str]
    t: str
    z: str


class AuctionPrint(msgspec.Struct):
    """Write one auction; the fields are those of the published `stock_auction`."""

    c: str
    p: float
    s: int
    t: str
    x: str


class AuctionRow(msgspec.Struct):
    """Write the auctions of one day: `o` the opening ones, `c` the closing ones."""

    c: list[AuctionPrint]
    d: date
    o: list[AuctionPrint]


def bar_rows(bars: Candles) -> list[BarRow]:
    """Return the rows of `bars`, in their order."""
    return list(
        map(
            BarRow,
            bars.closes.tolist(),
            bars.highs.tolist(),
            bars.lows.tolist(),
            bars.trades.tolist(),
            bars.opens.tolist(),
            texts(bars.stamps),
            bars.volumes.tolist(),
            bars.means.tolist(),
        )
    )


def auction_rows(series: Series, window: Window) -> list[AuctionRow]:
    """Return the auctions of the days in `window`, in its order: a share in fifty trades in each.

    The closing one of a session that has not closed is missing.
    """
    bars = series.bars(DAY, window)
    if bars is None:
        return []
    rows = zip(
        bars.stamps.tolist(),
        bars.opens.tolist(),
        bars.closes.tolist(),
        bars.volumes.tolist(),
        strict=True,
    )
    return [_auctions(series, *row) for row in rows]


def _auctions(series: Series, stamp: int, opened: float, closed: float, volume: int) -> AuctionRow:
    day = moment(stamp).date()
    session = series.prices.session(day)
    size = max(volume // _AUCTION_PART, 1)
    first = AuctionPrint(c="O", p=opened, s=size, t=text(epoch(session.open_at)), x="P")
    last = AuctionPrint(c="6", p=closed, s=size, t=text(epoch(session.close_at)), x="P")
    return AuctionRow(c=[last] if session.close_at <= series.now else [], d=day, o=[first])


class Places:
    """Know where a symbol trades: funds on NYSE Arca, tape B, stocks on Nasdaq, tape C."""

    def __init__(self, prices: Prices, *, thin: bool) -> None:
        self._prices = prices
        self._thin = thin

    def tape(self, name: Symbol) -> str:
        """Return the tape of `name`."""
        stock = self._prices.reference.instrument(name).asset_class is AssetClass.STOCK
        return "C" if stock else "B"

    def exchange(self, name: Symbol) -> str:
        """Return the exchange's letter: IEX has its own."""
        if self._thin:
            return "V"
        return "Q" if self.tape(name) == "C" else "P"

    def trade_rows(self, name: Symbol, parts: Iterable[Prints]) -> list[TradeRow]:
        """Return the rows of `parts`, in their order."""
        tape, exchange = self.tape(name), self.exchange(name)
        return [
            TradeRow(c=["@"], i=number + 1, p=price / UNITS, s=size, t=at, x=exchange, z=tape)
            for part in parts
            for at, price, size, number in zip(
                texts(part.stamps),
                part.prices.tolist(),
                part.sizes.tolist(),
                part.numbers.tolist(),
                strict=True,
            )
        ]

    def quote_rows(self, name: Symbol, parts: Iterable[Touches]) -> list[QuoteRow]:
        """Return the rows of `parts`, in their order."""
        return [
            self._quote(name, *self._prices.touch(name, price, part.step), at=at, second=second)
            for part in parts
            for at, second, price in zip(
                texts(part.stamps), part.stamps.tolist(), part.prices.tolist(), strict=True
            )
        ]

    def trade(self, name: Symbol, tick: Tick) -> TradeRow:
        """Return the last trade as a row."""
        return TradeRow(
            c=["@"],
            i=tick.number + 1,
            p=tick.price / UNITS,
            s=tick.size,
            t=text(tick.traded_at),
            x=self.exchange(name),
            z=self.tape(name),
        )

    def quote(self, name: Symbol, tick: Tick) -> QuoteRow:
        """Return the last quote as a row."""
        second = tick.quoted_at
        return self._quote(name, tick.bid, tick.ask, at=text(second), second=second)

    def _quote(self, name: Symbol, bid: int, ask: int, *, at: str, second: int) -> QuoteRow:
        exchange = self.exchange(name)
        key = 2 * second + zlib.crc32(name.encode())
        return QuoteRow(
            ap=ask / UNITS,
            as_=_size(key + 1),
            ax=exchange,
            bp=bid / UNITS,
            bs=_size(key),
            bx=exchange,
            c=["R"],
            t=at,
            z=self.tape(name),
        )


def _size(key: int) -> int:
    return (1 + key * _MIX % 2**32 * _LOTS // 2**32) * _LOT
