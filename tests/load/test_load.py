"""Twenty strategies and five hundred symbols, over real sockets, for a whole day."""

from pathlib import Path

import pytest

from tests.load.day import STAGES, Traded, day_of
from tests.load.world import Size

SMALL = Size(strategies=5, symbols=50)
WHOLE = Size(strategies=20, symbols=500)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Traded:
    """Return the day of twenty strategies and five hundred symbols."""
    with day_of(tmp_path_factory.mktemp("whole"), WHOLE) as day:
        return day.run(patience=200)


def test_twenty_strategies_trade_five_hundred_symbols_before_the_deadline(whole: Traded) -> None:
    """CC-09, PF-01, RS-15: no order, no fill and no cent is lost on the way."""
    assert (whole.code, whole.error) == (0, "")
    assert whole.report["status"] == "completed"
    assert whole.report["reconciled"] is True
    assert whole.lost == ()
    assert whole.in_time()
    assert len(whole.report["strategies"]) == 20
    assert {row["state"] for row in whole.report["strategies"].values()} == {"decided"}
    assert len(whole.report["orders"]) > 300
    assert whole.sent.keys() == {row["symbol"] for row in whole.report["orders"]}
    assert all(whole.seconds[stage] > 0 for stage in STAGES)


def test_ten_times_the_symbols_are_not_ten_times_the_requests_for_data(
    whole: Traded, tmp_path: Path
) -> None:
    """PF-06: symbols are asked for together."""
    with day_of(tmp_path, SMALL) as day:
        small = day.run(patience=100)

    assert (small.code, small.lost) == (0, ())
    assert requests_for_data(whole) < 6 * requests_for_data(small)


def test_what_is_lost_is_seen(tmp_path: Path) -> None:
    """CC-09: trades that the engine does not know of are in the comparison's answer."""
    with day_of(tmp_path, Size(strategies=1, symbols=5)) as day:
        day.order_by_hand(symbol="SPY", qty="3")
        traded = day.run(patience=100)

    told = " ".join(traded.lost)
    assert "1 orders differ" in told
    assert "1 fills differ" in told


def requests_for_data(traded: Traded) -> int:
    """Return how many requests were about bars, quotes and trades."""
    return sum(count for what, count in traded.counts.items() if "/v2/stocks" in what)
