"""The loop's brake: what it obeys, that it only tightens, and what stands in the journal of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alchemiser.application.obeying import Obeying
from alchemiser.application.shell import Shell
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.journal.restrictions import TradingHalted
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import SubmitOutcome
from alchemiser.domain.risk.limits import TradingState
from alchemiser.ports.control import HaltRequest
from alchemiser.ports.errors import AuthenticationError, PortUnavailableError
from alchemiser.testing.builders import NOW
from tests.unit.application.prompt_broker import PromptBroker
from tests.unit.application.shell_bench import ShellBench, a_shell
from tests.unit.domain.execution.bench import BUY_TLT, SELL_GLD, SELL_SPY, intended

STOP = HaltRequest(actor="owner", reason="it burns", at=NOW)
SLOW = replace(STOP, reason="careful", state=TradingState.REDUCING)


def work(bench: ShellBench, obeys: Obeying) -> None:
    """Work the plan to its end, stopped only by what `obeys` says."""
    asyncio.run(Shell(bench.engine, bench.ledger, bench.machine, obeys).work())


def halt_in_the_journal(bench: ShellBench) -> None:
    """Let a halt stand before the work begins."""
    bench.ledger.record((TradingHalted(actor="a breaker", reason="a loss"),), at=NOW)


@pytest.mark.parametrize("obeys", [Obeying.THE_BRAKE, Obeying.NOTHING])
def test_selling_out_goes_on_under_the_halt_that_asked_for_it(obeys: Obeying) -> None:
    """RC-10."""
    bench = a_shell(SELL_SPY)
    halt_in_the_journal(bench)

    work(bench, obeys)

    assert bench.broker.sent() == [SELL_SPY.cl_ord_id]


def test_owner_who_sells_out_is_not_stopped_by_the_brake_that_he_pulled() -> None:
    """RC-10."""
    bench = a_shell(SELL_GLD, SELL_SPY)
    bench.control.pull()

    work(bench, Obeying.NOTHING)

    assert bench.broker.sent() == [SELL_GLD.cl_ord_id, SELL_SPY.cl_ord_id]


@pytest.mark.parametrize("obeys", [Obeying.EVERYTHING, Obeying.THE_BRAKE])
def test_brake_holds_every_send_that_is_under_way_at_once(obeys: Obeying) -> None:
    """RC-10: the first send reads the brake; the second finds it pulled."""
    bench = a_shell(SELL_GLD, SELL_SPY)
    bench.control.pull()

    work(bench, obeys)

    assert bench.broker.sent() == []
    assert len(bench.journal.records_of("OrderIntended")) == 2
    assert len(bench.journal.records_of("OrderRefused")) == 2
    assert len(bench.journal.records_of("TradingHalted")) == 1


def test_halt_that_stands_is_not_recorded_anew_while_an_order_is_asked_about() -> None:
    """RC-10: after a restart what was sent before is followed; one halt, one record of it."""
    bench = a_shell(SELL_SPY)
    sent = intended(SELL_SPY)
    bench.ledger.record((sent,), at=NOW)
    bench.machine.state.apply(sent, NOW)
    bench.control.pull()
    halt_in_the_journal(bench)

    work(bench, Obeying.EVERYTHING)

    assert bench.now() > NOW + timedelta(seconds=1)
    assert "reports" in [method for method, _ in bench.broker.calls]
    assert bench.broker.sent() == []
    assert len(bench.journal.records_of("TradingHalted")) == 1


def test_halt_does_not_loosen_to_reducing_while_the_work_lasts() -> None:
    """RC-10: states only tighten by themselves, whatever is found in the folder afterwards."""
    bench = a_shell(SELL_GLD, SELL_SPY)
    reads: list[HaltRequest] = [STOP]
    bench.engine = replace(bench.engine, control=Changing(reads))

    work(bench, Obeying.EVERYTHING)

    assert bench.broker.sent() == []
    assert bench.journal.records_of("TradingReduced") == []
    assert bench.ledger.state.state is TradingState.HALTED


def test_reducing_tightens_to_a_halt() -> None:
    """RC-10."""
    bench = a_shell(SELL_GLD, SELL_SPY)
    bench.engine = replace(bench.engine, control=Changing([SLOW], then=STOP))

    work(bench, Obeying.EVERYTHING)

    assert bench.broker.sent() == [SELL_GLD.cl_ord_id]
    assert bench.ledger.state.state is TradingState.HALTED


def test_reducing_lets_sells_go_and_holds_buys() -> None:
    """RC-06: and it is recorded once, however often it is read."""
    bench = a_shell(SELL_SPY, BUY_TLT)
    bench.broker.resting.add(SELL_SPY.cl_ord_id)
    bench.control.request_halt(SLOW)

    work(bench, Obeying.EVERYTHING)

    assert bench.broker.sent() == [SELL_SPY.cl_ord_id]
    (record,) = bench.journal.records_of("TradingReduced")
    assert '"careful"' in record
    assert '"owner"' in record
    assert bench.journal.records_of("TradingHalted") == []
    (refusal,) = bench.journal.records_of("OrderRefused")
    assert "reducing (careful)" in refusal


def test_buy_that_was_intended_before_reducing_is_refused_and_never_asked_about() -> None:
    """RC-06: it has not left, so that nobody needs to find out what became of it."""
    bench = a_shell(BUY_TLT)
    bench.control.request_halt(SLOW)

    work(bench, Obeying.EVERYTHING)

    assert bench.broker.sent() == []
    assert len(bench.journal.records_of("OrderIntended")) == 1
    (refusal,) = bench.journal.records_of("OrderRefused")
    assert '"trading_state"' in refusal
    assert [one.phase() for one in bench.machine.state.parents.values()] == [Phase.REFUSED]
    assert "reports" not in [method for method, _ in bench.broker.calls]


def test_halt_by_an_unreadable_brake_is_the_engines_own() -> None:
    """RC-10: whoever looks into it sees that no person has pulled it."""
    bench = a_shell(SELL_SPY)
    bench.control.failure = PortUnavailableError("the control folder cannot be read.")

    work(bench, Obeying.EVERYTHING)

    (record,) = bench.journal.records_of("TradingHalted")
    assert '"actor":"engine"' in record.replace(" ", "")


class Changing:
    """A brake that says one thing to each of the first looks, and another to all later ones."""

    def __init__(self, first: list[HaltRequest], then: HaltRequest = SLOW) -> None:
        self._first, self._then = first, then

    def halt_request(self) -> HaltRequest | None:
        """Return what this look is to find."""
        return self._first.pop(0) if self._first else self._then

    def request_halt(self, request: HaltRequest) -> None:
        """Set nothing."""

    def clear_halt(self) -> None:
        """Lift nothing."""


def test_a_key_that_the_broker_refuses_halts_and_nothing_more_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """E03: the adapter has asked for a newer key before; the halt stands until a person resumes."""
    bench = a_shell(SELL_GLD, SELL_SPY)
    tried: list[str] = []

    def refuse(_: PromptBroker, order: ApprovedOrder) -> SubmitOutcome:
        tried.append(order.order.cl_ord_id)
        raise AuthenticationError("the key is refused.")

    monkeypatch.setattr(PromptBroker, "submit", refuse)

    with pytest.raises(AuthenticationError):
        bench.work()

    assert set(tried) <= {SELL_GLD.cl_ord_id, SELL_SPY.cl_ord_id}
    assert bench.broker.sent() == []
    assert bench.ledger.state.state is TradingState.HALTED
    assert "the key is refused." in bench.journal.records_of("TradingHalted")[-1]
