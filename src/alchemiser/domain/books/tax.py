"""What sales mean for taxes: planning information, not advice.

Only lots of the account count here, never those of a book: the tax office knows no books, and what
one book sells another may just have bought.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.books.history import Entry, Trade, of_account
from alchemiser.domain.books.holding import WASH_DAYS, long_from
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import Disposal, LotMethod, Lots
from alchemiser.domain.books.terms import Terms, with_terms
from alchemiser.domain.books.wash import PURCHASES, after, wash
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ZERO, cents


class Term(StrEnum):
    """For how long what was sold had been held."""

    SHORT = "short"
    """One year or less, and every short position."""
    LONG = "long"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRates:
    """The owner's marginal rates: fractions of a gain, from 0 to 1."""

    short: Decimal = Decimal("0.37")
    long: Decimal = Decimal("0.20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """Sum up disposals, in dollars; a sum is None when one of its parts is not known.

    Attributes:
        short: Gained short-term, without what is put off.
        long: Gained long-term, likewise.
        disallowed: Losses put off by wash sales.
    """

    short: Decimal | None
    long: Decimal | None
    disallowed: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class WashWindow:
    """Name a day until which a trade would put off a loss.

    Attributes:
        symbol: Of what.
        day: When shares were sold at a loss, or bought.
        until: The last day on which buying, or selling others at a loss, is a wash sale.
        quantity: How many shares.
        loss: Dollars that a purchase would put off, as a positive number; None of a purchase.
    """

    symbol: Symbol
    day: date
    until: date
    quantity: Decimal
    loss: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A sale that might be made: shares above zero, at dollars a share, without fees."""

    symbol: Symbol
    quantity: Decimal
    price: Decimal
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Drag:
    """Estimate what a sale would cost in taxes.

    Attributes:
        sale: Which sale.
        proceeds: Dollars.
        disposals: What would be sold.
        gains: What would be gained.
        tax: Dollars: each gain at its own rate, a loss as tax saved, which is negative; None when
            a cost is not known.
        drag: Tax as a share of the proceeds.
    """

    sale: Proposal
    proceeds: Decimal
    disposals: tuple[Disposal, ...]
    gains: Gains
    tax: Decimal | None
    drag: Decimal | None


def account_lots(entries: Iterable[Entry], method: LotMethod, terms: Terms = ()) -> Lots:
    """Return the lots of the account, all books taken together, with wash sales put off."""
    return wash(with_terms(of_account(entries).movements, terms), method)


def term(disposal: Disposal) -> Term:
    """Return whether a disposal is short-term or long-term (26 U.S.C. 1222)."""
    lot = disposal.lot
    held = lot.quantity >= 0 and disposal.disposed >= long_from(lot.held_since)
    return Term.LONG if held else Term.SHORT


def gains(disposals: Iterable[Disposal]) -> Gains:
    """Sum up `disposals`."""
    sums: dict[Term, Decimal | None] = dict.fromkeys(Term, ZERO)
    disallowed = ZERO
    for one in disposals:
        so_far, counted = sums[term(one)], one.counted()
        unknown = so_far is None or counted is None
        sums[term(one)] = None if unknown else (so_far or ZERO) + (counted or ZERO)
        disallowed += one.disallowed
    return Gains(short=sums[Term.SHORT], long=sums[Term.LONG], disallowed=disallowed)


def no_buying(lots: Lots, today: date) -> tuple[WashWindow, ...]:
    """Return until when buying what was sold at a loss would put that loss off."""
    return tuple(
        WashWindow(
            symbol=one.lot.symbol,
            day=one.disposed,
            until=one.disposed + WASH_DAYS,
            quantity=one.lot.quantity,
            loss=-counted,
        )
        for one in lots.disposals
        if (counted := one.counted()) is not None
        and counted < 0 < one.lot.quantity
        and one.disposed + WASH_DAYS >= today
    )


def no_loss_selling(lots: Lots, today: date) -> tuple[WashWindow, ...]:
    """Return until when selling other shares at a loss is a wash sale, for what was just bought."""
    purchases: dict[Symbol, set[int]] = {}
    for lot in lots.open:
        purchases.setdefault(lot.symbol, set()).add(lot.number)
    return tuple(
        WashWindow(
            symbol=lot.symbol,
            day=lot.acquired,
            until=lot.acquired + WASH_DAYS,
            quantity=lot.quantity,
        )
        for lot in lots.open
        if lot.kind in PURCHASES
        and not lot.washed
        and lot.quantity > 0
        and lot.acquired + WASH_DAYS >= today
        and len(purchases[lot.symbol]) > 1
    )


def drag(lots: Lots, sale: Proposal, rates: TaxRates, method: LotMethod = LotMethod.FIFO) -> Drag:
    """Return what `sale` would cost in taxes; what is bought after it cannot be known.

    Args:
        lots: The lots of the account, wash sales put off.
        sale: What would be sold.
        rates: The owner's.
        method: Which lots would be sold.

    Raises:
        InvalidValueError: When fewer shares than that are held.
    """
    held = sum((lot.quantity for lot in lots.open if lot.symbol == sale.symbol), ZERO)
    if not 0 < sale.quantity <= held:
        msg = f"{sale.quantity:f} of {max(held, ZERO):f} shares of {sale.symbol} cannot be sold."
        raise InvalidValueError(msg)
    proceeds = cents(sale.quantity * sale.price)
    trade = Trade(
        day=sale.day,
        symbol=sale.symbol,
        quantity=-sale.quantity,
        cash=proceeds,
        kind=PostingKind.FILL,
    )
    sold = after(lots, trade, method).disposals
    found = gains(sold)
    tax = None
    if found.short is not None and found.long is not None:
        tax = cents(found.short * rates.short + found.long * rates.long)
    return Drag(
        sale=sale,
        proceeds=proceeds,
        disposals=sold,
        gains=found,
        tax=tax,
        drag=None if tax is None or not proceeds else tax / proceeds,
    )
