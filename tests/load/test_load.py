"""Twenty strategies and five hundred symbols, over real sockets, for a whole day."""

from pathlib import Path

from tests.load.day import STAGES, day_of
from tests.load.world import Size

SMALL = Size(strategies=5, symbols=50)
WHOLE = Size(strategies=20, symbols=500)


def test_twenty_strategies_trade_five_hundred_symbols_before_the_deadline(tmp_path: Path) -> None:
    """CC-09, PF-01, RS-15: no order, no fill and no cent is lost on the way."""
    with day_of(tmp_path, WHOLE) as day:
        traded = day.run(patience=200)

    assert (traded.code, traded.error) == (0, "")
    assert traded.report["status"] == "completed"
    assert traded.report["reconciled"] is True
    assert traded.lost == ()
    assert traded.in_time()
    assert len(traded.report["strategies"]) == 20
    assert {row["state"] for row in traded.report["strategies"].values()} == {"decided"}
    assert len(traded.report["orders"]) > 300
    assert traded.sent.keys() == {row["symbol"] for row in traded.report["orders"]}
    assert all(traded.seconds[stage] > 0 for stage in STAGES)


def test_ten_times_the_symbols_are_not_ten_times_the_requests_for_data(tmp_path: Path) -> None:
    """PF-06: they are asked for together; what an order needs is asked for each order."""
    asked = []
    for number, size in enumerate((SMALL, Size(strategies=5, symbols=500))):
        with day_of(tmp_path / str(number), size) as day:
            traded = day.run(patience=200)
        assert (traded.code, traded.lost) == (0, ())
        data = [n for what, n in traded.counts.items() if "stocks" in what]
        asked.append((sum(data), traded.counts["GET /v2/stocks/quotes"]))

    few, many = asked
    assert many[0] < 7 * few[0]
    assert many[1] == few[1]
