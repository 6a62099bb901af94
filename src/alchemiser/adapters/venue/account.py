"""The money and shares of the venue's one account."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import SHARE, ZERO, cents

Marks = Callable[[Symbol], Decimal]
"""Returns the price at which shares of a symbol are valued, dollars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Hold the position in one symbol.

    Attributes:
        quantity: Signed shares, not zero.
        cost: Signed dollars at which it was entered, by average cost.
    """

    quantity: Decimal
    cost: Decimal

    def average_price(self) -> Decimal:
        """Return the average price of entry, dollars a share."""
        return self.cost / self.quantity

    def traded(self, quantity: Decimal, price: Decimal) -> "Holding | None":
        """Return the position after `quantity` signed shares more at `price`; None when flat."""
        after = self.quantity + quantity
        if not after:
            return None
        if self.quantity * quantity > 0:
            return Holding(quantity=after, cost=self.cost + quantity * price)
        if self.quantity * after < 0:
            return Holding(quantity=after, cost=after * price)
        return Holding(quantity=after, cost=self.average_price() * after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Hold what the account owns at a moment.

    Attributes:
        at: Since when, UTC.
        cash: Dollars, whole cents.
        holdings: Positions by symbol.
    """

    at: datetime
    cash: Decimal
    holdings: dict[Symbol, Holding] = field(default_factory=dict)

    def traded(self, at: datetime, name: Symbol, quantity: Decimal, price: Decimal) -> "Balance":
        """Return the balance after a trade of `quantity` signed shares; cash moves by cents."""
        held = self.holdings.get(name)
        after = (
            Holding(quantity=quantity, cost=quantity * price)
            if held is None
            else held.traded(quantity, price)
        )
        cash = self.cash - cents(quantity * price)
        return Balance(at=at, cash=cash, holdings=self._with(name, after))

    def credited(self, at: datetime, cash: Decimal) -> "Balance":
        """Return the balance with `cash` dollars more, or less."""
        return replace(self, at=at, cash=self.cash + cash)

    def split(self, at: datetime, name: Symbol, ratio: Decimal) -> "Balance":
        """Return the balance after `name` gave `ratio` shares for one, to nine decimals."""
        held = self.holdings.get(name)
        if held is None:
            return self
        quantity = (held.quantity * ratio).quantize(SHARE, rounding=ROUND_HALF_EVEN)
        after = Holding(quantity=quantity, cost=held.cost) if quantity else None
        return Balance(at=at, cash=self.cash, holdings=self._with(name, after))

    def quantity(self, name: Symbol) -> Decimal:
        """Return the signed shares of `name`."""
        held = self.holdings.get(name)
        return ZERO if held is None else held.quantity

    def long_value(self, marks: Marks) -> Decimal:
        """Return what the long positions are worth, dollars, whole cents."""
        return cents(sum((max(value, ZERO) for value in self._values(marks)), ZERO))

    def short_value(self, marks: Marks) -> Decimal:
        """Return what the short positions are worth, dollars, whole cents, at most zero."""
        return cents(sum((min(value, ZERO) for value in self._values(marks)), ZERO))

    def equity(self, marks: Marks) -> Decimal:
        """Return cash plus positions, dollars, whole cents."""
        return self.cash + self.long_value(marks) + self.short_value(marks)

    def _values(self, marks: Marks) -> list[Decimal]:
        return [held.quantity * marks(name) for name, held in self.holdings.items()]

    def _with(self, name: Symbol, held: Holding | None) -> dict[Symbol, Holding]:
        others = {one: shares for one, shares in self.holdings.items() if one != name}
        return others if held is None else {**others, name: held}


class Account:
    """Keep the balance and its past.

    Attributes:
        balance: What the account owns now.
        last_equity: Equity at the last close, dollars.
        last_maintenance: Maintenance margin at the last close, dollars.
        opening_value: Gross value of the positions at the last close, dollars.
        equity_log: Equity at each close, oldest first.
    """

    def __init__(self, at: datetime, cash: Decimal) -> None:
        self.balance = Balance(at=at, cash=cents(cash))
        self.opened_at = at
        self.initial_cash = self.balance.cash
        self.last_equity = self.balance.cash
        self.last_maintenance = ZERO
        self.opening_value = ZERO
        self.equity_log: list[tuple[datetime, Decimal]] = []
        self._past = [self.balance]

    def move_to(self, balance: Balance) -> None:
        """Keep `balance` as the present one."""
        self.balance = balance
        self._past.append(balance)

    def as_of(self, at: datetime) -> Balance:
        """Return the balance as it stood at `at` (UTC)."""
        return next((one for one in reversed(self._past) if one.at <= at), self._past[0])

    def close_day(self, at: datetime, marks: Marks, maintenance: Decimal) -> None:
        """Remember how the account stands at the close `at` (UTC)."""
        self.last_equity = self.balance.equity(marks)
        self.last_maintenance = maintenance
        self.opening_value = self.balance.long_value(marks) - self.balance.short_value(marks)
        self.equity_log.append((at, self.last_equity))
