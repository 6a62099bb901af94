"""Buys after which a figure of the whole portfolio would be too high."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.application.controls.bench import (
    BROAD,
    LEVERAGE,
    LEVERAGED,
    STOCK,
    Afternoon,
    Case,
    Maker,
    an_order,
    forgetful,
    holding,
    known_as,
    shares_above,
    unpriced,
)
from alchemiser.application.controls.past import HALF, crashing, new, swinging
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import RiskHistory
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.risk.policy import CLASS_POLICIES
from alchemiser.domain.statistics.normal import normal_quantile, normal_shortfall
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import decimal_from_float

_A_LITTLE_MORE: Final = Decimal("1.001")
"""Keeps the rounding of a figure from hiding that it is too high."""

Change = Callable[[RiskHistory], RiskHistory]


def dangers(at: Afternoon, code: RiskCode) -> Iterator[tuple[str, Decimal, RiskContext]]:
    """Yield the pasts that each of the figures of `code` tells of, and what is too much in them.

    Each as a name, the shares of `BROAD` that are too many, and the world.
    """
    sound, limit = at.only(code), at.most(code)
    chance = normal_quantile if code is RiskCode.MAX_VAR else normal_shortfall
    multiple = decimal_from_float(chance(at.limits.var_confidence))
    deviation = CLASS_POLICIES[AssetClass.BROAD_FUND].deviation
    rows: tuple[tuple[str, Decimal, Change], ...] = (
        ("historical", HALF, lambda past: crashing(past, BROAD, at.limits)),
        ("parametric", HALF * multiple, lambda past: swinging(past, BROAD, at.limits)),
        ("short_history", deviation * multiple, lambda past: new(past, BROAD)),
    )
    for case, each, change in rows:
        quantity = shares_above(limit / each * _A_LITTLE_MORE)
        past = sound.history
        if past is not None:
            yield case, quantity, replace(sound, history=change(past))


def _var(at: Afternoon) -> Iterator[Case]:
    yield from _figure(at, RiskCode.MAX_VAR)


def _shortfall(at: Afternoon) -> Iterator[Case]:
    yield from _figure(at, RiskCode.MAX_EXPECTED_SHORTFALL)


def _figure(at: Afternoon, code: RiskCode) -> Iterator[Case]:
    for case, quantity, context in dangers(at, code):
        yield case, an_order(BROAD), holding(context, BROAD, quantity)
    for case, context in forgetful(at.only(code)):
        yield case, an_order(BROAD), context
    yield "price_unknown", an_order(BROAD), unpriced(at.only(code))


def _net(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.MAX_NET_EXPOSURE
    limit, sound = at.most(code), at.only(code)
    yield "long", an_order(BROAD), holding(sound, STOCK, shares_above(limit))
    inverse = replace(sound.instruments[LEVERAGED], leverage=-LEVERAGE)
    short = holding(known_as(sound, inverse), LEVERAGED, shares_above(limit / LEVERAGE))
    yield "inverse", an_order(LEVERAGED), short
    yield "price_unknown", an_order(BROAD), unpriced(sound)


MEASURING: Final[Mapping[RiskCode, Maker]] = MappingProxyType({
    RiskCode.MAX_NET_EXPOSURE: _net,
    RiskCode.MAX_VAR: _var,
    RiskCode.MAX_EXPECTED_SHORTFALL: _shortfall,
})
