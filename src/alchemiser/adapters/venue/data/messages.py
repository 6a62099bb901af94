"""What the stream tells of a stretch of time."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Final

import msgspec

from alchemiser.adapters.venue.data.channels import Message
from alchemiser.adapters.venue.data.halts import REASONS, StatusChange
from alchemiser.adapters.venue.data.moments import text
from alchemiser.adapters.venue.data.path import UNITS
from alchemiser.adapters.venue.data.prices import QUOTE_SECONDS
from alchemiser.adapters.venue.data.rows import (
    BarRow,
    Places,
    QuoteRow,
    TradeRow,
    bar_rows,
)
from alchemiser.adapters.venue.data.series import Series, Window
from alchemiser.adapters.venue.data.timeframe import DAY, MINUTE

TEST_SYMBOL: Final = "FAKEPACA"
"""What the test feed tells of, day and night."""

_BAND: Final = 0.05
"""How far the limits of a day lie from the price: a share of it."""

_HALF_MINUTE: Final = 30
_FAR: Final = 2**40
_ANY: Final = 2**31
_PRICE: Final = 13_456
"""Cents: about what the test symbol costs."""

Told = tuple[str, Message]
"""A channel, and what goes out on it."""


def market_messages(
    series: Series,
    places: Places,
    since: int,
    channels: Collection[str],
    late: Callable[[], bool] = lambda: False,
) -> Iterator[Told]:
    """Yield what happened after second `since` up to the moment of `series`, channel by channel.

    Where `late` says so, a bar is corrected half a minute after its end.
    """
    until = int(series.now.timestamp())
    now = Window(first=since + 1, last=until, count=_ANY)
    if "trades" in channels:
        for trade in places.trade_rows(series.name, series.trades(now)):
            yield "trades", _message("t", series.name, trade)
    if "quotes" in channels:
        for quote in places.quote_rows(series.name, series.quotes(now)):
            yield "quotes", _message("q", series.name, quote)
    if "updatedBars" in channels:
        yield from _corrections(series, since - _HALF_MINUTE, until - _HALF_MINUTE, late)
    ended = _minutes(series, since, until)
    if "bars" in channels:
        yield from (("bars", _message("b", series.name, bar)) for bar in ended)
    if ended:
        yield from _each_minute(series, places, channels)


def _corrections(
    series: Series, since: int, until: int, late: Callable[[], bool]
) -> Iterator[Told]:
    for bar in _minutes(series, since, until):
        if late():
            corrected = msgspec.structs.replace(bar, v=bar.v + 1, n=bar.n + 1)
            yield "updatedBars", _message("u", series.name, corrected)


def _each_minute(series: Series, places: Places, channels: Collection[str]) -> Iterator[Told]:
    if "dailyBars" in channels:
        days = series.bars(DAY, Window(first=0, last=_FAR, count=1, newest_first=True))
        for day in [] if days is None else bar_rows(days):
            yield "dailyBars", _message("d", series.name, day)
    if "lulds" in channels:
        tick = series.tick()
        yield (
            "lulds",
            {
                "T": "l",
                "S": series.name,
                "u": round(tick.price * (1 + _BAND) / UNITS, 2),
                "d": round(tick.price * (1 - _BAND) / UNITS, 2),
                "i": "B",
                "t": series.now,
                "z": places.tape(series.name),
            },
        )


def _minutes(series: Series, since: int, until: int) -> list[BarRow]:
    """Return the minutes that ended after `since` up to `until`."""
    length = MINUTE.count
    window = Window(first=since + 1 - length, last=until - length, count=_ANY)
    bars = series.bars(MINUTE, window)
    return [] if bars is None else bar_rows(bars)


def status_message(change: StatusChange, tape: str) -> Message:
    """Return a change of trading status, in the codes of the tape."""
    on_nasdaq = tape == "C"
    codes = ("H", "T") if on_nasdaq else ("2", "3")
    texts = ("Trading Halt", "Trading Resumption") if on_nasdaq else ("Trading Halt", "Resume")
    which = 0 if change.halted else 1
    return {
        "T": "s",
        "S": change.symbol,
        "sc": codes[which],
        "sm": texts[which],
        "rc": change.code if change.halted else "",
        "rm": REASONS.get(change.code, "") if change.halted else "",
        "t": change.at,
        "z": tape,
    }


def made_up_messages(since: int, until: int) -> Iterator[Told]:
    """Yield what the test feed tells of the seconds after `since` up to `until`."""
    for second in range(since - since % QUOTE_SECONDS + QUOTE_SECONDS, until + 1, QUOTE_SECONDS):
        price = _test_price(second)
        trade = TradeRow(c=["@"], i=second, p=price, s=100, t=text(second), x="V", z="A")
        yield "trades", _message("t", TEST_SYMBOL, trade)
        quote = QuoteRow(
            ap=round(price + 0.01, 2),
            as_=100,
            ax="V",
            bp=round(price - 0.01, 2),
            bs=100,
            bx="V",
            c=["R"],
            t=text(second),
            z="A",
        )
        yield "quotes", _message("q", TEST_SYMBOL, quote)
        if second % MINUTE.count == 0:
            yield "bars", _message("b", TEST_SYMBOL, _test_bar(second - MINUTE.count))


def _test_bar(start: int) -> BarRow:
    prices = [_test_price(start + at) for at in range(0, MINUTE.count, QUOTE_SECONDS)]
    return BarRow(
        c=prices[-1],
        h=max(prices),
        l=min(prices),
        n=len(prices),
        o=prices[0],
        t=text(start),
        v=100 * len(prices),
        vw=round(sum(prices) / len(prices), 4),
    )


def _test_price(second: int) -> float:
    return (_PRICE + second // QUOTE_SECONDS * 7 % 40) / 100


def _message(kind: str, name: str, row: BarRow | TradeRow | QuoteRow) -> Message:
    told: Message = msgspec.to_builtins(row)
    told.update(T=kind, S=name, t=datetime.fromisoformat(row.t))
    return told
