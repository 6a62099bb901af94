"""Orders that are too large, alone or with those before them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.application.controls.bench import (
    BROAD,
    PRICE,
    STOCK,
    Afternoon,
    Case,
    Maker,
    an_order,
    filled,
    forgetful,
    holding,
    shares_above,
)
from alchemiser.application.controls.past import traded
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.numbers import SHARE, round_up

THIN: Final = Decimal(10_000)
"""Dollars traded a day in a symbol that few trade."""


def too_many_shares(at: Afternoon) -> Decimal:
    """Return shares, of which one order may not have so many."""
    return at.most(RiskCode.MAX_ORDER_QUANTITY) // 1 + 1


def too_dear(at: Afternoon) -> Decimal:
    """Return shares that cost more than one order may."""
    return at.most(RiskCode.MAX_ORDER_NOTIONAL) // PRICE + 1


def too_large_for_volume(at: Afternoon) -> Decimal:
    """Return shares that are more than one order may have of what is traded in a thin symbol."""
    return round_up(at.most(RiskCode.MAX_ADV_SHARE) * THIN / PRICE, SHARE) + 1


def thin(context: RiskContext) -> RiskContext:
    """Return the world in which few trade `BROAD`."""
    return _traded(context, float(THIN))


def _quantity(at: Afternoon) -> Iterator[Case]:
    yield from _both_sides(too_many_shares(at), at.only(RiskCode.MAX_ORDER_QUANTITY))


def _notional(at: Afternoon) -> Iterator[Case]:
    yield from _both_sides(too_dear(at), at.only(RiskCode.MAX_ORDER_NOTIONAL))


def _equity(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.MAX_ORDER_EQUITY
    yield "", an_order(BROAD, shares_above(at.most(code))), at.only(code)


def _daily_volume(at: Afternoon) -> Iterator[Case]:
    sound = at.only(RiskCode.MAX_ADV_SHARE)
    yield from _both_sides(too_large_for_volume(at), thin(sound))
    yield "volume_unknown", an_order(BROAD), _traded(sound, float("nan"))
    for case, context in forgetful(sound):
        yield case, an_order(BROAD), context


def _symbol_turnover(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.MAX_SYMBOL_TURNOVER
    before = filled(an_order(BROAD, shares_above(at.most(code))))
    yield "", an_order(BROAD), replace(at.only(code), sent=before)


def _turnover(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.MAX_TURNOVER
    before = filled(an_order(STOCK, shares_above(at.most(code))))
    yield "", an_order(BROAD), replace(at.only(code), sent=before)


def _both_sides(quantity: Decimal, context: RiskContext) -> Iterator[Case]:
    yield "", an_order(BROAD, quantity), context
    sale = an_order(BROAD, quantity, side=Side.SELL)
    yield "sell", sale, holding(context, BROAD, quantity)


def _traded(context: RiskContext, dollars: float) -> RiskContext:
    past = context.history
    return context if past is None else replace(context, history=traded(past, BROAD, dollars))


SIZES: Final[Mapping[RiskCode, Maker]] = MappingProxyType({
    RiskCode.MAX_ORDER_QUANTITY: _quantity,
    RiskCode.MAX_ORDER_NOTIONAL: _notional,
    RiskCode.MAX_ORDER_EQUITY: _equity,
    RiskCode.MAX_ADV_SHARE: _daily_volume,
    RiskCode.MAX_SYMBOL_TURNOVER: _symbol_turnover,
    RiskCode.MAX_TURNOVER: _turnover,
})
