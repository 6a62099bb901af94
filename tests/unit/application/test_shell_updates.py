"""Orders are followed by what is told of them, and by asking where nothing is."""

from dataclasses import replace
from datetime import timedelta

from alchemiser.domain.books.ledger import total_cash
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.messages import ExecutionReport, NewOrderSingle
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.notifier import Alert
from alchemiser.testing.builders import NOW
from alchemiser.testing.fakes import FakeUpdates
from tests.unit.application.shell_bench import ShellBench, a_shell
from tests.unit.domain.execution.bench import BUY_TLT, SELL_GLD, SELL_SPY, fill, new

AWAY = PortUnavailableError("the broker cannot be asked.")


class Ears:
    """Keep every alert."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    def notify(self, alert: Alert) -> None:
        """Keep `alert`."""
        self.codes.append(alert.code)


def listening(*orders: NewOrderSingle, asked: bool) -> tuple[ShellBench, FakeUpdates, Ears]:
    """Return a shell with a stream, whose broker answers no question unless `asked`."""
    bench, updates, ears = a_shell(*orders), FakeUpdates(), Ears()
    bench.engine = replace(bench.engine, updates=updates, notifier=ears)
    if not asked:
        bench.broker.failures["reports"] = [AWAY] * 10_000
    return bench, updates, ears


def ended(bench: ShellBench) -> bool:
    phases = [parent.phase() for parent in bench.machine.state.parents.values()]
    return phases == [Phase.DONE] * len(phases) and (
        total_cash(bench.ledger.state.books) == bench.broker.cash
    )


def of(request: NewOrderSingle) -> tuple[ExecutionReport, ExecutionReport]:
    return new(request), fill(request)


def test_day_is_worked_by_what_is_told_alone() -> None:
    """EX-06, B15: nothing can be asked, and fills are told before the send is answered."""
    bench, updates, _ = listening(SELL_GLD, SELL_SPY, BUY_TLT, asked=False)
    bench.broker.before_submit = lambda request: updates.tell(*of(request))

    bench.work()

    assert ended(bench)
    assert bench.now() - NOW < timedelta(seconds=5)


def test_reports_that_come_twice_and_in_disorder_change_nothing() -> None:
    """EX-06, B01, B02: beside polls that tell the same."""
    bench, updates, _ = listening(SELL_GLD, SELL_SPY, BUY_TLT, asked=True)
    bench.broker.before_submit = lambda request: updates.tell(*reversed(of(request)), *of(request))

    bench.work()

    assert ended(bench)
    assert len(bench.journal.records_of("FillAllocated")) == 3


def test_orders_are_polled_where_nothing_is_told() -> None:
    """EX-06, B05, B06: the stream is open and mute."""
    bench, _, ears = listening(SELL_GLD, BUY_TLT, asked=True)

    bench.work()

    assert ended(bench)
    assert ears.codes == []


def test_orders_are_polled_when_the_stream_is_lost_and_the_owner_is_told() -> None:
    """EX-06, B09."""
    bench, updates, ears = listening(SELL_GLD, BUY_TLT, asked=True)
    updates.failure = PortUnavailableError("the connection was refused.")

    bench.work()

    assert ended(bench)
    assert ears.codes == ["updates_lost"]


def test_what_is_told_of_orders_that_are_not_ours_is_passed_over() -> None:
    """EX-06, B13."""
    bench, updates, _ = listening(SELL_GLD, asked=True)
    updates.tell(*of(BUY_TLT))

    bench.work()

    assert ended(bench)
