"""The breaker opens after failures in a row, and lets one call see whether it may close."""

from dataclasses import dataclass

from alchemiser.adapters.alpaca.breaker import Breaker


@dataclass
class Watch:
    """Seconds that a test moves."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def opened(watch: Watch) -> Breaker:
    breaker = Breaker(watch, failures=3, rest=10.0)
    assert [breaker.failed() for _ in range(3)] == [False, False, True]
    return breaker


def test_it_stays_closed_while_failures_are_not_in_a_row() -> None:
    breaker = Breaker(Watch(), failures=2, rest=10.0)

    for _ in range(5):
        breaker.failed()
        breaker.succeeded()

    assert breaker.admits()
    assert not breaker.is_open()


def test_it_refuses_while_it_rests() -> None:
    """RS-04."""
    watch = Watch()
    breaker = opened(watch)

    watch.seconds = 9.9

    assert breaker.is_open()
    assert not breaker.admits()


def test_one_call_probes_after_the_rest_and_closes_it() -> None:
    watch = Watch()
    breaker = opened(watch)

    watch.seconds = 10.0
    admitted = [breaker.admits() for _ in range(3)]
    breaker.succeeded()

    assert admitted == [True, False, False]
    assert breaker.admits()


def test_a_failed_probe_opens_it_again_and_is_no_news() -> None:
    watch = Watch()
    breaker = opened(watch)

    watch.seconds = 10.0
    assert breaker.admits()
    assert not breaker.failed()
    watch.seconds = 19.9

    assert not breaker.admits()
    watch.seconds = 20.0
    assert breaker.admits()


def test_a_probe_that_never_returns_is_followed_by_another() -> None:
    watch = Watch()
    breaker = opened(watch)

    watch.seconds = 10.0
    assert breaker.admits()
    watch.seconds = 20.0

    assert breaker.admits()
