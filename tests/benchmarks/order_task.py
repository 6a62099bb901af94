"""The orders that are measured: what is traded, when, and at which prices.

Standard library only: the engines that are compared import it in environments of their own.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

SYMBOLS: Final = tuple(f"A{first}{second}" for first in "AB" for second in "ABCDEFGHIJ")
"""What is traded: two groups of ten, of which one is held after every session."""
HALF: Final = len(SYMBOLS) // 2
SHARES: Final = 10
"""Shares of every order."""
CASH: Final = 1_000_000
"""Dollars at the beginning."""


@dataclass(frozen=True, slots=True)
class Result:
    """Hold what an engine did.

    Attributes:
        orders: Orders that it filled.
        seconds: Processor time that they took.
        cash: Cents at the end.
        held: Shares at the end, in the order of `SYMBOLS`.
        wall: Seconds by the clock, or 0 where nobody looked.
        memory: The most memory that the process held, MB, or 0 likewise.
    """

    orders: int
    seconds: float
    cash: int
    held: tuple[int, ...]
    wall: float = 0.0
    memory: int = 0

    def agrees(self, other: "Result") -> bool:
        """Say whether both filled the same orders at the same prices."""
        mine, theirs = (self.orders, self.cash, self.held), (other.orders, other.cash, other.held)
        return mine == theirs

    def text(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> "Result":
        """Return what `text` wrote out."""
        told = json.loads(text)
        return cls(**{**told, "held": tuple(told["held"])})


def sessions_for(orders: int) -> int:
    """Return how many sessions have `orders` orders or a few more: ten in the first, then 20."""
    return 1 + max(-(-(orders - HALF) // len(SYMBOLS)), 0)


def orders_in(sessions: int) -> int:
    """Return how many orders `sessions` sessions have."""
    return HALF + len(SYMBOLS) * (sessions - 1)


def is_bought(session: int, place: int) -> bool:
    """Say whether the symbol at `place` is bought in `session`, both 0-based; else it is sold."""
    return (place < HALF) == (session % 2 == 0)


def is_traded(session: int, place: int) -> bool:
    """Say whether there is an order: in the first session there is nothing to sell."""
    return session > 0 or is_bought(session, place)


def price(session: int, place: int) -> int:
    """Return the one price of the session, in cents: from 50 to 70 dollars."""
    return 5_000 + (session * 37 + place * 101) % 2_000


def limit(cents: int, *, buy: bool) -> int:
    """Return a limit one per cent through a price, both in cents."""
    return cents * 101 // 100 if buy else -(-cents * 99 // 100)


def expected(sessions: int) -> Result:
    """Return what every engine must end with, without its time."""
    cash, held = CASH * 100, [0] * len(SYMBOLS)
    for session in range(sessions):
        for place in range(len(SYMBOLS)):
            if is_traded(session, place):
                shares = SHARES if is_bought(session, place) else -SHARES
                cash -= shares * price(session, place)
                held[place] += shares
    return Result(orders=orders_in(sessions), seconds=0.0, cash=cash, held=tuple(held))


def whole(values: Sequence[float]) -> tuple[int, ...]:
    """Return `values` as the whole numbers that they stand for."""
    return tuple(round(value) for value in values)
