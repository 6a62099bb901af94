"""What the checks see: the account, its marks, and the world after a sell or an approval."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.orders.account import Position
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import NOW, a_context, an_account, an_order
from alchemiser.testing.fakes import quote

SPY, AGG, TECL, OKLO = Symbol("SPY"), Symbol("AGG"), Symbol("TECL"), Symbol("OKLO")
QUOTES = [
    quote("AGG", "97.90", "98.10", at=NOW),
    quote("SPY", "499.90", "500.10", at=NOW),
    quote("TECL", "71.20", "71.40", at=NOW),
]
ACCOUNT = an_account("20000", {"AGG": "50", "SPY": "100"}, equity="74900", buying_power="30000")


def context() -> RiskContext:
    return a_context(
        ACCOUNT, quotes=QUOTES, instruments=[Instrument(symbol=TECL, leverage=Decimal(3))]
    )


def test_held_and_marks_are_of_the_account_and_the_mid() -> None:
    assert context().held(SPY) == 100
    assert context().held(TECL) == 0
    assert context().mark(SPY) == 500
    assert context().mark(OKLO) is None


def test_world_without_an_account_holds_nothing_and_knows_no_money() -> None:
    blind = replace(context(), account=None)

    assert blind.held(SPY) == 0
    assert blind.equity() is None
    assert blind.spendable() is None
    assert blind.less_equity(Decimal(7)) is blind
    assert blind.after_sells([(SPY, Decimal(3), Decimal(499))]) is blind


def test_what_less_equity_holds_is_priced_as_before() -> None:
    busy = context().with_order(an_order("SPY", "3"))

    for less in (
        busy.less_equity(Decimal(7)),
        busy.less_equity(Decimal(7)).less_equity(Decimal(1)),
    ):
        assert less.equity() != busy.equity()
        assert less.priced() is busy.priced() is not None


def test_open_buys_are_reserved_in_cents_rounded_up_each() -> None:
    """A venue reserves whole cents: what is left must not be refused for a part of one."""
    busy = context()
    for attempt in (1, 2):
        busy = busy.with_order(an_order("SPY", "0.333333333", "500.01", attempt=attempt))

    assert busy.spendable() == Decimal(20000) - 2 * Decimal("166.67")


def test_open_quantity_adds_up_by_symbol_and_side() -> None:
    busy = context()
    for order in (
        an_order("SPY", "3"),
        an_order("SPY", "4", attempt=2),
        an_order("SPY", "5", side=Side.SELL),
        an_order("AGG", "6"),
    ):
        busy = busy.with_order(order)

    assert busy.open_quantity(SPY, Side.BUY) == 7
    assert busy.open_quantity(SPY, Side.SELL) == 5
    assert len(busy.sent) == 4
    assert an_order("AGG", "6").cl_ord_id in busy.sent


def test_gross_exposure_counts_holdings_and_open_buys_by_leverage() -> None:
    """50 x 98 + 100 x 500 + three times 10 x 71.30; what is on sale is still held."""
    busy = context().with_order(an_order("TECL", "10", "71"))
    busy = busy.with_order(an_order("SPY", "100", side=Side.SELL))

    assert context().gross_exposure() == 54900
    assert busy.gross_exposure() == 57039


@pytest.mark.parametrize("name", ["AGG", "TECL"])
def test_gross_exposure_is_unknown_when_one_part_is(name: str) -> None:
    """OS-21: held, or about to be."""
    busy = context().with_order(an_order("TECL", "10", "71"))
    unquoted = {symbol: one for symbol, one in busy.quotes.items() if symbol != name}

    assert replace(busy, quotes=unquoted).gross_exposure() is None


def test_sells_at_their_worst_price_raise_cash_and_cost_equity() -> None:
    """40 SPY at 497 instead of 500 cost 120 dollars of equity; all AGG go at their mid."""
    sold = context().after_sells([
        (SPY, Decimal(40), Decimal(497)),
        (AGG, Decimal(50), Decimal(98)),
    ])

    assert sold.cash == 20000 + 19880 + 4900
    assert sold.account is not None
    assert sold.account.cash == 44780
    assert sold.account.buying_power == 54780
    assert sold.account.equity == 74780
    assert sold.account.positions == (Position(symbol=SPY, quantity=Decimal(60)),)
    assert sold.held(SPY) == 60


def test_proceeds_and_what_may_be_spent_are_whole_cents() -> None:
    """A broker pays and takes cents: a part of one cannot be spent."""
    odd = an_account("100", {"AGG": "7"}, equity="786", buying_power="100.009")
    sold = a_context(odd, quotes=QUOTES).after_sells([(AGG, Decimal("0.333"), Decimal("97.41"))])

    assert a_context(odd).spendable() == 100
    assert sold.cash == Decimal("132.43")
    assert sold.spendable() == Decimal("132.43")


def test_sell_above_the_mid_does_not_make_equity() -> None:
    """A limit rounded up, or a crossed quote, must not widen any limit."""
    sold = context().after_sells([(SPY, Decimal(40), Decimal(510))])

    assert sold.equity() == context().equity()


def test_positions_are_told_by_symbol_whatever_was_sold_first() -> None:
    """BT-10: the same world gives the same figures to the last digit."""
    account = an_account("0", {"SPY": "5", "OKLO": "7"})

    sold = a_context(account, quotes=QUOTES).after_sells([(AGG, Decimal(1), Decimal(98))])

    assert sold.account is not None
    assert [row.symbol for row in sold.account.positions] == [AGG, OKLO, SPY]


def test_sell_of_what_has_no_quote_costs_nothing_known() -> None:
    account = an_account("20000", {"OKLO": "7"}, equity="20000")

    sold = a_context(account).after_sells([(OKLO, Decimal(7), Decimal(30))])

    assert sold.equity() == 20000
    assert sold.cash == 20210


def test_no_sells_change_nothing() -> None:
    before = context()

    assert before.after_sells([]) is before
