"""What a broker adapter must refuse, and what a refusal must leave alone, as numbered cases.

Subclass `BrokerRefusalsContract` beside `BrokerContract`, with the same fixture `bench`.
"""

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from alchemiser.domain.orders.messages import NewOrderSingle, Rejected, Side
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import SHARE
from alchemiser.testing.contracts.broker_bench import BrokerBench

UNKNOWN = Symbol("ZZZZ")
_TENTH_OF_A_CENT = Decimal("0.001")


class BrokerRefusalsContract:
    """State the cases; a subclass named `Test…` with a fixture `bench` runs them."""

    def test_br_19_a_price_between_two_cents_is_refused(self, bench: BrokerBench) -> None:
        """OS-15: never rounded in silence."""
        order = bench.order(bench.buy_resting + _TENTH_OF_A_CENT)

        assert _code(bench, order) == "invalid_price"

    def test_br_20_an_order_below_the_least_worth_is_refused(self, bench: BrokerBench) -> None:
        """OS-15: half a dollar's worth."""
        half = (Decimal("0.5") / bench.buy_resting).quantize(SHARE)
        order = bench.order(bench.buy_resting, quantity=half)

        assert _code(bench, order) == "notional_below_minimum"

    def test_br_21_a_symbol_that_nobody_knows_is_refused(self, bench: BrokerBench) -> None:
        """OS-15: it is not tradable, or has no price."""
        order = replace(bench.order(bench.buy_resting), symbol=UNKNOWN)

        assert _code(bench, order) in {"not_tradable", "no_quote"}

    def test_br_22_a_refusal_leaves_the_account_as_it_was(self, bench: BrokerBench) -> None:
        """OS-15, OS-24."""
        before = bench.broker.account()

        bench.submit(bench.order(bench.buy_resting + _TENTH_OF_A_CENT))
        bench.submit(bench.order(bench.sell_filling, side=Side.SELL))

        after = bench.broker.account()
        assert after.cash == before.cash, "cash has not moved"
        assert after.buying_power == before.buying_power, "nothing is reserved"
        assert after.positions == before.positions, "no share has moved"

    def test_br_23_an_order_after_a_refused_one_is_taken(self, bench: BrokerBench) -> None:
        """OS-15: a refusal is of that try alone."""
        bench.submit(bench.order(bench.buy_resting + _TENTH_OF_A_CENT))

        assert bench.accepted(bench.order(bench.buy_resting)).cum_qty == 0

    def test_br_24_open_sells_reserve_their_shares(self, bench: BrokerBench) -> None:
        """OS-15: the same shares cannot be offered twice."""
        bench.bought()
        bench.accepted(bench.order(bench.sell_resting(), side=Side.SELL))
        again = bench.order(bench.sell_resting(), side=Side.SELL)

        assert _code(bench, again) == "insufficient_quantity"

    def test_br_25_open_buys_cannot_outgrow_the_buying_power(self, bench: BrokerBench) -> None:
        """OS-15: each could be paid alone, both together not."""
        most = bench.broker.account().buying_power * Decimal("0.6") / bench.buy_resting
        shares = most.to_integral_value(ROUND_CEILING)
        first, second = (bench.order(bench.buy_resting, quantity=shares) for _ in range(2))
        bench.accepted(first)

        assert _code(bench, second) == "insufficient_buying_power"


def _code(bench: BrokerBench, order: NewOrderSingle) -> str:
    """Send what must be refused, see that no order came of it, and return why."""
    outcome = bench.submit(order)
    assert isinstance(outcome, Rejected), f"it is refused, not {outcome}"
    assert outcome.text, "the refusal has words"
    assert bench.broker.reports(order.cl_ord_id) is None, "no order came of it"
    assert order.cl_ord_id not in bench.broker.orders(bench.session), "none is listed"
    return outcome.code
