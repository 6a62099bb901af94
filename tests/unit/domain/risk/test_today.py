"""What a context knows of the session's orders is the same however it came by it."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.testing.builders import a_context, an_order

NAMES = ("SPY", "AGG")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["approve", "branch", "cost"]),
        st.sampled_from(NAMES),
        st.sampled_from(Side),
        st.integers(1, 50),
    ),
    max_size=8,
)


def order(number: int, name: str, side: Side, quantity: int) -> NewOrderSingle:
    return replace(an_order(name, str(quantity), side=side), cl_ord_id=ClOrdId(f"order-{number}"))


def told(context: RiskContext) -> list[object]:
    """Return all that the checks may ask of the orders."""
    whole = [context.traded(), context.spendable(), context.settled(), context.carried()]
    return whole + [
        (
            context.open_quantity(Symbol(name), Side.BUY),
            context.open_quantity(Symbol(name), Side.SELL),
            context.traded(Symbol(name)),
            tuple(context.sent_in(Symbol(name))),
            tuple(context.today().open_in(Symbol(name))),
            context.today().opened,
        )
        for name in NAMES
    ]


@given(steps=STEPS)
def test_it_tells_what_it_would_tell_of_all_orders_anew(
    steps: list[tuple[str, str, Side, int]],
) -> None:
    context, earlier = a_context(), []
    for number, (kind, name, side, quantity) in enumerate(steps):
        earlier.append(context)
        if kind == "approve":
            context = context.with_order(order(number, name, side, quantity))
        elif kind == "branch":
            # Another future of the same context must not be seen from this one.
            context.with_order(order(100 + number, name, side, quantity)).today()
        else:
            context = context.less_equity(Decimal(quantity))

    for one in (*earlier, context):
        assert told(one) == told(replace(one))


def test_an_order_that_is_sent_again_counts_once() -> None:
    once = a_context().with_order(order(1, "SPY", Side.BUY, 10))

    twice = once.with_order(order(1, "SPY", Side.BUY, 20))

    assert told(twice) == told(replace(twice))
    assert len(twice.sent_in(Symbol("SPY"))) == 1
