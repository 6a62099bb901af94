"""Make quotes of the broker's latest quotes and latest trades."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from alchemiser.adapters.alpaca.answers import document, mapping, moment, number
from alchemiser.adapters.alpaca.apart import Apart, Part
from alchemiser.adapters.alpaca.halted import Halted
from alchemiser.adapters.alpaca.paging import Reader, batches, listed
from alchemiser.domain.market.quote import PRICE_MAX, PRICE_MIN, Quote
from alchemiser.domain.values.identifiers import Symbol

QUOTES: Final = "/v2/stocks/quotes/latest"
TRADES: Final = "/v2/stocks/trades/latest"

AHEAD_MAX: Final = timedelta(seconds=60)
"""How far a quote may lie after the moment asked for: the answer takes time and clocks differ."""

_BUSTED: Final = frozenset({"canceled", "incorrect"})


def latest_quotes(
    reader: Reader,
    symbols: Sequence[Symbol],
    *,
    at: datetime,
    feed: str | None,
    halted: Halted,
    apart: Apart | None = None,
) -> list[Quote]:
    """Return the latest quotes of `symbols`, sorted, in two requests a batch.

    A symbol is left out when it has no quote or no trade, a side has no price (the broker says
    0), the last trade was taken back, or the quote is made later than `at`; also when there is no
    answer for it although there is one for others, of which `apart` keeps account.

    Raises:
        InputError: When the answer breaks its contract.
        PortUnavailableError: When the broker cannot be reached.
    """

    def ask(part: Part) -> list[Quote]:
        params = {"symbols": listed(part)} | ({} if feed is None else {"feed": feed})
        quotes = _told(reader.get(QUOTES, params), "quotes")
        trades = _told(reader.get(TRADES, params), "trades")
        made = (_quote(name, quotes.get(name), trades.get(name), at, halted) for name in part)
        return [quote for quote in made if quote is not None]

    apart = apart or Apart()
    return [
        quote
        for part in batches(sorted(set(symbols)))
        for told in apart.ask(ask, part).told
        for quote in told
    ]


def _told(body: bytes, key: str) -> Mapping[str, Any]:
    return mapping(mapping(document(body, key), key).get(key), key)


def _quote(
    name: Symbol, quote: object, trade: object, at: datetime, halted: Halted
) -> Quote | None:
    sides, last = mapping(quote, f"the quote of {name}"), mapping(trade, f"the trade of {name}")
    bid, ask, price = _price(sides.get("bp")), _price(sides.get("ap")), _price(last.get("p"))
    if bid is None or ask is None or price is None or last.get("u") in _BUSTED:
        return None
    made = moment(sides.get("t"), f"the quote of {name}")
    if made > at + AHEAD_MAX:
        return None
    is_halted = halted(name, moment(last.get("t"), f"the trade of {name}"))
    return Quote(symbol=name, bid=bid, ask=ask, last=price, at=min(made, at), halted=is_halted)


def _price(value: object) -> Decimal | None:
    price = number(value)
    return price if price is not None and PRICE_MIN <= price <= PRICE_MAX else None
