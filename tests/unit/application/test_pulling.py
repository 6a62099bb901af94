"""A pull asks for what is new, and for everything of a symbol whose past has changed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from alchemiser.adapters.alpaca.market import AlpacaMarketData
from alchemiser.adapters.bars_store.cache import SeriesCache
from alchemiser.adapters.bars_store.kept import KeptMarketData
from alchemiser.adapters.bars_store.series import SqliteSeriesStore
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.synthetic.market import SyntheticMarket
from alchemiser.application.pulling import READ_AGAIN, Puller, WholeSource
from alchemiser.domain.market.columns import panel_digest
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.testing.fakes import FixedClock
from tests.alpaca_data import Broker, Row, bar, silent

CALENDAR: Final = SessionTable()
FIRST: Final = date(2024, 3, 1)
MONDAY, TUESDAY = date(2024, 8, 5), date(2024, 8, 6)
DAYS: Final = [one.day for one in CALENDAR.sessions(FIRST, TUESDAY)]
SEEN: Final = datetime(2024, 8, 7, 12, tzinfo=UTC)
"""The morning after the last session."""
SPY, AGG = Symbol("SPY"), Symbol("AGG")
ZERO: Final = bar(TUESDAY, 0.0)


def rows(start: float, factor: float = 1.0, through: date = TUESDAY) -> list[Row]:
    return [bar(day, (start + place) * factor) for place, day in enumerate(DAYS) if day <= through]


class Bench:
    """A broker in memory, and a store beside it."""

    def __init__(self, folder: Path) -> None:
        series = {"SPY": rows(400), "AGG": rows(90)}
        self.broker = Broker(adjusted=dict(series), raw=dict(series))
        self.market = AlpacaMarketData(self.broker, CALENDAR, tell=silent, first=FIRST)
        self.store = SqliteSeriesStore(folder / "data.db")
        self.puller = Puller(self.market, self.store, CALENDAR, date(1990, 1, 2))

    def asked(self) -> list[tuple[str, str]]:
        """Return the symbols and the first day of each request since the last call."""
        told = [
            (one["symbols"], one["start"][:10])
            for path, one in self.broker.asked
            if path == "/v2/stocks/bars" and one["adjustment"] == "all"
        ]
        self.broker.asked.clear()
        return told


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def pull(bench: Bench, through: date, names: Sequence[Symbol] = (SPY, AGG), **more: bool) -> object:
    return bench.puller.pull(names, through=through, seen_at=SEEN, **more)


def test_a_second_pull_asks_for_nothing(bench: Bench) -> None:
    """DA-06."""
    first = bench.puller.pull((SPY, AGG), through=MONDAY, seen_at=SEEN)
    asked = bench.asked()
    second = bench.puller.pull((AGG, SPY), through=MONDAY, seen_at=SEEN)

    assert asked == [("AGG,SPY", str(FIRST))]
    assert bench.broker.asked == []
    assert (first.new, second.new) == (2 * (len(DAYS) - 1), 0)
    assert (first.sessions, second.sessions) == (len(DAYS) - 1,) * 2
    assert second.revised == {}


def test_the_next_day_asks_for_a_few_sessions(bench: Bench) -> None:
    """DA-06: those that are new, and a few that tell whether the past has changed."""
    pull(bench, MONDAY)
    bench.asked()

    told = bench.puller.pull((SPY, AGG), through=TUESDAY, seen_at=SEEN)

    assert bench.asked() == [("AGG,SPY", str(DAYS[-1 - READ_AGAIN]))]
    assert (told.new, told.again, told.revised) == (2, (), {})


def test_a_dividend_brings_the_history_of_that_symbol_alone(bench: Bench) -> None:
    """DA-11: every adjusted price before it has changed."""
    pull(bench, MONDAY)
    bench.asked()
    bench.broker.adjusted = {
        "SPY": [*rows(400, 0.99, MONDAY), rows(400)[-1]],
        "AGG": rows(90),
    }

    told = bench.puller.pull((SPY, AGG), through=TUESDAY, seen_at=SEEN)

    assert told.again == ("SPY",)
    assert bench.asked() == [("AGG,SPY", str(DAYS[-1 - READ_AGAIN])), ("SPY", str(FIRST))]
    whole = bench.market.bars((SPY, AGG), through=TUESDAY)
    assert panel_digest(bench.puller.panel((SPY, AGG), through=TUESDAY)) == panel_digest(whole)
    revisions = bench.store.revisions()
    assert sum(one.bars for one in revisions) == len(DAYS) - 1
    assert {one.symbol for one in revisions} == {SPY}


def test_a_late_print_is_a_revision(bench: Bench) -> None:
    """FAULTS C09."""
    pull(bench, MONDAY)
    late = rows(400)
    late[-3] = bar(DAYS[-3], 999.0)
    bench.broker.adjusted = {"SPY": late, "AGG": rows(90)}

    told = bench.puller.pull((SPY, AGG), through=TUESDAY, seen_at=SEEN)

    assert told.revised == {"SPY": 1}
    assert bench.puller.panel((SPY,), through=TUESDAY).close[-3, 0] == 999.0


def test_new_symbols_are_asked_for_from_the_beginning(bench: Bench) -> None:
    """DA-04."""
    pull(bench, TUESDAY, (SPY,))
    bench.asked()

    pull(bench, TUESDAY)

    assert bench.asked() == [("AGG", str(FIRST))]


def test_everything_can_be_asked_for_again(bench: Bench) -> None:
    pull(bench, TUESDAY)
    bench.broker.adjusted = {"SPY": rows(400, 0.5), "AGG": rows(90)}
    bench.asked()

    told = bench.puller.pull((SPY, AGG), through=TUESDAY, seen_at=SEEN, whole=True)

    assert bench.asked() == [("AGG,SPY", str(FIRST))]
    assert told.revised == {"SPY": len(DAYS)}


def test_a_symbol_that_has_long_been_silent_is_not_asked_for_again(bench: Bench) -> None:
    """DA-06: it was asked for, and had none."""
    bench.broker.adjusted = {"SPY": rows(400), "AGG": rows(90, through=date(2024, 7, 29))}
    pull(bench, TUESDAY)
    bench.asked()

    pull(bench, TUESDAY)

    assert bench.asked() == []


@pytest.mark.parametrize("late", [rows(90, through=MONDAY), [*rows(90, through=MONDAY), ZERO]])
def test_what_a_source_told_late_or_wrongly_is_asked_for_again(
    bench: Bench, late: list[Row]
) -> None:
    """DA-02: bars that are kept are no older than those of the source itself."""
    bench.broker.adjusted = {"SPY": rows(400), "AGG": late}
    pull(bench, TUESDAY)
    bench.broker.adjusted = {"SPY": rows(400), "AGG": rows(90)}
    bench.asked()

    pull(bench, TUESDAY)

    assert bench.asked() == [("AGG", str(DAYS[-1 - READ_AGAIN]))]
    assert bench.puller.panel((AGG,), through=TUESDAY).close[-1, 0] == 90 + len(DAYS) - 1


def test_a_bar_that_was_seen_on_its_own_day_is_asked_for_again(bench: Bench) -> None:
    """DA-02: until the day is over its last trades may still be told."""
    evening = datetime(2024, 8, 7, 1, tzinfo=UTC)
    bench.broker.adjusted["SPY"] = [*rows(400, through=MONDAY), bar(TUESDAY, 1.0)]  # type: ignore[index]
    bench.puller.pull((SPY,), through=TUESDAY, seen_at=evening)
    bench.broker.adjusted = {"SPY": rows(400)}

    told = bench.puller.pull((SPY,), through=TUESDAY, seen_at=SEEN)

    assert told.revised == {"SPY": 1}
    bench.asked()
    pull(bench, TUESDAY, (SPY,))
    assert bench.asked() == []


def test_a_source_out_of_reach_keeps_nothing(bench: Bench) -> None:
    """FAULTS C02."""
    bench.broker.fails = True

    with pytest.raises(PortUnavailableError):
        pull(bench, MONDAY)

    assert bench.store.coverage(bench.market.source()) == {}


def test_a_decision_reads_what_is_kept(bench: Bench) -> None:
    """DA-08: the same bars as of the source itself; DA-06: the second one asks for none."""
    kept = KeptMarketData(bench.market, bench.puller, FixedClock(SEEN), SeriesCache(lambda: 0.0))

    first = kept.bars((SPY, AGG), through=MONDAY)
    bench.broker.fails = True
    second = kept.bars((SPY, AGG), through=MONDAY)

    bench.broker.fails = False
    source = bench.market.bars((SPY, AGG), through=MONDAY)
    assert panel_digest(first) == panel_digest(second) == panel_digest(source)


def test_what_was_read_a_moment_ago_is_not_read_again(bench: Bench, tmp_path: Path) -> None:
    """DA-05: from memory, in any selection, bit for bit; only until it is too old."""
    bench.broker.adjusted = {"SPY": rows(400), "AGG": rows(90)[40:]}
    seconds = [0.0]
    cache = SeriesCache(lambda: seconds[0], seconds_max=60)
    kept = KeptMarketData(bench.market, bench.puller, FixedClock(SEEN), cache)
    both = kept.bars((SPY, AGG), through=TUESDAY)
    one = bench.puller.panel((AGG,), through=TUESDAY)
    (tmp_path / "data.db").rename(tmp_path / "away.db")
    bench.broker.fails = True

    assert panel_digest(kept.bars((AGG, SPY, AGG), through=TUESDAY)) == panel_digest(both)
    assert panel_digest(kept.bars((AGG,), through=TUESDAY)) == panel_digest(one)
    assert one.sessions == tuple(DAYS[40:])
    seconds[0] = 61.0
    with pytest.raises(PortUnavailableError):
        kept.bars((SPY, AGG), through=TUESDAY)


def test_a_symbol_whose_last_bar_is_missing_is_not_served_from_memory(bench: Bench) -> None:
    """DA-02: its source may have it by the next question."""
    bench.broker.adjusted = {"SPY": rows(400), "AGG": rows(90, through=MONDAY)}
    kept = KeptMarketData(bench.market, bench.puller, FixedClock(SEEN), SeriesCache(lambda: 0.0))
    kept.bars((SPY, AGG), through=TUESDAY)
    bench.broker.adjusted = {"SPY": rows(400), "AGG": rows(90)}

    assert kept.bars((SPY, AGG), through=TUESDAY).close[-1, 0] == 90 + len(DAYS) - 1


def test_a_session_that_is_on_is_neither_asked_for_nor_kept(bench: Bench) -> None:
    """FAULTS C08: the bar of the running day is a part of one."""
    in_session = FixedClock(datetime(2024, 8, 6, 17, tzinfo=UTC))
    kept = KeptMarketData(bench.market, bench.puller, in_session, SeriesCache(lambda: 0.0))

    panel = kept.bars((SPY, AGG), through=TUESDAY)

    assert panel.sessions[-1] == MONDAY
    whole = bench.store.read((SPY,), source=bench.market.source(), sessions=DAYS)
    assert np.isnan(whole.close[-1]).all()


def test_a_source_that_serves_all_at_once_can_be_pulled(tmp_path: Path) -> None:
    market = SyntheticMarket(7, CALENDAR, MONDAY)
    store = SqliteSeriesStore(tmp_path / "data.db")
    puller = Puller(WholeSource(market, "synthetic 7"), store, CALENDAR, date(1990, 1, 2))

    told = puller.pull((SPY,), through=MONDAY, seen_at=SEEN)

    panel = puller.panel((SPY,), through=MONDAY)
    assert panel_digest(panel) == panel_digest(market.bars((SPY,), through=MONDAY))
    assert (told.sessions, told.new) == (
        len(panel.sessions),
        int(np.count_nonzero(panel.close > 0)),
    )
