"""What a context says of costs, of inverse funds and of what it does not know."""

from dataclasses import replace
from decimal import Decimal

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import NOW, a_context, an_account, an_order
from alchemiser.testing.fakes import quote

AGG, SPY, SQQQ = Symbol("AGG"), Symbol("SPY"), Symbol("SQQQ")


def a_world() -> RiskContext:
    """Return a world in which SPY stands at 500 and the inverse fund at 10."""
    return a_context(
        an_account("20000", {"SQQQ": "30", "AGG": "50"}, equity="25000"),
        quotes=[
            quote("SPY", "499.90", "500.10", at=NOW),
            quote("SQQQ", "9.90", "10.10", at=NOW),
            quote("AGG", "98", "98", at=NOW),
        ],
        instruments=[Instrument(symbol=SQQQ, leverage=Decimal(-3))],
    )


def test_buys_cost_what_their_limits_lie_above_the_mid() -> None:
    """RC-01: neither sells, nor limits below the mid, nor what has no quote add anything."""
    orders = [
        an_order("SPY", "10", "502"),
        an_order("SQQQ", "3", "10.50"),
        an_order("SPY", "7", "499"),
        an_order("SPY", "5", "510", side=Side.SELL),
        an_order("TLT", "4", "90"),
    ]

    assert a_world().cost_of(orders) == Decimal("21.50")
    assert a_world().cost_of([]) == 0


def test_inverse_fund_is_as_much_exposure_as_its_opposite() -> None:
    """RC-03."""
    assert a_world().exposure(SQQQ, Decimal(30)) == Decimal(900)


def test_symbol_with_a_price_and_without_an_instrument_has_no_exposure() -> None:
    """OS-21: its leverage is not known."""
    context = replace(a_world(), instruments={})

    assert context.exposure(SPY, Decimal(1)) is None


def test_settled_money_is_not_known_without_an_account() -> None:
    """SE-03: though the books know their cash."""
    assert replace(a_world(), account=None).settled() is None


def test_sells_bring_in_nothing_while_the_books_are_not_known() -> None:
    """OS-21."""
    blind = replace(a_world(), cash=None)

    assert blind.after_sells([(SQQQ, Decimal(10), Decimal(9))]) is blind


def test_positions_are_told_in_the_order_of_their_symbols() -> None:
    """Whatever order the broker or the orders came in."""
    buy = an_order("AAA", "1", "10")
    world = replace(a_world(), open_orders=(buy,))

    assert list(world.carried()) == [Symbol("AAA"), AGG, SQQQ]
    account = world.after_sells([(SQQQ, Decimal(10), Decimal(9))]).account
    assert account is not None
    assert [row.symbol for row in account.positions] == [AGG, SQQQ]
