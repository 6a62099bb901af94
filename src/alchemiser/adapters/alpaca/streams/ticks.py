"""Messages of market data, put on the board."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from alchemiser.adapters.alpaca.streams.board import Board, MinuteBar, Print, Sides
from alchemiser.adapters.alpaca.streams.frames import FrameError, moment, number, word
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol

_Fields = Mapping[Any, Any]


def post(board: Board, told: _Fields) -> bool:
    """Put one message on `board`; say whether it is of a kind that belongs there.

    Raises:
        FrameError: When it is not understood.
    """
    kind = told.get("T")
    take = _KINDS.get(kind) if isinstance(kind, str) else None
    if take is None:
        return False
    try:
        take(board, symbol(word(told, "S")), told)
    except InvalidValueError as error:
        raise FrameError("a message names no symbol") from error
    return True


def _quote(board: Board, name: Symbol, told: _Fields) -> None:
    bid, ask, at = number(told, "bp"), number(told, "ap"), moment(told, "t")
    whole = bid > 0 and ask > 0
    board.put_sides(name, Sides(bid=bid, ask=ask, at=at) if whole else None, at)


def _trade(board: Board, name: Symbol, told: _Fields) -> None:
    board.put_print(name, _print(told, trade="i", price="p"))


def _correction(board: Board, name: Symbol, told: _Fields) -> None:
    board.take_back(name, _id(told, "oi"), _print(told, trade="ci", price="cp"))


def _cancel(board: Board, name: Symbol, told: _Fields) -> None:
    board.take_back(name, _id(told, "i"), None)


def _bar(board: Board, name: Symbol, told: _Fields) -> None:
    bar = MinuteBar(
        open=_price(told, "o"),
        high=_price(told, "h"),
        low=_price(told, "l"),
        close=_price(told, "c"),
        volume=number(told, "v"),
        at=moment(told, "t"),
    )
    board.put_bar(name, bar)


def _status(board: Board, name: Symbol, told: _Fields) -> None:
    reason = told.get("rc")
    board.put_status(name, status=word(told, "sc"), reason=str(reason), at=moment(told, "t"))


def _print(told: _Fields, *, trade: str, price: str) -> Print:
    return Print(trade_id=_id(told, trade), price=_price(told, price), at=moment(told, "t"))


def _price(told: _Fields, name: str) -> Decimal:
    price = number(told, name)
    if price <= 0:
        raise FrameError(f"{name} is no price")
    return price


def _id(told: _Fields, name: str) -> str:
    return str(told.get(name))


_KINDS: Final[Mapping[str, Callable[[Board, Symbol, _Fields], None]]] = MappingProxyType({
    "b": _bar,
    "c": _correction,
    "q": _quote,
    "s": _status,
    "t": _trade,
    "u": _bar,
    "x": _cancel,
})
