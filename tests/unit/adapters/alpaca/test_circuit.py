"""The circuit opens after failures in a row, and lets one call see whether it may close."""

from dataclasses import dataclass

from alchemiser.adapters.alpaca.circuit import CircuitBreaker


@dataclass
class Watch:
    """Seconds that a test moves."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def opened(watch: Watch) -> CircuitBreaker:
    circuit = CircuitBreaker(watch, failures=3, rest=10.0)
    assert [circuit.failed() for _ in range(3)] == [False, False, True]
    return circuit


def test_it_stays_closed_while_failures_are_not_in_a_row() -> None:
    circuit = CircuitBreaker(Watch(), failures=2, rest=10.0)

    for _ in range(5):
        circuit.failed()
        circuit.succeeded()

    assert circuit.admits()
    assert not circuit.is_open()


def test_it_refuses_while_it_rests() -> None:
    """RS-04."""
    watch = Watch()
    circuit = opened(watch)

    watch.seconds = 9.9

    assert circuit.is_open()
    assert not circuit.admits()


def test_one_call_probes_after_the_rest_and_closes_it() -> None:
    watch = Watch()
    circuit = opened(watch)

    watch.seconds = 10.0
    admitted = [circuit.admits() for _ in range(3)]
    circuit.succeeded()

    assert admitted == [True, False, False]
    assert circuit.admits()


def test_a_failed_probe_opens_it_again_and_is_no_news() -> None:
    watch = Watch()
    circuit = opened(watch)

    watch.seconds = 10.0
    assert circuit.admits()
    assert not circuit.failed()
    watch.seconds = 19.9

    assert not circuit.admits()
    watch.seconds = 20.0
    assert circuit.admits()


def test_a_probe_that_never_returns_is_followed_by_another() -> None:
    watch = Watch()
    circuit = opened(watch)

    watch.seconds = 10.0
    assert circuit.admits()
    watch.seconds = 20.0

    assert circuit.admits()
