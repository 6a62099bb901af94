"""One day of trading at the local venue, engine and venue in processes of their own."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

import alchemiser
from alchemiser.adapters.secrets.env import VARIABLES
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.application.ledger import CODEC, Ledger
from alchemiser.domain.books.ledger import total_cash
from alchemiser.domain.execution.facts import ExecutionReported, OrderIntended
from alchemiser.domain.journal.chain import Envelope
from alchemiser.domain.values.numbers import ZERO, plain
from tests.load.world import (
    CASH,
    DAY,
    Size,
    install_plugin,
    write_bars,
    write_configuration,
    write_strategies,
)

BEGINS: Final = datetime.combine(DAY, time(19, 45), UTC)
"""A quarter of an hour before the close, when the engine decides unless told otherwise."""
DEADLINE: Final = BEGINS + timedelta(minutes=14)
"""When every order has to be over: a minute before the close."""
STAGES: Final = ("data", "signals", "plan", "orders", "reconcile")
_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """Hold what one call of `alchemiser run` left behind.

    Attributes:
        code: Its exit code.
        error: What it wrote to the error stream.
        report: What it told.
        seconds: Seconds by stage, in all (`all`) and of the processor (`cpu`).
        counts: Requests to the broker by method and path, `requests` in all, and `mb` of memory.
        finished_at: The last moment in its journal, venue time.
        lost: What venue and journal do not agree on, a sentence each.
        sent: When each order reached the venue, by symbol.
    """

    code: int
    error: str
    report: Mapping[str, Any]
    seconds: Mapping[str, float]
    counts: Mapping[str, int]
    finished_at: datetime
    lost: tuple[str, ...]
    sent: Mapping[str, datetime]

    def in_time(self) -> bool:
        """Say whether the day was over by its deadline."""
        return self.finished_at <= DEADLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A venue that is being served, and a folder that is set up to trade there."""

    home: Path
    urls: Mapping[str, str]
    environment: Mapping[str, str]

    def fault(self, name: str, **parameters: object) -> None:
        """Switch a fault of the venue on."""
        _post(f"{self.urls['control_url']}/faults", {"name": name, **parameters})

    def order_by_hand(self, **asked: str) -> None:
        """Buy something without the engine."""
        usual = {"side": "buy", "type": "market", "time_in_force": "day"}
        _post(f"{self.urls['trading_url']}/v2/orders", {**usual, **asked})

    def truth(self) -> dict[str, Any]:
        """Return the venue's own truth."""
        with urlopen(f"{self.urls['control_url']}/truth", timeout=60) as answer:  # noqa: S310 - loopback
            found: dict[str, Any] = json.loads(answer.read(), parse_float=Decimal)
        return found

    def run(self, *, patience: float) -> Traded:
        """Trade, in at most `patience` seconds, and compare the journal with the venue's truth."""
        ended = subprocess.run(
            [sys.executable, "-m", "tests.load.timed", "run", "--json"],
            capture_output=True,
            check=False,
            cwd=self.home,
            env=self.environment,
            text=True,
            timeout=patience,
        )
        measured = json.loads(self.home.joinpath("times.json").read_text())
        seconds = measured["seconds"]
        seconds["plan"] = seconds["decide"] - seconds["signals"]
        truth = self.truth()
        envelopes = list(SqliteJournal(self.home / "journal.db").read())
        return Traded(
            code=ended.returncode,
            error=ended.stderr,
            report=json.loads(ended.stdout),
            seconds=seconds,
            counts=measured["counts"],
            finished_at=envelopes[-1].at,
            lost=tuple(self._lost(truth, envelopes)),
            sent={
                row["symbol"]: datetime.fromisoformat(row["submitted_at"])
                for row in truth["orders"]
            },
        )

    def _lost(self, truth: Mapping[str, Any], envelopes: list[Envelope]) -> Iterator[str]:
        """Yield what the journal does not tell as the venue does, or the other way round."""
        records = [CODEC.decode(one.type, one.version, one.data) for one in envelopes]
        # One id may be sent again while its outcome is unknown: it is one order all the same.
        intended = Counter({
            str(one.order.cl_ord_id) for one in records if isinstance(one, OrderIntended)
        })
        fills = Counter(
            (one.report.cl_ord_id, plain(one.report.last_qty), plain(one.report.last_px))
            for one in records
            if isinstance(one, ExecutionReported) and one.report.last_qty
        )
        books = Ledger(SqliteJournal(self.home / "journal.db")).state.books
        held: dict[str, Decimal] = {}
        for book in books.values():
            for name, quantity in book.positions.items():
                held[name] = held.get(name, ZERO) + quantity
        pairs: tuple[tuple[str, Mapping[Any, Any], Mapping[Any, Any]], ...] = (
            ("orders", intended, Counter(row["client_order_id"] for row in truth["orders"])),
            ("fills", fills, Counter(map(_fill, truth["executions"]))),
            (
                "positions",
                {name: plain(quantity) for name, quantity in held.items()},
                truth["positions"],
            ),
            ("cash", {"": total_cash(books)}, {"": Decimal(truth["cash"])}),
        )
        for what, ours, theirs in pairs:
            names = sorted(
                map(
                    str,
                    {
                        key
                        for key in ours.keys() | theirs.keys()
                        if ours.get(key) != theirs.get(key)
                    },
                )
            )
            if names:
                yield f"{len(names)} {what} differ, {names[0]} among them."


def _post(url: str, body: Mapping[str, object]) -> None:
    keys = {"APCA-API-KEY-ID": "by", "APCA-API-SECRET-KEY": "hand"}
    asked = Request(url, json.dumps(body).encode(), keys, method="POST")  # noqa: S310 - loopback
    with urlopen(asked, timeout=10):  # noqa: S310 - loopback
        return


def _fill(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["client_order_id"], row["qty"], row["price"]


@contextmanager
def day_of(
    place: Path,
    size: Size,
    *,
    slow: Mapping[int, float] | None = None,
    rate: int = 10_000,
) -> Iterator[Day]:
    """Serve a venue with the bars of `size`, and give a folder in which to trade there.

    Args:
        place: An empty folder.
        size: How much there is.
        slow: Seconds that the code of some strategies takes, by their numbers.
        rate: Requests that the engine may send in a minute.
    """
    home = place / "home"
    home.mkdir(parents=True)
    write_bars(place / "bars", size)
    install_plugin(place / "site")
    package = Path(str(alchemiser.__file__)).parents[1]
    path = map(str, (package, _ROOT, place / "site", os.environ.get("PYTHONPATH", "")))
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(path).rstrip(os.pathsep),
        "XDG_STATE_HOME": str(place / "state"),
        "LOAD_TIMES": str(home / "times.json"),
        **dict(zip(VARIABLES, ("PKLOAD0000000001", "a-word-for-the-load"), strict=True)),
    }
    options = ("--data", str(place / "bars"), "--at", BEGINS.isoformat(), "--cash", str(CASH))
    venue = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "alchemiser", "venue", *options, "--rate-limit", "0"],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert venue.stdout is not None
        urls = json.loads(venue.stdout.readline())
        write_configuration(home, urls, write_strategies(home, size, slow), rate)
        yield Day(home=home, urls=urls, environment=environment)
    finally:
        venue.terminate()
        venue.communicate(timeout=20)
