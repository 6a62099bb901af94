"""What else happened in the broker's account: money and shares that no order of ours moved."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, finite, is_multiple


class ActivityKind(StrEnum):
    """Why the account changed."""

    TRADE = "trade"
    """An execution; the engine's own are told by their reports as well."""
    TRANSFER = "transfer"
    """Money or shares from outside, or to it."""
    DIVIDEND = "dividend"
    RETURN_OF_CAPITAL = "return_of_capital"
    """What a company pays back of what its shares cost: no income until the cost is used up."""
    INTEREST = "interest"
    FEE = "fee"
    SPLIT = "split"
    REORGANISATION = "reorganisation"
    """A merger, a spin-off, a new name, or cash instead of a fraction of a share."""
    UNKNOWN = "unknown"
    """The broker names it in a way that is not known here."""

    def moves_shares(self) -> bool:
        """Say whether shares may come or go: a dividend in shares is a split."""
        return self not in _CASH

    def pays_holders(self) -> bool:
        """Say whether a company pays those who hold its shares, and keep them."""
        return self in {ActivityKind.DIVIDEND, ActivityKind.RETURN_OF_CAPITAL}

    def gives_others(self) -> bool:
        """Say whether holders may be given another symbol."""
        return self in {ActivityKind.SPLIT, ActivityKind.REORGANISATION}


_UNDOES: Final = "canceled "
"""How the name of an activity begins that undoes another; that one's name follows."""
_CASH: Final = frozenset({
    ActivityKind.DIVIDEND,
    ActivityKind.RETURN_OF_CAPITAL,
    ActivityKind.INTEREST,
    ActivityKind.FEE,
})


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Tell one change of the account.

    Attributes:
        activity_id: The broker's name of it, the same whenever it is told.
        kind: Why.
        day: The day on which it changed the account.
        cash: Dollars added, whole cents; negative when taken.
        symbol: What it concerns, or None for money alone.
        quantity: Shares of `symbol` added, a multiple of 1e-9; negative when taken.
        received: What the holders of `symbol` were given for it or besides it, or None.
        received_quantity: Shares of `received` added, above zero where there is one.
        cl_ord_id: Of a trade: its order.
        text: The broker's own words.
    """

    activity_id: str
    kind: ActivityKind
    day: date
    cash: Decimal = ZERO
    symbol: Symbol | None = None
    quantity: Decimal = ZERO
    received: Symbol | None = None
    received_quantity: Decimal = ZERO
    cl_ord_id: ClOrdId | None = None
    text: str = ""

    def __post_init__(self) -> None:
        if not self.activity_id:
            msg = "an activity of an account must have the broker's name of it."
            raise InvalidValueError(msg)
        if not is_multiple(finite(self.cash, "the cash of an activity"), CENT):
            msg = f"activity {self.activity_id} moves broken cents: {self.cash}."
            raise InvalidValueError(msg)
        self._check_kind()
        self._check_shares(self.symbol, self.quantity)
        self._check_shares(self.received, self.received_quantity)
        if self.received is not None and (self.symbol is None or self.received_quantity <= 0):
            msg = f"activity {self.activity_id} gives {self.received} to the holders of nothing."
            raise InvalidValueError(msg)

    def taken_back(self) -> "Activity":
        """Return the activity that undoes this one, which gives nothing beside `symbol`."""
        return replace(
            self,
            activity_id=f"{_UNDOES}{self.activity_id}",
            cash=-self.cash,
            quantity=-self.quantity,
            text=f"{self.text} canceled".strip(),
        )

    def undoes(self) -> str | None:
        """Return the name of the activity that this one undoes, or None."""
        name = self.activity_id.removeprefix(_UNDOES)
        return None if name == self.activity_id else name

    def sentence(self) -> str:
        """Return what happened in plain words."""
        moved = [f"{self.cash:+f} dollars"] if self.cash else []
        if self.quantity:
            moved.append(f"{self.quantity:+f} {self.symbol}")
        if self.received is not None:
            moved.append(f"{self.received_quantity:+f} {self.received}")
        concerns = "" if self.symbol is None or self.quantity else f" for {self.symbol}"
        told = f" ({self.text})" if self.text else ""
        return f"{self.kind} on {self.day}: {', '.join(moved) or 'nothing moved'}{concerns}{told}"

    def _check_kind(self) -> None:
        moves = self.quantity and not self.kind.moves_shares()
        if moves or (self.received is not None and not self.kind.gives_others()):
            msg = f"activity {self.activity_id} moves shares that no {self.kind} can move."
            raise InvalidValueError(msg)

    def _check_shares(self, symbol: Symbol | None, quantity: Decimal) -> None:
        if not is_multiple(finite(quantity, "the shares of an activity"), SHARE):
            msg = f"activity {self.activity_id} moves broken shares: {quantity}."
            raise InvalidValueError(msg)
        if quantity and symbol is None:
            msg = f"activity {self.activity_id} moves {quantity} shares of no symbol."
            raise InvalidValueError(msg)
