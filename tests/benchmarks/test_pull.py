"""What `make bench-pull` measures is what it says: every bar arrives, in few requests."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alchemiser.adapters.bars_store.series import SqliteSeriesStore
from alchemiser.domain.values.identifiers import Symbol
from tests.benchmarks.bench_pull import faults, measured
from tests.benchmarks.pulls import RETURNS, SESSIONS, Pulled, bound, closes, days, names

SYMBOLS = 500
FIRST = Pulled(bars=5 * SESSIONS, requests=8, others=2, seconds=1.0, megabytes=200.0)
SECOND = replace(FIRST, bars=0, requests=0)
MANY = replace(FIRST, bars=50 * SESSIONS, requests=31, seconds=9.0)


@pytest.mark.timeout(600)  # twenty seconds of two processors, which may be busy with other tests
def test_ten_years_of_five_hundred_symbols_take_few_requests(tmp_path: Path) -> None:
    """PF-06, DA-06: over a socket, by the real command; counted by the venue."""
    pulls = measured(tmp_path, [SYMBOLS])

    assert faults([SYMBOLS], pulls) == []
    ((first, second),) = pulls
    assert 252 <= first.requests <= bound(SYMBOLS) == 257
    assert (second.requests, second.bars) == (0, 0)
    store = SqliteSeriesStore(tmp_path / str(SYMBOLS) / "data.db")
    kept = store.read(
        [Symbol(name) for name in names(SYMBOLS)],
        source="alpaca iex close=all raw_close=raw",
        sessions=days(),
    )
    traded = closes(SYMBOLS).T
    assert np.array_equal(kept.raw_close, traded)  # type: ignore[arg-type]
    np.testing.assert_allclose(kept.close, (traded.T * RETURNS).T, atol=1e-4, rtol=0)


def test_pulls_as_they_should_be_are_passed() -> None:
    assert (bound(5), bound(50), bound(500)) == (8, 31, 257)
    assert faults([5, 50], [(FIRST, SECOND), (MANY, SECOND)]) == []


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (replace(FIRST, requests=9), SECOND, "9 requests"),
        (replace(FIRST, bars=0), SECOND, "0 bars"),
        (FIRST, replace(SECOND, requests=2), "second pull"),
        (replace(FIRST, seconds=0.5), SECOND, "faster"),
    ],
)
def test_a_bound_that_is_missed_is_told(first: Pulled, second: Pulled, told: str) -> None:
    (sentence,) = faults([5, 50], [(first, second), (MANY, SECOND)])

    assert told in sentence
