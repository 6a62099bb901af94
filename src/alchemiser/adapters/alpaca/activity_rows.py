"""What else happened in the account, as Alpaca tells it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec

from alchemiser.adapters.alpaca.decoding import (
    ABSENT,
    MalformedAnswerError,
    Moment,
    Number,
    Reader,
    amount,
    is_told,
    moment,
    new_york_day,
    number,
    optional,
    understood,
)
from alchemiser.adapters.alpaca.health import Health
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import ClOrdId, Symbol, symbol
from alchemiser.domain.values.numbers import ZERO, cents

FILL: Final = "FILL"
SIDES: Final = {"buy": Side.BUY, "sell": Side.SELL, "sell_short": Side.SELL}
_K = ActivityKind
_KINDS: Final = {
    **dict.fromkeys(("DIV", "DIVCGL", "DIVCGS", "DIVTXEX"), _K.DIVIDEND),
    "DIVROC": _K.RETURN_OF_CAPITAL,
    # What is withheld from a dividend is no dividend: it must not settle one that is awaited.
    **dict.fromkeys(("DIVFEE", "DIVFT", "DIVNRA", "DIVTW", "INTNRA", "INTTW"), _K.FEE),
    "INT": _K.INTEREST,
    **dict.fromkeys(("FEE", "CFEE", "PTC", "PTR", "WH"), _K.FEE),
    **dict.fromkeys(("TRANS", "ACATC", "ACATS", "CSD", "CSW", "JNL", "JNLC", "JNLS"), _K.TRANSFER),
    "SPLIT": _K.SPLIT,
    **dict.fromkeys(("MA", "NC", "REORG", "SPIN"), _K.REORGANISATION),
}
_DIVIDENDS: Final = {"ROC": _K.RETURN_OF_CAPITAL, "SDIV": _K.SPLIT}
"""What is a dividend by its type, and something else by what stands beside it."""
_CANCELED: Final = "canceled"
_DAY_LENGTH: Final = 10


class ActivityRow(Reader, frozen=True, gc=False):
    """One execution or one change of another kind."""

    id: str
    activity_type: str = ""
    activity_sub_type: str | None = None
    transaction_time: Moment = None
    on: str | None = msgspec.field(default=None, name="date")
    net_amount: Number = ABSENT
    qty: Number = ABSENT
    cum_qty: Number = ABSENT
    price: Number = ABSENT
    side: str | None = None
    symbol: str | None = None
    order_id: str | None = None
    description: str | None = None
    status: str | None = None
    group_id: str | None = None

    def at(self) -> datetime:
        """Return when an execution happened, UTC."""
        return moment(self.transaction_time, "transaction_time")

    def day(self) -> date:
        """Return the day in New York on which it changed the account.

        Raises:
            MalformedAnswerError: When it tells none.
        """
        if self.transaction_time is not None:
            return new_york_day(self.at())
        try:
            return date.fromisoformat((self.on or "")[:_DAY_LENGTH])
        except ValueError as error:
            text = f"Alpaca's activity {self.id} has no date: {self.on!r}"
            raise MalformedAnswerError(text) from error


def activities(
    rows: Sequence[ActivityRow], named: Callable[[str], ClOrdId], health: Health
) -> Iterator[tuple[ActivityRow, Activity]]:
    """Yield each of `rows` with what it tells, in their order.

    Args:
        rows: As they came.
        named: Returns the `cl_ord_id` of an order by Alpaca's name of it.
        health: Counts what is odd.

    Raises:
        MalformedAnswerError: When one cannot be understood.
    """
    for row in rows:
        is_fill, canceled = row.activity_type == FILL, row.status == _CANCELED
        if canceled:
            health.tell("activity_canceled", f"{row.activity_type} {row.id} was taken back.")
            if is_fill:
                continue
        with understood():
            found = _execution(row, named, health) if is_fill else _other(row, health)
            yield row, found.taken_back() if canceled else found


def _execution(row: ActivityRow, named: Callable[[str], ClOrdId], health: Health) -> Activity:
    side = SIDES.get(row.side or "")
    if side is None or not row.order_id:
        raise MalformedAnswerError(f"Alpaca's execution {row.id} names no side or no order.")
    quantity = side.sign() * number(row.qty, "qty")
    cash = cents(-quantity * amount(row.price, "price"))
    name = _symbol(row)
    if name is None:
        # What is no equity was traded by hand: its price need not be of one piece.
        health.tell("unknown_activity", f"{row.activity_type} {row.id} of {row.symbol}.")
        text = f"{row.activity_type} {row.symbol}"
        return Activity(activity_id=row.id, kind=_K.UNKNOWN, day=row.day(), text=text)
    return Activity(
        activity_id=row.id,
        kind=_K.TRADE,
        day=row.day(),
        cash=cash,
        symbol=name,
        quantity=quantity,
        cl_ord_id=named(row.order_id),
        text=row.activity_type,
    )


def _other(row: ActivityRow, health: Health) -> Activity:
    kind = _KINDS.get(row.activity_type, ActivityKind.UNKNOWN)
    if row.activity_type == "DIV":
        kind = _DIVIDENDS.get(row.activity_sub_type or "", kind)
    name = _symbol(row)
    # The shares of a dividend are those it was paid on, they do not move.
    quantity = ZERO
    if kind.moves_shares():
        quantity = optional(row.qty, "qty", negative=True) or ZERO
    if kind is ActivityKind.UNKNOWN or (quantity and name is None):
        health.tell("unknown_activity", f"{row.activity_type} {row.id} of {row.symbol}.")
    cash = cents(_amount(row))
    if kind is ActivityKind.SPLIT and -1 < quantity < 0 < cash:
        # Less than a share that goes for dollars is the fraction that nobody is given.
        kind = ActivityKind.REORGANISATION
    return Activity(
        activity_id=row.id,
        kind=kind if name is not None or not quantity else ActivityKind.UNKNOWN,
        day=row.day(),
        cash=cash,
        symbol=name,
        quantity=ZERO if name is None else quantity,
        text=_text(row),
    )


def _amount(row: ActivityRow) -> Decimal:
    told = row.net_amount
    return amount(told, "net_amount", negative=True) if is_told(told) else ZERO


def _symbol(row: ActivityRow) -> Symbol | None:
    try:
        return symbol(row.symbol or "")
    except InvalidValueError:
        return None


def _text(row: ActivityRow) -> str:
    return " ".join(filter(None, (row.activity_type, row.activity_sub_type, row.description)))
