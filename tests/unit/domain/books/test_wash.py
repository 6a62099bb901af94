"""Wash sales as the tax office works them out.

Sources of the worked examples: 26 CFR 1.1091-1(h) and 1.1091-2(a), and IRS Publication 550, "Wash
Sales" (its first example, and "More or less stock bought than sold", which is example 2 of the
regulation in other years).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.history import Exchange, Movement, Trade
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import LotMethod, Lots
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.wash import wash
from alchemiser.domain.values.numbers import SHARE
from tests.traded import M, bought, sold, whole


def washed(*movements: Movement, method: LotMethod = LotMethod.FIFO) -> Lots:
    return wash(movements, method)


def put_off(lots: Lots) -> list[tuple[int, int, int]]:
    """Return shares, counted gain and disallowed loss of every disposal."""
    return [
        (whole(one.lot.quantity), whole(one.counted()), whole(one.disallowed))
        for one in lots.disposals
    ]


def costs(lots: Lots) -> list[tuple[int, int]]:
    """Return shares and cost of every open lot."""
    return [(whole(lot.quantity), whole(lot.cost)) for lot in lots.open]


def test_publication_550_first_example() -> None:
    """100 shares for $1,000, sold for $750, bought again for $800: the new basis is $1,050."""
    lots = washed(
        bought("2023-03-01", "100", "1000"),
        sold("2023-05-01", "100", "750"),
        bought("2023-05-20", "100", "800"),
    )

    assert put_off(lots) == [(100, 0, 250)]
    assert costs(lots) == [(100, 1050)]


def test_regulation_example_1_bought_before_the_sale() -> None:
    lots = washed(
        bought("1954-12-01", "100", "10000"),
        bought("1954-12-15", "100", "9000"),
        sold("1955-01-03", "100", "9000"),
    )

    assert put_off(lots) == [(100, 0, 1000)]
    assert costs(lots) == [(100, 10000)]


def test_regulation_example_2_fewer_bought_than_sold() -> None:
    """Of a loss of $1,000 on 100 shares $750 are put off; the bases are $3,250 and $1,375."""
    lots = washed(
        bought("1954-09-21", "100", "5000"),
        bought("1954-12-21", "50", "2750"),
        bought("1954-12-27", "25", "1125"),
        sold("1955-01-03", "100", "4000"),
    )

    assert put_off(lots) == [(75, 0, 750), (25, -250, 0)]
    assert costs(lots) == [(50, 3250), (25, 1375)]


def test_regulation_example_3_more_bought_than_sold() -> None:
    """The first 100 of 200 shares replace those sold, and take over how long they were held."""
    lots = washed(
        bought("1954-09-15", "100", "5000"),
        sold("1956-02-01", "100", "4000"),
        *(bought(f"1956-02-{day}", "50", "2000") for day in (15, 16, 17, 18)),
    )

    assert put_off(lots) == [(100, 0, 1000)]
    assert costs(lots) == [(50, 2500), (50, 2500), (50, 2000), (50, 2000)]
    held = date(1956, 2, 1) - date(1954, 9, 15)
    assert [lot.acquired - lot.held_since for lot in lots.open] == [held, held, *[timedelta()] * 2]


@pytest.mark.parametrize(("price", "basis"), [("90", 110), ("70", 90)])
def test_regulation_on_basis(price: str, basis: int) -> None:
    """26 CFR 1.1091-2(a), examples 1 and 2: the old basis and the difference of the prices."""
    lots = washed(
        bought("1935-01-15", "1", "100"),
        sold("1955-01-15", "1", "80"),
        bought("1955-02-01", "1", price),
    )

    assert costs(lots) == [(1, basis)]


@pytest.mark.parametrize(
    ("day", "is_washed"),
    [("2024-05-31", False), ("2024-06-01", True), ("2024-07-31", True), ("2024-08-01", False)],
)
def test_window_is_thirty_days_before_and_after(day: str, is_washed: bool) -> None:
    """The sale is on the first of July 2024; 61 days with its own."""
    trades = [bought("2024-01-02", "10", "100"), sold("2024-07-01", "10", "60")]
    trades.insert(1 if day < "2024-07-01" else 2, bought(day, "10", "55"))

    lots = washed(*trades)

    assert put_off(lots) == [(10, 0 if is_washed else -40, 40 if is_washed else 0)]
    assert costs(lots) == [(10, 95 if is_washed else 55)]


def test_loss_is_put_off_again_when_the_replacement_is_sold_and_replaced() -> None:
    """The third lot has the losses of both sales, and has been held since before the first."""
    lots = washed(
        bought("2024-01-02", "10", "100"),
        sold("2024-02-01", "10", "60"),
        bought("2024-02-10", "10", "55"),
        sold("2024-03-01", "10", "50"),
        bought("2024-03-02", "10", "45"),
        sold("2024-06-03", "10", "45"),
    )

    assert put_off(lots) == [(10, 0, 40), (10, 0, 45), (10, -45, 0)]
    assert lots.disposals[-1].lot.held_since == date(2024, 3, 2) - timedelta(days=30 + 20)


def test_rest_of_the_same_purchase_replaces_nothing() -> None:
    """Rev. Rul. 56-602: selling a part of what was just bought is no wash sale."""
    lots = washed(bought("2024-01-02", "10", "100"), sold("2024-01-10", "5", "40"))

    assert put_off(lots) == [(5, -10, 0)]


def test_selling_everything_on_one_day_is_no_wash_sale() -> None:
    lots = washed(
        bought("2024-01-02", "10", "100"),
        bought("2024-01-05", "10", "90"),
        sold("2024-01-10", "20", "120"),
    )

    assert put_off(lots) == [(10, -40, 0), (10, -30, 0)]


def test_no_share_replaces_two_and_the_first_loss_has_the_first_purchase() -> None:
    lots = washed(
        bought("2024-01-02", "10", "100"),
        bought("2024-01-03", "10", "100"),
        sold("2024-05-01", "10", "60"),
        sold("2024-05-02", "10", "70"),
        bought("2024-05-10", "15", "150"),
    )

    assert put_off(lots) == [(10, 0, 40), (5, 0, 15), (5, -15, 0)]
    assert costs(lots) == [(10, 140), (5, 65)]


def test_gains_and_what_was_not_bought_wash_nothing() -> None:
    kind = PostingKind.TRANSFER
    moved = Trade(day=date(2024, 5, 10), symbol=M, quantity=Decimal(10), cash=None, kind=kind)

    lots = washed(
        bought("2024-01-02", "20", "200"),
        sold("2024-05-01", "10", "130"),
        sold("2024-05-02", "10", "70"),
        moved,
    )

    assert put_off(lots) == [(10, 30, 0), (10, -30, 0)]


def test_shares_of_a_spin_off_are_no_purchase() -> None:
    """They come without one, although their cost is known to be nothing."""
    given_beside = Exchange(
        day=date(2024, 5, 10), given=(), received=((M, Decimal(10)),), cash=Decimal(0)
    )

    lots = washed(bought("2024-01-02", "10", "100"), sold("2024-05-01", "10", "70"), given_beside)

    assert put_off(lots) == [(10, -30, 0)]
    assert costs(lots) == [(10, 0)]


def test_wash_sales_are_found_for_the_lots_that_the_method_sells() -> None:
    """The dearest lot was bought last: the older one, bought a week before, replaces it."""
    lots = washed(
        bought("2024-01-02", "10", "100"),
        bought("2024-01-09", "10", "150"),
        sold("2024-01-16", "10", "90"),
        method=LotMethod.HIGHEST_COST,
    )

    assert put_off(lots) == [(10, 0, 60)]
    assert costs(lots) == [(10, 160)]


@st.composite
def trades(draw: st.DrawFn) -> list[Trade]:
    """Return purchases and sales of one symbol within some months."""
    found: list[Trade] = []
    units, day = 0, date(2024, 1, 2)
    for _ in range(draw(st.integers(2, 14))):
        day += timedelta(days=draw(st.sampled_from([0, 1, 9, 29, 30, 31, 200])))
        cash = str(Decimal(draw(st.integers(1, 10**6))) / 100)
        if units and draw(st.booleans()):
            amount = draw(st.integers(1, units))
            found.append(sold(str(day), str(amount * SHARE), cash))
            units -= amount
        else:
            amount = draw(st.integers(1, 10**11))
            found.append(bought(str(day), str(amount * SHARE), cash))
            units += amount
    return found


@given(told=trades(), method=st.sampled_from(LotMethod))
def test_wash_sales_put_losses_off_and_lose_none(told: list[Trade], method: LotMethod) -> None:
    """What is gained in the end, and what is held, is the same with and without the rule."""
    plain = match(told, method)
    lots = wash(told, method)
    gone, before = lots.disposals, plain.disposals

    off = _sum(one.disallowed for one in gone)
    cost = _sum(lot.cost for lot in (*plain.open, *(one.lot for one in before)))
    assert _sum(lot.cost for lot in (*lots.open, *(one.lot for one in gone))) == cost + off
    assert _sum(lot.quantity for lot in lots.open) == _sum(lot.quantity for lot in plain.open)
    assert _sum(one.lot.quantity for one in gone) == _sum(one.lot.quantity for one in before)
    assert _sum(one.proceeds for one in gone) == _sum(one.proceeds for one in before)
    added = [*lots.open, *(one.lot for one in lots.disposals)]
    assert _sum(lot.washed for lot in added) == off
    for one in lots.disposals:
        assert one.disallowed == 0 or one.counted() == 0
        assert one.lot.held_since <= one.lot.acquired


@dataclass
class Share:
    """One share on its own, for the rule applied as it is written: share by share."""

    number: int
    bought: date
    cost: Decimal
    sold: date = date.max
    proceeds: Decimal = Decimal(0)
    disallowed: Decimal = Decimal(0)
    replaces: bool = False

    def loss(self) -> Decimal:
        return max(self.cost - self.proceeds, Decimal(0)) if self.sold != date.max else Decimal(0)


def share_by_share(told: list[Trade]) -> list[Share]:
    """Apply the rule to single shares, first in first out."""
    shares: list[Share] = []
    for number, trade in enumerate(told):
        count, cash = int(abs(trade.quantity)), abs(trade.cash or Decimal(0))
        if trade.quantity > 0:
            shares += [Share(number, trade.day, cash / count) for _ in range(count)]
        else:
            for one in [one for one in shares if one.sold == date.max][:count]:
                one.sold, one.proceeds = trade.day, cash / count
    for gone in shares:
        for one in shares:
            near = abs(one.bought - gone.sold) <= timedelta(days=30)
            free = one.number != gone.number and not one.replaces and one.sold > gone.sold
            if gone.loss() and near and free:
                one.replaces, gone.disallowed = True, gone.loss()
                one.cost += gone.disallowed
                break
    return shares


@st.composite
def whole_trades(draw: st.DrawFn) -> list[Trade]:
    """Return trades of few whole shares at whole cents a share, so that nothing is rounded."""
    found: list[Trade] = []
    held, day = 0, date(2024, 1, 2)
    for _ in range(draw(st.integers(2, 9))):
        day += timedelta(days=draw(st.sampled_from([0, 1, 15, 30, 31])))
        price = draw(st.integers(1, 9))
        count = draw(st.integers(1, 5))
        if held and draw(st.booleans()):
            count = min(count, held)
            found.append(sold(str(day), str(count), str(count * price)))
            held -= count
        else:
            found.append(bought(str(day), str(count), str(count * price)))
            held += count
    return found


@given(told=whole_trades())
def test_lots_are_washed_as_single_shares_are(told: list[Trade]) -> None:
    """A second reading of the regulation, one share at a time."""
    lots = wash(told)
    single = share_by_share(told)

    assert _by_day((one.disposed, one.disallowed) for one in lots.disposals) == _by_day(
        (one.sold, one.disallowed) for one in single if one.sold != date.max
    )
    held = sum(one.cost for one in single if one.sold == date.max)
    assert _sum(lot.cost for lot in lots.open) == held


def _by_day(pairs: Iterable[tuple[date, Decimal]]) -> dict[date, Decimal]:
    sums: dict[date, Decimal] = {}
    for day, amount in pairs:
        sums[day] = sums.get(day, Decimal(0)) + amount
    return sums


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((one for one in values if one is not None), Decimal(0))
