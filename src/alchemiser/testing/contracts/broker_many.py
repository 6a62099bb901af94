"""What holds of several orders at a broker, and of looking at it, as numbered cases.

Subclass `BrokerManyContract` beside `BrokerContract`, with the same fixture `bench`.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

from alchemiser.domain.orders.activity import ActivityKind
from alchemiser.domain.orders.messages import Accepted, CancelOutcome, ExecType, OrdStatus, Side
from alchemiser.domain.values.numbers import ZERO, cents
from alchemiser.testing.contracts.broker_bench import BrokerBench

_NINE_DECIMALS = Decimal("1.123456789")
_LOOKS = 5


class BrokerManyContract:
    """State the cases; a subclass named `Test…` with a fixture `bench` runs them."""

    def test_br_26_part_of_a_share_fills_to_its_ninth_decimal(self, bench: BrokerBench) -> None:
        """OS-14."""
        reports = bench.bought(_NINE_DECIMALS)

        assert reports[-1].cum_qty == _NINE_DECIMALS, "all of it is filled"
        assert bench.held() == _NINE_DECIMALS, "all of it is held"

    def test_br_27_orders_of_one_symbol_are_kept_apart(self, bench: BrokerBench) -> None:
        """OS-11."""
        resting = bench.order(bench.buy_resting)
        bench.accepted(resting)

        reports = bench.bought()

        assert reports[-1].ord_status is OrdStatus.FILLED, "one fills"
        assert bench.last(resting).cum_qty == 0, "the other does not"
        assert {one.cl_ord_id for one in bench.reports(resting)} == {resting.cl_ord_id}

    def test_br_28_a_canceled_sell_gives_its_shares_back(self, bench: BrokerBench) -> None:
        """OS-23."""
        bench.bought()
        resting = bench.order(bench.sell_resting(), side=Side.SELL)
        bench.accepted(resting)
        bench.broker.cancel(resting.cl_ord_id)
        bench.settled(resting)

        again = bench.order(bench.sell_filling, side=Side.SELL)
        bench.accepted(again)

        assert bench.settled(again)[-1].ord_status is OrdStatus.FILLED
        assert bench.held() == 0

    def test_br_29_an_order_that_is_canceled_twice_ends_once(self, bench: BrokerBench) -> None:
        """OS-23."""
        order = bench.order(bench.buy_resting)
        bench.accepted(order)
        bench.broker.cancel(order.cl_ord_id)
        bench.settled(order)

        again = bench.broker.cancel(order.cl_ord_id)

        assert again is CancelOutcome.TOO_LATE, "there is nothing left to cancel"
        ends = [one for one in bench.reports(order) if one.exec_type is ExecType.CANCELED]
        assert len(ends) == 1, "it ended once"

    def test_br_30_part_of_a_position_can_be_sold(self, bench: BrokerBench) -> None:
        """OS-14."""
        bench.bought()
        part = (bench.quantity / 2).to_integral_value()
        order = bench.order(bench.sell_filling, side=Side.SELL, quantity=part)

        bench.accepted(order)
        bench.settled(order)

        assert bench.held() == bench.quantity - part, "the rest is held"

    def test_br_31_a_round_trip_moves_cash_by_its_fills(self, bench: BrokerBench) -> None:
        """OS-13, OS-24: to the cent."""
        before = bench.broker.account().cash
        bought = bench.bought()
        order = bench.order(bench.sell_filling, side=Side.SELL)
        bench.accepted(order)
        sold = bench.settled(order)

        moved = ZERO
        for one in (*bought, *sold):
            moved -= one.side.sign() * cents(one.last_qty * one.last_px) + one.commission
        assert bench.broker.account().cash == before + moved

    def test_br_32_equity_is_cash_and_what_the_shares_are_worth(self, bench: BrokerBench) -> None:
        """OS-05: at marks near the price that was just paid."""
        price = bench.bought()[-1].last_px
        snapshot = bench.broker.account()

        worth = snapshot.equity - snapshot.cash
        assert abs(worth / (bench.quantity * price) - 1) < Decimal("0.05")

    def test_br_33_looking_changes_nothing(self, bench: BrokerBench) -> None:
        """OS-05."""
        order = bench.order(bench.buy_resting)
        bench.accepted(order)
        first = bench.broker.account()

        looks = [bench.broker.account() for _ in range(_LOOKS)]

        assert {(one.cash, one.buying_power, one.positions) for one in looks} == {
            (first.cash, first.buying_power, first.positions)
        }
        assert bench.reports(order) == bench.reports(order)
        assert bench.broker.orders(bench.session).count(order.cl_ord_id) == 1

    def test_br_34_snapshots_are_of_their_moment(self, bench: BrokerBench) -> None:
        """OS-05: time never runs back between two looks."""
        first = bench.broker.account()
        bench.elapse(timedelta(seconds=2))
        second = bench.broker.account()

        assert second.at > first.at

    def test_br_35_one_order_sent_at_once_from_many_sides_is_one(self, bench: BrokerBench) -> None:
        """OS-08, CC-06: whoever asks twice because an answer is late."""
        order = bench.order(bench.buy_resting)

        with ThreadPoolExecutor(bench.threads) as pool:
            outcomes = list(pool.map(lambda _: bench.submit(order), range(4)))

        taken = [one for one in outcomes if isinstance(one, Accepted)]
        assert taken, "it was taken"
        assert len({one.report.order_id for one in taken}) == 1, "as one order"
        assert bench.broker.orders(bench.session).count(order.cl_ord_id) == 1, "listed once"

    def test_br_36_asking_from_an_earlier_day_tells_no_less(self, bench: BrokerBench) -> None:
        """OS-13."""
        bench.bought()

        today = bench.broker.activities(bench.session)
        week = bench.broker.activities(bench.session - timedelta(days=7))

        assert {one.activity_id for one in today} <= {one.activity_id for one in week}
        traded = [one.quantity for one in today if one.kind is ActivityKind.TRADE]
        assert not traded or sum(traded, ZERO) == bench.held(), "trades add up to what is held"
