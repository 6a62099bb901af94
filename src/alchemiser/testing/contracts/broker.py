"""What every broker adapter must do, as numbered cases.

Subclass `BrokerContract` in a test module and give a fixture `bench` that returns a fresh
`BrokerBench`: an account without positions and orders, its market in session.
"""

from datetime import timedelta

from alchemiser.domain.orders.activity import ActivityKind
from alchemiser.domain.orders.messages import (
    CancelOutcome,
    ExecType,
    NewOrderSingle,
    OrdStatus,
    Rejected,
    Side,
    SubmitOutcome,
)
from alchemiser.domain.values.numbers import ZERO, cents
from alchemiser.testing.contracts.broker_bench import BrokerBench

_SECOND = timedelta(seconds=1)


class BrokerContract:
    """State the cases; a subclass named `Test…` with a fixture `bench` runs them."""

    def test_br_01_the_account_number_never_changes(self, bench: BrokerBench) -> None:
        """OS-08: ids are derived from it, so a restart must see the same one."""
        broker = bench.broker

        assert broker.account_id() != "", "the account has a number"
        assert broker.account_id() == broker.account_id(), "the number is constant"
        assert broker.lease_key() == broker.lease_key() != "", "the lease key is constant"

    def test_br_02_the_snapshot_is_of_this_account_and_well_formed(
        self, bench: BrokerBench
    ) -> None:
        """OS-05."""
        snapshot = bench.broker.account()

        assert snapshot.account == bench.broker.account_id(), "the snapshot names its account"
        assert snapshot.at.utcoffset() == timedelta(0), "its time is UTC"
        assert snapshot.buying_power >= 0, "buying power is not negative"
        assert snapshot.cash == cents(snapshot.cash), "cash is whole cents"
        names = [one.symbol for one in snapshot.positions]
        assert names == sorted(set(names)), "positions are sorted by symbol, each once"

    def test_br_03_an_accepted_order_is_reported_as_new(self, bench: BrokerBench) -> None:
        """OS-03, OS-12."""
        order = bench.order(bench.buy_resting)

        report = bench.accepted(order)

        assert report.cl_ord_id == order.cl_ord_id, "the report names our order"
        assert report.order_id != "", "the venue names the order"
        assert report.exec_id != "", "the venue names the report"
        assert report.exec_type is ExecType.NEW, "the first word is NEW"
        assert report.symbol == order.symbol, "the symbol is ours"
        assert report.side is order.side, "the side is ours"
        assert report.order_qty == order.order_qty, "the quantity is ours"
        assert report.cum_qty == 0, "nothing is filled yet"
        assert bench.reports(order)[0] == report, "a query gives the same report"

    def test_br_04_the_same_order_again_makes_no_second_one(self, bench: BrokerBench) -> None:
        """OS-08."""
        order = bench.order(bench.buy_filling)

        first = bench.accepted(order)
        bench.settled(order)
        second = bench.accepted(order)

        assert second.order_id == first.order_id, "it is the same order"
        listed = bench.broker.orders(bench.session)
        assert listed.count(order.cl_ord_id) == 1, "it is listed once"
        assert bench.held() == order.order_qty, "it was bought once"

    def test_br_05_a_used_name_with_other_contents_is_refused(self, bench: BrokerBench) -> None:
        """OS-08: a second planner with other numbers must collide, not add."""
        order = bench.order(bench.buy_resting)
        bench.accepted(order)
        other = NewOrderSingle(
            cl_ord_id=order.cl_ord_id,
            symbol=order.symbol,
            side=order.side,
            order_qty=order.order_qty * 2,
            price=order.price,
        )

        outcome = bench.submit(other)

        assert isinstance(outcome, Rejected), "the second is rejected"
        assert bench.last(order).order_qty == order.order_qty, "the first is untouched"

    def test_br_06_a_marketable_order_fills_inside_its_limit(self, bench: BrokerBench) -> None:
        """OS-13."""
        order = bench.order(bench.buy_filling)
        bench.accepted(order)

        reports = bench.settled(order)

        trades = [one for one in reports if one.exec_type is ExecType.TRADE]
        assert reports[-1].ord_status is OrdStatus.FILLED, "it ends filled"
        assert reports[-1].leaves_qty() == 0, "nothing is left"
        assert all(one.last_px <= order.price for one in trades), "no price is worse than the limit"
        assert sum(one.last_qty for one in trades) == order.order_qty, "the parts add up"
        running = ZERO
        for one in trades:
            running += one.last_qty
            assert one.cum_qty == running, "cum_qty is the sum of the parts so far"

    def test_br_07_cash_and_position_move_by_the_fills(self, bench: BrokerBench) -> None:
        """OS-13, OS-24."""
        before = bench.broker.account().cash
        order = bench.order(bench.buy_filling)
        bench.accepted(order)

        trades = [one for one in bench.settled(order) if one.exec_type is ExecType.TRADE]

        paid = sum((cents(one.last_qty * one.last_px) + one.commission for one in trades), ZERO)
        assert bench.broker.account().cash == before - paid, "cash falls by the price and the fee"
        assert bench.held() == order.order_qty, "the shares are there"

    def test_br_08_an_unknown_order_has_no_reports(self, bench: BrokerBench) -> None:
        """OS-11."""
        order = bench.order(bench.buy_resting)

        assert bench.broker.reports(order.cl_ord_id) is None, "there is nothing to report"

    def test_br_09_a_cancel_ends_a_resting_order(self, bench: BrokerBench) -> None:
        """OS-23: only the report ends it."""
        order = bench.order(bench.buy_resting)
        bench.accepted(order)

        outcome = bench.broker.cancel(order.cl_ord_id)
        reports = bench.settled(order)

        assert outcome is CancelOutcome.ACCEPTED, "the cancel is accepted"
        assert reports[-1].exec_type is ExecType.CANCELED, "the last report says so"
        assert reports[-1].ord_status is OrdStatus.CANCELED, "the order is canceled"
        assert reports[-1].leaves_qty() == 0, "nothing is left"

    def test_br_10_a_finished_order_cannot_be_canceled(self, bench: BrokerBench) -> None:
        """OS-23: the fill wins."""
        order = bench.order(bench.buy_filling)
        bench.accepted(order)
        reports = bench.settled(order)

        outcome = bench.broker.cancel(order.cl_ord_id)
        bench.elapse(_SECOND)

        assert outcome is CancelOutcome.TOO_LATE, "the cancel is too late"
        assert bench.reports(order) == reports, "nothing follows"

    def test_br_11_an_unknown_order_cannot_be_canceled(self, bench: BrokerBench) -> None:
        """OS-23."""
        outcome = bench.broker.cancel(bench.order(bench.buy_resting).cl_ord_id)

        assert outcome is CancelOutcome.UNKNOWN_ORDER, "the order is unknown"

    def test_br_12_a_buy_beyond_the_buying_power_is_refused(self, bench: BrokerBench) -> None:
        """OS-15."""
        power = bench.broker.account().buying_power
        shares = (power / bench.buy_resting).to_integral_value() + 2
        order = bench.order(bench.buy_resting, quantity=shares)

        outcome = bench.submit(order)

        assert _code(outcome) == "insufficient_buying_power", f"it is refused, not {outcome}"
        assert bench.broker.reports(order.cl_ord_id) is None, "no order came of it"
        assert order.cl_ord_id not in bench.broker.orders(bench.session), "none is listed"

    def test_br_13_a_sell_beyond_the_position_is_refused(self, bench: BrokerBench) -> None:
        """OS-15: no shorts."""
        order = bench.order(bench.sell_filling, side=Side.SELL)

        outcome = bench.submit(order)

        assert _code(outcome) == "insufficient_quantity", f"it is refused, not {outcome}"
        assert bench.held() == 0, "nothing was sold"

    def test_br_14_open_buys_reserve_buying_power(self, bench: BrokerBench) -> None:
        """OS-15."""
        before = bench.broker.account()
        order = bench.order(bench.buy_resting)

        bench.accepted(order)
        after = bench.broker.account()
        bench.broker.cancel(order.cl_ord_id)
        bench.settled(order)

        reserved = before.buying_power - after.buying_power
        assert reserved >= cents(order.notional()), "the open buy is reserved"
        assert after.cash == before.cash, "cash has not moved"
        restored = bench.broker.account().buying_power
        assert restored == before.buying_power, "the cancel gives it back"

    def test_br_15_orders_are_listed_in_order_of_entry(self, bench: BrokerBench) -> None:
        """OS-11."""
        orders = [bench.order(bench.buy_resting) for _ in range(3)]
        for order in reversed(orders):
            bench.accepted(order)

        listed = bench.broker.orders(bench.session)

        names = [order.cl_ord_id for order in reversed(orders)]
        assert [name for name in listed if name in names] == names, "the first entered is first"
        other_day = bench.session - timedelta(days=1)
        assert not set(names) & set(bench.broker.orders(other_day)), "another day has others"

    def test_br_16_reports_only_grow_and_are_named_once(self, bench: BrokerBench) -> None:
        """OS-13: a report may be told again, never changed."""
        orders = [bench.order(bench.buy_filling), bench.order(bench.buy_resting)]
        early = [bench.accepted(order) for order in orders]
        bench.broker.cancel(orders[1].cl_ord_id)

        late = [bench.settled(order) for order in orders]

        assert [reports[0] for reports in late] == early, "the first report stays as it was"
        names = [one.exec_id for reports in late for one in reports]
        assert len(names) == len(set(names)), "no exec_id is used twice"
        for reports in late:
            times = [one.transact_time for one in reports]
            assert times == sorted(times), "reports are ordered by time"

    def test_br_17_selling_all_leaves_no_position(self, bench: BrokerBench) -> None:
        """OS-14."""
        bought = bench.order(bench.buy_filling)
        bench.accepted(bought)
        bench.settled(bought)
        sold = bench.order(bench.sell_filling, side=Side.SELL)

        bench.accepted(sold)
        reports = bench.settled(sold)

        trades = [one for one in reports if one.exec_type is ExecType.TRADE]
        assert reports[-1].ord_status is OrdStatus.FILLED, "the sell fills"
        assert all(one.last_px >= sold.price for one in trades), "no price is below the limit"
        names = [one.symbol for one in bench.broker.account().positions]
        assert bench.symbol not in names, "an empty position is no position"

    def test_br_18_activities_keep_their_names_and_our_trades_name_their_orders(
        self, bench: BrokerBench
    ) -> None:
        """OS-13: what is told twice is booked once, and a fill is not booked as a trade by hand."""
        before = {one.activity_id for one in bench.broker.activities(bench.session)}
        order = bench.order(bench.buy_filling)
        bench.accepted(order)
        bench.settled(order)

        told = bench.broker.activities(bench.session)

        assert bench.broker.activities(bench.session)[: len(told)] == told, "the same is told again"
        names = [one.activity_id for one in told]
        assert len(names) == len(set(names)), "no activity_id is used twice"
        assert all(one.day >= bench.session for one in told), "nothing older is told"
        new = [one for one in told if one.activity_id not in before]
        trades = [one for one in new if one.kind is ActivityKind.TRADE]
        assert {one.cl_ord_id for one in trades} <= {order.cl_ord_id}, "our fills name their order"


def _code(outcome: SubmitOutcome) -> str | None:
    return outcome.code if isinstance(outcome, Rejected) else None
