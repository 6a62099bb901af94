"""The REST interface of market data: addresses, refusals and the form of answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import msgspec
from aiohttp import web

from alchemiser.adapters.venue.data import actions
from alchemiser.adapters.venue.data.history import History
from alchemiser.adapters.venue.data.latest import Latest
from alchemiser.adapters.venue.data.moments import NEW_YORK
from alchemiser.adapters.venue.data.query import QueryError, symbol_of, symbols_of
from alchemiser.adapters.venue.data.source import Source
from alchemiser.domain.values.identifiers import Symbol

Handler = Callable[[web.Request], Awaitable[web.Response]]
Document = dict[str, object]
_Answer = Callable[[Mapping[str, str], Mapping[str, str]], Document]
"""Takes the values of the query and those in the path."""

_Symbols = tuple[Symbol, ...]
_Page = Callable[
    [Mapping[str, str], _Symbols], tuple[Mapping[Symbol, Sequence[object]], str | None]
]
_Last = Callable[[Mapping[str, str], _Symbols], Mapping[Symbol, object]]
_STOCKS: Final = "/v2/stocks"
_encode: Final = msgspec.json.Encoder().encode
_OF_MANY: Final = frozenset({"symbols"})
_OF_LASTS: Final = frozenset({"feed", "currency"})
_OF_PAGES: Final = _OF_LASTS | {"start", "end", "limit", "asof", "page_token", "sort"}
_OF_BARS: Final = frozenset({"timeframe", "adjustment"})
_OF_ACTIONS: Final = frozenset({
    *("symbols", "cusips", "types", "region", "start", "end", "ids", "limit", "data_quality"),
    *("page_token", "sort"),
})
_TOO_MANY: Final = 429
_RATE_CODE: Final = 42910000


def rest_routes(source: Source) -> list[web.RouteDef]:
    """Return every address under which market data are asked for."""
    history, latest = History(source), Latest(source)
    answers: dict[str, tuple[_Answer, frozenset[str]]] = {
        "/v1/corporate-actions": (_actions(source), _OF_ACTIONS)
    }
    pages: dict[str, _Page] = {
        "bars": history.bars,
        "trades": history.trades,
        "quotes": history.quotes,
        "auctions": history.auctions,
    }
    lasts: dict[str, _Last] = {
        "bars": latest.bars,
        "trades": latest.trades,
        "quotes": latest.quotes,
    }
    for kind, page in pages.items():
        known = _OF_PAGES | (_OF_BARS if kind == "bars" else frozenset())
        answers[f"{_STOCKS}/{kind}"] = _pages(kind, page), known | _OF_MANY
        answers[f"{_STOCKS}/{{symbol}}/{kind}"] = _pages_of_one(kind, page), known
    for kind, last in lasts.items():
        answers[f"{_STOCKS}/{kind}/latest"] = _last(kind, last), _OF_LASTS | _OF_MANY
        answers[f"{_STOCKS}/{{symbol}}/{kind}/latest"] = _last_of_one(kind, last), _OF_LASTS
    answers[f"{_STOCKS}/snapshots"] = _snapshots(latest), _OF_LASTS | _OF_MANY
    answers[f"{_STOCKS}/{{symbol}}/snapshot"] = _snapshot_of_one(latest), _OF_LASTS
    return [web.get(path, _handler(source, *answer)) for path, answer in answers.items()]


def _handler(source: Source, answer: _Answer, known: frozenset[str]) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        try:
            _refuse_others(request.query, known)
            with source.faults.on(request.query.get("feed", "")):
                document = answer(request.query, request.match_info)
        except QueryError as error:
            numbered = {"code": _RATE_CODE} if error.status == _TOO_MANY else {}
            return _json({**numbered, "message": error.message}, error.status)
        return _json(document)

    return handle


def _refuse_others(values: Mapping[str, str], known: frozenset[str]) -> None:
    """Let pass what is known, and nothing else.

    Raises:
        QueryError: When something else is asked for. Source of the words: Alpaca's answer in the
            wild, https://github.com/alpacahq/alpaca-py/issues/581.
    """
    others = sorted(values.keys() - known)
    if others:
        raise QueryError(f"unexpected query parameter(s): {', '.join(others)}")


def _json(document: Document, status: int = 200) -> web.Response:
    return web.Response(
        body=_encode(document), status=status, content_type="application/json", charset="utf-8"
    )


def _pages(kind: str, page: _Page) -> _Answer:
    def answer(values: Mapping[str, str], path: Mapping[str, str]) -> Document:
        del path
        rows, token = page(values, symbols_of(values.get("symbols")))
        return {kind: rows, "next_page_token": token}

    return answer


def _pages_of_one(kind: str, page: _Page) -> _Answer:
    def answer(values: Mapping[str, str], path: Mapping[str, str]) -> Document:
        name = symbol_of(path["symbol"])
        rows, token = page(values, (name,))
        return {kind: rows.get(name, ()), "next_page_token": token, "symbol": name}

    return answer


def _last(kind: str, last: _Last) -> _Answer:
    def answer(values: Mapping[str, str], path: Mapping[str, str]) -> Document:
        del path
        return {kind: last(values, symbols_of(values.get("symbols")))}

    return answer


def _last_of_one(kind: str, last: _Last) -> _Answer:
    def answer(values: Mapping[str, str], path: Mapping[str, str]) -> Document:
        name, row = _only(last, values, path)
        return {kind.removesuffix("s"): row, "symbol": name}

    return answer


def _snapshots(latest: Latest) -> _Answer:
    def answer(values: Mapping[str, str], path: Mapping[str, str]) -> Document:
        del path
        found = latest.snapshots(values, symbols_of(values.get("symbols")))
        return {str(name): one for name, one in found.items()}

    return answer


def _snapshot_of_one(latest: Latest) -> _Answer:
    def answer(values: Mapping[str, str], path: Mapping[str, str]) -> Document:
        name, row = _only(latest.snapshots, values, path)
        return {"symbol": name, **msgspec.to_builtins(row)}

    return answer


def _only(last: _Last, values: Mapping[str, str], path: Mapping[str, str]) -> tuple[Symbol, object]:
    """Return the one symbol in the path and its latest.

    Raises:
        QueryError: When there is no such symbol, or nothing of it.
    """
    name = symbol_of(path["symbol"])
    found = last(values, (name,))
    if name not in found:
        raise QueryError(f"no data found for {name}")
    return name, found[name]


def _actions(source: Source) -> _Answer:
    def answer(values: Mapping[str, str], path: Mapping[str, str]) -> Document:
        del path
        source.throttle()
        today = source.now().astimezone(NEW_YORK).date()
        return actions.answer(values, source.prices.actions, today)

    return answer
