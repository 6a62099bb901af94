"""The loop round the machine: what is durable first, what is sent, and when it stops."""

import asyncio
import gc
import logging
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.books.ledger import total_cash, total_positions
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.journal.chain import Envelope
from alchemiser.domain.journal.restrictions import TradingHalted
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.ports.errors import (
    ConcurrentWriteError,
    OutcomeUnknownError,
    PortRejectedError,
    PortUnavailableError,
)
from alchemiser.testing.builders import NOW
from tests.unit.application.shell_bench import HangingCalls, ShellBench, SlowCalls, a_shell
from tests.unit.domain.execution.bench import (
    BUY_GLD,
    BUY_TLT,
    DEADLINE,
    GLD,
    SELL_GLD,
    SELL_SPY,
    TLT,
)

UNREACHABLE = PortUnavailableError("the broker cannot be reached.")
TIMED_OUT = OutcomeUnknownError("timed out")


def phases(bench: ShellBench) -> list[Phase]:
    """Return how far each order has come."""
    return [parent.phase() for parent in bench.machine.state.parents.values()]


def refusals(bench: ShellBench, code: str) -> int:
    """Return how many refusals of `code` are on record."""
    return sum(f'"{code}"' in data for data in bench.journal.records_of("OrderRefused"))


def test_answers_that_come_in_together_are_durable_together_and_first() -> None:
    """RS-11: one transaction for both acknowledgements, before anything rests on them."""
    bench = a_shell(SELL_GLD, SELL_SPY)
    appended: list[list[str]] = []
    append = bench.journal.append

    def watched(envelopes: Sequence[Envelope]) -> None:
        appended.append([envelope.type for envelope in envelopes])
        append(envelopes)

    bench.journal.append = watched  # type: ignore[method-assign]
    bench.work()

    assert appended[:2] == [["OrderIntended"] * 2, ["ExecutionReported"] * 2]
    assert phases(bench) == [Phase.DONE, Phase.DONE]


def test_shell_works_a_plan_to_its_end_and_books_it() -> None:
    """OS-18: sells, then buys; books and broker agree."""
    bench = a_shell(SELL_GLD, SELL_SPY, BUY_TLT)

    bench.work()

    names = [order.cl_ord_id for order in (SELL_GLD, SELL_SPY, BUY_TLT)]
    assert bench.broker.sent() == names
    assert phases(bench) == [Phase.DONE, Phase.DONE, Phase.DONE]
    assert total_cash(bench.ledger.state.books) == bench.broker.cash
    assert total_positions(bench.ledger.state.books)[TLT] == Decimal(60)


def test_intent_is_durable_before_its_order_leaves() -> None:
    """Invariant 4."""
    bench = a_shell(SELL_GLD, SELL_SPY, BUY_TLT)
    recorded: list[bool] = []

    def look(order: NewOrderSingle) -> None:
        intents = bench.journal.records_of("OrderIntended")
        recorded.append(any(order.cl_ord_id in data for data in intents))

    bench.broker.before_submit = look
    bench.work()

    assert recorded == [True, True, True]


def test_time_passes_only_where_something_is_waited_for() -> None:
    """CC-02: the fills are found at the first question after each send."""
    bench = a_shell(SELL_SPY, BUY_TLT)

    bench.work()

    assert bench.now() == NOW + timedelta(seconds=2)


def test_nothing_is_sent_when_the_brake_is_pulled_before_the_first_order() -> None:
    bench = a_shell(SELL_SPY, BUY_TLT)
    bench.control.pull()

    bench.work()

    assert bench.broker.sent() == []
    assert phases(bench) == [Phase.REFUSED, Phase.REFUSED]
    assert refusals(bench, "trading_state") == 2
    (halt,) = bench.journal.records_of("TradingHalted")
    assert '"it burns"' in halt


def test_brake_is_read_before_each_order() -> None:
    """Invariant 19: pulled while the first of two sells is on its way."""
    bench = a_shell(SELL_GLD, SELL_SPY, BUY_TLT)
    bench.broker.before_submit = lambda _: bench.control.pull()

    bench.work()

    assert bench.broker.sent() == [SELL_GLD.cl_ord_id]
    assert phases(bench) == [Phase.DONE, Phase.REFUSED, Phase.REFUSED]
    assert len(bench.journal.records_of("TradingHalted")) == 1


