"""Drawn worlds: accounts, portfolios, paths of prices and limits, each by its number."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.pricing import limit_price
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import OverLimit, RiskCode
from alchemiser.domain.values.instrument import AssetClass, Sector
from tests.risk.drafts import Draft, drafted, slot
from tests.risk.draws import Draws
from tests.risk.focus import FOCUS, lose_sight

PERIOD: Final = 60
"""Cases of each period are made for one code after the other; the last of them mix several."""
OFFSETS: Final = (Decimal(0), Decimal("0.002"), Decimal("0.005"), Decimal("0.005"))
SHARES: Final = (
    "max_underlying",
    "max_gross_exposure",
    "max_net_exposure",
    "max_leverage",
    "max_margin_use",
    "max_order_equity",
    "max_symbol_turnover",
    "max_turnover",
)
COUNTS: Final = (
    "max_orders_per_day",
    "max_orders_per_minute",
    "max_orders_per_symbol",
    "max_repeats",
    "max_reversals",
)


@dataclass(frozen=True, kw_only=True)
class World:
    """Hold one case.

    Attributes:
        number: Draws it again.
        context: What the checks see.
        net: The intents.
        offset: How far through the touch orders may go, a fraction.
        raw: One or two intents as orders that no first gate has cut, some of them spoilt.
        draws: What is drawn later: how the plan is worked.
    """

    number: int
    context: RiskContext
    net: tuple[NetIntent, ...]
    offset: Decimal
    raw: tuple[NewOrderSingle, ...]
    draws: Draws

    def priced(self) -> bool:
        """Say whether every intent has a quote and an instrument, as the first gate requires."""
        known = self.context.quotes.keys() & self.context.instruments.keys()
        return all(intent.symbol in known for intent in self.net)


def world(number: int) -> World:
    """Return case `number`."""
    draws = Draws(number)
    draft = drafted(draws)
    _loose(draft)
    if draws.chance(0.2):
        _busy(draft)
    codes = list(FOCUS)
    place = number % PERIOD
    if place < len(codes):
        FOCUS[codes[place]](draft)
    else:
        for code in draws.some_of(codes, draws.count(1, 5)):
            FOCUS[code](draft)
        if draws.chance(0.4):
            lose_sight(draft)
    offset = draws.one_of(OFFSETS)
    return World(
        number=number,
        context=draft.context(),
        net=draft.net(),
        offset=offset,
        raw=tuple(_raw(draft, offset)),
        draws=draws,
    )


def _loose(draft: Draft) -> None:
    """Set limits that hardly bind, or none."""
    draws, limits = draft.draws, draft.limits
    wide = Decimal(25)
    for name in SHARES:
        limits[name] = wide if draws.chance(0.4) else None
    for name in COUNTS:
        limits[name] = draws.count(20, 60) if draws.chance(0.4) else None
    limits["max_position"] = dict.fromkeys(AssetClass, wide) if draws.chance(0.4) else None
    limits["max_asset_class"] = dict.fromkeys(AssetClass, wide) if draws.chance(0.4) else None
    limits["max_sector"] = dict.fromkeys(Sector, wide) if draws.chance(0.4) else None
    limits["max_adv_share"] = wide if draws.chance(0.15) else None
    limits["max_var"] = wide if draws.chance(0.12) else None
    limits["max_expected_shortfall"] = wide if draws.chance(0.12) else None
    limits["correlation_threshold"] = Decimal("0.9") if draws.chance(0.12) else None
    limits["max_daily_loss"] = Decimal("0.9") if draws.chance(0.4) else None
    limits["max_drawdown"] = Decimal("0.9") if draws.chance(0.4) else None
    limits["over_limit"] = OverLimit.REFUSE if draws.chance(0.15) else OverLimit.CLIP
    limits["correlation_sessions"] = draws.one_of((15, 30, 60))
    limits["adv_sessions"] = draws.one_of((5, 10, 20))
    limits["var_sessions"] = 250 if draws.chance(0.02) else draws.one_of((20, 40, 60))
    limits["var_confidence"] = draws.one_of((Decimal("0.9"), Decimal("0.95"), Decimal("0.99")))


def _busy(draft: Draft) -> None:
    """Let orders have been sent before in this session."""
    draws = draft.draws
    for name in draws.some_of(draft.names, draws.count(1, 3)):
        buy = draws.chance(0.7) or name not in draft.held
        quantity = draft.shares(name, draws.number(0.01, 0.05))
        if not quantity or (not buy and quantity > draft.held[name]):
            continue
        left = draws.one_of(("open", "filled", "dead"))
        order = draft.order(name, quantity, buy=buy, attempt=2)
        draft.send(order, draws.number(0, 200, 1).__float__(), left=left)


def _raw(draft: Draft, offset: Decimal) -> list[NewOrderSingle]:
    orders = []
    others = [one for one in draft.wishes if one[0] != draft.spot][:1]
    for name, buy, quantity in [one for one in draft.wishes if one[0] == draft.spot] + others:
        quote, instrument = draft.quotes.get(name), draft.instruments.get(name)
        side = Side.BUY if buy else Side.SELL
        price = draft.mid(name)
        if quote is not None and instrument is not None:
            price = limit_price(side, quote, instrument, offset)
        shares, dollars = draft.shift
        orders.append(
            NewOrderSingle(
                cl_ord_id=slot(draft.day, name, buy=buy),
                symbol=name,
                side=side,
                order_qty=quantity + shares,
                price=price + dollars,
            )
        )
    return orders


AT_WORK: Final = frozenset({RiskCode.PLAN_FAILURE, RiskCode.DEADLINE})
CODES: Final = tuple(code for code in RiskCode if code not in AT_WORK)
"""Of the checks; the others are the execution machine's."""
