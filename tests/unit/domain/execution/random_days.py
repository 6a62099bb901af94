"""Days drawn from a seed: what is planned, what goes wrong, and how patient the machine is."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from random import Random

from alchemiser.domain.books.ledger import Book, Books
from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import Claims, OrderPlan, PlannedOrder
from alchemiser.domain.orders.working import Algorithm, Liquidity
from alchemiser.domain.values.identifiers import BookId, Symbol, cl_ord_id
from alchemiser.domain.values.numbers import CENT, SHARE, apportion, round_down
from alchemiser.testing.builders import ACCOUNT, DAY, NOW
from tests.unit.domain.execution.bench import some_rules
from tests.unit.domain.execution.scripted_venue import Faults, ScriptedVenue
from tests.unit.domain.execution.trading_day import TradingDay, Troubles

SYMBOLS = tuple(Symbol(name) for name in ("AGG", "BIL", "GLD", "SPY", "TLT", "VEA"))
BOOKS = ("klm", "nuclear", "tecl")


def some_claims(chance: Random, quantity: Decimal) -> Claims:
    """Return one to three books' claims that sum to `quantity`."""
    names = sorted(chance.sample(BOOKS, k=chance.randint(1, 3)))
    weights = [(name, Decimal(chance.randint(1, 9))) for name in names]
    parts = apportion(quantity, weights, SHARE)
    return tuple((BookId(name), part) for name, part in zip(names, parts, strict=True))


def an_order(
    chance: Random, name: Symbol, side: Side, quantity: Decimal, mid: Decimal, *, mixed: bool
) -> PlannedOrder:
    """Return an order at half a percent through the mid, worked by any algorithm when `mixed`."""
    return PlannedOrder(
        cl_ord_id=cl_ord_id(
            account=ACCOUNT, session=DAY, name=name, buy=side is Side.BUY, attempt=1
        ),
        symbol=name,
        side=side,
        quantity=quantity,
        limit_price=(mid * (1000 + 5 * side.sign()) / 1000).quantize(CENT),
        reference_price=mid,
        claims=some_claims(chance, quantity),
        algorithm=chance.choice(tuple(Algorithm)) if mixed else Algorithm.MARKETABLE_LIMIT,
        liquidity=Liquidity(
            volatility=Decimal("0.01"), daily_volume=Decimal(chance.choice((100, 10_000)))
        ),
    )


def a_day(
    seed: int,
    faults: Faults,
    settings: ExecutionSettings,
    troubles: Troubles,
    *,
    mixed: bool = False,
) -> TradingDay:
    """Return a day of one to six orders; its buys cost 99 % of the cash after its sells."""
    chance = Random(f"plan {seed}")
    marks = {name: Decimal(chance.randint(2000, 60000)) / 100 for name in SYMBOLS}
    names = sorted(chance.sample(SYMBOLS, k=chance.randint(1, 6)))
    cut = chance.randint(0, len(names))
    cash = wealth = Decimal(chance.randint(100_000, 2_000_000)) / 100
    orders: list[PlannedOrder] = []
    books: Books = {BookId(name): Book() for name in BOOKS}
    for name in names[:cut]:
        quantity = Decimal(chance.randint(1, 40)) + SHARE * chance.choice((0, 1, 123_456_789))
        order = an_order(chance, name, Side.SELL, quantity, marks[name], mixed=mixed)
        orders.append(order)
        wealth += quantity * order.limit_price
        for book, part in order.claims:
            books[book].positions[name] = part
    for name in names[cut:]:
        share = wealth * Decimal("0.99") / len(names[cut:])
        order = an_order(chance, name, Side.BUY, Decimal(1), marks[name], mixed=False)
        quantity = round_down(share / order.limit_price, SHARE)
        orders.append(an_order(chance, name, Side.BUY, quantity, marks[name], mixed=mixed))
    books[BookId("klm")].cash = cash
    deadline = NOW + timedelta(seconds=chance.randint(60, 300))
    venue = ScriptedVenue(
        seed=seed,
        faults=faults,
        marks=marks,
        cash=cash,
        positions={order.symbol: order.quantity for order in orders if order.side is Side.SELL},
        close_at=deadline + timedelta(seconds=chance.choice((1, 120))),
    )
    return TradingDay(
        plan=OrderPlan(account=ACCOUNT, session=DAY, deadline=deadline, orders=tuple(orders)),
        rules=some_rules(funds=SYMBOLS),
        settings=settings,
        venue=venue,
        troubles=troubles,
        books=books,
    )


def a_faulty_day(seed: int, *, mixed: bool = False) -> TradingDay:
    """Return a day on which a swarm of faults, up to four crashes and perhaps a halt happen."""
    chance = Random(f"troubles {seed}")
    settings = ExecutionSettings(
        at_once=Random(f"ration {seed}").choice((None, None, 1, 3)),
        poll_seconds=chance.choice((1, 2, 5, 10)),
        algorithms=AlgorithmSettings(
            order_seconds_max=chance.choice((6, 20, 60)),
            step_seconds_max=chance.choice((3, 10, 30)),
            cross_seconds=chance.choice((15, 60)),
        ),
        absences_min=chance.choice((1, 1, 3)),
        sends_max=chance.choice((1, 2, 3, 3)),
    )
    horizon = chance.choice((30, 100, 300))
    crashes = (chance.randint(1, horizon) for _ in range(chance.choice((0, 1, 1, 2, 4))))
    halts = chance.random() < 0.3
    heals = chance.choice((0, 60, 100_000))
    cut = NOW + timedelta(seconds=chance.uniform(0, 60))
    outage = chance.choice((0, 0, 0, 5, 30, 2000))
    troubles = Troubles(
        crashes=frozenset(crashes),
        halt_at=NOW + timedelta(seconds=chance.expovariate(1 / 15)) if halts else None,
        outage=(cut, cut + timedelta(seconds=outage)),
        heal_at=NOW + timedelta(seconds=heals),
    )
    return a_day(seed, Faults.drawn(chance), settings, troubles, mixed=mixed)


def live_through(day: TradingDay) -> Counter[str]:
    """Run `day` to its end and on until every outcome is known; return what was met.

    Raises:
        AssertionError: When the day broke an invariant; a note names its seed and its troubles.
    """
    try:
        day.run()
        day.check_effort()
        day.check_health()
        while day.machine.unresolved():
            day.finish_next_morning()
        day.check_end()
    except AssertionError as error:
        error.add_note(f"on the day of seed {day.venue.seed} with {day.troubles}")
        raise
    day.reach["halt"] += day.halted
    return day.reach + day.venue.reach
