"""Orders whose quantity or price is unsound, or whose quote is."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.application.controls.bench import (
    BROAD,
    NOW,
    PRICE,
    WHOLE,
    Afternoon,
    Case,
    Maker,
    an_order,
    holding,
    quote,
)
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.numbers import CENT


def _quantity(at: Afternoon) -> Iterator[Case]:
    yield "", an_order(WHOLE, Decimal("0.5")), at.context()


def _price(at: Afternoon) -> Iterator[Case]:
    yield "", an_order(BROAD, price=PRICE + CENT / 2), at.context()


def _unknown(at: Afternoon) -> Iterator[Case]:
    yield "", an_order(BROAD), replace(at.context(), quotes={})


def _stale(at: Afternoon) -> Iterator[Case]:
    sound = at.context()
    age = timedelta(seconds=at.limits.quote_age_seconds_max + 1)
    for case, moment in (("old", NOW - age), ("future", NOW + timedelta(seconds=1))):
        quotes = {BROAD: replace(quote(BROAD), at=moment)}
        yield case, an_order(BROAD), replace(sound, quotes=quotes)


def _crossed(at: Afternoon) -> Iterator[Case]:
    crossed = quote(BROAD, bid=PRICE + CENT, ask=PRICE - CENT)
    yield "", an_order(BROAD), replace(at.context(), quotes={BROAD: crossed})


def _spread(at: Afternoon) -> Iterator[Case]:
    half = (PRICE * at.limits.max_spread / 2 // CENT + 1) * CENT
    wide = quote(BROAD, bid=PRICE - half, ask=PRICE + half)
    yield "", an_order(BROAD), replace(at.context(), quotes={BROAD: wide})


def _collar(at: Afternoon) -> Iterator[Case]:
    step = (PRICE * at.limits.price_collar // CENT + 1) * CENT
    yield "buy_above", an_order(BROAD, price=PRICE + step), at.context()
    below = an_order(BROAD, price=PRICE - step, side=Side.SELL)
    yield "sell_below", below, holding(at.context(), BROAD)


QUOTING: Final[Mapping[RiskCode, Maker]] = MappingProxyType({
    RiskCode.QUANTITY_INVALID: _quantity,
    RiskCode.PRICE_INVALID: _price,
    RiskCode.PRICE_UNKNOWN: _unknown,
    RiskCode.PRICE_STALE: _stale,
    RiskCode.QUOTE_CROSSED: _crossed,
    RiskCode.MAX_SPREAD: _spread,
    RiskCode.PRICE_COLLAR: _collar,
})
