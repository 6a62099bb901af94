"""What may be paid with: buying power, and settled money in a cash account (SE-01, SE-03)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk import money
from alchemiser.domain.risk.checks import FitsInto
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import SentOrder
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, Violation
from alchemiser.domain.risk.pool import Maker, Pool, refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import NOW, a_context, an_account, an_order

AGG, SPY, TLT = (Symbol(name) for name in ("AGG", "SPY", "TLT"))
POWER, SETTLED = FitsInto(money.buying_power), FitsInto(money.settled_cash)


def d(text: str) -> Decimal:
    return Decimal(text)


def a_cash_account(
    cash: str = "10000", told: str | None = None, unsettled: str = "0"
) -> RiskContext:
    """Return a world with a cash account, of which the broker tells `told` to have settled."""
    account = replace(
        an_account(cash), kind=AccountKind.CASH, settled_cash=None if told is None else d(told)
    )
    context = a_context(account, limits=RESEARCH_LIMITS)
    assert context.history is not None
    return replace(context, history=replace(context.history, unsettled=d(unsettled)))


def pools(
    maker: Maker, context: RiskContext, side: Side = Side.BUY, *names: Symbol
) -> list[Pool | Violation]:
    prices = dict(zip(names or (SPY,), map(Decimal, ("500", "98", "91")), strict=False))
    return list(maker(context, prices, side))


@pytest.mark.parametrize(
    ("maker", "code"),
    [
        (money.buying_power, RiskCode.BUYING_POWER),
        (money.settled_cash, RiskCode.SETTLED_CASH),
    ],
)
@pytest.mark.parametrize(
    ("names", "capacity"),
    [((SPY,), "10000"), ((SPY, AGG), "9999.99"), ((SPY, AGG, TLT), "9999.98")],
)
def test_buys_share_the_money_but_for_a_cent_each_after_the_first(
    maker: Maker, code: RiskCode, names: tuple[Symbol, ...], capacity: str
) -> None:
    """SE-03: a venue rounds the cost of each order up, not that of all."""
    each = dict(zip(names, map(Decimal, ("500", "98", "91")), strict=False))

    assert pools(maker, a_cash_account(), Side.BUY, *names) == [
        Pool(code=code, used=d("0"), capacity=d(capacity), each=each, limit=d("10000"))
    ]
    assert pools(maker, a_cash_account(), Side.SELL, *names) == []


@pytest.mark.parametrize("maker", [money.buying_power, money.settled_cash])
def test_no_buys_share_all_of_the_money(maker: Maker) -> None:
    (pool,) = list(maker(a_cash_account(), {}, Side.BUY))

    assert isinstance(pool, Pool)
    assert pool.capacity == 10000


@pytest.mark.parametrize("maker", [money.buying_power, money.settled_cash])
def test_debt_is_told_as_no_money_and_leaves_no_room(maker: Maker) -> None:
    """SE-03."""
    (pool,) = pools(maker, replace(a_cash_account(), cash=d("-3.50")))

    assert isinstance(pool, Pool)
    assert (pool.capacity, pool.limit) == (d("-3.50"), d("0"))


@pytest.mark.parametrize("lost", ["account", "cash"])
def test_unknown_money_buys_nothing(lost: str) -> None:
    """SE-07, OS-21."""
    blind = replace(a_cash_account(), **{lost: None})  # type: ignore[arg-type]

    assert pools(money.buying_power, blind) == [
        refuse(RiskCode.ACCOUNT_UNKNOWN, "unknown", "known", SPY)
    ]
    assert list(money.buying_power(blind, {}, Side.BUY)) == [
        refuse(RiskCode.ACCOUNT_UNKNOWN, "unknown", "known", None)
    ]
    assert pools(money.buying_power, blind, Side.SELL) == []


@pytest.mark.parametrize("lost", ["cash", "history"])
def test_unknown_settlement_buys_nothing_in_a_cash_account(lost: str) -> None:
    """SE-01, OS-21."""
    blind = replace(a_cash_account(), **{lost: None})  # type: ignore[arg-type]

    assert pools(money.settled_cash, blind) == [
        refuse(RiskCode.SETTLED_CASH, "unknown", "known", SPY)
    ]
    assert list(money.settled_cash(blind, {}, Side.BUY)) == [
        refuse(RiskCode.SETTLED_CASH, "unknown", "known", None)
    ]
    assert pools(money.settled_cash, blind, Side.SELL) == []


def test_settlement_is_no_matter_on_margin_and_without_an_account_another_check_refuses() -> None:
    """SE-01: the broker lends until money has settled."""
    margin = replace(a_context(an_account("10000")), history=None)

    assert pools(money.settled_cash, margin) == []
    assert pools(money.settled_cash, replace(a_cash_account(), account=None)) == []


@pytest.mark.parametrize(
    ("quantity", "observed"), [("11.99", None), ("12", None), ("12.0002", "6000.1")]
)
@pytest.mark.parametrize(
    ("told", "unsettled"),
    [("6000", "0"), (None, "4000"), ("6000.01", "4000"), ("6000", "3999.99")],
    ids=["theirs", "ours", "ours less", "theirs less"],
)
def test_lesser_of_what_has_settled_by_either_count_may_be_spent(
    quantity: str, observed: str | None, told: str | None, unsettled: str
) -> None:
    """SE-01, SE-06."""
    verdict = SETTLED(an_order(quantity=quantity), a_cash_account("10000", told, unsettled))

    expected = refuse(RiskCode.SETTLED_CASH, observed, "6000", SPY)
    assert verdict == (expected if observed else None)


def test_what_was_sold_today_and_open_buys_are_not_there_to_be_spent() -> None:
    """SE-06: 3000 dollars of a sale have not settled; an open buy takes 2000.01 of the rest."""
    sale = an_order("AGG", side=Side.SELL)
    earlier = an_order("TLT", "10", "100")
    sent = {
        sale.cl_ord_id: SentOrder(order=sale, at=NOW, worth=d("3200"), filled=d("3000")),
        earlier.cl_ord_id: SentOrder(order=earlier, at=NOW, worth=d("9"), filled=d("9")),
    }
    open_buy = an_order("QQQ", "0.999999999", "2000.010000001")
    on_sale = an_order("IWM", side=Side.SELL)
    context = replace(a_cash_account(), sent=sent, open_orders=(open_buy, on_sale))

    assert context.settled() == d("4999.99")
    assert SETTLED(an_order(quantity="9.99998"), context) is None
    assert SETTLED(an_order(quantity="10"), context) == refuse(
        RiskCode.SETTLED_CASH, "5000", "4999.99", SPY
    )


def test_settled_money_is_whole_cents() -> None:
    """SE-01: a part of a cent cannot be spent."""
    assert a_cash_account("10000", "6000.019").settled() == d("6000.01")


@pytest.mark.parametrize(
    ("quantity", "observed"), [("19.99", None), ("20", None), ("20.0002", "10000.1")]
)
def test_buy_beyond_the_buying_power_is_refused_and_no_sell_is(
    quantity: str, observed: str | None
) -> None:
    """SE-03."""
    context = a_context(an_account("10000"), limits=RESEARCH_LIMITS)

    expected = refuse(RiskCode.BUYING_POWER, observed, "10000", SPY)
    assert POWER(an_order(quantity=quantity), context) == (expected if observed else None)
    assert POWER(an_order(quantity=quantity, side=Side.SELL), context) is None
