"""One that is slow stalls nobody else: a strategy, a symbol, an acknowledgement (CC-08)."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.load.day import Traded, day_of
from tests.load.world import Size

SIZE = Size(strategies=5, symbols=50)
FREE_FORM = 3
"""The number of the strategy that is code."""
NOISE = timedelta(seconds=40)
"""What a busy machine does to a day that takes ten seconds; what is slow here takes minutes."""


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Traded:
    """Return a day on which nothing is slow."""
    with day_of(tmp_path_factory.mktemp("usual"), SIZE) as day:
        return day.run(patience=150)


def delays(traded: Traded, usual: Traded) -> dict[str, timedelta]:
    """Return how much later than usual each order was sent."""
    return {name: at - usual.sent[name] for name, at in traded.sent.items() if name in usual.sent}


def test_a_strategy_that_hangs_is_left_out_and_the_others_trade_in_time(
    tmp_path: Path, usual: Traded
) -> None:
    """CC-08, RS-17: it has five seconds, and its book stays as it is."""
    with day_of(tmp_path, SIZE, slow={FREE_FORM: 600.0}) as day:
        traded = day.run(patience=150)

    assert (traded.code, traded.report["status"]) == (1, "partial")
    assert traded.report["failed"] == ["s03"]
    assert "did not answer within 5 s" in traded.error
    assert traded.lost == ()
    assert traded.report["reconciled"] is True
    wanted = {
        name
        for strategy, row in usual.report["strategies"].items()
        if strategy != "s03"
        for name in row["weights"]
    }
    assert traded.sent.keys() == wanted
    assert max(delays(traded, usual).values()) < NOISE


def test_a_symbol_that_is_never_answered_for_is_left_out_and_the_others_trade_in_time(
    tmp_path: Path, usual: Traded
) -> None:
    """CC-08, A18: it is found in three rounds of fifteen seconds, and then blocked."""
    silent = next(name for name in usual.report["strategies"]["s00"]["weights"])
    with day_of(tmp_path, SIZE) as day:
        day.fault("hang", path="/v2/stocks/bars", symbol=silent, times=-1)
        traded = day.run(patience=200)
        log = day.home.joinpath("alchemiser.log").read_text()

    assert traded.code == 0
    assert traded.lost == ()
    assert f"no bars of {silent} could be had in time" in log
    assert silent not in traded.sent
    assert traded.sent.keys() > usual.sent.keys() - {silent}
    assert max(delays(traded, usual).values()) < NOISE + timedelta(seconds=45)


def test_a_slow_acknowledgement_delays_no_other_order(tmp_path: Path, usual: Traded) -> None:
    """CC-08, A02: the venue has the order, its answer comes after the transport's patience."""
    with day_of(tmp_path, SIZE) as day:
        day.fault("late_answer", seconds=20, times=1)
        traded = day.run(patience=150)

    assert (traded.code, traded.error) == (0, "")
    assert traded.lost == ()
    assert traded.sent.keys() == usual.sent.keys()
    first = min(traded.sent.values())
    assert max(traded.sent.values()) < first + timedelta(seconds=15)
    assert {row["status"] for row in traded.report["orders"]} == {"filled"}
