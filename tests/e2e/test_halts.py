"""A halt that the data stream tells keeps a symbol from being bought and sold."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, Final

import pytest

from alchemiser.adapters.alpaca.streams.thread import StreamThread
from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import Engine
from alchemiser.application.report import CycleReport
from alchemiser.container import build_engine, exchange_day
from alchemiser.domain.values.identifiers import Symbol
from tests.e2e.local_venue import Venue, venue_at

IN_SESSION = datetime(2025, 6, 16, 19, 30, tzinfo=UTC)
BEFORE: Final = datetime(2025, 6, 16, 18, 55, tzinfo=UTC)
SPY: Final = Symbol("SPY")
OVER_TIME = """
[execution]
algorithm = "twap"
slices = 8
work_seconds_max = 120
"""
PATIENCE: Final = 45.0


@pytest.fixture(autouse=True)
def streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close every stream that an engine has opened, and keep leases apart from other tests'."""
    opened: list[StreamThread] = []
    start = StreamThread.start

    def noted(stream: StreamThread) -> None:
        opened.append(stream)
        start(stream)

    monkeypatch.setattr(StreamThread, "start", noted)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield
    for stream in opened:
        stream.close()


def until(holds: Callable[[], object], what: str) -> None:
    """Look again and again until it holds."""
    end, pause = monotonic() + PATIENCE, Event()
    while not holds():
        assert monotonic() < end, what
        pause.wait(0.05)


def engine_that_hears(venue: Venue, more: str = "") -> Engine:
    """Return an engine whose data stream is subscribed."""
    engine = build_engine(venue.settings(halts=True, more=more))
    until(lambda: venue.control("/data", {})["subscribed"], "the stream subscribes")
    return engine


def halt(venue: Venue, engine: Engine, *, halted: bool) -> None:
    """Halt SPY at the venue, or let it trade again, and wait until the engine has heard of it."""
    venue.control("/halt/SPY", {"halted": halted})

    def heard() -> bool:
        quotes = engine.market.quotes((SPY,), at=engine.clock.now())
        return [one.halted for one in quotes] == [halted]

    until(heard, "the engine hears of it")


def trade(engine: Engine) -> CycleReport:
    return asyncio.run(run_cycle(engine, exchange_day(engine.clock.now())))


def orders(venue: Venue, name: str) -> list[dict[str, Any]]:
    return [one for one in venue.control("/truth")["orders"] if one["symbol"] == name]


def test_a_symbol_that_is_halted_is_not_bought(tmp_path: Path) -> None:
    """D05, OS-20: refused by code before anything is sent; the others are traded."""
    with venue_at(IN_SESSION, tmp_path) as venue:
        engine = engine_that_hears(venue)
        halt(venue, engine, halted=True)

        report = trade(engine)

        assert (orders(venue, "SPY"), len(orders(venue, "AGG"))) == ([], 1)
    (refused,) = (one for one in report.orders if one.symbol == SPY)
    assert refused.status == "refused"
    assert "symbol_halted" in refused.reason


def test_an_order_that_is_worked_pauses_while_its_symbol_is_halted(tmp_path: Path) -> None:
    """D05: nothing of it is sent in the halt, the other order goes on, and it goes on after."""
    with venue_at(IN_SESSION, tmp_path, speed=5) as venue, ThreadPoolExecutor(1) as pool:
        engine = engine_that_hears(venue, OVER_TIME)
        running = pool.submit(trade, engine)
        until(lambda: orders(venue, "SPY"), "the first part is sent")

        halt(venue, engine, halted=True)
        before, others = len(orders(venue, "SPY")), len(orders(venue, "AGG"))
        until(lambda: len(orders(venue, "AGG")) >= others + 2, "the other order goes on")
        during = len(orders(venue, "SPY"))
        halt(venue, engine, halted=False)
        report = running.result(120)

        assert during <= before + 1  # one may have been on its way
        assert len(orders(venue, "SPY")) > during
    assert {one.symbol for one in report.fills} == {"AGG", "SPY"}
    assert report.reconciled


def test_what_is_held_is_watched_although_no_strategy_names_it(tmp_path: Path) -> None:
    """D05: a position that is sold off is not sold into a halt."""
    with venue_at(IN_SESSION, tmp_path) as venue:
        bought = {"symbol": "TLT", "side": "buy", "qty": "10", "price": "90"}
        venue.control("/orders", bought)
        engine = engine_that_hears(venue)
        names = (Symbol("TLT"),)
        engine.market.quotes(names, at=engine.clock.now())
        venue.control("/halt/TLT", {})

        until(
            lambda: engine.market.quotes(names, at=engine.clock.now())[0].halted,
            "the engine hears of it",
        )


def test_a_halt_from_before_the_run_is_known_by_its_silence(tmp_path: Path) -> None:
    """D05, OS-20: no stream tells it; the symbol is not traded, the owner hears why."""
    with venue_at(BEFORE, tmp_path) as venue:
        venue.control("/halt/SPY", {})
        venue.control("/clock", {"advance": 61 * 60})
        engine = engine_that_hears(venue)
        names = (Symbol("AGG"), SPY)

        quotes = engine.market.quotes(names, at=engine.clock.now())
        report = trade(engine)

        assert [one.halted for one in quotes] == [False, True]
        assert (orders(venue, "SPY"), report.status) == ([], "skipped")
    log = (tmp_path / "alchemiser.log").read_text(encoding="utf-8")
    assert log.count("SPY last traded at") == 1
    assert "AGG last traded at" not in log


def test_what_trades_again_after_such_a_halt_is_traded(tmp_path: Path) -> None:
    """D05: the first trade ends it."""
    with venue_at(BEFORE, tmp_path) as venue:
        venue.control("/halt/SPY", {})
        venue.control("/clock", {"advance": 61 * 60})
        engine = engine_that_hears(venue)
        assert engine.market.quotes((SPY,), at=engine.clock.now())[0].halted
        halt(venue, engine, halted=False)

        report = trade(engine)

        assert report.status == "completed"
        assert len(orders(venue, "SPY")) == 1
