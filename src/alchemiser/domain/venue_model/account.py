"""The money and shares of one account at the venue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.market_rules.margin import maintenance_requirement
from alchemiser.domain.orders.messages import BUY, NewOrderSingle, Side
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, cents
from alchemiser.domain.venue_model.order import Fill, VenueOrder
from alchemiser.domain.venue_model.settings import FeeSchedule


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueAccount:
    """Hold what an account owns.

    Attributes:
        cash: Dollars.
        positions: Shares by symbol, none zero.
        marks: Last known price of every symbol ever held, dollars a share.
    """

    cash: Decimal
    positions: Mapping[Symbol, Decimal] = field(default_factory=dict)
    marks: Mapping[Symbol, Decimal] = field(default_factory=dict)

    def traded(self, fills: Iterable[tuple[NewOrderSingle, Fill]]) -> "VenueAccount":
        """Return the account after `fills` of orders: cash moves by whole cents and the fee."""
        cash, positions, marks = self.cash, dict(self.positions), dict(self.marks)
        for order, fill in fills:
            name, sign = order.symbol, order.side.sign()
            quantity = positions.pop(name, ZERO) + sign * fill.quantity
            if quantity:
                positions[name] = quantity
            cash = cash - sign * cents(fill.quantity * fill.price) - fill.commission
            marks[name] = fill.price
        return VenueAccount(cash=cash, positions=positions, marks=marks)

    def credited(self, cash: Decimal) -> "VenueAccount":
        """Return the account with `cash` dollars more, or less."""
        return replace(self, cash=self.cash + cash)

    def moved(self, name: Symbol, quantity: Decimal) -> "VenueAccount":
        """Return the account with `quantity` shares of `name` more, or less."""
        held = self.positions.get(name, ZERO) + quantity
        others = {one: shares for one, shares in self.positions.items() if one != name}
        return replace(self, positions={**others, name: held} if held else others)

    def split(self, name: Symbol, ratio: Decimal) -> "VenueAccount":
        """Return the account after `name` gave `ratio` shares for one: 1e-9 is the smallest."""
        held = self.positions.get(name, ZERO)
        after = (held * ratio).quantize(SHARE, rounding=ROUND_HALF_EVEN)
        marks = {**self.marks}
        if name in marks:
            marks[name] /= ratio
        return replace(self.moved(name, after - held), marks=marks)

    def marked(self, quotes: Iterable[Quote]) -> "VenueAccount":
        """Return the account with the middles of `quotes` as marks."""
        return replace(self, marks={**self.marks, **{one.symbol: one.mid() for one in quotes}})

    def equity(self) -> Decimal:
        """Return cash plus positions at their marks, whole cents; without a mark they count zero.

        Zero is the cautious answer: only a position that no trade made can lack a mark.
        """
        return cents(
            self.cash
            + sum(
                (held * self.marks.get(name, ZERO) for name, held in self.positions.items()), ZERO
            )
        )

    def maintenance(self, day: date, leverages: Mapping[Symbol, Decimal]) -> Decimal:
        """Return the equity that the positions require on `day`, whole cents, rounded up.

        Args:
            day: The session.
            leverages: Signed daily multiple of every symbol that is held.

        Raises:
            InvalidValueError: When `day` is before 1975.
        """
        marks = self.marks
        holdings = (
            (held, marks.get(name, ZERO), leverages[name])
            for name, held in self.positions.items()
            if held > 0
        )
        return maintenance_requirement(day, holdings).quantize(CENT, rounding=ROUND_CEILING)


def reserved_cash(open_orders: Iterable[VenueOrder], fees: FeeSchedule) -> Decimal:
    """Return the dollars that the open buys may still cost."""
    return sum((one.reserved(fees) for one in open_orders if one.order.side is BUY), ZERO)


def reserved_quantity(open_orders: Iterable[VenueOrder], name: Symbol) -> Decimal:
    """Return the shares of `name` that the open sells may still deliver."""
    return sum(
        (
            one.leaves_qty()
            for one in open_orders
            if one.order.side is Side.SELL and one.order.symbol == name
        ),
        ZERO,
    )


def buying_power(
    account: VenueAccount,
    open_orders: Iterable[VenueOrder],
    fees: FeeSchedule,
    *,
    locked: Decimal = ZERO,
) -> Decimal:
    """Return the cash that new buys may cost, dollars, at or above zero.

    Args:
        account: Holds the cash.
        open_orders: The buys among them reserve what they may still cost.
        fees: What each fill is charged.
        locked: Dollars of the cash that may not be spent yet.
    """
    return max(ZERO, account.cash - locked - reserved_cash(open_orders, fees))
