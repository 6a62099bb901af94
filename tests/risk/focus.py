"""What makes each limit the one that binds."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Final

from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.risk.history import Anchors
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.instrument import AssetClass, ListingStatus, Sector
from tests.risk import obstacles
from tests.risk.drafts import CENT, Draft
from tests.risk.pasts import KINDS, PATHS, past

Focus = Callable[[Draft], None]


def _daily_loss(draft: Draft) -> None:
    draft.bought()
    close = draft.equity * draft.draws.number(1.02, 1.2)
    draft.anchors = Anchors(last_close=close, peak=draft.anchors.peak)
    draft.limits["max_daily_loss"] = draft.draws.number(0.01, 0.06)


def _drawdown(draft: Draft) -> None:
    draft.bought()
    peak = draft.equity * draft.draws.number(1.05, 1.5)
    draft.anchors = Anchors(last_close=draft.anchors.last_close, peak=peak)
    draft.limits["max_drawdown"] = draft.draws.number(0.02, 0.2)


def _order_quantity(draft: Draft) -> None:
    quantity = draft.quantity(draft.bought())
    draft.limits["max_order_quantity"] = quantity * draft.draws.number(0.2, 1.0)


def _order_notional(draft: Draft) -> None:
    name = draft.bought()
    worth = draft.quantity(name) * draft.mid(name)
    draft.limits["max_order_notional"] = worth * draft.draws.number(0.2, 1.0)


def _share(draft: Draft, limit: str, low: float = 0.005, high: float = 0.3) -> None:
    draft.bought()
    draft.limits[limit] = draft.draws.magnitude(low, high)


def _volume(draft: Draft) -> None:
    draft.bought()
    draft.limits["max_adv_share"] = draft.draws.magnitude(1e-6, 0.05, 6)


def _position(draft: Draft) -> None:
    name = draft.bought()
    rows = {kind: draft.draws.number(0.01, 0.2) for kind in AssetClass}
    draft.limits["max_position"] = rows
    if draft.draws.chance(0.4):
        draft.limits["max_position_symbol"] = {name: draft.draws.number(0, 0.3)}


def _sector(draft: Draft) -> None:
    draft.bought()
    draft.limits["max_sector"] = {one: draft.draws.number(0.01, 0.25) for one in Sector}


def _asset_class(draft: Draft) -> None:
    draft.bought()
    draft.limits["max_asset_class"] = {one: draft.draws.number(0.01, 0.25) for one in AssetClass}


def _correlated(draft: Draft) -> None:
    draws = draft.draws
    draft.markets = past(KINDS.index("crowd") + len(KINDS) * draws.count(0, PATHS // 10 - 1))
    each = draws.number(0.05, 0.2)
    draft.limits["max_position"] = dict.fromkeys(AssetClass, each * Decimal("1.2"))
    draft.limits["correlation_threshold"] = draws.number(0.2, 0.95)
    draft.limits["correlation_sessions"] = draws.one_of((15, 30, 60))
    draft.held = {}
    for place, name in enumerate(draft.names[:4]):
        weight = each * draws.number(0.4, 0.95)
        if place < 2 and draws.chance(0.5):
            draft.held[name] = draft.shares(name, weight) or Decimal(1)
        else:
            draft.wish(name, weight=weight)


def _measure(draft: Draft, limit: str) -> None:
    draft.bought()
    draft.limits[limit] = draft.draws.magnitude(0.0002, 0.01, 5)


def _settled(draft: Draft) -> None:
    draft.bought()
    draft.kind = AccountKind.CASH
    if draft.draws.chance(0.5):
        draft.settled = (draft.equity * draft.draws.number(0, 0.05)).quantize(CENT)
    else:
        draft.unsettled = (draft.cash * draft.draws.number(0.95, 1)).quantize(CENT)


def _power(draft: Draft) -> None:
    draft.bought()
    draft.kind = AccountKind.MARGIN
    left = (draft.equity * draft.draws.number(-0.01, 0.05)).quantize(CENT)
    if draft.draws.chance(0.5):
        draft.power = max(left, Decimal(0))
    else:
        draft.books_cash = left


def lose_sight(draft: Draft) -> None:
    """Make something unknown that a limit may need."""
    what = draft.draws.count(0, 5)
    if what == 0:
        draft.history_known = False
    elif what == 1:
        draft.markets = None
    elif what == 2 and draft.held:
        draft.instruments.pop(draft.draws.one_of(list(draft.held)), None)
    elif what == 3 and draft.held:
        draft.quotes.pop(draft.draws.one_of(list(draft.held)), None)
    elif what == 4:
        draft.session, draft.any_hour = None, True
    else:
        draft.account_known = False


FOCUS: Final[Mapping[RiskCode, Focus]] = {
    RiskCode.ACCOUNT_UNKNOWN: obstacles.account_unknown,
    RiskCode.ACCOUNT_BLOCKED: obstacles.blocked,
    RiskCode.TRADING_STATE: obstacles.state,
    RiskCode.SESSION_CLOSED: obstacles.closed,
    RiskCode.SYMBOL_NOT_TRADABLE: partial(obstacles.status, status=ListingStatus.NOT_TRADABLE),
    RiskCode.SYMBOL_HALTED: partial(obstacles.status, status=ListingStatus.HALTED),
    RiskCode.SYMBOL_SUSPENDED: partial(obstacles.status, status=ListingStatus.SUSPENDED),
    RiskCode.SYMBOL_DELISTED: partial(obstacles.status, status=ListingStatus.DELISTED),
    RiskCode.CORPORATE_ACTION: partial(obstacles.status, status=ListingStatus.CORPORATE_ACTION),
    RiskCode.RESTRICTED: obstacles.restricted,
    RiskCode.SYMBOL_UNRECONCILED: obstacles.unreconciled,
    RiskCode.QUANTITY_INVALID: obstacles.quantity,
    RiskCode.PRICE_INVALID: obstacles.price,
    RiskCode.PRICE_UNKNOWN: obstacles.no_price,
    RiskCode.PRICE_STALE: obstacles.stale,
    RiskCode.QUOTE_CROSSED: obstacles.crossed,
    RiskCode.MAX_SPREAD: obstacles.spread,
    RiskCode.PRICE_COLLAR: obstacles.collar,
    RiskCode.POSITION_UNPRICED: obstacles.unpriced,
    RiskCode.DUPLICATE_INTENT: obstacles.duplicate,
    RiskCode.WASH_TRADE: obstacles.wash,
    RiskCode.REPEATED_ORDER: partial(obstacles.runaway, limit="max_repeats", alike=True),
    RiskCode.CHURN: obstacles.churn,
    RiskCode.DAY_TRADE: obstacles.day_trade,
    RiskCode.MAX_ORDERS_PER_DAY: partial(obstacles.runaway, limit="max_orders_per_day"),
    RiskCode.MAX_ORDERS_PER_MINUTE: partial(obstacles.runaway, limit="max_orders_per_minute"),
    RiskCode.MAX_ORDERS_PER_SYMBOL: partial(obstacles.runaway, limit="max_orders_per_symbol"),
    RiskCode.SHORT_SALE: obstacles.short,
    RiskCode.MAX_DAILY_LOSS: _daily_loss,
    RiskCode.MAX_DRAWDOWN: _drawdown,
    RiskCode.MAX_ORDER_QUANTITY: _order_quantity,
    RiskCode.MAX_ORDER_NOTIONAL: _order_notional,
    RiskCode.MAX_ORDER_EQUITY: partial(_share, limit="max_order_equity"),
    RiskCode.MAX_ADV_SHARE: _volume,
    RiskCode.MAX_SYMBOL_TURNOVER: partial(_share, limit="max_symbol_turnover"),
    RiskCode.MAX_TURNOVER: partial(_share, limit="max_turnover"),
    RiskCode.MAX_POSITION: _position,
    RiskCode.MAX_SECTOR: _sector,
    RiskCode.MAX_ASSET_CLASS: _asset_class,
    RiskCode.MAX_UNDERLYING: partial(_share, limit="max_underlying"),
    RiskCode.MAX_CORRELATED: _correlated,
    RiskCode.MAX_GROSS_EXPOSURE: partial(_share, limit="max_gross_exposure", high=1.0),
    RiskCode.MAX_LEVERAGE: partial(_share, limit="max_leverage", high=0.8),
    RiskCode.MAX_MARGIN_USE: partial(_share, limit="max_margin_use"),
    RiskCode.MAX_NET_EXPOSURE: partial(_share, limit="max_net_exposure", high=0.5),
    RiskCode.MAX_VAR: partial(_measure, limit="max_var"),
    RiskCode.MAX_EXPECTED_SHORTFALL: partial(_measure, limit="max_expected_shortfall"),
    RiskCode.SETTLED_CASH: _settled,
    RiskCode.BUYING_POWER: _power,
}
