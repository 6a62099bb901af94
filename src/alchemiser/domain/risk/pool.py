"""Limits on sums: how much there is of something, how much is taken, and what one share takes.

Each limit is written once, as a pool. The last gate asks whether an order fits in, the first how
far wishes have to be cut, and the release how much of an order still fits.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.values.frozen import quickly
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import FLOORED, ONE, ZERO, plain

UNKNOWN = "unknown"

Prices = Mapping[Symbol, Decimal]
"""Limit prices of what is to be traded, dollars a share."""


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Hold one limit on a sum.

    Attributes:
        code: Whose limit.
        used: What is taken already.
        capacity: What there is.
        each: What one share of each symbol takes, at or above zero.
        limit: The limit in the unit that it is told in.
        unit: What amounts are divided by before they are told.
    """

    code: RiskCode
    used: Decimal
    capacity: Decimal
    each: Mapping[Symbol, Decimal]
    limit: Decimal
    unit: Decimal = ONE

    def refusal(self, name: Symbol, quantity: Decimal) -> Violation | None:
        """Return why `quantity` more shares of `name` do not fit in, or None when they do."""
        after = self.used + quantity * self.each[name]
        if after <= self.capacity:
            return None
        observed = after / self.unit
        return Violation(
            code=self.code, observed=plain(observed), limit=plain(self.limit), symbol=name
        )

    def room(self, name: Symbol) -> Decimal | None:
        """Return how many more shares of `name` fit in, or None when they take nothing."""
        each = self.each[name]
        if not each:
            return None
        return FLOORED.divide(max(self.capacity - self.used, ZERO), each)

    def wanted(self, quantities: Mapping[Symbol, Decimal]) -> Decimal:
        """Return what `quantities`, shares by symbol, would take."""
        return sum((quantities[name] * each for name, each in self.each.items()), ZERO)


Maker = Callable[[RiskContext, Prices, Side], Iterator[Pool | Violation]]
"""Yields the pools that orders of one side at `Prices` take from, or what is not known for them."""


def refuse(code: RiskCode, observed: object, limit: object, name: Symbol | None) -> Violation:
    """Return a violation with its numbers in plain digits."""
    told = (plain(one) if isinstance(one, Decimal) else str(one) for one in (observed, limit))
    return Violation(code=code, observed=next(told), limit=next(told), symbol=name)


def no_equity(context: RiskContext, name: Symbol | None) -> Violation | None:
    """Return the refusal while equity is unknown or not above zero, or None when it is."""
    equity = context.equity()
    if equity is not None and equity > 0:
        return None
    observed = UNKNOWN if equity is None else equity
    return refuse(RiskCode.ACCOUNT_UNKNOWN, observed, "equity above zero", name)


def of_equity(
    context: RiskContext,
    code: RiskCode,
    limit: Decimal,
    taken: tuple[Decimal, Mapping[Symbol, Decimal]],
) -> Pool | Violation:
    """Return a pool of a share of equity; `taken` is what is used and what each share takes."""
    used, each = taken
    unknown, equity = no_equity(context, next(iter(each), None)), context.equity()
    if unknown is not None or equity is None:
        return unknown or refuse(code, UNKNOWN, limit, None)
    return Pool(code=code, used=used, capacity=limit * equity, each=each, limit=limit, unit=equity)
