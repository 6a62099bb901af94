"""Every algorithm against every book: it ends, in its bounds, and every share is accounted for."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.books.ledger import Book, Books
from alchemiser.domain.execution.algorithms.crossing import Passive
from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.algorithms.steps import Place
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.work import Parent, Phase
from alchemiser.domain.orders.closing import AuctionTimes
from alchemiser.domain.orders.messages import Side, TimeInForce
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.orders.working import Algorithm, Liquidity
from alchemiser.domain.values.identifiers import BookId, cl_ord_id
from alchemiser.domain.values.numbers import CENT, is_multiple
from alchemiser.testing.builders import ACCOUNT, DAY, NOW, SESSION, an_order
from tests.unit.domain.execution.bench import SPY, some_rules
from tests.unit.domain.execution.scripted_book import BookVenue, Market, Script, market
from tests.unit.domain.execution.scripted_venue import Faults
from tests.unit.domain.execution.test_pace import progress
from tests.unit.domain.execution.trading_day import TradingDay, Troubles

SHARES = Decimal(60)
MINUTES = 14
CHILDREN_MAX = 8
CALM = market("99.90", "100.10")
BEST = {Side.BUY: Decimal("99.90"), Side.SELL: Decimal("100.10")}


def never(_: int) -> Market:
    """Nobody trades."""
    return market("99.90", "100.10", "0")


def gaps(second: int) -> Market | None:
    """There is a quote in every third ten seconds only."""
    return CALM if second % 30 >= 20 else None


def partials(_: int) -> Market:
    """A share every four seconds or so."""
    return market("99.90", "100.10", "0.25")


def crossed(second: int) -> Market:
    """The quote is crossed for the first two minutes."""
    return market("100.10", "99.90", "0") if second < 120 else CALM


def halted(second: int) -> Market:
    """Trading is halted for the first three minutes."""
    return market("99.90", "100.10", halted=second < 180)


def halted_for_good(_: int) -> Market:
    """Trading is halted."""
    return market("99.90", "100.10", halted=True)


def one_sided(_: int) -> None:
    """Nobody bids, or nobody offers: there is no quote."""


def fast(second: int) -> Market:
    """The price runs away by a cent a second, up and then down."""
    shift = Decimal(min(second, 1000 - second)) / 100
    return Market(bid=CALM.bid + shift, ask=CALM.ask + shift, depth=Decimal(2))


def calm(_: int) -> Market:
    """A thousand shares a second."""
    return CALM


BOOKS = (never, gaps, partials, crossed, halted, halted_for_good, one_sided, fast, calm)


def worked(
    algorithm: Algorithm,
    side: Side,
    script: Script,
    minutes: int = MINUTES,
    shares: Decimal = SHARES,
    *,
    fickle: bool = False,
) -> tuple[BookVenue, Parent]:
    """Return the venue and the order after a day on which `algorithm` has worked it to its end."""
    limit = Decimal("100.60") if side is Side.BUY else Decimal("99.40")
    order = PlannedOrder(
        cl_ord_id=cl_ord_id(
            account=ACCOUNT, session=DAY, name=SPY, buy=side is Side.BUY, attempt=1
        ),
        symbol=SPY,
        side=side,
        quantity=shares,
        limit_price=limit,
        reference_price=Decimal(100),
        claims=((BookId("klm"), shares),),
        algorithm=algorithm,
        liquidity=Liquidity(volatility=Decimal("0.01"), daily_volume=Decimal(20_000)),
    )
    cash, held = (Decimal(10_000), {}) if side is Side.BUY else (Decimal(0), {SPY: shares})
    books: Books = {BookId("klm"): Book(cash=cash, positions=dict(held))}
    deadline = NOW + timedelta(minutes=minutes)
    close_at = deadline + timedelta(minutes=3)
    if algorithm is Algorithm.LIMIT_ON_CLOSE:
        close_at, deadline = SESSION.close_at, AuctionTimes().told_until(SESSION)
    venue = BookVenue(
        seed=1,
        faults=Faults(),
        marks={SPY: Decimal(100)},
        cash=cash,
        positions=dict(held),
        close_at=close_at,
        script=script,
        fickle=fickle,
    )
    day = TradingDay(
        plan=OrderPlan(account=ACCOUNT, session=DAY, deadline=deadline, orders=(order,)),
        rules=some_rules(funds=(SPY,)),
        settings=ExecutionSettings(poll_seconds=5),
        venue=venue,
        troubles=Troubles(),
        books=books,
    )
    day.run()
    day.check_effort()
    day.check_end()
    (parent,) = day.machine.state.parents.values()
    return venue, parent


def check_bounds(venue: BookVenue, parent: Parent, algorithm: Algorithm, side: Side) -> None:
    """Hold an order at its end to what holds in every market."""
    done, planned = parent.done(), parent.planned
    assert parent.is_over()
    assert len(parent.children) <= algorithm.children_max() <= CHILDREN_MAX
    assert all(child.phase in (Phase.DONE, Phase.REFUSED) for child in parent.children)
    for price in venue.prices.values():
        assert (price - planned.limit_price) * side.sign() <= 0, "never outside its collar"
        assert is_multiple(price, CENT), "on the tick"
    if done.quantity:
        paid = done.notional / done.quantity
        assert (paid - planned.limit_price) * side.sign() <= 0
    assert done.quantity + parent.leaves == parent.quantity == planned.quantity == SHARES
    assert venue.positions.get(SPY, Decimal(0)) == (
        done.quantity if side is Side.BUY else SHARES - done.quantity
    )
    assert bool(parent.ended) is (done.quantity < parent.quantity)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("script", BOOKS, ids=lambda script: script.__name__)
@pytest.mark.parametrize("algorithm", Algorithm)
def test_algorithm_ends_within_its_bounds_and_every_share_is_accounted_for(
    algorithm: Algorithm, script: Script, side: Side
) -> None:
    """EX-07, OS-13, OS-22, OS-23, FAULTS invariants 1, 2, 9, 23, 35."""
    venue, parent = worked(algorithm, side, script)

    check_bounds(venue, parent, algorithm, side)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("algorithm", Algorithm)
def test_no_algorithm_sends_more_orders_than_it_may_where_the_venue_cancels_each(
    algorithm: Algorithm, side: Side
) -> None:
    """OS-22, OS-09: at once, and nobody asked for it; the plan has reckoned with so many."""
    venue, parent = worked(algorithm, side, never, minutes=29, fickle=True)

    assert 1 <= len(parent.children) <= algorithm.children_max()
    assert len(venue.prices) == len(parent.children)
    assert parent.ended


WHOLE = {
    Algorithm.MARKETABLE_LIMIT: (calm,),
    Algorithm.WALK_THE_BOOK: (calm, gaps, crossed, halted),
    Algorithm.PASSIVE: (calm, gaps, crossed, halted),
    Algorithm.TWAP: (calm, gaps, partials, crossed, halted),
    Algorithm.VWAP: (calm, gaps, partials, crossed, halted),
    Algorithm.PARTICIPATION: (calm, gaps, partials, crossed, halted),
    Algorithm.LIMIT_ON_CLOSE: (calm, crossed, halted),
}
"""Books in which each algorithm gets everything; the plain one does not wait for a market."""


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("algorithm", "script"), [(name, one) for name, all_ in WHOLE.items() for one in all_]
)
def test_algorithm_gets_everything_where_it_can_be_had(
    algorithm: Algorithm, script: Script, side: Side
) -> None:
    """EX-01 to EX-03, EX-07."""
    _, parent = worked(algorithm, side, script)

    assert parent.done().quantity == SHARES
    assert parent.ended is None


@pytest.mark.parametrize("script", [never, halted_for_good, one_sided])
@pytest.mark.parametrize("algorithm", Algorithm)
def test_algorithm_says_why_it_got_nothing(algorithm: Algorithm, script: Script) -> None:
    """OS-12, RS-08."""
    venue, parent = worked(algorithm, Side.BUY, script)

    assert parent.done().quantity == 0
    assert parent.ended
    assert bool(venue.orders) is (script is never)


def test_passive_order_of_as_many_parts_as_may_be_still_crosses_with_its_last() -> None:
    """OS-22: eight slices are seven orders that stand and one that crosses."""
    answers: list[Place] = []
    at, last = NOW, None
    passive = Passive(AlgorithmSettings(slices=CHILDREN_MAX))
    while at < NOW + timedelta(minutes=MINUTES):
        state = replace(progress(), now=at, steps=len(answers), last=last)
        answer = passive.next(state)
        assert isinstance(answer, Place)
        answers.append(answer)
        last = an_order("SPY", "60", f"{answer.price:f}"), at
        at = answer.expire_time

    assert len(answers) == CHILDREN_MAX
    assert [one.price for one in answers] == [BEST[Side.BUY]] * 7 + [Decimal("100.60")]


def test_walk_offers_more_from_step_to_step_each_on_its_own_quote() -> None:
    """EX-01, EX-10, STRATEGIES §9.9: the middle, three quarters, the touch, then the bound."""
    venue, _ = worked(Algorithm.WALK_THE_BOOK, Side.BUY, never)

    assert [str(price) for price in venue.prices.values()] == [
        "100.00",
        "100.05",
        "100.10",
        "100.60",
    ]


def test_walk_crosses_no_more_of_the_spread_than_it_has_to() -> None:
    """EX-05: the book comes to the second step."""

    def closing_in(second: int) -> Market:
        return CALM if second < 35 else market("99.95", "100.04")

    _, parent = worked(Algorithm.WALK_THE_BOOK, Side.BUY, closing_in)

    assert parent.done().notional / SHARES < Decimal("100.05")


def test_passive_order_follows_its_side_of_the_book_and_is_filled_there() -> None:
    """EX-07."""

    def dipping(second: int) -> Market:
        return market("99.80", "99.85") if second % 200 > 190 else CALM

    venue, parent = worked(Algorithm.PASSIVE, Side.BUY, dipping)

    assert parent.done().notional / SHARES <= BEST[Side.BUY]
    assert set(venue.prices.values()) <= {Decimal("99.90"), Decimal("99.80")}


def sizes(algorithm: Algorithm) -> list[Decimal]:
    """Return the size of each child in a calm market."""
    venue, _ = worked(algorithm, Side.BUY, calm)
    return [life.request.order_qty for life in venue.orders.values()]


def test_slices_are_equal_over_time_and_grow_with_the_volume_before_the_close() -> None:
    """EX-02, EX-03."""
    twap, vwap = sizes(Algorithm.TWAP), sizes(Algorithm.VWAP)

    assert twap == [Decimal(10)] * 6
    assert len(vwap) == 6
    assert vwap == sorted(vwap)
    assert vwap[0] < vwap[-1]
    assert sum(vwap) == SHARES


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("script", "filled"),
    [(calm, "60.25"), (crossed, "60.25"), (partials, "0.5"), (never, "0"), (halted_for_good, "0")],
)
def test_closing_auction_takes_the_whole_shares_and_the_book_before_it_the_rest(
    script: Script, filled: str, side: Side
) -> None:
    """OS-14, EX-07: a quarter of a share goes first, and once."""
    venue, parent = worked(Algorithm.LIMIT_ON_CLOSE, side, script, shares=Decimal("60.25"))

    asked = [
        (child.order.request.order_qty, child.order.request.time_in_force)
        for child in parent.children
    ]
    expected = [(Decimal("0.25"), TimeInForce.DAY), (Decimal(60), TimeInForce.AT_THE_CLOSE)]
    assert asked == (expected if venue.orders else [])
    assert parent.done().quantity == Decimal(filled)
    assert bool(parent.ended) is (filled != "60.25")


@pytest.mark.parametrize("algorithm", Algorithm)
def test_order_is_worked_for_half_an_hour_however_late_the_deadline_is(
    algorithm: Algorithm,
) -> None:
    """OS-22: decided at the open, it is not spread over the whole day."""
    longest = timedelta(seconds=AlgorithmSettings().work_seconds_max)

    _, parent = worked(algorithm, Side.BUY, never, minutes=90)

    sent = [child.sent_at for child in parent.children]
    assert parent.ended
    assert all(at <= NOW + longest for at in sent)
    assert longest == timedelta(minutes=30)
