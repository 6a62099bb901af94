"""How much of a position may be bought, and held, with borrowed money."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from alchemiser.domain.market_rules.dated import Rules, Since
from alchemiser.domain.values.numbers import ONE, ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """Hold what long positions require of their owner, as shares of their value.

    Attributes:
        base: Of an ordinary share.
        per_multiple: Of a leveraged fund, for each multiple of its underlying; at most all.
    """

    base: Decimal
    per_multiple: Decimal = ZERO

    def share(self, leverage: Decimal) -> Decimal:
        """Return the share of its value that a position requires, in [0, 1]."""
        return min(ONE, max(self.base, self.per_multiple * abs(leverage)))


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Hold what a broker asks of cheap shares beyond the law, as shares of their value.

    Attributes:
        low_price: Dollars a share; whatever is cheaper requires `low`.
        low: All that a cheap share requires.
        high_price: Dollars a share; whatever is dearer requires `high`, the rest `middle`.
        middle: What a share from `low_price` to `high_price` requires, both included.
        high: What a dearer share requires.
        per_multiple: What a leveraged fund requires for each multiple; at most all.
    """

    low_price: Decimal
    low: Decimal
    high_price: Decimal
    middle: Decimal
    high: Decimal
    per_multiple: Decimal

    def share(self, price: Decimal, leverage: Decimal) -> Decimal:
        """Return the share of its value that a position at `price` requires, in [0, 1]."""
        if price < self.low_price:
            return self.low
        tier = self.middle if price <= self.high_price else self.high
        return min(ONE, max(tier, self.per_multiple * abs(leverage)))


class Holding(NamedTuple):
    """Hold a long position as the rules on margin see it.

    Attributes:
        quantity: Shares; none for a short, which these rules do not price.
        price: Dollars a share, zero when it is not known.
        leverage: Signed daily multiple of the underlying; 1 for an ordinary share.
    """

    quantity: Decimal
    price: Decimal
    leverage: Decimal = ONE

    def value(self) -> Decimal:
        """Return what it is worth, dollars."""
        return self.quantity * self.price


INITIAL: Final = Rules(
    "initial margin",
    (Since(date(1974, 1, 3), Decimal("0.5"), "Regulation T, 12 CFR 220.12"),),
)
"""The share of its price that a buyer has to bring."""
MAINTENANCE: Final = Rules(
    "maintenance margin",
    (
        Since(
            date(1975, 1, 1),
            Maintenance(base=Decimal("0.25")),
            "NYSE Rule 431 and NASD Rule 2520, now FINRA 4210(c)(1)",
        ),
        Since(
            date(2009, 12, 1),
            Maintenance(base=Decimal("0.25"), per_multiple=Decimal("0.25")),
            "FINRA Regulatory Notice 09-53",
        ),
    ),
)
"""What the law has the owner of long positions keep."""
HOUSE: Final = Rules(
    "a broker's own maintenance margin",
    (
        Since(
            date(1975, 1, 1),
            House(
                low_price=Decimal("2.50"),
                low=ONE,
                high_price=Decimal("6.00"),
                middle=Decimal("0.5"),
                high=Decimal("0.3"),
                per_multiple=Decimal("0.25"),
            ),
            "Alpaca's margin requirements as published on 2026-09-17",
        ),
    ),
)
"""What brokers ask beyond the law.

It is one broker's table of one day, and no decree: earlier ones are not known, so that it stands
for all days.
"""


@lru_cache(maxsize=1024)  # asked of every position for every order
def maintenance_share(day: date, price: Decimal, leverage: Decimal) -> Decimal:
    """Return the share of its value that a long position requires on `day`, in [0, 1].

    Args:
        day: The session.
        price: Dollars a share.
        leverage: Signed daily multiple of the underlying.

    Raises:
        InvalidValueError: When `day` is before 1975.
    """
    lawful = MAINTENANCE.on(day).value.share(leverage)
    return max(lawful, HOUSE.on(day).value.share(price, leverage))


def maintenance_requirement(
    day: date, positions: Iterable[tuple[Decimal, Decimal, Decimal]]
) -> Decimal:
    """Return the equity that `positions` require to be held on, dollars, unrounded.

    Args:
        day: The session.
        positions: Holdings, as such or as bare tuples of what is in them.

    Raises:
        InvalidValueError: When `day` is before 1975.
    """
    positions = tuple(positions)
    if not positions:
        return ZERO
    law, house = MAINTENANCE.on(day).value, HOUSE.on(day).value
    total, lawful = ZERO, dict[Decimal, Decimal]()
    for quantity, price, leverage in positions:
        if leverage not in lawful:
            lawful[leverage] = law.share(leverage)
        total += quantity * price * max(lawful[leverage], house.share(price, leverage))
    return total


def initial_requirement(day: date, positions: Iterable[Holding]) -> Decimal:
    """Return the equity that `positions` require when they are bought, dollars, unrounded.

    It is never less than what holding them requires.

    Raises:
        InvalidValueError: When `day` is before 1975.
    """
    least = INITIAL.on(day).value
    return sum(
        (
            one.value() * max(least, maintenance_share(day, one.price, one.leverage))
            for one in positions
        ),
        ZERO,
    )
