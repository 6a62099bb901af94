"""Measure what it costs to read a page of bars, beside the broker's own library.

Run by `make bench-bars`. Both read the same bytes in turns; the library's client parses the
answer of a transport in memory, so that no socket is measured. Processor time, the least of the
runs. Where the two do not read the same prices, the exit code is 1.
"""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from time import process_time
from typing import Any, Final

import numpy as np
import requests
from alpaca.data.historical.stock import StockHistoricalDataClient
from alpaca.data.requests import StockBarsRequest
from alpaca.data.timeframe import TimeFrame
from requests.adapters import BaseAdapter
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from alchemiser.adapters.alpaca.bars_decoding import decode_bars
from tests.alpaca_data import stamp
from tests.benchmarks.machine import machine

RUNS: Final = 30
SIZES: Final = ((30, 333), (1, 400), (30, 400))
"""Symbols and sessions; the first is a full page of the broker's."""


def body_of(symbols: int, sessions: int) -> bytes:
    """Return a page as the broker writes it, of made-up prices."""
    draws = np.random.default_rng(7).normal(0, 0.01, (symbols, sessions))
    closes = 100 * np.exp(np.cumsum(draws, axis=1))
    days = [date(2023, 1, 3) + timedelta(days=row) for row in range(sessions)]
    bars = {
        f"S{place:03}": [
            {
                "c": round(close, 2),
                "h": round(close * 1.01, 2),
                "l": round(close * 0.99, 2),
                "n": 512_311,
                "o": round(close * 1.002, 4),
                "t": stamp(day),
                "v": 46_587_722,
                "vw": round(close, 6),
            }
            for day, close in zip(days, closes[place].tolist(), strict=True)
        ]
        for place in range(symbols)
    }
    told = {"bars": bars, "next_page_token": None}
    return json.dumps(told, separators=(",", ":")).encode()


class Answer(BaseAdapter):
    """Answer every request with the same bytes."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:  # noqa: ANN401 - the library's
        """Return the answer."""
        response = requests.Response()
        response.status_code, response._content = 200, self.body
        response.encoding, response.url, response.request = "utf-8", request.url, request
        return response

    def close(self) -> None:
        """Close nothing."""


def library(body: bytes, symbols: int) -> Callable[[], dict[str, list[float]]]:
    """Return what reads `body` by the broker's library, into its models."""
    client = StockHistoricalDataClient("key", "secret")
    client._session.mount("https://", Answer(body))
    names = [f"S{place:03}" for place in range(symbols)]
    wanted = StockBarsRequest(symbol_or_symbols=names, timeframe=TimeFrame.Day)

    def read() -> dict[str, list[float]]:
        told: Any = client.get_stock_bars(wanted)
        return {name: [bar.close for bar in bars] for name, bars in told.data.items()}

    return read


def least(reads: Sequence[Callable[[], object]]) -> list[float]:
    """Return the least processor time of each in seconds; they take turns."""
    best = [float("inf")] * len(reads)
    for _ in range(RUNS):
        for place, read in enumerate(reads):
            started = process_time()
            read()
            best[place] = min(best[place], process_time() - started)
    return best


def main() -> int:
    """Print the table; return 1 when the two read different prices."""
    table = Table("symbols", "sessions", "bytes", "ours, ms", "library, ms", "ratio", box=SIMPLE)
    same = True
    for symbols, sessions in SIZES:
        body = body_of(symbols, sessions)
        theirs = library(body, symbols)
        ours = {
            name: rows.numbers["close"].tolist() for name, rows in decode_bars(body).rows.items()
        }
        same &= ours == theirs()
        own, other = least([lambda body=body: decode_bars(body), theirs])  # type: ignore[misc]
        figures = (f"{len(body):,}", f"{own * 1e3:.2f}", f"{other * 1e3:.1f}", f"{other / own:.1f}")
        table.add_row(str(symbols), str(sessions), *figures)
    Console().print(machine(), table, "the same prices" if same else "DIFFERENT PRICES")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