def test_brake_is_read_every_second_while_orders_work() -> None:
    """The order would have worked for a minute."""
    bench = a_shell(SELL_SPY)
    bench.broker.resting.add(SELL_SPY.cl_ord_id)
    bench.broker.failures["reports"] = [UNREACHABLE] * 3
    bench.broker.before_submit = lambda _: bench.control.pull()

    bench.work()

    assert ("cancel", SELL_SPY.cl_ord_id) in bench.broker.calls
    assert bench.now() <= NOW + timedelta(seconds=5)
    assert phases(bench) == [Phase.DONE]


@pytest.mark.parametrize("poll_seconds", [1, 10])
def test_brake_is_read_every_second_however_seldom_orders_are_asked_about(
    poll_seconds: int,
) -> None:
    bench = a_shell(SELL_SPY, settings=ExecutionSettings(poll_seconds=poll_seconds))
    bench.broker.resting.add(SELL_SPY.cl_ord_id)
    bench.broker.before_submit = lambda _: bench.control.pull()

    bench.work()

    assert ("cancel", SELL_SPY.cl_ord_id) in bench.broker.calls
    assert bench.now() == NOW + timedelta(seconds=1)


def test_unreadable_brake_counts_as_pulled() -> None:
    bench = a_shell(SELL_SPY)
    bench.control.failure = PortUnavailableError("the control folder cannot be read.")

    bench.work()

    assert bench.broker.sent() == []
    (halt,) = bench.journal.records_of("TradingHalted")
    assert "the control folder cannot be read" in halt


def test_standing_halt_sends_nothing_and_is_not_recorded_again() -> None:
    """Invariant 19: it holds over restarts."""
    bench = a_shell(SELL_SPY)
    bench.ledger.record((TradingHalted(actor="owner", reason="it burns"),), at=NOW)

    bench.work()

    assert bench.broker.sent() == []
    assert bench.broker.calls == []
    assert len(bench.journal.records_of("TradingHalted")) == 1


@pytest.mark.parametrize("failure", [UNREACHABLE, TIMED_OUT])
def test_lost_send_is_asked_about_and_sent_again_under_its_id(failure: Exception) -> None:
    """OS-08, OS-11, A01."""
    bench = a_shell(SELL_SPY)
    bench.broker.failures["submit"] = [failure]

    bench.work()

    assert bench.broker.sent() == [SELL_SPY.cl_ord_id] * 2
    asked = [call for call in bench.broker.calls if call[0] == "reports"]
    assert len(asked) == 3 + 1
    assert phases(bench) == [Phase.DONE]
    assert len(bench.journal.records_of("OutcomeUnknown")) == 1


def test_unanswered_question_is_asked_again() -> None:
    bench = a_shell(SELL_SPY)
    bench.broker.failures["reports"] = [UNREACHABLE] * 5

    bench.work()

    assert phases(bench) == [Phase.DONE]
    assert bench.now() == NOW + timedelta(seconds=6)


@pytest.mark.parametrize("failure", [UNREACHABLE, TIMED_OUT])
def test_lost_cancel_is_sent_again(failure: Exception) -> None:
    """A21."""
    bench = a_shell(SELL_SPY)
    bench.broker.resting.add(SELL_SPY.cl_ord_id)
    bench.broker.failures["cancel"] = [failure] * 2

    bench.work()

    cancels = [call for call in bench.broker.calls if call[0] == "cancel"]
    assert len(cancels) == 3
    assert phases(bench) == [Phase.DONE]


@pytest.mark.parametrize("failure", [UNREACHABLE, PortRejectedError("not your account.")])
def test_unreadable_account_refuses(failure: Exception) -> None:
    """RS-14."""
    bench = a_shell(SELL_SPY)
    bench.broker.failures["account"] = [failure]

    bench.work()

    assert bench.broker.sent() == []
    assert refusals(bench, "account_unknown") == 1


