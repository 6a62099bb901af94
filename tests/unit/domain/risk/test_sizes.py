"""How large an order may be, and how much may be traded in a session (OS-07, RC-18, RC-19)."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk import sizes
from alchemiser.domain.risk.checks import FitsInto
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import SentOrder
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, RiskLimits, Violation
from alchemiser.domain.risk.markets import MarketHistory
from alchemiser.domain.risk.pool import Maker, Pool, refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import NOW, a_context, an_account, an_order
from alchemiser.testing.histories import a_market

AGG, SPY = Symbol("AGG"), Symbol("SPY")
PRICES = {SPY: Decimal(500), AGG: Decimal(98)}
MAKERS: tuple[Maker, ...] = (
    sizes.order_quantity,
    sizes.order_notional,
    sizes.order_equity,
    sizes.daily_volume,
    sizes.symbol_turnover,
    sizes.turnover,
)


def d(text: str) -> Decimal:
    return Decimal(text)


def limited(**limits: str) -> RiskLimits:
    """Return nothing but `limits`."""
    return replace(RESEARCH_LIMITS, **{name: d(text) for name, text in limits.items()})  # type: ignore[arg-type]


def pools(
    maker: Maker, context: RiskContext, side: Side = Side.BUY, *names: Symbol
) -> list[Pool | Violation]:
    return list(maker(context, {name: PRICES[name] for name in names or PRICES}, side))


def a_pool(code: RiskCode, amounts: tuple[str, str], each: dict[Symbol, str], limit: str) -> Pool:
    """Return a pool that is told in dollars or shares; `amounts` are used and capacity."""
    return Pool(
        code=code,
        used=d(amounts[0]),
        capacity=d(amounts[1]),
        each={name: d(text) for name, text in each.items()},
        limit=d(limit),
    )


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("side", Side)
def test_limit_that_is_off_takes_anything(maker: Maker, side: Side) -> None:
    """DESIGN §3: research may switch each off, and nothing needs to be known then."""
    blind = replace(a_context(limits=RESEARCH_LIMITS), account=None, history=None)

    assert pools(maker, blind, side) == []


@pytest.mark.parametrize("side", Side)
def test_each_order_has_its_own_number_of_shares(side: Side) -> None:
    """OS-07: sells too."""
    context = a_context(limits=limited(max_order_quantity="50"))

    assert pools(sizes.order_quantity, context, side) == [
        a_pool(RiskCode.MAX_ORDER_QUANTITY, ("0", "50"), {name: "1"}, "50") for name in PRICES
    ]


@pytest.mark.parametrize("side", Side)
def test_each_order_has_its_own_dollars_at_its_limit_price(side: Side) -> None:
    """OS-07: sells too."""
    context = a_context(limits=limited(max_order_notional="25000"))

    assert pools(sizes.order_notional, context, side) == [
        a_pool(RiskCode.MAX_ORDER_NOTIONAL, ("0", "25000"), {SPY: "500"}, "25000"),
        a_pool(RiskCode.MAX_ORDER_NOTIONAL, ("0", "25000"), {AGG: "98"}, "25000"),
    ]


def of_equity(code: RiskCode, used: str, each: dict[Symbol, str], limit: str) -> Pool:
    """Return a pool that is a share of an equity of 100 000 dollars."""
    pool = a_pool(code, (used, "0"), each, limit)
    return replace(pool, capacity=d(limit) * 100_000, unit=d("100000"))


def test_each_buy_has_its_own_share_of_equity_and_no_sell_is_held_back() -> None:
    """OS-07."""
    context = a_context(limits=limited(max_order_equity="0.6"))

    assert pools(sizes.order_equity, context) == [
        of_equity(RiskCode.MAX_ORDER_EQUITY, "0", {SPY: "500"}, "0.6"),
        of_equity(RiskCode.MAX_ORDER_EQUITY, "0", {AGG: "98"}, "0.6"),
    ]
    assert pools(sizes.order_equity, context, Side.SELL) == []


@pytest.mark.parametrize(
    ("maker", "limit"),
    [
        (sizes.order_equity, "max_order_equity"),
        (sizes.symbol_turnover, "max_symbol_turnover"),
        (sizes.turnover, "max_turnover"),
    ],
)
def test_share_of_an_unknown_equity_refuses_buys_alone(maker: Maker, limit: str) -> None:
    """OS-21."""
    blind = replace(a_context(limits=limited(**{limit: "0.6"})), account=None)
    unknown = refuse(RiskCode.ACCOUNT_UNKNOWN, "unknown", "equity above zero", SPY)

    assert pools(maker, blind, Side.BUY, SPY) == [unknown]
    assert pools(maker, blind, Side.SELL, SPY) == []


# --- Daily volume -------------------------------------------------------------------------------


def a_day(dollars: float | None) -> MarketHistory:
    """Return a market in which so many dollars of SPY are traded a day, and none know of AGG."""
    rows = None if dollars is None else np.full((20, 1), dollars)
    market = a_market([SPY], np.full((20, 1), 500.0), np.full((20, 1), 1.0))
    return replace(market, dollars=rows)


def traded(market: MarketHistory | None) -> RiskContext:
    """Return a world with `market`, in which an order may be a tenth of an average day."""
    context = a_context(limits=limited(max_adv_share="0.10"))
    assert context.history is not None
    return replace(context, history=replace(context.history, markets=market))


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("quantity", "observed"), [("19.99", None), ("20", None), ("20.002", "0.10001")]
)
def test_order_is_limited_by_an_average_day_of_its_symbol(
    quantity: str, observed: str | None, side: Side
) -> None:
    """RC-19: a tenth of 100 000 dollars are 20 shares at 500; sells move the price as well."""
    order = an_order(quantity=quantity, side=side)

    verdict = FitsInto(sizes.daily_volume)(order, traded(a_day(100_000)))

    expected = refuse(RiskCode.MAX_ADV_SHARE, observed, "0.1", SPY)
    assert verdict == (expected if observed else None)


@pytest.mark.parametrize("side", Side)
def test_volumes_that_the_source_does_not_have_limit_nothing(side: Side) -> None:
    """RC-19: the check is off as a whole, and says so elsewhere."""
    assert pools(sizes.daily_volume, traded(a_day(None)), side) == []


def test_symbol_whose_volume_is_not_known_may_be_sold_and_not_bought() -> None:
    """RC-19, OS-21: the other symbol is not held back by it."""
    unknown = refuse(RiskCode.MAX_ADV_SHARE, "unknown", "0.1", AGG)
    known = Pool(
        code=RiskCode.MAX_ADV_SHARE,
        used=d("0"),
        capacity=d("10000"),
        each={SPY: d("500")},
        limit=d("0.1"),
        unit=d("100000"),
    )

    assert pools(sizes.daily_volume, traded(a_day(100_000))) == [known, unknown]
    assert pools(sizes.daily_volume, traded(a_day(100_000)), Side.SELL) == [known]


@pytest.mark.parametrize("lost", ["volume", "markets", "history"])
def test_symbol_that_is_not_traded_or_of_which_nothing_is_known_is_not_bought(lost: str) -> None:
    """RC-19, OS-21."""
    context = traded(a_day(0.0) if lost == "volume" else None)
    if lost == "history":
        context = replace(context, history=None)
    unknown = refuse(RiskCode.MAX_ADV_SHARE, "unknown", "0.1", SPY)

    assert pools(sizes.daily_volume, context, Side.BUY, SPY) == [unknown]
    assert pools(sizes.daily_volume, context, Side.SELL, SPY) == []


# --- Turnover -----------------------------------------------------------------------------------


def busy(limits: RiskLimits) -> RiskContext:
    """Return a session in which 3000 dollars of SPY and 1000 of AGG were traded; 500 more will."""
    orders = {
        an_order(): "2000",
        an_order(side=Side.SELL): "1000",
        an_order("AGG", "20", "98"): "1000",
    }
    sent = {
        order.cl_ord_id: SentOrder(order=order, at=NOW, worth=d(worth))
        for order, worth in orders.items()
    }
    context = a_context(an_account("100000"), limits=limits)
    return replace(context, sent=sent, foreseen=d("500"))


def test_turnover_of_a_symbol_counts_its_own_orders_of_both_sides() -> None:
    """RC-18: only buys are held back; what the plan foresees is not told by symbol."""
    context = busy(limited(max_symbol_turnover="2"))

    assert pools(sizes.symbol_turnover, context) == [
        of_equity(RiskCode.MAX_SYMBOL_TURNOVER, "3000", {SPY: "500"}, "2"),
        of_equity(RiskCode.MAX_SYMBOL_TURNOVER, "1000", {AGG: "98"}, "2"),
    ]
    assert pools(sizes.symbol_turnover, context, Side.SELL) == []


def test_turnover_counts_all_orders_and_what_the_plan_foresees() -> None:
    """RC-18: all buys share what is left."""
    context = busy(limited(max_turnover="3"))

    assert pools(sizes.turnover, context) == [
        of_equity(RiskCode.MAX_TURNOVER, "4500", {SPY: "500", AGG: "98"}, "3")
    ]
    assert pools(sizes.turnover, context, Side.SELL) == []


@pytest.mark.parametrize(
    ("quantity", "observed"), [("10.99", None), ("11", None), ("11.002", "0.10001")]
)
def test_buy_beyond_the_session_s_turnover_is_refused(quantity: str, observed: str | None) -> None:
    """RC-18: 4500 dollars and 11 shares at 500 are a tenth of 100 000."""
    context = busy(limited(max_turnover="0.1"))

    verdict = FitsInto(sizes.turnover)(an_order(quantity=quantity, attempt=3), context)

    expected = refuse(RiskCode.MAX_TURNOVER, observed, "0.1", SPY)
    assert verdict == (expected if observed else None)
