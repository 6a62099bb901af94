"""Pulls from a local venue as a user makes them: two processes and a socket between them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from urllib.request import Request, urlopen

import numpy as np
import pyarrow as pa
from pyarrow import parquet as pq

import alchemiser
from alchemiser.adapters.alpaca.history import ROWS_PER_PAGE
from alchemiser.adapters.alpaca.market import FIRST_DAY
from alchemiser.adapters.secrets.env import VARIABLES
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.values.numbers import Floats

SESSIONS: Final = 2_520
"""Ten years."""
BASES: Final = 2
"""Each bar is told twice: adjusted, and as it traded."""
RETURNS: Final = np.linspace(0.8, 1, SESSIONS)
"""What an adjusted price is of one that was traded, by session: dividends are paid all the time."""
_PATIENCE: Final = 60
SPARE: Final = 5
"""Requests that a pull may make above those that its rows need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """Tell what one run of `alchemiser data pull` did.

    Attributes:
        bars: How many were new.
        requests: What the venue was asked for market data.
        others: What it was asked besides: its clock and its calendar.
        seconds: From start to end of the process.
        megabytes: The most memory that the process held.
    """

    bars: int
    requests: int
    others: int
    seconds: float
    megabytes: float


def bound(symbols: int) -> int:
    """Return how many requests the first pull of so many symbols may make."""
    return ceil(symbols * SESSIONS * BASES / ROWS_PER_PAGE) + SPARE


def names(symbols: int) -> list[str]:
    """Return so many tickers, sorted."""
    return [f"S{place:03}" for place in range(symbols)]


def days() -> list[date]:
    """Return the labels of the sessions."""
    every = SessionTable().sessions(FIRST_DAY, date(FIRST_DAY.year + 11, 1, 1))
    return [one.day for one in every[:SESSIONS]]


def closes(symbols: int) -> Floats:
    """Return made-up prices as they traded, float64 (symbols, SESSIONS)."""
    draws = np.random.default_rng(7).normal(0, 0.01, (symbols, SESSIONS))
    return np.round(100 * np.exp(np.cumsum(draws, axis=1)), 2)


def write_bars(path: Path, symbols: int) -> None:
    """Write what the venue is to serve."""
    raw = closes(symbols)
    close = raw * RETURNS
    columns = {"open": close * 0.998, "high": close * 1.01, "low": close * 0.99, "close": close}
    table = {name: array.ravel() for name, array in columns.items()}
    table |= {"volume": np.full(raw.size, 4_000_000.0), "raw_close": raw.ravel()}
    axes = {
        "session": np.tile(np.array(days(), dtype="datetime64[D]"), symbols),
        "symbol": np.repeat(names(symbols), SESSIONS),
    }
    pq.write_table(pa.table(axes | table), path)


@contextmanager
def venue(bars: Path) -> Iterator[Mapping[str, str]]:
    """Serve `bars` by `alchemiser venue` on the day after them, and give its addresses.

    It has read all of them: on a busy machine that lasts longer than a client waits for an answer.
    """
    day = SessionTable().sessions(days()[-1], date(2030, 1, 1))[1].day
    options = ["--data", str(bars), "--at", f"{day}T20:00:00Z", "--manual", "--rate-limit", "0"]
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "alchemiser", "venue", *options],
        stdout=subprocess.PIPE,
        text=True,
        env=_environment(),
    ) as process:
        assert process.stdout is not None
        try:
            urls: Mapping[str, str] = json.loads(process.stdout.readline())
            _asked(f"{urls['data_url']}/v2/stocks/bars?symbols=S000&timeframe=1Day")
            yield urls
        finally:
            process.send_signal(signal.SIGTERM)


def pull(home: Path, urls: Mapping[str, str], symbols: int) -> Pulled:
    """Run the command in the folder `home`, whose store the pulls before have filled."""
    home.joinpath("alchemiser.toml").write_text(
        f"""
        [account]
        mode = "paper"
        [broker]
        adapter = "alpaca"
        trading_url = "{urls["trading_url"]}"
        stream_url = "{urls["stream_url"]}"
        requests_per_minute = 10000
        [data]
        adapter = "alpaca"
        url = "{urls["data_url"]}"
        requests_per_minute = 10000
        """
    )
    before = _requests(urls)
    wanted = ["--symbols", ",".join(names(symbols)), "--through", str(days()[-1])]
    document, seconds, megabytes = _run(home, ["data", "pull", *wanted, "--json"])
    made = {route: count - before.get(route, 0) for route, count in _requests(urls).items()}
    requests = sum(count for route, count in made.items() if route.startswith("/v2/stocks"))
    return Pulled(
        bars=document["new"],
        requests=requests,
        others=sum(made.values()) - requests,
        seconds=seconds,
        megabytes=megabytes,
    )


def _run(home: Path, arguments: list[str]) -> tuple[dict[str, Any], float, float]:
    """Return the answer of a command, its seconds and its peak of memory in MB."""
    told = home / "told.json"
    started = perf_counter()
    with told.open("w") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "alchemiser", *arguments],
            stdout=out,
            cwd=home,
            env=_environment(),
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, told.read_text()
    return json.loads(told.read_text()), perf_counter() - started, usage.ru_maxrss / 1_024


def _requests(urls: Mapping[str, str]) -> dict[str, int]:
    counts: dict[str, int] = _asked(urls["control_url"])["requests"]
    return counts


def _asked(url: str) -> dict[str, Any]:
    keys = {"APCA-API-KEY-ID": "any", "APCA-API-SECRET-KEY": "any"}
    request = Request(url, headers=keys)  # noqa: S310 - loopback
    with urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 - loopback
        document: dict[str, Any] = json.loads(answer.read())
        return document


def _environment() -> dict[str, str]:
    """Return an environment with a key, in which nothing is measured by others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    keys = dict(zip(VARIABLES, ("PK" + "PULLED" * 3, "word" * 8), strict=True))
    return kept | keys | {"PYTHONPATH": str(Path(alchemiser.__file__).parents[1])}
