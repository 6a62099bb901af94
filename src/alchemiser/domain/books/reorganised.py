"""What a company does to single lots: cost that is divided, paid back or added to."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from alchemiser.domain.books.history import Exchange
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import Disposal, Lot
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, apportion, cents


def exchanged(
    given: Sequence[Lot], exchange: Exchange, number: int
) -> tuple[Sequence[Lot], tuple[Disposal, ...]]:
    """Return the lots that shares are received for, with what they cost then, and what was gained.

    Cash beside the shares is taxed as far as something was gained (26 U.S.C. 356 and 358), where
    it is known what the shares are worth; otherwise it pays cost back first, and what is above
    the cost is a gain.

    Args:
        given: What was given, one lot at least.
        exchange: For what.
        number: Of the movement; of lots that are acquired in it.
    """
    if not exchange.cash:
        return given, ()
    if exchange.cash < 0:
        return _paid_for(given, exchange, number), ()
    if exchange.value is None:
        return _all_paid_back(given, exchange)
    return _taxed(given, exchange, exchange.value)


def _paid_for(given: Sequence[Lot], exchange: Exchange, number: int) -> list[Lot]:
    """Let cash that was paid add to the cost, as of rights that are exercised.

    Shares that rights brought are held from the day of the exercise on (26 U.S.C. 1223(5)).
    """
    parts = apportion(-exchange.cash, claims(abs(lot.quantity) for lot in given), CENT)
    return [
        replace(
            lot,
            cost=None if lot.cost is None else lot.cost + part,
            acquired=exchange.day,
            held_since=exchange.day,
            number=number,
        )
        for lot, part in zip(given, parts, strict=True)
    ]


def _all_paid_back(
    given: Sequence[Lot], exchange: Exchange
) -> tuple[Sequence[Lot], tuple[Disposal, ...]]:
    costs = [lot.cost for lot in given if lot.cost is not None]
    known = len(costs) == len(given) and min(costs) >= 0
    back = min(sum(costs, ZERO), exchange.cash) if known else None
    paid = replace(given[0], quantity=ZERO, cost=back, washed=ZERO)
    gained = (Disposal(lot=paid, disposed=exchange.day, proceeds=exchange.cash),)
    if not back:
        return given, gained
    parts = apportion(back, claims(costs), CENT)
    kept = [
        replace(lot, cost=cost - part) for lot, cost, part in zip(given, costs, parts, strict=True)
    ]
    return kept, gained


def _taxed(
    given: Sequence[Lot], exchange: Exchange, value: Decimal
) -> tuple[list[Lot], tuple[Disposal, ...]]:
    """Tax cash up to the gain of each lot; a loss does not count (26 U.S.C. 356(c))."""
    sizes = claims(abs(lot.quantity) for lot in given)
    worth = apportion(cents(exchange.received[0][1] * value), sizes, CENT)
    cash = apportion(exchange.cash, sizes, CENT)
    kept, gained = list[Lot](), list[Disposal]()
    for lot, shares, part in zip(given, worth, cash, strict=True):
        taxed = None if lot.cost is None else min(max(shares + part - lot.cost, ZERO), part)
        back = None if taxed is None else part - taxed
        paid = replace(lot, quantity=ZERO, cost=back, washed=ZERO)
        gained.append(Disposal(lot=paid, disposed=exchange.day, proceeds=part))
        cost = None if lot.cost is None or back is None else lot.cost - back
        kept.append(replace(lot, cost=cost))
    return kept, tuple(gained)


def repaid(lot: Lot, cash: Decimal, day: date) -> tuple[Lot, Disposal | None]:
    """Return a lot after capital was paid back, and what was gained where that is above its cost.

    Negative `cash` is cost again. Of a lot of unknown cost nothing is known afterwards either.
    """
    if lot.cost is None:
        return lot, None
    above = max(cash - lot.cost, ZERO)
    reduced = replace(lot, cost=lot.cost - cash + above)
    if not above:
        return reduced, None
    gone = replace(lot, quantity=ZERO, cost=ZERO, washed=ZERO)
    return reduced, Disposal(lot=gone, disposed=day, proceeds=above)


def divided(lot: Lot, part: Decimal) -> tuple[Lot, Lot]:
    """Return a lot, and what came beside it, with that part of its cost and all of its days."""
    if lot.cost is None:
        return lot, replace(lot, kind=PostingKind.REORGANISATION, washed=ZERO)
    shares = ("kept", 1 - part), ("new", part)
    cost, moved = apportion(lot.cost, shares, CENT)
    washed, with_it = apportion(lot.washed, shares, CENT)
    return (
        replace(lot, cost=cost, washed=washed),
        replace(lot, cost=moved, washed=with_it, kind=PostingKind.REORGANISATION),
    )


def claims(sizes: Iterable[Decimal]) -> list[tuple[str, Decimal]]:
    """Return what sizes claim: of equal remainders the first has the cent that is left."""
    return [(f"{number:09}", size) for number, size in enumerate(sizes)]


def resized(lots: Sequence[Lot], name: Symbol, shares: Decimal) -> list[Lot]:
    """Return `lots` as `shares` of `name`; what has no share left adds its cost to the first."""
    sizes = apportion(shares, claims(abs(lot.quantity) for lot in lots), SHARE)
    pairs = list(zip(lots, sizes, strict=True))
    kept = [replace(lot, symbol=name, quantity=size) for lot, size in pairs if size]
    crumbs = [lot.cost for lot, size in pairs if not size]
    first = kept[0]
    costs = [first.cost, *crumbs]
    whole = None if None in costs else sum((cost for cost in costs if cost is not None), ZERO)
    return [replace(first, cost=whole), *kept[1:]]