def test_unreadable_quotes_refuse() -> None:
    bench = a_shell(SELL_SPY)
    bench.market.failure = PortUnavailableError("the feed is down.")

    bench.work()

    assert bench.broker.sent() == []
    assert refusals(bench, "price_unknown") == 1


def test_every_position_is_priced_before_a_buy() -> None:
    """RC-03: gross exposure counts what the plan does not touch."""
    bench = a_shell(BUY_TLT)
    bench.broker.positions[GLD] = Decimal(8)

    bench.work()

    assert bench.broker.sent() == [BUY_TLT.cl_ord_id]


def test_buys_see_the_cash_that_the_sells_brought_in() -> None:
    """SE-03: the books hold 10,000 dollars; gold and TLT may cost 12,330."""
    bench = a_shell(SELL_SPY, BUY_GLD, BUY_TLT)

    bench.work()

    assert bench.journal.records_of("OrderReduced") == []
    assert len(bench.broker.sent()) == 3


def test_older_engine_sends_nothing_more_once_a_newer_one_took_over() -> None:
    """Invariant 30: taken over while the first of two sells is on its way."""
    bench = a_shell(SELL_GLD, SELL_SPY)
    bench.broker.before_submit = lambda _: bench.journal.take_over()

    with pytest.raises(ConcurrentWriteError):
        bench.work()

    assert bench.broker.sent() == [SELL_GLD.cl_ord_id]


def test_failures_of_several_sends_at_once_leave_no_traceback_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Invariant 30: taken over between the intents and the sends; one error is told, once."""
    bench = a_shell(SELL_GLD, SELL_SPY)
    bench.journal.taken_over_after = "OrderIntended"

    with caplog.at_level(logging.ERROR), pytest.raises(ConcurrentWriteError):
        bench.work()
    gc.collect()

    assert bench.broker.sent() == []
    assert caplog.records == []


@pytest.mark.parametrize("kind", ["OrderIntended", "ExecutionReported"])
def test_nothing_is_sent_once_the_journal_cannot_be_written(kind: str) -> None:
    """Invariant 34."""
    bench = a_shell(SELL_SPY, BUY_TLT)
    bench.journal.failures[kind] = PortUnavailableError("the disk is full: free some space.")

    with pytest.raises(PortUnavailableError, match="the disk is full"):
        bench.work()

    assert bench.broker.sent() == ([] if kind == "OrderIntended" else [SELL_SPY.cl_ord_id])


def test_slow_broker_is_not_asked_the_same_again_before_it_has_answered() -> None:
    """J12, CC-03: a question every second, five seconds for an answer: one of each at a time."""
    bench = a_shell(SELL_GLD, SELL_SPY, calls=lambda clock: SlowCalls(clock, prompt=4, seconds=5))
    for order in (SELL_GLD, SELL_SPY):
        bench.broker.resting.add(order.cl_ord_id)

    bench.work()

    calls = bench.engine.calls
    assert isinstance(calls, SlowCalls)
    assert calls.running_max == 4, "a question and a cancel an order"
    assert phases(bench) == [Phase.DONE, Phase.DONE]
    asked = [about for method, about in bench.broker.calls if method == "reports"]
    assert 20 <= len(asked) <= 30, "a dozen an order in the minute that it works"


@pytest.mark.parametrize(
    ("answered", "unresolved", "seconds"),
    [
        pytest.param(0, (), 0, id="the account cannot be read"),
        pytest.param(2, (SELL_SPY.cl_ord_id,), 90, id="the send is never answered"),
        pytest.param(3, (SELL_SPY.cl_ord_id,), 90, id="the question is never answered"),
    ],
)
def test_hung_calls_end_with_the_day(
    answered: int, unresolved: tuple[str, ...], seconds: int
) -> None:
    """CC-03: a broker that never answers cannot hold the engine."""
    hanging = HangingCalls(answered)
    bench = a_shell(SELL_SPY, BUY_TLT, calls=lambda _: hanging)

    async def work() -> int:
        await bench.shell().work()
        return hanging.hanging

    still_hanging = asyncio.run(work())

    assert still_hanging == 0
    assert bench.machine.unresolved() == unresolved
    assert bench.now() == DEADLINE + timedelta(seconds=seconds)
