"""What `make bench-exact` measures is what it says: every session trades, and ends the same."""

from tests.benchmarks.bench_exact import measured


def test_every_session_trades_and_a_repeat_ends_the_same() -> None:
    first, second = measured(4), measured(4)

    assert first.orders > 60
    assert (first.orders, first.equity, first.digest) == (
        second.orders,
        second.equity,
        second.digest,
    )
    assert first.seconds > 0
