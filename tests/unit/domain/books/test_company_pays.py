"""What a company gives to those who keep its shares: capital paid back, and spin-offs.

Sources: IRS Publication 550, "Nondividend Distributions" and "Stocks and bonds", "Holding Period";
26 U.S.C. 301(c), 358 and 1223(1); Form 8937 of GE on GE Vernova, April 2024.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.entries import entries
from alchemiser.domain.books.history import (
    Entry,
    Exchange,
    Movement,
    Repayment,
    Trade,
    of_account,
    of_book,
)
from alchemiser.domain.books.ledger import PostingKind, post
from alchemiser.domain.books.lots import LotMethod, Lots
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.profit import profit
from alchemiser.domain.books.tax import Term, account_lots, term
from alchemiser.domain.books.terms import Merger, SpinOff, with_terms
from alchemiser.domain.books.wash import wash
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import ACCRUALS, HOUSE, BookId, Symbol
from alchemiser.domain.values.numbers import CENT
from alchemiser.testing.builders import a_book
from tests.traded import M, bought, entry, sold, whole

NEW = Symbol("NEW")
KLM = BookId("klm")
BACK = PostingKind.RETURN_OF_CAPITAL


def back(day: str, cash: str, paid: str | None = None) -> Repayment:
    return Repayment(
        day=date.fromisoformat(day),
        paid=date.fromisoformat(paid or day),
        symbol=M,
        cash=Decimal(cash),
    )


def spun_off(day: str, shares: str, basis: str | None = None) -> Exchange:
    return Exchange(
        day=date.fromisoformat(day),
        given=(),
        received=((NEW, Decimal(shares)),),
        cash=Decimal(0),
        kept=M,
        basis=None if basis is None else Decimal(basis),
    )


def costs(lots: Lots) -> list[tuple[str, Decimal | None, str]]:
    return [(lot.symbol, lot.cost, str(lot.held_since)) for lot in lots.open]


def test_publication_550_nondividend_distribution() -> None:
    """Stock of $100; $80 come back, then $30: the basis is nothing and $10 are a long-term gain."""
    lots = match([bought("2010-03-01", "1", "100"), back("2014-06-02", "80")])
    assert costs(lots) == [(M, Decimal(20), "2010-03-01")]
    assert lots.disposals == ()

    later = match([
        bought("2010-03-01", "1", "100"),
        back("2014-06-02", "80"),
        back("2024-06-03", "30"),
    ])

    assert costs(later) == [(M, Decimal(0), "2010-03-01")]
    (gain,) = later.disposals
    assert (gain.gain(), term(gain)) == (Decimal(10), Term.LONG)
    assert gain.disposed == date(2024, 6, 3)


def test_each_share_gets_as_much_and_each_lot_has_its_own_gain_and_term() -> None:
    """10 dollars a share on lots of 4 and of 50 dollars a share: 6 a share are gained on one."""
    lots = match([
        bought("2020-01-02", "10", "40"),
        bought("2024-01-02", "10", "500"),
        back("2024-02-01", "200"),
    ])

    assert [lot.cost for lot in lots.open] == [0, 400]
    assert [(one.gain(), term(one)) for one in lots.disposals] == [(Decimal(60), Term.LONG)]
    assert [lot.quantity for lot in lots.open] == [10, 10]


def test_sale_after_it_gains_what_it_left_of_the_cost() -> None:
    lots = match([
        bought("2024-01-02", "10", "100"),
        back("2024-02-01", "30"),
        sold("2024-03-01", "10", "100"),
    ])

    assert [one.gain() for one in lots.disposals] == [30]


def test_capital_that_is_taken_back_is_cost_again() -> None:
    lots = match([
        bought("2024-01-02", "10", "100"),
        back("2024-02-01", "30"),
        back("2024-02-09", "-30"),
    ])

    assert [lot.cost for lot in lots.open] == [100]
    assert lots.disposals == ()


def test_capital_on_shares_that_are_gone_is_a_gain() -> None:
    lots = match([back("2024-02-01", "30", paid="2025-01-10")])

    assert [(one.gain(), one.disposed) for one in lots.disposals] == [
        (Decimal(30), date(2025, 1, 10))
    ]
    assert lots.open == ()


def test_capital_on_shares_of_unknown_cost_invents_none() -> None:
    kind = PostingKind.OPENING
    opening = Trade(day=date(2024, 1, 2), symbol=M, quantity=Decimal(10), cash=None, kind=kind)

    lots = match([opening, back("2024-02-01", "30")])

    assert [lot.cost for lot in lots.open] == [None]
    assert lots.disposals == ()


def test_capital_paid_back_makes_no_wash_sale_of_what_it_gained() -> None:
    lots = wash([
        bought("2024-01-02", "10", "20"),
        back("2024-02-01", "30"),
        bought("2024-02-02", "10", "50"),
    ])

    assert [lot.cost for lot in lots.open] == [0, 50]
    assert [(whole(one.gain()), whole(one.disallowed)) for one in lots.disposals] == [(10, 0)]


def owed(day: str, cash: str, book: str, kind: PostingKind = PostingKind.DIVIDEND) -> Entry:
    return entry(day, kind, cash, symbol=M, book=book, reference="dividend of 2023-12-20")


def test_capital_belongs_to_those_who_held_the_share_as_its_ex_day_began() -> None:
    """Counted as a dividend in December, sold in part, and told to be capital in January."""
    told = [
        entry("2023-12-01", PostingKind.FILL, "-1000", "100", M, book="klm", order="x"),
        owed("2023-12-20", "50", "klm"),
        owed("2023-12-20", "-50", ACCRUALS),
        entry("2023-12-27", PostingKind.FILL, "540", "-60", M, book="klm", order="y"),
        owed("2024-01-12", "-50", "klm"),
        owed("2024-01-12", "50", ACCRUALS),
        owed("2024-01-12", "50", "klm", BACK),
    ]

    for history in (of_account(told), of_book(told, KLM)):
        lots = match(history.movements)
        assert history.movements[1] == back("2023-12-20", "50", paid="2024-01-12")
        assert [one.gain() for one in lots.disposals] == [Decimal(540 - 570)]
        assert [lot.cost for lot in lots.open] == [380]
        assert not any(history.loose.values())


def test_a_dividend_with_capital_in_it_is_both() -> None:
    told = [
        entry("2023-12-01", PostingKind.FILL, "-1000", "100", M, order="x"),
        owed("2023-12-20", "50", HOUSE),
        owed("2024-01-12", "-20", HOUSE),
        owed("2024-01-12", "20", HOUSE, BACK),
    ]

    history = of_account(told)

    assert history.loose[PostingKind.DIVIDEND] == 30
    assert [lot.cost for lot in match(history.movements).open] == [980]


@given(
    data=st.data(),
    held=st.lists(st.integers(1, 10**6), min_size=1, max_size=4),
    paid=st.lists(st.integers(-(10**5), 10**6), min_size=1, max_size=4),
)
def test_equity_is_what_was_gained_whatever_capital_comes_back(
    data: st.DataObject, held: list[int], paid: list[int]
) -> None:
    """Every dollar is cost or gain, and no cost falls below nothing."""
    days = [f"2024-01-{2 + number:02}" for number in range(len(held) + len(paid))]
    purchases = [("buy", units) for units in held]
    order = data.draw(st.permutations([*purchases, *(("back", cents) for cents in paid)]))
    told = []
    for day, (what, size) in zip(days, order, strict=True):
        if what == "buy":
            cash = data.draw(st.integers(1, 10**5))
            told.append(entry(day, PostingKind.FILL, f"{-cash * CENT}", f"{size}E-9", M, order=day))
        else:
            told.append(entry(day, BACK, f"{size * CENT}", symbol=M, reference=day))

    history = of_account(told)
    lots = match(history.movements)
    mark = Decimal(7)
    found = profit(history, lots, {M: mark})

    wealth = sum((one.posting.cash for one in told), Decimal(0))
    shares = sum((one.posting.quantity for one in told), Decimal(0))
    assert found.realised is not None
    assert found.unrealised is not None
    assert wealth + shares * mark == found.realised + found.unrealised
    assert all((lot.cost or Decimal(0)) >= 0 for lot in lots.open)


def test_spin_off_takes_over_the_days_and_the_part_of_the_cost_that_is_told() -> None:
    """GE gave one GE Vernova for four; suppose 17 % of the cost of GE goes over."""
    lots = match([
        bought("2020-01-02", "100", "10000"),
        bought("2024-01-02", "300", "60000"),
        spun_off("2024-04-02", "100", "0.17"),
    ])

    assert costs(lots) == [
        (M, Decimal(8300), "2020-01-02"),
        (M, Decimal(49800), "2024-01-02"),
        (NEW, Decimal(1700), "2020-01-02"),
        (NEW, Decimal(10200), "2024-01-02"),
    ]
    assert [lot.quantity for lot in lots.open] == [100, 300, 25, 75]
    assert {lot.kind for lot in lots.open[2:]} == {PostingKind.REORGANISATION}


def test_spin_off_of_which_no_part_is_told_has_the_days_and_no_cost() -> None:
    lots = match([bought("2020-01-02", "100", "10000"), spun_off("2024-04-02", "25")])

    assert costs(lots) == [(M, Decimal(10000), "2020-01-02"), (NEW, Decimal(0), "2020-01-02")]
    gone = match([
        bought("2020-01-02", "100", "10000"),
        spun_off("2024-04-02", "25"),
        sold("2024-04-03", "25", "3000", NEW),
    ])
    assert [(one.gain(), term(one)) for one in gone.disposals] == [(Decimal(3000), Term.LONG)]


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


def test_spin_off_from_shares_of_unknown_cost_has_an_unknown_cost() -> None:
    kind = PostingKind.OPENING
    opening = Trade(day=date(2024, 1, 2), symbol=M, quantity=Decimal(10), cash=None, kind=kind)

    assert [lot.cost for lot in match([opening, spun_off("2024-04-02", "5", "0.5")]).open] == [
        None,
        None,
    ]


def test_spin_off_is_no_purchase_and_washes_nothing() -> None:
    """The shares that replaced others keep their part of the loss on both sides."""
    lots = wash([
        bought("2024-01-02", "10", "100"),
        sold("2024-02-01", "10", "60"),
        bought("2024-02-10", "10", "60"),
        spun_off("2024-02-20", "5", "0.25"),
    ])

    assert [(whole(lot.cost), whole(lot.washed)) for lot in lots.open] == [(75, 30), (25, 10)]
    assert len({lot.held_since for lot in lots.open}) == 1


@given(
    amounts=st.lists(
        st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1, max_size=4
    ),
    part=st.integers(0, 10**9).map(lambda units: f"{units}E-9"),
    shares=st.integers(1, 10**9),
    method=st.sampled_from(LotMethod),
)
def test_spin_off_loses_no_cent_and_no_share(
    amounts: list[tuple[int, int]], part: str, shares: int, method: LotMethod
) -> None:
    told: list[Movement] = [
        bought(f"2024-01-{2 + number:02}", f"{units}E-9", f"{cents}E-2")
        for number, (units, cents) in enumerate(amounts)
    ]

    lots = match([*told, spun_off("2024-02-01", f"{shares}E-9", part)], method)

    assert (
        sum(lot.cost or Decimal(0) for lot in lots.open)
        == sum(cents for _, cents in amounts) * CENT
    )
    new = [lot for lot in lots.open if lot.symbol == NEW]
    assert sum(lot.quantity for lot in new) == Decimal(f"{shares}E-9")


def spin_off_of_the_broker() -> list[Entry]:
    """Return a purchase, and the postings of a spin-off in which no old share moves."""
    books = {HOUSE: a_book("0", {}), KLM: a_book("0", {"M": "100"})}
    activity = Activity(
        activity_id="s-1",
        kind=ActivityKind.REORGANISATION,
        day=date(2024, 4, 2),
        symbol=M,
        received=NEW,
        received_quantity=Decimal(25),
    )
    postings = entries(activity, books, ())
    post(books, postings)
    assert books[KLM] == a_book("0", {"M": "100", "NEW": "25"})
    return [
        entry("2020-01-02", PostingKind.FILL, "-10000", "100", M, book="klm", order="x"),
        *(Entry(day=activity.day, posting=one) for one in postings),
    ]


def test_broker_names_the_share_that_was_kept_and_the_owner_the_part_of_the_cost() -> None:
    told = spin_off_of_the_broker()
    basis = SpinOff(symbol=NEW, kept=M, basis=Decimal("0.17"))

    plain = account_lots(told, LotMethod.FIFO)
    divided = account_lots(told, LotMethod.FIFO, (basis,))

    assert costs(plain) == [(M, Decimal(10000), "2020-01-02"), (NEW, Decimal(0), "2020-01-02")]
    assert [lot.cost for lot in divided.open] == [8300, 1700]
    assert of_book(told, KLM).movements == of_account(told).movements


def test_owner_names_the_share_that_was_kept_where_the_broker_does_not() -> None:
    told = [
        entry("2020-01-02", PostingKind.FILL, "-10000", "100", M, book="klm", order="x"),
        entry("2024-04-02", PostingKind.REORGANISATION, "0", "25", NEW, reference="s-1"),
    ]
    basis = SpinOff(symbol=NEW, kept=M, basis=Decimal("0.17"))

    assert costs(account_lots(told, LotMethod.FIFO))[1] == (NEW, Decimal(0), "2024-04-02")
    assert costs(account_lots(told, LotMethod.FIFO, (basis,))) == [
        (M, Decimal(8300), "2020-01-02"),
        (NEW, Decimal(1700), "2020-01-02"),
    ]


def test_what_is_told_of_another_spin_off_changes_nothing() -> None:
    movements = of_account(spin_off_of_the_broker()).movements

    for kept, name in (("OTHER", NEW), (M, "SAME")):
        told = SpinOff(symbol=Symbol(name), kept=Symbol(kept), basis=Decimal(1))
        assert tuple(with_terms(movements, [told])) == movements


@pytest.mark.parametrize(("kept", "basis"), [("NEW", "0.1"), ("M", "1.01"), ("M", "-0.1")])
def test_spin_off_that_cannot_be_is_refused(kept: str, basis: str) -> None:
    with pytest.raises(InvalidValueError):
        SpinOff(symbol=NEW, kept=Symbol(kept), basis=Decimal(basis))


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
