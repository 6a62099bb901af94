"""Buys that cost more than there is."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.application.controls.bench import (
    A_FEW,
    BROAD,
    EQUITY,
    PRICE,
    STOCK,
    Afternoon,
    Case,
    Maker,
    an_account,
    an_order,
    in_cash,
)
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.numbers import CENT


def unsettled(context: RiskContext, left: Decimal) -> RiskContext:
    """Return the world of a cash account in which so many dollars have settled and no more."""
    past = context.history
    if past is None:
        return in_cash(context)
    return in_cash(replace(context, history=replace(past, unsettled=EQUITY - left)))


def _settled_cash(at: Afternoon) -> Iterator[Case]:
    sound, order = at.only(), an_order(BROAD)
    yield "ours", order, unsettled(sound, order.cost() - CENT)
    told = replace(an_account(), settled_cash=order.cost() - CENT)
    yield "brokers", order, in_cash(replace(sound, account=told))
    taken = an_order(STOCK, ALMOST_ALL)
    yield "open_orders", order, in_cash(replace(sound, open_orders=(taken,)))
    yield "history_unknown", order, replace(in_cash(sound), history=None)


def _buying_power(at: Afternoon) -> Iterator[Case]:
    sound, order = at.only(), an_order(BROAD)
    yield "ours", order, replace(sound, cash=order.cost() - CENT)
    poor = replace(an_account(), buying_power=order.cost() - CENT)
    yield "brokers", order, replace(sound, account=poor)
    taken = an_order(STOCK, ALMOST_ALL)
    yield "open_orders", order, replace(sound, open_orders=(taken,))


ALMOST_ALL: Final = EQUITY / PRICE - A_FEW / 2
"""Shares after whose purchase half the cost of a small order is left, dollars."""

MONEY: Final[Mapping[RiskCode, Maker]] = MappingProxyType({
    RiskCode.SETTLED_CASH: _settled_cash,
    RiskCode.BUYING_POWER: _buying_power,
})
