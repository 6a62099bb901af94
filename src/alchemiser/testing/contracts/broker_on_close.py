"""What a broker adapter must do that takes orders for the closing auction, as numbered cases.

Subclass `OnCloseContract` in a test module and give a fixture `bench` that returns a fresh
`OnCloseBench`: an account without positions and orders, its market in session and the auction
still ahead.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from alchemiser.domain.orders.messages import (
    CancelOutcome,
    ExecType,
    NewOrderSingle,
    OrdStatus,
    Rejected,
    TimeInForce,
)
from alchemiser.testing.contracts.broker_bench import BrokerBench


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCloseBench(BrokerBench):
    """Hold a broker before the cutoff of the closing auction.

    The auction's price lies within `buy_filling`, and not within `buy_resting`.

    Attributes:
        until_cutoff: Time until the auction takes no more orders and cancels.
        until_told: Time until the auction's fills have been told.
    """

    until_cutoff: timedelta
    until_told: timedelta

    def on_close(self, price: Decimal, quantity: Decimal = Decimal(17)) -> NewOrderSingle:
        """Return a new buy of the bench's symbol for the closing auction."""
        order = self.order(price, quantity=quantity)
        return replace(order, time_in_force=TimeInForce.AT_THE_CLOSE)


class OnCloseContract:
    """State the cases; a subclass named `Test…` with a fixture `bench` runs them."""

    def test_bc_01_an_order_waits_for_the_auction_and_fills_in_it(
        self, bench: OnCloseBench
    ) -> None:
        """OS-13, EX-07: however far through the touch it is, nothing happens before the close."""
        order = bench.on_close(bench.buy_filling)
        bench.accepted(order)

        bench.elapse(bench.until_cutoff)
        waiting = bench.reports(order)
        bench.elapse(bench.until_told - bench.until_cutoff)
        reports = bench.reports(order)

        assert [one.exec_type for one in waiting] == [ExecType.NEW], "it waits"
        assert reports[-1].ord_status is OrdStatus.FILLED, "it ends filled"
        trades = [one for one in reports if one.exec_type is ExecType.TRADE]
        assert all(one.last_px <= order.price for one in trades), "no price is worse than the limit"
        assert bench.held() == order.order_qty, "the shares are there"

    def test_bc_02_an_order_beyond_the_closing_price_ends_unfilled(
        self, bench: OnCloseBench
    ) -> None:
        """OS-10: it is no market order."""
        order = bench.on_close(bench.buy_resting)
        bench.accepted(order)

        bench.elapse(bench.until_told)

        last = bench.last(order)
        assert last.ord_status in {OrdStatus.EXPIRED, OrdStatus.CANCELED}, "it is over"
        assert last.cum_qty == 0, "nothing filled"
        assert bench.held() == 0, "nothing is held"

    def test_bc_03_an_order_after_the_cutoff_is_refused(self, bench: OnCloseBench) -> None:
        """OS-15."""
        bench.elapse(bench.until_cutoff)
        order = bench.on_close(bench.buy_filling)

        outcome = bench.submit(order)

        assert isinstance(outcome, Rejected), f"it is refused, not {outcome}"
        assert outcome.code == "close_cutoff", f"for the cutoff, not for {outcome.code}"
        assert bench.broker.reports(order.cl_ord_id) is None, "no order came of it"

    def test_bc_04_part_of_a_share_is_refused(self, bench: OnCloseBench) -> None:
        """OS-14, OS-15."""
        order = bench.on_close(bench.buy_filling, Decimal("17.5"))

        outcome = bench.submit(order)

        assert isinstance(outcome, Rejected), f"it is refused, not {outcome}"
        assert outcome.code == "fractional_on_close", f"for its part, not for {outcome.code}"

    def test_bc_05_a_cancel_before_the_cutoff_ends_it(self, bench: OnCloseBench) -> None:
        """OS-23."""
        order = bench.on_close(bench.buy_filling)
        bench.accepted(order)

        outcome = bench.broker.cancel(order.cl_ord_id)
        reports = bench.settled(order)

        assert outcome is CancelOutcome.ACCEPTED, "the cancel is accepted"
        assert reports[-1].ord_status is OrdStatus.CANCELED, "the order is canceled"
        bench.elapse(bench.until_told)
        assert bench.reports(order) == reports, "the auction does not fill it"

    def test_bc_06_a_cancel_after_the_cutoff_is_too_late(self, bench: OnCloseBench) -> None:
        """OS-23: the auction decides."""
        order = bench.on_close(bench.buy_filling)
        bench.accepted(order)
        bench.elapse(bench.until_cutoff)

        outcome = bench.broker.cancel(order.cl_ord_id)
        bench.elapse(bench.until_told - bench.until_cutoff)

        assert outcome is CancelOutcome.TOO_LATE, "the cancel is too late"
        assert bench.last(order).ord_status is OrdStatus.FILLED, "the auction fills it"
