"""What every stream of order updates must do, as numbered cases.

Subclass `OrderUpdatesContract` in a test module and give a fixture `bench` that returns a fresh
`UpdatesBench`. Time runs at the wall while a case listens: what is told within `PATIENCE` is told.
"""

import asyncio
from decimal import Decimal
from functools import partial

from alchemiser.domain.orders.messages import ExecType, Rejected, Side
from alchemiser.domain.values.numbers import ZERO
from alchemiser.testing.contracts.order_updates_bench import UpdatesBench

_MOMENT = 0.02
_GIVEN_UP = 3
_WAITS_MAX = 60
"""An account in use has news of what was ordered before, which end as many waits."""
_TENTH_OF_A_CENT = Decimal("0.001")


class OrderUpdatesContract:
    """State the cases; a subclass named `Test…` with a fixture `bench` runs them."""

    def test_st_01_an_accepted_order_is_told(self, bench: UpdatesBench) -> None:
        """EX-06."""

        async def case() -> None:
            order = bench.order(bench.buy_resting)
            async with bench.listening() as heard:
                await heard.sent(order)
                assert await heard.until(lambda: bool(heard.of(order))), "it is told"
            assert heard.of(order)[0].cum_qty == 0, "nothing is filled"

        asyncio.run(case())

    def test_st_02_fills_add_up_to_the_order(self, bench: UpdatesBench) -> None:
        """EX-06, OS-13: to the share, however many there are."""

        async def case() -> None:
            order = bench.order(bench.buy_filling)
            async with bench.listening() as heard:
                await heard.sent(order)
                assert await heard.filled(order), "all of it is told"
            told = heard.fills(order).values()
            assert sum((one.last_qty for one in told), ZERO) == order.order_qty
            assert max(one.cum_qty for one in told) == order.order_qty

        asyncio.run(case())

    def test_st_03_what_is_told_is_what_is_answered(self, bench: UpdatesBench) -> None:
        """OS-13: a fill has one name, one quantity and one price, wherever it comes from."""

        async def case() -> None:
            order = bench.order(bench.buy_filling)
            async with bench.listening() as heard:
                await heard.sent(order)
                assert await heard.filled(order), "all of it is told"
            answers = await bench.calls.call(partial(bench.settled, order))
            asked = {one.exec_id: one for one in answers if one.exec_type is ExecType.TRADE}
            told = heard.fills(order)
            assert told.keys() == asked.keys(), "the names agree"
            for name, one in told.items():
                assert (one.last_qty, one.last_px) == (asked[name].last_qty, asked[name].last_px)

        asyncio.run(case())

    def test_st_04_a_cancel_is_told(self, bench: UpdatesBench) -> None:
        """OS-23."""

        async def case() -> None:
            order = bench.order(bench.buy_resting)
            async with bench.listening() as heard:
                await heard.sent(order)
                await bench.calls.call(partial(bench.broker.cancel, order.cl_ord_id))
                ended = await heard.until(lambda: bool(heard.of(order, ExecType.CANCELED)))
            assert ended, "the end is told"
            assert heard.of(order, ExecType.CANCELED)[-1].leaves_qty() == 0, "nothing is left"

        asyncio.run(case())

    def test_st_05_a_refused_order_is_never_told_as_standing(self, bench: UpdatesBench) -> None:
        """OS-15."""

        async def case() -> None:
            refused = bench.order(bench.buy_resting + _TENTH_OF_A_CENT)
            taken = bench.order(bench.buy_resting)
            async with bench.listening() as heard:
                outcome = await bench.calls.call(partial(bench.submit, refused))
                assert isinstance(outcome, Rejected), "it is refused"
                await heard.sent(taken)
                assert await heard.until(lambda: bool(heard.of(taken))), "the next is told"
            assert all(one.exec_type is ExecType.REJECTED for one in heard.of(refused))

        asyncio.run(case())

    def test_st_06_orders_are_not_mixed_up(self, bench: UpdatesBench) -> None:
        """OS-11."""

        async def case() -> None:
            filling, resting = bench.order(bench.buy_filling), bench.order(bench.buy_resting)
            async with bench.listening() as heard:
                await heard.sent(resting)
                await heard.sent(filling)
                assert await heard.filled(filling), "one is filled"
            assert not heard.fills(resting), "the other is not"

        asyncio.run(case())

    def test_st_07_a_sell_is_told_as_one(self, bench: UpdatesBench) -> None:
        """OS-13."""

        async def case() -> None:
            await bench.calls.call(bench.bought)
            order = bench.order(bench.sell_filling, side=Side.SELL)
            async with bench.listening() as heard:
                await heard.sent(order)
                assert await heard.filled(order), "it is told"
            assert {one.side for one in heard.of(order)} == {Side.SELL}
            assert {one.symbol for one in heard.of(order)} == {bench.symbol}

        asyncio.run(case())

    def test_st_08_who_waits_can_give_up_and_nothing_is_lost(self, bench: UpdatesBench) -> None:
        """CC-02: a waiting call is cancellable."""

        async def case() -> None:
            order = bench.order(bench.buy_filling)
            given_up = 0
            for _ in range(_WAITS_MAX):
                if given_up == _GIVEN_UP:
                    break
                waiting = asyncio.create_task(bench.updates.next())
                await asyncio.wait({waiting}, timeout=_MOMENT)
                waiting.cancel()
                await asyncio.wait({waiting})
                given_up += waiting.cancelled()
                if not waiting.cancelled():  # on an account in use, of what was ordered before
                    assert waiting.result().cl_ord_id != order.cl_ord_id, "it was not sent yet"
            assert given_up == _GIVEN_UP, "the waits have ended"
            async with bench.listening() as heard:
                await heard.sent(order)
                assert await heard.filled(order), "all of it is told"

        asyncio.run(case())

    def test_st_09_fills_while_the_connection_was_broken_are_told(
        self, bench: UpdatesBench
    ) -> None:
        """B04, EX-06: found by asking, and told all the same."""

        async def case() -> None:
            first, second = (bench.order(bench.buy_filling) for _ in range(2))
            async with bench.listening() as heard:
                await heard.sent(first)
                assert await heard.filled(first), "the first is told"
                await bench.calls.call(bench.drop)
                await heard.sent(second)
                await bench.calls.call(partial(bench.settled, second))
                assert await heard.filled(second), "the second is told"

        asyncio.run(case())

    def test_st_10_what_comes_after_a_break_is_told(self, bench: UpdatesBench) -> None:
        """B04."""

        async def case() -> None:
            first, second = (bench.order(bench.buy_resting) for _ in range(2))
            async with bench.listening() as heard:
                await heard.sent(first)
                assert await heard.until(lambda: bool(heard.of(first))), "the first is told"
                await bench.calls.call(bench.drop)
                await bench.calls.call(bench.drop)
                await heard.sent(second)
                assert await heard.until(lambda: bool(heard.of(second))), "the second is told"

        asyncio.run(case())

    def test_st_11_what_is_told_twice_is_the_same(self, bench: UpdatesBench) -> None:
        """B01: also when answers after a break repeat it."""

        async def case() -> None:
            order = bench.order(bench.buy_filling)
            async with bench.listening() as heard:
                await heard.sent(order)
                assert await heard.filled(order), "all of it is told"
                await bench.calls.call(bench.drop)
                more = bench.order(bench.buy_resting)
                await heard.sent(more)
                assert await heard.until(lambda: bool(heard.of(more))), "the stream is back"
            fills = heard.of(order, ExecType.TRADE)
            kept = heard.fills(order)
            assert all(
                (one.last_qty, one.last_px)
                == (kept[one.exec_id].last_qty, kept[one.exec_id].last_px)
                for one in fills
            )
            assert sum((one.last_qty for one in kept.values()), ZERO) == order.order_qty

        asyncio.run(case())

    def test_st_12_a_second_loop_is_told_as_well(self, bench: UpdatesBench) -> None:
        """CC-02: each cycle has an event loop of its own."""

        async def case() -> None:
            order = bench.order(bench.buy_filling)
            async with bench.listening() as heard:
                await heard.sent(order)
                assert await heard.filled(order), "all of it is told"

        asyncio.run(case())
        asyncio.run(case())

    def test_st_13_the_broker_answers_when_nobody_listens(self, bench: UpdatesBench) -> None:
        """EX-06: what is told is a help, not a need."""

        async def case() -> None:
            async with bench.listening():
                pass

        asyncio.run(case())
        bench.bought()
        assert bench.held() == bench.quantity

    def test_st_14_an_order_that_was_open_before_is_told_of(self, bench: UpdatesBench) -> None:
        """EX-06: its end comes after the stream has begun."""
        order = bench.order(bench.buy_resting)
        bench.accepted(order)

        async def case() -> None:
            async with bench.listening() as heard:
                await bench.calls.call(partial(bench.broker.cancel, order.cl_ord_id))
                ended = await heard.until(lambda: bool(heard.of(order, ExecType.CANCELED)))
            assert ended, "its end is told"

        asyncio.run(case())
