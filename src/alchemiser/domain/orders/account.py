"""The broker's account as it was at one moment."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from alchemiser.domain.values.identifiers import AccountId, Symbol
from alchemiser.domain.values.numbers import finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Shares of one symbol; never zero; negative would be a short."""

    symbol: Symbol
    quantity: Decimal


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
        at: When the broker answered, UTC.
    """

    account: AccountId
    cash: Decimal
    equity: Decimal
    buying_power: Decimal
    blocked: bool = False
    positions: tuple[Position, ...] = ()
    at: datetime

    def __post_init__(self) -> None:
        for name in ("cash", "equity", "buying_power"):
            finite(getattr(self, name), name)
