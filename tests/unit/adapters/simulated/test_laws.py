"""What holds at the venue after any conversation with it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.orders.messages import ExecType, ExecutionReport, NewOrderSingle, Side
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.numbers import cents
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.testing.fakes import quote
from tests.simulated_venue import DAY, ENTRY, SPY, TECL, World, order, world

START = Decimal("9000.00")


@dataclass(frozen=True)
class Submit:
    """Enter, or enter again, one of a few orders."""

    order: NewOrderSingle


@dataclass(frozen=True)
class Cancel:
    """Ask to cancel one of them."""

    name: str


@dataclass(frozen=True)
class Wait:
    """Let the clock jump."""

    seconds: float


@dataclass(frozen=True)
class Look:
    """Ask for the account and every order: must change nothing."""


Step = Submit | Cancel | Wait | Look
NAMES = st.sampled_from("abcdefghijkl")
PRICES = {SPY: ("497.50", "499.90", "500.10", "503.00"), TECL: ("71.00", "71.33", "71.80")}


@st.composite
def submits(draw: st.DrawFn) -> Submit:
    symbol = draw(st.sampled_from([SPY, TECL]))
    return Submit(
        order(
            draw(NAMES),
            draw(st.sampled_from(["1", "3.123456789", "5.5", "30"])),
            draw(st.sampled_from(PRICES[symbol])),
            symbol=symbol,
            side=draw(st.sampled_from(Side)),
        )
    )


STEPS = st.lists(
    st.one_of(
        submits(),
        st.builds(Cancel, NAMES),
        submits(),
        st.builds(Wait, st.sampled_from([0.1, 0.9, 1.7, 30, 61, 600])),
        st.just(Look()),
    ),
    min_size=5,
    max_size=40,
)


def fresh(seed: int) -> World:
    settings = VenueSettings(partial_probability=Decimal("0.8"), slippage=Decimal("0.0006"))
    here = world(seed=seed, cash=str(START), settings=settings)
    for minute, (low, high) in enumerate(
        [("499.70", "499.74"), ("500.40", "500.46"), ("498.00", "498.08")], start=1
    ):
        at = ENTRY + timedelta(minutes=minute)
        here.market.tell(quote("SPY", low, high, at=at))
    return here


def perform(here: World, step: Step) -> object:
    match step:
        case Submit():
            return here.submit(step.order)
        case Cancel():
            return here.broker.cancel(ClOrdId(step.name))
        case Wait():
            here.seconds(step.seconds)
            return None
        case Look():
            here.broker.orders(DAY)
            return here.broker.account()


def everything(here: World) -> dict[ClOrdId, tuple[ExecutionReport, ...]]:
    return {name: here.broker.reports(name) or () for name in here.broker.orders(DAY)}


def assert_laws(here: World) -> None:
    told = everything(here)
    trades = [
        one for reports in told.values() for one in reports if one.exec_type is ExecType.TRADE
    ]
    account = here.broker.account()

    fees = sum((one.commission for one in trades), Decimal(0))
    spent = sum((one.side.sign() * cents(one.last_qty * one.last_px) for one in trades), Decimal(0))
    assert account.cash == START - spent - fees
    # A fee of a sell, and half a cent of rounding a fill, may go beyond the cash.
    assert account.cash >= -fees - len(trades) * Decimal("0.005")

    held: dict[Symbol, Decimal] = {}
    for one in trades:
        held[one.symbol] = held.get(one.symbol, Decimal(0)) + one.side.sign() * one.last_qty
    assert {one.symbol: one.quantity for one in account.positions} == {
        name: quantity for name, quantity in held.items() if quantity
    }
    assert all(one.quantity > 0 for one in account.positions)

    for reports in told.values():
        assert all(one.cum_qty <= one.order_qty for one in reports)
        parts = sum(one.last_qty for one in reports)
        assert parts == reports[-1].cum_qty
    names = [one.exec_id for reports in told.values() for one in reports]
    assert len(names) == len(set(names))


@given(steps=STEPS, seed=st.integers(0, 50))
def test_cash_and_positions_are_always_the_sum_of_the_fills(steps: list[Step], seed: int) -> None:
    """OS-13: after every step; never short, never overfilled, never out of cash."""
    here = fresh(seed)

    for step in steps:
        perform(here, step)
        assert_laws(here)


@given(steps=STEPS, seed=st.integers(0, 50))
def test_looking_changes_nothing(steps: list[Step], seed: int) -> None:
    """The state follows from orders, quotes and the clock, not from how often it is asked."""
    seldom, often = fresh(seed), fresh(seed)

    for step in steps:
        perform(often, Look())
        everything(often)
        if not isinstance(step, Look):
            assert perform(seldom, step) == perform(often, step)
    assert everything(seldom) == everything(often)
    assert seldom.broker.account() == often.broker.account()


@given(steps=STEPS, seed=st.integers(0, 50))
def test_resending_changes_nothing(steps: list[Step], seed: int) -> None:
    """OS-08: every order sent twice, and all of them again at the end."""
    once, twice = fresh(seed), fresh(seed)

    taken = []
    for step in steps:
        first = perform(once, step)
        assert perform(twice, step) == first
        if isinstance(step, Submit) and step.order.cl_ord_id in once.broker.orders(DAY):
            taken.append(step)
            perform(twice, step)
    told = everything(twice)
    for step in taken:
        perform(twice, step)

    assert everything(twice) == told == everything(once)
    assert twice.broker.account() == once.broker.account()
