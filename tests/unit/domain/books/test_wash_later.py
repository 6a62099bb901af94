"""Wash sales stand as they were told, whatever happens later; and worked examples of others."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.history import Exchange, Movement, Split, Trade
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import Disposal, LotMethod
from alchemiser.domain.books.tax import Gains, Proposal, TaxRates, drag, gains
from alchemiser.domain.books.wash import wash
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT
from tests.traded import M, bought, sold, whole

NEW = Symbol("NEW")
HALF_REPLACED = [
    bought("2023-01-03", "100", "5000"),
    sold("2024-06-03", "100", "4000"),
    bought("2024-06-10", "50", "2000"),
]
"""Of a loss of $1,000 one half is put off: only half of the shares are bought again."""


def put_off(*movements: Movement, method: LotMethod = LotMethod.FIFO) -> list[tuple[int, int, int]]:
    """Return shares, counted gain and disallowed loss of every disposal."""
    return [
        (whole(one.lot.quantity), whole(one.counted()), whole(one.disallowed))
        for one in wash(movements, method).disposals
    ]


@pytest.mark.parametrize(
    "later",
    [
        Split(day=date(2026, 1, 5), symbol=M, quantity=Decimal(50)),
        Split(day=date(2026, 1, 5), symbol=M, quantity=Decimal(-45)),
        Exchange(
            day=date(2026, 1, 5),
            given=((M, Decimal(50)),),
            received=((NEW, Decimal(50)),),
            cash=Decimal(0),
        ),
    ],
)
def test_split_or_new_name_years_later_changes_no_wash_sale(later: Split | Exchange) -> None:
    assert put_off(*HALF_REPLACED, later) == [(50, 0, 500), (50, -500, 0)]
    (lot,) = wash([*HALF_REPLACED, later]).open
    assert (whole(lot.cost), whole(lot.washed)) == (2500, 500)
    assert lot.held_since == date(2024, 6, 10) - (date(2024, 6, 3) - date(2023, 1, 3))


def test_shares_bought_under_an_old_name_replace_those_sold_under_the_new_one() -> None:
    renamed = Exchange(
        day=date(2024, 6, 5),
        given=((M, Decimal(20)),),
        received=((NEW, Decimal(20)),),
        cash=CENT * 0,
    )
    trades = [bought("2023-01-03", "10", "500"), bought("2024-06-03", "10", "300")]

    assert put_off(*trades, renamed, sold("2024-06-10", "10", "350", NEW)) == [(10, 0, 150)]


def test_highest_cost_is_the_one_with_losses_added() -> None:
    """The second lot has cost 500 and the loss of 600: dearer than the third, of 900."""
    trades = [
        bought("2024-01-02", "10", "1000"),
        bought("2024-01-03", "10", "500"),
        sold("2024-01-22", "10", "400"),
        bought("2024-03-01", "10", "900"),
        sold("2024-09-03", "10", "700"),
    ]

    assert put_off(*trades, method=LotMethod.HIGHEST_COST) == [(10, 0, 600), (10, -400, 0)]


def test_shares_sold_before_the_loss_replace_nothing() -> None:
    """Money.stackexchange.com, question 91884: of three shares one is replaced."""
    trades = [
        *(bought("2018-01-01", "1", "100"), sold("2018-01-01", "1", "110")),
        *(bought("2018-01-02", "3", "300"), sold("2018-01-02", "3", "270")),
        *(bought("2018-01-03", "1", "100"), sold("2018-01-03", "1", "110")),
    ]

    assert put_off(*trades) == [(1, 10, 0), (1, 0, 10), (2, -20, 0), (1, 0, 0)]


def test_basis_of_replacement_as_a_broker_prints_it() -> None:
    """Scottrade, "Wash Sale Rules": 100 shares at $25, sold at $22, bought again at $22.50."""
    (lot,) = wash([
        bought("2015-02-10", "100", "2500"),
        sold("2015-02-19", "100", "2200"),
        bought("2015-02-26", "100", "2250"),
    ]).open

    assert lot.cost == 2550


def test_gain_that_an_added_loss_turns_into_a_loss_is_washed_again() -> None:
    """Washsales.org, "Gain-for-loss scenario": what counts is the basis with what was added."""
    trades = [
        *(bought("2011-01-03", "100", "1000"), sold("2011-01-31", "100", "500")),
        *(bought("2011-02-10", "100", "600"), sold("2011-02-20", "100", "700")),
        bought("2011-03-01", "100", "650"),
    ]

    assert put_off(*trades) == [(100, 0, 500), (100, 0, 400)]
    assert [lot.cost for lot in wash(trades).open] == [1050]


def test_loss_of_december_is_put_off_by_a_purchase_of_january_in_the_year_of_the_sale() -> None:
    trades = [bought("2024-03-01", "10", "500"), sold("2024-12-31", "10", "300")]
    told = wash(trades).disposals
    bought_back = wash([*trades, bought("2025-01-30", "10", "310")])

    assert gains(told).short == -200
    assert gains(bought_back.disposals) == Gains(
        short=Decimal(0), long=Decimal(0), disallowed=Decimal(200)
    )
    assert put_off(*trades, bought("2025-01-31", "10", "310")) == [(10, -200, 0)]


@st.composite
def histories(draw: st.DrawFn) -> list[Movement]:
    """Return purchases, sales, splits and new names within some months."""
    found: list[Movement] = []
    held, day, name = 0, date(2024, 1, 2), M
    for _ in range(draw(st.integers(2, 12))):
        day += timedelta(days=draw(st.sampled_from([0, 1, 9, 29, 30, 31, 200])))
        cash = str(Decimal(draw(st.integers(1, 10**6))) / 100)
        kind = draw(st.sampled_from(["buy", "buy", "sell", "sell", "split", "name"]))
        amount = draw(st.integers(1, 9))
        if kind == "buy" or not held:
            found.append(bought(str(day), str(amount), cash, name))
            held += amount
        elif kind == "sell":
            found.append(sold(str(day), str(min(amount, held)), cash, name))
            held -= min(amount, held)
        elif kind == "split":
            change = draw(st.integers(1 - held, 2 * held))
            found.append(Split(day=day, symbol=name, quantity=Decimal(change)))
            held += change
        else:
            given, name = name, Symbol(f"{name}A")
            shares = Decimal(held)
            change_of_name = ((given, shares),), ((name, shares),)
            found.append(
                Exchange(
                    day=day, given=change_of_name[0], received=change_of_name[1], cash=CENT * 0
                )
            )
    return found


@given(told=histories(), method=st.sampled_from(LotMethod))
def test_what_was_told_stands_once_its_window_is_over(
    told: list[Movement], method: LotMethod
) -> None:
    """A loss is settled thirty days after its sale; nothing later changes it."""
    end = wash(told, method).disposals
    for number, movement in enumerate(told):
        settled = movement.day - timedelta(days=31)
        then = wash(told[:number], method).disposals

        assert _until(settled, then) == _until(settled, end)


@given(told=histories(), method=st.sampled_from(LotMethod), price=st.integers(1, 5000))
def test_drag_of_a_sale_is_what_the_sale_then_adds(
    told: list[Movement], method: LotMethod, price: int
) -> None:
    """On a day of its own, all shares that are held."""
    lots = wash(told, method)
    day = told[-1].day + timedelta(days=3)
    for name in {lot.symbol for lot in lots.open}:
        shares = sum((lot.quantity for lot in lots.open), Decimal(0))
        part = (shares / 2).to_integral_value(rounding="ROUND_UP")
        cash = part * price
        sale = Proposal(symbol=name, quantity=part, price=Decimal(price), day=day)
        made = Trade(day=day, symbol=name, quantity=-part, cash=cash, kind=PostingKind.FILL)

        before, now = lots.disposals, wash([*told, made], method).disposals

        assert drag(lots, sale, TaxRates(), method).disposals == now[len(before) :]


def _until(day: date, disposals: tuple[Disposal, ...]) -> list[Disposal]:
    return [one for one in disposals if one.disposed < day]
