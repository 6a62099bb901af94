"""Whatever clients do, the venue's account adds up."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.adapters.venue.bell import Bell
from alchemiser.adapters.venue.clock import VenueClock
from alchemiser.adapters.venue.desk import Desk
from alchemiser.adapters.venue.floor import Floor
from alchemiser.adapters.venue.orders import Order
from alchemiser.adapters.venue.power import buying_power, held_quantity
from alchemiser.adapters.venue.replacing import changes
from alchemiser.adapters.venue.requests import NotUnderstoodError, order_request
from alchemiser.adapters.venue.statement import account, positions
from alchemiser.adapters.venue.wire import order as shown
from alchemiser.adapters.venue.world import Sources, Terms, World
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ZERO, cents
from tests.served_venue import OPEN, Prices

NAMES = ("SPY", "TLT")
quantities = st.sampled_from(["1", "2", "3", "5", "10", "20", "2.25"])
prices = st.sampled_from([
    "580.00",
    "598.00",
    "600.00",
    "602.00",
    "620.00",
    "88.00",
    "90.00",
    "92.00",
])
LEGS = st.sampled_from(["580.00", "620.00"])


def asked(kind: str, **more: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Draw orders of one type, most of which the venue takes."""
    return st.fixed_dictionaries({
        "symbol": st.sampled_from(NAMES),
        "side": st.sampled_from(["buy", "sell"]),
        "type": st.just(kind),
        "time_in_force": st.sampled_from(["day", "day", "gtc", "cls", "opg", "ioc", "fok"]),
        "qty": quantities,
        **more,
    })


legs = {
    "take_profit": st.fixed_dictionaries({"limit_price": LEGS}),
    "stop_loss": st.fixed_dictionaries({"stop_price": LEGS}),
    "time_in_force": st.just("gtc"),
    "symbol": st.just("SPY"),
}
requests = st.one_of(
    asked("market"),
    asked("limit", limit_price=prices),
    asked("stop", stop_price=prices),
    asked("stop_limit", stop_price=prices, limit_price=prices),
    asked("trailing_stop", trail_percent=st.just("1")),
    asked("market", qty=st.none(), notional=st.sampled_from(["50", "1000.10"])),
    asked("market", order_class=st.just("bracket"), **legs),
    asked("limit", order_class=st.just("oco"), **legs),
)
steps = st.one_of(
    *(st.tuples(st.just("enter"), one) for one in (requests, requests, requests)),
    st.tuples(st.just("cancel"), st.integers(0, 30)),
    st.tuples(st.just("replace"), st.integers(0, 30), quantities, prices),
    st.tuples(st.just("close"), st.sampled_from(NAMES)),
    st.tuples(st.just("wait"), st.sampled_from([0.01, 0.1, 1, 60, 3600, 20_000])),
    st.tuples(
        st.just("price"), st.sampled_from(NAMES), st.sampled_from([-0.03, -0.005, 0.005, 0.03])
    ),
)


@dataclass
class Played:
    """A venue without a server."""

    prices: Prices = field(default_factory=Prices)
    ended: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wall = VirtualClock(OPEN)
        sources = Sources(
            wall=wall,
            clock=VenueClock(wall, speed=0),
            market=self.prices,
            calendar=SessionTable(),
            reference=ReferenceTable(),
        )
        self.world = World(sources, Terms())
        self.floor = Floor(self.world)
        Bell(self.world, self.floor)
        self.desk = Desk(self.world, self.floor)

    def play(self, step: tuple[object, ...]) -> None:
        """Do one thing; what is refused changes nothing."""
        match step:
            case ("enter", dict() as body):
                try:
                    self.desk.enter(order_request(body, self.world.assets.find))
                except NotUnderstoodError:
                    return
            case ("cancel", int(place)) if place < len(self.world.orders):
                self.desk.cancel(self.world.orders[place])
            case ("replace", int(place), str(quantity), str(price)) if place < len(
                self.world.orders
            ):
                wanted = changes({"qty": quantity, "limit_price": price})
                self.desk.replace(self.world.orders[place], wanted)
            case ("close", str(name)):
                self.desk.close(Symbol(name), None)
            case ("wait", int(seconds) | float(seconds)):
                self.world.clock.advance(timedelta(seconds=seconds))
                self.world.advance()
            case ("price", str(name), float(move)):
                moved = Decimal(self.prices.middles[name]) * (1 + Decimal(str(move)))
                self.prices.middles[name] = f"{moved.quantize(Decimal('0.01'))}"
            case _:
                pass

    def check(self) -> None:
        """Compare the account with the fills, and every order with itself."""
        cash, held = Decimal(100_000), dict.fromkeys(NAMES, ZERO)
        for one in self.world.orders:
            for fill in one.executions:
                signed = fill.quantity * one.side.sign()
                cash -= cents(signed * fill.price)
                held[one.symbol] += signed
            self.check_order(one)
        balance = self.world.account.balance
        assert balance.cash == cash
        assert {name: balance.quantity(Symbol(name)) for name in NAMES} == held
        for name in map(Symbol, NAMES):
            assert held_quantity(self.world, name) <= abs(held[name])
        assert buying_power(self.world) >= 0
        assert account(self.world)["cash"] == f"{cash:.2f}"
        assert len(positions(self.world)) == sum(1 for one in held.values() if one)

    def check_order(self, one: Order) -> None:
        """An order fills at most whole, within its limit, and stays ended once it has."""
        assert shown(one, self.world)["id"] == one.id
        if one.quantity is not None:
            assert 0 <= one.filled_qty() <= one.quantity
            assert (one.status == "filled") == (one.filled_qty() == one.quantity)
        if one.limit_price is not None:
            beyond = [(fill.price - one.limit_price) * one.side.sign() for fill in one.executions]
            assert all(distance <= 0 for distance in beyond)
        assert self.ended.get(one.id, one.status.value) == one.status.value
        if one.status.is_terminal():
            self.ended[one.id] = one.status.value
            assert one.leaves_qty() == 0


@given(st.lists(steps, min_size=20, max_size=40))
@settings(max_examples=60, deadline=None)
def test_cash_shares_and_orders_add_up_whatever_is_done(taken: list[tuple[object, ...]]) -> None:
    venue = Played()
    for step in taken:
        venue.play(step)
        venue.check()
    for one in tuple(venue.world.orders):
        if one.asked.in_force == "gtc":
            venue.desk.cancel(one)
    venue.play(("wait", 400_000))
    venue.check()
    assert all(one.status.is_terminal() for one in venue.world.orders)
