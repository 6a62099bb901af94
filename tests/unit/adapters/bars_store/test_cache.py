"""Series are kept while they are young and there is room, each under its own name."""

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import pytest

from alchemiser.adapters.bars_store.cache import Columns, SeriesCache, SeriesKey
from alchemiser.domain.values.identifiers import Symbol

KEY: Final = SeriesKey(
    symbol=Symbol("SPY"), timeframe="1Day", adjustment="iex all raw", as_of=date(2024, 8, 5)
)


class Stopwatch:
    """Stands where it is put."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def series(rows: int = 10) -> Columns:
    """Return two columns: sixteen bytes a row."""
    return {"close": np.arange(1.0, rows + 1), "raw_close": np.ones(rows)}


def key(name: str) -> SeriesKey:
    return replace(KEY, symbol=Symbol(name))


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, symbol=Symbol("QQQ")),
        replace(KEY, timeframe="1Hour"),
        replace(KEY, adjustment="sip all raw"),
        replace(KEY, as_of=date(2024, 8, 6)),
    ],
    ids=["symbol", "timeframe", "adjustment", "as of"],
)
def test_a_series_is_found_under_its_own_name_alone(other: SeriesKey) -> None:
    """DA-05, FAULTS C07: no basis, feed or session is taken for another."""
    cache, kept = SeriesCache(Stopwatch()), series()
    cache.put(KEY, kept)

    assert cache.get(KEY) is kept
    assert cache.get(other) is None


def test_a_series_grows_old() -> None:
    """DA-05: by time since it was read, however often it is asked for."""
    stopwatch = Stopwatch()
    cache = SeriesCache(stopwatch, seconds_max=60)
    cache.put(KEY, series())
    stopwatch.seconds = 60.0
    young = cache.get(KEY)
    stopwatch.seconds = 60.1

    assert young is not None
    assert cache.get(KEY) is None
    assert cache.size() == (0, 0)


def test_what_is_old_makes_room_without_being_asked_for() -> None:
    stopwatch = Stopwatch()
    cache = SeriesCache(stopwatch, seconds_max=60)
    cache.put(key("OLD"), series())
    stopwatch.seconds = 61.0
    cache.put(key("NEW"), series())

    assert cache.size() == (1, 160)


def test_what_was_used_longest_ago_makes_room() -> None:
    """DA-05: bytes are bounded, whatever is put in."""
    cache = SeriesCache(Stopwatch(), bytes_max=400)
    cache.put(key("A"), series())
    cache.put(key("B"), series())
    cache.get(key("A"))
    cache.put(key("C"), series())

    assert cache.get(key("B")) is None
    assert cache.get(key("A")) is not None
    assert cache.size() == (2, 320)
    cache.put(key("A"), series(5))
    assert cache.size() == (2, 240)
    cache.put(key("LARGE"), series(26))
    assert cache.size() == (0, 0)
