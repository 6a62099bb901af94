"""The broker's account as it was at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.frozen import quickly
from alchemiser.domain.values.identifiers import AccountId, Symbol
from alchemiser.domain.values.numbers import finite


class AccountKind(StrEnum):
    """Say with whose money an account trades."""

    MARGIN = "margin"
    """The broker lends: what is sold may be spent at once."""
    CASH = "cash"
    """Only settled money may be spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Shares of one symbol; never zero; negative would be a short."""

    symbol: Symbol
    quantity: Decimal

    def __post_init__(self) -> None:
        if not self.quantity.is_finite():
            finite(self.quantity, f"the position in {self.symbol}")
        if not self.quantity:
            msg = f"a position of no shares in {self.symbol} is none: leave it out."
            raise InvalidValueError(msg)


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSnapshot:
    """Hold what the broker says of the account at one moment.

    Attributes:
        account: The broker's account number.
        cash: Dollars, whole cents.
        equity: Cash plus positions at the broker's marks, dollars.
        buying_power: Dollars that new buys may cost, at or above zero.
        blocked: Whether the broker forbids trading in it.
        positions: One a symbol, sorted by symbol.
        kind: With whose money it trades.
        settled_cash: Dollars of `cash` that have settled; None when the broker does not say.
        maintenance_margin: Dollars of equity that the positions require to be held on; None when
            the broker does not say.
        at: When the broker answered, UTC.
        shares: The quantity of each position by its symbol.
    """

    account: AccountId
    cash: Decimal
    equity: Decimal
    buying_power: Decimal
    blocked: bool = False
    positions: tuple[Position, ...] = ()
    kind: AccountKind = AccountKind.MARGIN
    settled_cash: Decimal | None = None
    maintenance_margin: Decimal | None = None
    at: datetime
    shares: Mapping[Symbol, Decimal] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("cash", "equity", "buying_power"):
            finite(getattr(self, name), name)
        for name in ("settled_cash", "maintenance_margin"):
            value: Decimal | None = getattr(self, name)
            if value is not None:
                finite(value, name)
        names = [position.symbol for position in self.positions]
        if names != sorted(set(names)):
            msg = "the positions of an account must be sorted by symbol, each once."
            raise InvalidValueError(msg)
        shares = {row.symbol: row.quantity for row in self.positions}
        object.__setattr__(self, "shares", shares)
