"""Lots: every share has one cost and one day, and no cent is lost between them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.history import Exchange, Movement, Split, Trade
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import Lot, LotMethod, Lots
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.wash import after
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, SHARE
from tests.traded import M, bought, sold

NEW = Symbol("NEW")
DAY = date(2024, 3, 1)
THREE = [
    bought("2024-01-02", "10", "100"),
    bought("2024-01-03", "10", "300"),
    bought("2024-01-04", "10", "200"),
]


def held(lots: Lots) -> list[tuple[str, str, Decimal | None, str]]:
    """Return symbol, shares, cost and day of every open lot."""
    return [
        (lot.symbol, f"{lot.quantity.normalize():f}", lot.cost, str(lot.acquired))
        for lot in lots.open
    ]


def gains(lots: Lots) -> list[Decimal | None]:
    return [one.gain() for one in lots.disposals]


def dollars(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("method", "gained", "left"),
    [
        (LotMethod.FIFO, ["110", "-45"], ["150", "200"]),
        (LotMethod.HIGHEST_COST, ["-90", "5"], ["100", "100"]),
    ],
)
def test_sale_takes_lots_by_the_method(
    method: LotMethod, gained: list[str], left: list[str]
) -> None:
    lots = match([*THREE, sold("2024-02-01", "15", "315")], method)

    assert gains(lots) == dollars(*gained)
    assert [lot.cost for lot in lots.open] == dollars(*left)


def test_lots_of_unknown_cost_are_sold_last_by_cost_and_gain_nothing_known() -> None:
    kind = PostingKind.OPENING
    opening = Trade(day=DAY, symbol=M, quantity=Decimal(10), cash=None, kind=kind)

    lots = match([opening, *THREE, sold("2024-05-01", "35", "350")], LotMethod.HIGHEST_COST)

    assert gains(lots) == [*dollars("-200", "-100", "0"), None]
    assert held(lots) == [(M, "5", None, str(DAY))]


def test_sale_of_more_than_is_held_opens_a_short_position_that_purchases_close() -> None:
    lots = match([THREE[0], sold("2024-02-01", "15", "300"), bought("2024-02-05", "5", "80")])

    assert gains(lots) == dollars("100", "20")
    assert lots.open == ()
    short = match([sold("2024-02-01", "15", "300")])
    assert short.open[0].gain(Decimal(19)) == 15


def test_split_multiplies_shares_and_keeps_cost_and_day() -> None:
    split = Split(day=DAY, symbol=M, quantity=Decimal(60))

    lots = match([*THREE, split])

    assert held(lots) == [
        (M, "30", Decimal(100), "2024-01-02"),
        (M, "30", Decimal(300), "2024-01-03"),
        (M, "30", Decimal(200), "2024-01-04"),
    ]


def test_split_of_what_no_lot_is_of_invents_no_cost() -> None:
    split = Split(day=DAY, symbol=M, quantity=Decimal(3))

    assert held(match([split])) == [(M, "3", None, str(DAY))]
    assert held(match([THREE[0], Split(day=DAY, symbol=M, quantity=Decimal(-10))])) == []


def test_reverse_split_loses_no_cost_of_a_lot_too_small_to_have_a_share() -> None:
    tiny = bought("2024-01-02", str(SHARE), "0.02")
    split = Split(day=DAY, symbol=M, quantity=-(10 + SHARE) + 1)

    lots = match([tiny, bought("2024-01-03", "10", "300"), split])

    assert held(lots) == [(M, "1", Decimal("300.02"), "2024-01-03")]


def exchange(given: str | None, received: str | None, cash: str = "0") -> Exchange:
    return Exchange(
        day=DAY,
        given=((M, Decimal(given)),) if given else (),
        received=((NEW, Decimal(received)),) if received else (),
        cash=Decimal(cash),
    )


def test_new_name_and_merger_carry_cost_and_day_over() -> None:
    lots = match([*THREE, exchange("30", "15")])

    assert held(lots) == [
        (NEW, "5", Decimal(100), "2024-01-02"),
        (NEW, "5", Decimal(300), "2024-01-03"),
        (NEW, "5", Decimal(200), "2024-01-04"),
    ]
    assert lots.disposals == ()


def test_cash_beside_shares_pays_cost_back_first() -> None:
    some = match([*THREE, exchange("30", "15", "60")])
    more = match([*THREE, exchange("30", "15", "700")])

    assert [lot.cost for lot in some.open] == dollars("90", "270", "180")
    assert gains(some) == dollars("0")
    assert [lot.cost for lot in more.open] == dollars("0", "0", "0")
    assert gains(more) == dollars("100")


def test_cash_for_shares_is_proceeds() -> None:
    lots = match([*THREE, exchange("30", None, "450")])

    assert lots.open == ()
    assert gains(lots) == dollars("50", "-150", "-50")


def test_spin_off_comes_at_no_cost_and_says_so() -> None:
    lots = match([*THREE, exchange(None, "3", "0.50")])

    assert held(lots)[-1] == (NEW, "3", Decimal(0), str(DAY))
    assert lots.open[-1].kind is PostingKind.REORGANISATION
    assert gains(lots) == dollars("0.50")


def test_exchange_of_shares_that_no_lot_has_invents_no_cost() -> None:
    lots = match([THREE[0], exchange("12", "12")])

    assert held(lots) == [
        (M, "-2", None, str(DAY)),
        (NEW, "10", Decimal(100), "2024-01-02"),
        (NEW, "2", None, str(DAY)),
    ]


def test_proposed_sale_shows_its_own_disposals_and_changes_nothing() -> None:
    lots = match([*THREE, sold("2024-02-01", "5", "60")])

    proposed = after(lots, sold("2024-03-01", "10", "120"))

    assert gains(proposed) == dollars("10", "-90")
    assert match([*THREE, sold("2024-02-01", "5", "60")]) == lots


def test_cut_of_a_lot_keeps_every_cent() -> None:
    lot = match([bought("2024-01-02", "3", "100")]).open[0]

    first, rest = lot.cut(Decimal(1))

    assert (first.cost, rest.cost) == (Decimal("33.33"), Decimal("66.67"))


@st.composite
def movements(draw: st.DrawFn) -> list[Movement]:
    """Return trades and splits of one symbol, in which no more is sold than is held."""
    found: list[Movement] = []
    units = 0
    for number in range(draw(st.integers(1, 12))):
        day = date(2024, 1, 2 + number)
        cash = draw(st.integers(0, 10**7)) * CENT
        kind = draw(st.sampled_from(["buy", "buy", "sell", "split"]))
        if kind == "buy" or not units:
            amount = draw(st.integers(1, 10**12))
            found.append(bought(str(day), str(amount * SHARE), str(cash)))
            units += amount
        elif kind == "sell":
            amount = draw(st.integers(1, units))
            found.append(sold(str(day), str(amount * SHARE), str(cash)))
            units -= amount
        else:
            amount = draw(st.integers(1 - units, 2 * units))
            found.append(Split(day=day, symbol=M, quantity=amount * SHARE))
            units += amount
    return found


@given(told=movements(), method=st.sampled_from(LotMethod))
def test_costs_of_what_is_held_and_of_what_is_not_are_what_was_paid(
    told: list[Movement], method: LotMethod
) -> None:
    """To the cent, whatever the method; and lots are whole shares of what is held."""
    lots = match(told, method)

    trades = [one for one in told if isinstance(one, Trade)]
    paid = sum(-(one.cash or 0) for one in trades if one.quantity > 0)
    got = sum(one.cash or 0 for one in trades if one.quantity < 0)
    gone = [one.lot for one in lots.disposals]
    assert sum(_cost(lot) for lot in (*lots.open, *gone)) == paid
    assert sum(one.proceeds or 0 for one in lots.disposals) == got
    assert sum(lot.quantity for lot in lots.open) == sum(_moved(one) for one in told)


def _moved(movement: Movement) -> Decimal:
    assert isinstance(movement, Trade | Split)
    return movement.quantity


def _cost(lot: Lot) -> Decimal:
    assert lot.cost is not None
    return lot.cost
