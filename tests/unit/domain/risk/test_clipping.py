"""Cutting wishes to the room there is: by one factor, down to the increment, never up (RC-17).

SPY stands at a mid of 500; half a percent through its ask of 500.10 the worst price is 502.60.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.checks import SIZES
from alchemiser.domain.risk.clipping import Limited, fitted, forbidden, worst_price
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import Anchors, Execution
from alchemiser.domain.risk.limits import (
    RESEARCH_LIMITS,
    OverLimit,
    RiskCode,
    TradingState,
    Violation,
)
from alchemiser.domain.risk.pool import Maker, Pool, Prices, refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import NOW, a_context, an_account, an_intent
from alchemiser.testing.fakes import quote

AGG, SPY = Symbol("AGG"), Symbol("SPY")
OFFSET = Decimal("0.005")
WHOLE = Instrument(symbol=SPY, quantity_increment=Decimal(1))
CODE = RiskCode.MAX_LEVERAGE
REDUCING = TradingState.REDUCING


def d(text: str) -> Decimal:
    return Decimal(text)


def some(*shares: int) -> list[Decimal]:
    """Return whole numbers of shares."""
    return [Decimal(one) for one in shares]


def a_world(*instruments: Instrument, **limits: object) -> RiskContext:
    """Return a world with nothing but `limits`, in which SPY and AGG can be bought."""
    return a_context(
        an_account("90000", {"SPY": "20"}, equity="100000"),
        quotes=[
            quote("AGG", "97.90", "98.10", at=NOW),
            quote("SPY", "499.90", "500.10", at=NOW),
        ],
        instruments=instruments,
        limits=replace(RESEARCH_LIMITS, **limits),  # type: ignore[arg-type]
    )


def a_pool(capacity: str, used: str = "0", code: RiskCode = CODE, **each: str) -> Pool:
    return Pool(
        code=code,
        used=d(used),
        capacity=d(capacity),
        each={Symbol(name): d(text) for name, text in each.items()},
        limit=d("0.50"),
    )


def making(*pools: Pool | Violation) -> Maker:
    def maker(_: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
        del prices, side
        yield from pools

    return maker


def fit(
    intents: Sequence[NetIntent], *makers: Maker, context: RiskContext | None = None
) -> tuple[list[Decimal], list[Limited]]:
    """Return what is left of `intents`, shares each, and what bound."""
    kept, limited = fitted(intents, context or a_world(), OFFSET, makers)
    assert [one.symbol for one in kept] == [one.symbol for one in intents]
    return [one.quantity() for one in kept], limited


def cut(code: RiskCode, symbol: Symbol, wanted: str, allowed: str, limit: str = "0.5") -> Limited:
    return Limited(code=code, symbol=symbol, wanted=d(wanted), allowed=d(allowed), limit=limit)


BOTH = (an_intent("AGG", klm="200"), an_intent("SPY", klm="40", tecl="20"))


# --- Into pools ---------------------------------------------------------------------------------


def test_wishes_that_take_exactly_what_there_is_stay_as_they_are() -> None:
    """RC-17: 200 at 5 and 60 at 10 are 1600, of 2000 of which 400 are used."""
    assert fit(BOTH, making(a_pool("2000", "400", AGG="5", SPY="10"))) == (some(200, 60), [])


def test_wishes_that_share_a_pool_are_cut_by_one_factor() -> None:
    """RC-17: no symbol is served before another: 800 of 1600 are half of each."""
    assert fit(BOTH, making(a_pool("1200", "400", AGG="5", SPY="10"))) == (
        some(100, 30),
        [cut(CODE, AGG, "200", "100"), cut(CODE, SPY, "60", "30")],
    )


@pytest.mark.parametrize(("capacity", "used"), [("100", "100"), ("100", "101"), ("-3", "0")])
def test_pool_that_is_full_leaves_nothing(capacity: str, used: str) -> None:
    """RC-17: but a wish is never turned round."""
    assert fit(BOTH, making(a_pool(capacity, used, SPY="10"))) == (
        some(200, 0),
        [cut(CODE, SPY, "60", "0")],
    )


def test_what_takes_nothing_of_a_pool_is_not_cut_for_it() -> None:
    """RC-17: neither the stranger nor the member that takes none."""
    assert fit(BOTH, making(a_pool("300", SPY="10")))[0] == [200, 30]
    assert fit(BOTH, making(a_pool("300", SPY="10", AGG="0")))[0] == [200, 30]


def test_pools_bind_one_after_the_other_and_so_do_makers() -> None:
    """RC-17: each sees what the one before has left."""
    first, second = a_pool("300", SPY="10"), a_pool("150", code=RiskCode.MAX_VAR, SPY="10")
    bound = [cut(CODE, SPY, "60", "30"), cut(RiskCode.MAX_VAR, SPY, "30", "15")]

    assert fit(BOTH, making(first, second)) == (some(200, 15), bound)
    assert fit(BOTH, making(first), making(second)) == (some(200, 15), bound)
    assert fit(BOTH, making(second), making(first))[1] == [cut(RiskCode.MAX_VAR, SPY, "60", "15")]


def test_what_is_not_known_is_left_to_the_last_gate() -> None:
    """OS-21: and hides no pool behind it."""
    unknown = refuse(CODE, "unknown", "0.5", SPY)

    assert fit(BOTH, making(unknown)) == (some(200, 60), [])
    assert fit(BOTH, making(unknown, a_pool("300", SPY="10")))[0] == [200, 30]


def test_parts_are_rounded_down_to_the_increment() -> None:
    """OS-14: half of 5 are 2; of 3 there is room for exactly 1; a bit less is none."""
    context = a_world(WHOLE)
    almost = "0." + 28 * "9"

    for wanted, capacity, left in (("5", "25", 2), ("3", "10", 1), ("3", "9.99", 0)):
        shares, _ = fit(
            [an_intent("SPY", k=wanted)], making(a_pool(capacity, SPY="10")), context=context
        )
        assert shares == [left]
    shares, _ = fit([an_intent("SPY", k="3")], making(a_pool(almost, SPY="1")), context=context)
    assert shares == [0]
    third, bound = fit([an_intent("SPY", k="1")], making(a_pool("1", SPY="3")))
    assert third == [d("0.333333333")]
    assert bound[0].allowed == d("0.333333333")


def test_owner_may_have_what_is_too_large_dropped_whole() -> None:
    """OS-16: in every symbol of the pool; what fits stays."""
    context = a_world(over_limit=OverLimit.REFUSE)

    assert fit(BOTH, making(a_pool("1599", AGG="5", SPY="10")), context=context) == (
        some(0, 0),
        [cut(CODE, AGG, "200", "0"), cut(CODE, SPY, "60", "0")],
    )
    assert fit(BOTH, making(a_pool("1600", AGG="5", SPY="10")), context=context)[1] == []


def test_makers_are_told_worst_prices_and_equity_less_costs() -> None:
    """RC-01: 200 AGG and 60 SPY may cost 0.59 and 2.60 a share more than their mids."""
    seen: list[tuple[dict[Symbol, Decimal], Side, Decimal | None]] = []

    def maker(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool]:
        seen.append((dict(prices), side, context.equity()))
        yield a_pool("300", SPY="10")
        yield a_pool("0", AGG="10")

    sells = [replace(one, buy=False) for one in BOTH]
    fit(BOTH, maker, maker)
    fit(sells, maker)

    assert seen == [
        ({AGG: d("98.59"), SPY: d("502.60")}, Side.BUY, d("100000") - 118 - 156),
        ({SPY: d("502.60")}, Side.BUY, d("100000") - 78),
        ({AGG: d("97.42"), SPY: d("497.41")}, Side.SELL, d("100000")),
    ]


def test_nothing_is_asked_once_nothing_is_wanted() -> None:
    def never(_: RiskContext, prices: Prices, side: Side) -> Iterator[Pool]:
        raise AssertionError((prices, side))

    assert fit([], never) == ([], [])
    assert fit(BOTH, making(a_pool("0", AGG="1", SPY="1")), never)[0] == [0, 0]


def test_worst_price_lies_through_the_touch_of_the_side() -> None:
    """OS-10."""
    buy, context = an_intent("SPY", k="1"), a_world()

    assert worst_price(buy, context, OFFSET) == d("502.60")
    assert worst_price(replace(buy, buy=False), context, OFFSET) == d("497.41")
    assert worst_price(buy, context, d("0")) == d("500.10")


@pytest.mark.parametrize(
    ("limits", "code", "left", "limit"),
    [
        ({"max_order_quantity": d("5")}, RiskCode.MAX_ORDER_QUANTITY, "5", "5"),
        ({"max_order_notional": d("1989.64")}, RiskCode.MAX_ORDER_NOTIONAL, "4", "1989.64"),
        ({"max_adv_share": d("1e-9")}, RiskCode.MAX_ADV_SHARE, "2.010413944", "0.000000001"),
    ],
)
def test_sells_are_cut_to_the_size_of_an_order_and_by_nothing_else(
    limits: dict[str, Decimal], code: RiskCode, left: str, limit: str
) -> None:
    """OS-07, RC-19: at 497.41 a share; the rest may follow later."""
    sell = [an_intent("SPY", buy=False, k="20")]
    others = {name: d("0") for name in ("max_order_equity", "max_turnover", "max_symbol_turnover")}

    shares, bound = fit(sell, *SIZES, context=a_world(**limits, **others))

    assert (shares, bound) == ([d(left)], [cut(code, SPY, "20", left, limit)])


# --- Forbidden buys -----------------------------------------------------------------------------


def lost(context: RiskContext, *, known: bool = True) -> RiskContext:
    """Return `context` in which equity was twice as much."""
    assert context.history is not None
    past = replace(context.history, anchors=Anchors(last_close=d("2e5"), peak=d("2e5")))
    return replace(context, history=past if known else None)


def churned(context: RiskContext) -> RiskContext:
    assert context.history is not None
    day = context.history.sessions[-2]
    sale = Execution(session=day, symbol=SPY, side=Side.SELL, quantity=d("1"), price=d("1"))
    return replace(context, history=replace(context.history, executions=(sale,)))


def differing(context: RiskContext) -> RiskContext:
    """Return the world in which the account holds SPY otherwise than the books say."""
    assert context.history is not None
    return replace(context, history=replace(context.history, unreconciled=frozenset({SPY})))


@pytest.mark.parametrize("over_limit", OverLimit)
@pytest.mark.parametrize(
    ("context", "code", "limit", "others"),
    [
        (a_world(restricted=frozenset({SPY})), RiskCode.RESTRICTED, "not restricted", False),
        (differing(a_world()), RiskCode.SYMBOL_UNRECONCILED, "reconciled", False),
        (lost(a_world(max_daily_loss=d("0.5"))), RiskCode.MAX_DAILY_LOSS, "0.5", True),
        (lost(a_world(max_drawdown=d("0.50"))), RiskCode.MAX_DRAWDOWN, "0.5", True),
        (churned(a_world(max_reversals=0)), RiskCode.CHURN, "0", False),
        (replace(a_world(), state=REDUCING), RiskCode.TRADING_STATE, "reducing", True),
        (
            replace(a_world(max_drawdown=d("0.5")), account=an_account("5", equity="0")),
            RiskCode.ACCOUNT_UNKNOWN,
            "equity above zero",
            True,
        ),
    ],
)
def test_buy_that_is_forbidden_is_dropped_with_what_would_have_passed(
    context: RiskContext, code: RiskCode, limit: str, others: bool, over_limit: OverLimit
) -> None:
    """RC-06, RC-08, RC-18: whatever its size."""
    context = replace(context, limits=replace(context.limits, over_limit=over_limit))

    kept, limited = forbidden(BOTH, context)

    assert [one.quantity() for one in kept] == [0 if others else 200, 0]
    bound = [cut(code, AGG, "200", "0", limit)] if others else []
    assert limited == [*bound, cut(code, SPY, "60", "0", limit)]


def test_buy_of_which_it_is_not_known_whether_it_is_forbidden_is_left_to_the_last_gate() -> None:
    """OS-21."""
    for context in (
        lost(a_world(max_daily_loss=d("0.5")), known=False),
        replace(a_world(max_drawdown=d("0.5")), account=None),
        a_world(),
    ):
        assert forbidden(BOTH, context) == (list(BOTH), [])


def test_first_reason_that_forbids_is_told() -> None:
    """RC-17: an unknown one before it does not hide it."""
    context = a_world(restricted=frozenset({SPY}), max_daily_loss=d("0.5"), max_drawdown=d("0.5"))

    _, limited = forbidden([BOTH[1]], lost(context))
    assert [row.code for row in limited] == [RiskCode.RESTRICTED]
    _, limited = forbidden([BOTH[1]], replace(lost(context), state=REDUCING))
    assert [row.code for row in limited] == [RiskCode.TRADING_STATE]


def test_cut_reads_as_a_sentence() -> None:
    assert cut(CODE, SPY, "60", "1E+1").sentence() == "SPY: max_leverage 0.5 cut 60 to 10"
