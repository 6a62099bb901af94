"""Buys after which too much of one kind would be held."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.application.controls.bench import (
    BROAD,
    DAY,
    LEVERAGE,
    LEVERAGED,
    OF_CLASS,
    OTHER,
    PRICE,
    STOCK,
    Afternoon,
    Case,
    Maker,
    alongside,
    an_order,
    forgetful,
    holding,
    known_as,
    shares_above,
    unpriced,
)
from alchemiser.application.controls.past import moving_as
from alchemiser.domain.market_rules.margin import maintenance_share
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import (
    DEFAULT_MAX_ASSET_CLASS,
    DEFAULT_MAX_POSITION,
    RiskCode,
)
from alchemiser.domain.risk.policy import MAX_SECTOR
from alchemiser.domain.values.instrument import AssetClass, Sector
from alchemiser.domain.values.numbers import ONE

GROUPS: Final = (
    RiskCode.MAX_SECTOR,
    RiskCode.MAX_ASSET_CLASS,
    RiskCode.MAX_UNDERLYING,
    RiskCode.MAX_CORRELATED,
    RiskCode.MAX_GROSS_EXPOSURE,
    RiskCode.MAX_LEVERAGE,
    RiskCode.MAX_MARGIN_USE,
)
"""Limits that a position without a price leaves unknown."""


def most_of_position(at: Afternoon, kind: AssetClass) -> Decimal:
    """Return the largest position of a symbol of a class, a share of equity."""
    return (at.limits.max_position or DEFAULT_MAX_POSITION)[kind]


def most_of_class(at: Afternoon, kind: AssetClass) -> Decimal:
    """Return the most of a class, a share of equity."""
    return (at.limits.max_asset_class or DEFAULT_MAX_ASSET_CLASS)[kind]


def most_of_sector(at: Afternoon, sector: Sector) -> Decimal:
    """Return the most of a sector, a share of equity."""
    return (at.limits.max_sector or MAX_SECTOR)[sector]


def too_much_margin(at: Afternoon, leverage: Decimal) -> Decimal:
    """Return shares of which so many require more margin than may be used."""
    required = maintenance_share(DAY, PRICE, leverage)
    return shares_above(at.most(RiskCode.MAX_MARGIN_USE) / required)


def moving_together(at: Afternoon) -> RiskContext:
    """Return the world in which `OTHER` moves as the share does, and no limit but this is on.

    A group may have what the largest of its positions may, so that this limit is on too.
    """
    sound = alongside(at.only(RiskCode.MAX_CORRELATED, RiskCode.MAX_POSITION), STOCK)
    past = sound.history
    if past is None:
        return sound
    return replace(sound, history=moving_as(past, OTHER, STOCK))


def _position(at: Afternoon) -> Iterator[Case]:
    sound = at.only(RiskCode.MAX_POSITION)
    for kind, name in OF_CLASS.items():
        held = shares_above(most_of_position(at, kind))
        yield kind.value, an_order(name), holding(sound, name, held)
    named = at.limits.max_position_symbol
    for name, limit in sorted(named.items()):
        share = replace(sound.instruments[STOCK], symbol=name)
        limits = replace(sound.limits, max_position_symbol=named, restricted=frozenset())
        known = replace(known_as(sound, share), limits=limits)
        yield name, an_order(name), holding(known, name, shares_above(limit))


def _unpriced(at: Afternoon) -> Iterator[Case]:
    for code in GROUPS:
        # What moves together may have as much as a position may.
        yield code.value, an_order(BROAD), unpriced(at.only(code, RiskCode.MAX_POSITION))


def _sector(at: Afternoon) -> Iterator[Case]:
    for sector in Sector:
        limit = most_of_sector(at, sector)
        world = of_sector(at, sector)
        yield sector.value, an_order(BROAD), holding(world, STOCK, shares_above(limit))
    held = shares_above(most_of_sector(at, Sector.TECHNOLOGY) / LEVERAGE)
    threefold = holding(of_sector(at, Sector.TECHNOLOGY), LEVERAGED, held)
    yield "look_through", an_order(BROAD), threefold


def of_sector(at: Afternoon, sector: Sector) -> RiskContext:
    """Return the world in which all belong to one sector, and no other limit is on."""
    sound = at.only(RiskCode.MAX_SECTOR)
    rows = {name: replace(one, sector=sector) for name, one in sound.instruments.items()}
    return replace(sound, instruments=rows)


def _asset_class(at: Afternoon) -> Iterator[Case]:
    sound = at.only(RiskCode.MAX_ASSET_CLASS)
    for kind, name in OF_CLASS.items():
        held = holding(alongside(sound, name), name, shares_above(most_of_class(at, kind)))
        yield kind.value, an_order(OTHER), held


def _underlying(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.MAX_UNDERLYING
    limit, sound = at.most(code), at.only(code)
    yield "plain", an_order(BROAD), holding(sound, BROAD, shares_above(limit))
    for case, multiple in (("look_through", LEVERAGE), ("inverse", -LEVERAGE)):
        fund = replace(sound.instruments[LEVERAGED], underlying=BROAD, leverage=multiple)
        held = holding(known_as(sound, fund), LEVERAGED, shares_above(limit / LEVERAGE))
        yield case, an_order(BROAD), held


def _correlated(at: Afternoon) -> Iterator[Case]:
    held = shares_above(most_of_position(at, AssetClass.STOCK))
    if at.most(RiskCode.MAX_CORRELATED) < 1:
        # No correlation is above one.
        yield "moving_together", an_order(OTHER), holding(moving_together(at), STOCK, held)
    sound = alongside(at.only(RiskCode.MAX_CORRELATED, RiskCode.MAX_POSITION), STOCK)
    yield "short_history", an_order(OTHER), holding(sound, STOCK, held)
    for case, context in forgetful(sound):
        yield case, an_order(OTHER), context


def _gross(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.MAX_GROSS_EXPOSURE
    limit, sound = at.most(code), at.only(code)
    yield "plain", an_order(BROAD), holding(sound, STOCK, shares_above(limit))
    threefold = holding(sound, LEVERAGED, shares_above(limit / LEVERAGE))
    yield "look_through", an_order(BROAD), threefold


def _leverage(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.MAX_LEVERAGE
    yield "", an_order(BROAD), holding(at.only(code), STOCK, shares_above(at.most(code)))


def _margin_use(at: Afternoon) -> Iterator[Case]:
    sound = at.only(RiskCode.MAX_MARGIN_USE)
    for case, name, multiple in (("plain", STOCK, ONE), ("look_through", LEVERAGED, LEVERAGE)):
        yield case, an_order(BROAD), holding(sound, name, too_much_margin(at, multiple))


HOLDINGS: Final[Mapping[RiskCode, Maker]] = MappingProxyType({
    RiskCode.MAX_POSITION: _position,
    RiskCode.POSITION_UNPRICED: _unpriced,
    RiskCode.MAX_SECTOR: _sector,
    RiskCode.MAX_ASSET_CLASS: _asset_class,
    RiskCode.MAX_UNDERLYING: _underlying,
    RiskCode.MAX_CORRELATED: _correlated,
    RiskCode.MAX_GROSS_EXPOSURE: _gross,
    RiskCode.MAX_LEVERAGE: _leverage,
    RiskCode.MAX_MARGIN_USE: _margin_use,
})
