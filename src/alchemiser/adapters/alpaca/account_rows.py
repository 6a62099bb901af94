"""The account and what it holds, as Alpaca tells it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from alchemiser.adapters.alpaca.decoding import (
    ABSENT,
    MalformedAnswerError,
    Moment,
    Number,
    Reader,
    amount,
    is_told,
    moment,
    number,
    understood,
)
from alchemiser.adapters.alpaca.health import Health
from alchemiser.domain.orders.account import AccountKind, AccountSnapshot, Position
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import AccountId, Symbol, symbol
from alchemiser.domain.values.numbers import ZERO, cents, plain

_EQUITY: Final = "us_equity"
_ACTIVE: Final = "ACTIVE"


class AccountRow(Reader, frozen=True, gc=False):
    """The account."""

    account_number: str
    status: str
    cash: Number = ABSENT
    equity: Number = ABSENT
    buying_power: Number = ABSENT
    maintenance_margin: Number = ABSENT
    trading_blocked: bool | None = None
    account_blocked: bool | None = None
    trade_suspended_by_user: bool | None = None

    def money(self) -> Decimal:
        """Return its cash, dollars."""
        return amount(self.cash, "cash", negative=True)

    def blocked(self) -> bool:
        """Say whether no orders are taken."""
        brakes = (self.trading_blocked, self.account_blocked, self.trade_suspended_by_user)
        return any(brakes) or self.status != _ACTIVE


class ClockRow(Reader, frozen=True, gc=False):
    """The broker's clock."""

    timestamp: Moment = None

    def at(self) -> datetime:
        """Return what it shows, UTC."""
        return moment(self.timestamp, "timestamp")


class PositionRow(Reader, frozen=True, gc=False):
    """Shares of one asset."""

    symbol: str
    qty: Number = ABSENT
    side: str | None = None
    asset_class: str = _EQUITY


def account_id(row: AccountRow) -> AccountId:
    """Return the account's number.

    Raises:
        MalformedAnswerError: When there is none.
    """
    if not row.account_number:
        raise MalformedAnswerError("Alpaca's account has no account_number.")
    return AccountId(row.account_number)


def snapshot(
    row: AccountRow, held: Sequence[PositionRow], at: datetime, health: Health
) -> AccountSnapshot:
    """Return the account as it was `at` (UTC).

    Whatever is no US equity is told of and left out: it can be neither quoted nor traded here.

    Raises:
        MalformedAnswerError: When it cannot be understood.
    """
    with understood():
        return AccountSnapshot(
            account=account_id(row),
            cash=cents(row.money()),
            equity=amount(row.equity, "equity", negative=True),
            buying_power=max(amount(row.buying_power, "buying_power", negative=True), ZERO),
            blocked=row.blocked(),
            positions=tuple(sorted(_positions(held, health), key=lambda one: one.symbol)),
            # Every account there borrows at need, also one without leverage: what is sold may be
            # spent at once, and how much has settled is not told.
            kind=AccountKind.MARGIN,
            maintenance_margin=_margin(row),
            at=at,
        )


def _margin(row: AccountRow) -> Decimal | None:
    told = row.maintenance_margin
    return amount(told, "maintenance_margin") if is_told(told) else None


def _positions(held: Sequence[PositionRow], health: Health) -> Iterator[Position]:
    for row in held:
        name = _symbol(row)
        quantity = number(row.qty, "qty", negative=True)
        if name is None:
            text = f"the account holds {plain(quantity)} {row.symbol} ({row.asset_class})."
            health.tell("foreign_position", text)
        elif quantity:
            short = row.side == "short"
            yield Position(symbol=name, quantity=-abs(quantity) if short else quantity)


def _symbol(row: PositionRow) -> Symbol | None:
    try:
        return symbol(row.symbol) if row.asset_class == _EQUITY else None
    except InvalidValueError:
        return None
