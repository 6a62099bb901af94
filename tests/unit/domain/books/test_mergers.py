"""Mergers, rights, fractions and new names, as brokers and the tax office work them out.

Sources: 26 U.S.C. 307, 356, 358 and 1223; Rev. Rul. 68-23; IRS Publication 550, "Stock split".
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.history import (
    Exchange,
    Movement,
    Split,
    Trade,
)
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import Lots
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.tax import Term, term
from alchemiser.domain.books.terms import Merger, with_terms
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import CENT
from tests.traded import NEW, M, bought, costs, sold, spun_off, whole


def exercise(cost_of_rights: str | None) -> Lots:
    """Give a right for each of 100 shares, and take a share for ten of them and 20 dollars."""
    subscribed = Exchange(
        day=date(2024, 5, 1),
        given=((NEW, Decimal(100)),),
        received=((M, Decimal(10)),),
        cash=Decimal(-200),
    )
    return match([
        bought("2020-01-02", "100", "10000"),
        spun_off("2024-04-02", "100", cost_of_rights),
        subscribed,
    ])


@pytest.mark.parametrize(("part", "kept", "new"), [(None, 10000, 200), ("0.02", 9800, 400)])
def test_rights_that_are_exercised_cost_what_they_did_and_what_was_paid(
    part: str | None, kept: int, new: int
) -> None:
    """26 U.S.C. 307 and 1223(5): the period begins with the day of the exercise."""
    lots = exercise(part)

    assert costs(lots) == [(M, Decimal(kept), "2020-01-02"), (M, Decimal(new), "2024-05-01")]
    assert [lot.quantity for lot in lots.open] == [100, 10]
    assert lots.disposals == ()


def test_rights_that_are_sold_gain_what_they_brought_and_are_as_old_as_the_shares() -> None:
    lots = match([
        bought("2020-01-02", "100", "10000"),
        spun_off("2024-04-02", "100"),
        sold("2024-04-09", "100", "150", NEW),
    ])

    assert [(one.gain(), term(one)) for one in lots.disposals] == [(Decimal(150), Term.LONG)]


def test_shares_that_were_paid_for_cost_what_was_paid() -> None:
    """A subscription of which the broker names no right that went."""
    subscribed = replace(spun_off("2024-05-01", "10"), cash=Decimal(-200))

    lots = match([bought("2020-01-02", "100", "10000"), subscribed])

    assert costs(lots)[1] == (NEW, Decimal(200), "2024-05-01")
    assert lots.disposals == ()


def merged(costs: list[tuple[str, str, str]], shares: str, cash: str, value: str | None) -> Lots:
    """Buy lots of M, and give them all for shares of NEW that are worth `value`, and cash."""
    told: list[Movement] = [bought(*one) for one in costs]
    given = sum((one.quantity for one in told if isinstance(one, Trade)), Decimal(0))
    told.append(
        Exchange(
            day=date(2024, 5, 1),
            given=((M, given),),
            received=((NEW, Decimal(shares)),),
            cash=Decimal(cash),
        )
    )
    terms = [] if value is None else [Merger(symbol=M, value=Decimal(value))]
    return match(with_terms(told, terms))


@pytest.mark.parametrize(
    ("cost", "value", "gain", "basis"),
    [
        ("85", "90", 10, 85),  # 15 are gained in all, and 10 of them in cash
        ("95", "90", 5, 90),  # 5 are gained: the other 5 dollars pay cost back
        ("120", "90", 0, 110),  # a loss does not count, and all of the cash pays cost back
        ("4", "90", 10, 4),
    ],
)
def test_cash_of_a_merger_is_taxed_up_to_the_gain(
    cost: str, value: str, gain: int, basis: int
) -> None:
    """26 U.S.C. 356(a)(1), (c) and 358(a)(1): shares worth 90 and 10 dollars for what cost so."""
    lots = merged([("2020-01-02", "1", cost)], "1", "10", value)

    assert [(one.gain(), term(one)) for one in lots.disposals] == [(Decimal(gain), Term.LONG)]
    assert costs(lots) == [(NEW, Decimal(basis), "2020-01-02")]


def test_gain_of_one_lot_of_a_merger_is_not_set_off_by_the_loss_of_another() -> None:
    """Rev. Rul. 68-23: lot by lot."""
    lots = merged([("2020-01-02", "10", "500"), ("2024-01-02", "10", "1500")], "10", "200", "180")

    assert [(one.gain(), term(one)) for one in lots.disposals] == [
        (Decimal(100), Term.LONG),
        (Decimal(0), Term.SHORT),
    ]
    assert [lot.cost for lot in lots.open] == [500, 1400]


def test_cash_of_a_merger_of_which_nobody_tells_the_worth_pays_cost_back_first() -> None:
    lots = merged([("2020-01-02", "1", "85")], "1", "10", None)

    assert [one.gain() for one in lots.disposals] == [0]
    assert [lot.cost for lot in lots.open] == [75]


def test_merger_of_shares_of_unknown_cost_gains_nothing_that_is_known() -> None:
    kind = PostingKind.OPENING
    opening = Trade(day=date(2024, 1, 2), symbol=M, quantity=Decimal(1), cash=None, kind=kind)
    exchange = Exchange(
        day=date(2024, 5, 1),
        given=((M, Decimal(1)),),
        received=((NEW, Decimal(1)),),
        cash=Decimal(10),
        value=Decimal(90),
    )

    lots = match([opening, exchange])

    assert [one.gain() for one in lots.disposals] == [None]
    assert [lot.cost for lot in lots.open] == [None]


@given(
    amounts=st.lists(
        st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1, max_size=4
    ),
    cash=st.integers(1, 10**7),
    value=st.integers(1, 10**8),
)
def test_merger_loses_no_cent(amounts: list[tuple[int, int]], cash: int, value: int) -> None:
    """What was paid is in the lots that are left and in the cash that paid cost back."""
    bought_ = [
        (f"2024-01-{2 + number:02}", f"{units}E-9", f"{cents}E-2")
        for number, (units, cents) in enumerate(amounts)
    ]

    lots = merged(bought_, "0.001", f"{cash}E-2", f"{value}E-2")

    left = [lot.cost or Decimal(0) for lot in lots.open]
    gone = [one.lot.cost or Decimal(0) for one in lots.disposals]
    assert sum(left + gone, Decimal(0)) == sum(cents for _, cents in amounts) * CENT
    assert min(left) >= 0
    assert all((one.gain() or 0) >= 0 for one in lots.disposals)
    assert sum((one.proceeds or 0 for one in lots.disposals), Decimal(0)) == cash * CENT


@pytest.mark.parametrize("value", ["0", "-1", "NaN"])
def test_shares_that_are_worth_nothing_are_no_merger(value: str) -> None:
    with pytest.raises(InvalidValueError):
        Merger(symbol=M, value=Decimal(value))


def test_shares_of_a_merger_close_what_is_short_of_them_at_their_cost() -> None:
    """3 NEW were sold short for $30; 5 come for what has cost $100, $20 a share."""
    lots = match([
        bought("2022-01-03", "10", "100"),
        sold("2023-01-03", "3", "30", NEW),
        Exchange(
            day=date(2023, 6, 1),
            given=((M, Decimal(10)),),
            received=((NEW, Decimal(5)),),
            cash=Decimal(0),
        ),
    ])

    assert [(whole(one.gain()), term(one)) for one in lots.disposals] == [(-30, Term.SHORT)]
    assert [(lot.symbol, whole(lot.quantity), whole(lot.cost)) for lot in lots.open] == [
        (NEW, 2, 40)
    ]


def test_reverse_split_with_cash_for_the_fraction() -> None:
    """GE, one for eight in 2021, as brokers explain it: the fraction is received, and sold.

    100 shares at 10 dollars are 12.5 at 80; half a share that cost 40 is sold for 52.50.
    """
    fraction = Exchange(
        day=date(2021, 8, 5), given=((M, Decimal("0.5")),), received=(), cash=Decimal("52.50")
    )

    lots = match([
        bought("2015-03-02", "100", "1000"),
        Split(day=date(2021, 8, 2), symbol=M, quantity=Decimal("-87.5")),
        fraction,
    ])

    assert [(lot.quantity, lot.cost) for lot in lots.open] == [(Decimal(12), Decimal(960))]
    (gone,) = lots.disposals
    assert (gone.lot.cost, gone.gain(), term(gone)) == (Decimal(40), Decimal("12.50"), Term.LONG)


def test_split_of_lots_as_publication_550_divides_the_basis() -> None:
    """Publication 550, "Stock split": old shares and new ones have the old basis together.

    100 shares for 500 dollars and 100 for 1,100 become twice as many, lot by lot.
    """
    lots = match([
        bought("2020-02-03", "100", "500"),
        bought("2021-02-03", "100", "1100"),
        Split(day=date(2022, 6, 1), symbol=M, quantity=Decimal(200)),
        sold("2022-07-01", "250", "2000"),
    ])

    assert [(one.lot.quantity, one.lot.cost, one.gain()) for one in lots.disposals] == [
        (Decimal(200), Decimal(500), Decimal(1100)),
        (Decimal(50), Decimal(275), Decimal(125)),
    ]
    assert [(lot.quantity, lot.cost) for lot in lots.open] == [(Decimal(150), Decimal(825))]


def test_two_new_names_on_the_way_change_neither_cost_nor_days() -> None:
    """A share takes another name and takes its old one back; nothing was sold."""
    there = Exchange(
        day=date(2024, 2, 1),
        given=((M, Decimal(10)),),
        received=((NEW, Decimal(10)),),
        cash=Decimal(0),
    )
    back_again = replace(there, day=date(2024, 3, 1), given=there.received, received=there.given)
    bought_ = bought("2020-02-03", "10", "500")

    assert match([bought_, there, back_again]) == match([bought_])
