"""Wishes that a limit does not leave room for, each with the room for a part of it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from alchemiser.application.controls.bench import (
    BROAD,
    EQUITY,
    LEVERAGE,
    LEVERAGED,
    OF_CLASS,
    OTHER,
    PRICE,
    STOCK,
    Afternoon,
    holding,
    shares_above,
)
from alchemiser.application.controls.holdings import (
    most_of_class,
    most_of_position,
    most_of_sector,
    moving_together,
    of_sector,
    too_much_margin,
)
from alchemiser.application.controls.measuring import dangers
from alchemiser.application.controls.money import unsettled
from alchemiser.application.controls.sizes import (
    thin,
    too_dear,
    too_large_for_volume,
    too_many_shares,
)
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.domain.values.instrument import AssetClass, Sector
from alchemiser.domain.values.numbers import ONE, SHARE, round_down

Wish = tuple[RiskCode, str, NetIntent, RiskContext]
"""The limit, the case where it has several, what is wanted, and the world."""


def a_wish(name: Symbol, quantity: Decimal = ONE, *, buy: bool = True) -> NetIntent:
    """Return one book's wish for so many shares."""
    return NetIntent(symbol=name, buy=buy, claims=((BookId("controls"), quantity),))


def too_much(at: Afternoon) -> Iterator[Wish]:
    """Yield a wish for every limit that cuts, in the order in which wishes are cut."""
    yield from _too_large(at)
    yield from _too_much_held(at)
    yield from _too_dangerous(at)
    one, sound = a_wish(BROAD), at.only()
    yield RiskCode.SETTLED_CASH, "", one, unsettled(sound, PRICE / 2)
    yield RiskCode.BUYING_POWER, "", one, replace(sound, cash=PRICE / 2)


def _too_large(at: Afternoon) -> Iterator[Wish]:
    sizes = (
        (RiskCode.MAX_ORDER_QUANTITY, too_many_shares(at)),
        (RiskCode.MAX_ORDER_NOTIONAL, too_dear(at)),
        (RiskCode.MAX_ADV_SHARE, too_large_for_volume(at)),
    )
    for code, quantity in sizes:
        sound = _rich(thin(at.only(code)))
        yield code, "", a_wish(BROAD, quantity), sound
        # The worst price of a sell is lower than that of a buy, so that more fit in.
        twice = 2 * quantity
        yield code, "sell", a_wish(BROAD, twice, buy=False), holding(sound, BROAD, twice)
    for code in (RiskCode.MAX_ORDER_EQUITY, RiskCode.MAX_SYMBOL_TURNOVER, RiskCode.MAX_TURNOVER):
        yield code, "", a_wish(BROAD, shares_above(at.most(code))), _rich(at.only(code))


def _too_much_held(at: Afternoon) -> Iterator[Wish]:
    for kind, name in OF_CLASS.items():
        wish = a_wish(name, shares_above(most_of_position(at, kind)))
        yield RiskCode.MAX_POSITION, kind.value, wish, _rich(at.only(RiskCode.MAX_POSITION))
    for sector in Sector:
        wish = a_wish(BROAD, shares_above(most_of_sector(at, sector)))
        yield RiskCode.MAX_SECTOR, sector.value, wish, _rich(of_sector(at, sector))
    for kind, name in OF_CLASS.items():
        wish = a_wish(name, shares_above(most_of_class(at, kind)))
        yield RiskCode.MAX_ASSET_CLASS, kind.value, wish, _rich(at.only(RiskCode.MAX_ASSET_CLASS))
    if at.most(RiskCode.MAX_CORRELATED) < 1:
        yield RiskCode.MAX_CORRELATED, "", *_together(at)
    for code in (RiskCode.MAX_UNDERLYING, RiskCode.MAX_GROSS_EXPOSURE):
        wish = a_wish(LEVERAGED, shares_above(at.most(code) / LEVERAGE))
        yield code, "", wish, _rich(at.only(code))
    code = RiskCode.MAX_LEVERAGE
    yield code, "", a_wish(BROAD, shares_above(at.most(code))), _rich(at.only(code))
    code = RiskCode.MAX_MARGIN_USE
    yield code, "", a_wish(BROAD, too_much_margin(at, ONE)), _rich(at.only(code))


def _together(at: Afternoon) -> tuple[NetIntent, RiskContext]:
    """Return a wish that passes alone and is too much with what is held besides."""
    most = most_of_position(at, AssetClass.STOCK) * EQUITY / PRICE
    held = round_down(most / 2, SHARE)
    world = holding(moving_together(at), STOCK, held)
    return a_wish(OTHER, round_down(most * 3 / 4, SHARE)), _rich(world)


def _too_dangerous(at: Afternoon) -> Iterator[Wish]:
    code = RiskCode.MAX_NET_EXPOSURE
    yield code, "", a_wish(BROAD, shares_above(at.most(code))), _rich(at.only(code))
    for code in (RiskCode.MAX_VAR, RiskCode.MAX_EXPECTED_SHORTFALL):
        for case, quantity, world in dangers(at, code):
            yield code, case, a_wish(BROAD, quantity), _rich(world)


def _rich(context: RiskContext) -> RiskContext:
    """Return the world in which no wish costs more than there is."""
    account, plenty = context.account, EQUITY * 1000
    if account is None:
        return context
    return replace(context, cash=plenty, account=replace(account, buying_power=plenty))
