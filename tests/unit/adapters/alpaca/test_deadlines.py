"""Every public call of everything that this adapter gives the engine ends in time."""

import ast
import asyncio
import inspect
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest

from alchemiser.adapters.alpaca.assets import BrokerReference
from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.adapters.alpaca.calendar import BrokerCalendar, read_calendar
from alchemiser.adapters.alpaca.clock import SkewCheck, VenueClock, read_clock
from alchemiser.adapters.alpaca.halted import Halts
from alchemiser.adapters.alpaca.health import Health
from alchemiser.adapters.alpaca.market import AlpacaMarketData
from alchemiser.adapters.alpaca.paging import Reader
from alchemiser.adapters.alpaca.streams.connection import World
from alchemiser.adapters.alpaca.streams.listener import Asking
from alchemiser.adapters.alpaca.streams.market_data import MarketDataStream
from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.adapters.alpaca.streams.thread import StreamThread
from alchemiser.adapters.alpaca.streams.trade_updates import TradeUpdates
from alchemiser.adapters.alpaca.transport import Answer, Limits, Transport
from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.system.clock import VirtualClock, rest, stopwatch
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import CancelOutcome, NewOrderSingle, Side, Unknown
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.ports.broker import BrokerPort
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.errors import PortError
from alchemiser.ports.market_data import MarketDataPort
from alchemiser.ports.order_updates import OrderUpdatesPort
from alchemiser.ports.reference import ReferencePort
from alchemiser.ports.series_store import HistoryPort
from tests.unit.adapters.alpaca.misbehaving import MISCONDUCT, Mute, full, misbehaving
from tests.unit.adapters.alpaca.telling import NOW, Ring, transport

LIMITS: Final = Limits(
    connect=0.2, read=0.3, total=0.5, page=0.02, wait=0.01, wait_max=0.05, failures=1000
)
PATIENT: Final = StreamSettings(
    open_seconds=0.3, step_seconds=0.3, close_seconds=0.2, backoff_min=0.01, backoff_max=0.05
)
LATEST: Final = LIMITS.total + 1.0
"""Seconds after which no call may still be under way: its deadline and one second."""
AT_ONCE: Final = 8

DAY, SPY = date(2026, 11, 27), Symbol("SPY")
SENT = NewOrderSingle(
    cl_ord_id=ClOrdId("alc-1"), symbol=SPY, side=Side.BUY, order_qty=Decimal(1), price=Decimal(600)
)
SAMPLES: Final[Mapping[object, object]] = {
    ApprovedOrder: ApprovedOrder(order=SENT),
    ClOrdId: SENT.cl_ord_id,
    Collection[ClOrdId]: (SENT.cl_ord_id,),
    Collection[Symbol]: (SPY,),
    Mapping[str, str] | None: {},
    Sequence[Symbol]: (SPY,),
    Symbol: SPY,
    date: DAY,
    datetime: NOW,
    int: 2,
    "method": "POST",
    "path": "/v2/account",
    str: "word",
}
"""What is passed where a call wants that type, or has that name."""


def silent(_: str) -> None:
    """Tell nobody."""


def world() -> World:
    return World(stopwatch=stopwatch(), chance=lambda: 0.5, tell=silent)


def market(line: Transport) -> AlpacaMarketData:
    return AlpacaMarketData(line, SessionTable(), tell=silent)


def updates(line: Transport) -> TradeUpdates:
    async def nothing() -> list[Any]:
        return []

    asking = Asking(resync=nothing, expected=lambda: True)
    return TradeUpdates(_stream(line), keys=Ring(), asking=asking, world=world(), settings=PATIENT)


def prices(line: Transport) -> MarketDataStream:
    return MarketDataStream(
        _stream(line), keys=Ring(), expected=lambda: True, world=world(), settings=PATIENT
    )


def thread(line: Transport, *, started: bool) -> StreamThread:
    made = StreamThread(prices(line).run, silent)
    if started:
        made.start()
    return made


def _stream(line: Transport) -> str:
    return URLS[line].replace("http", "ws", 1)


URLS: dict[Transport, str] = {}
CLOCK = VirtualClock(NOW)
Maker = Callable[[Transport], Any]
Serve = Callable[[], AbstractContextManager[Mute]]
MADE: Final[Mapping[str, Maker]] = {
    "assets.BrokerReference": lambda line: BrokerReference(
        ReferenceTable(), line, CLOCK, tell=silent
    ),
    "broker.AlpacaBroker": lambda line: AlpacaBroker(line, CLOCK),
    "calendar.BrokerCalendar": lambda line: BrokerCalendar(
        SessionTable(), line, CLOCK, tell=silent
    ),
    "calendar.read_calendar": lambda _: read_calendar,
    "clock.SkewCheck": lambda line: SkewCheck(line, CLOCK, stopwatch()),
    "clock.VenueClock": lambda line: VenueClock(line, stopwatch(), rest()),
    "clock.read_clock": lambda _: read_clock,
    "halted.Halts": lambda _: Halts(SessionTable(), silent),
    "health.Health": lambda _: Health(),
    "market.AlpacaMarketData": market,
    "streams.market_data.MarketDataStream": prices,
    "streams.thread.StreamThread": partial(thread, started=False),
    "streams.trade_updates.TradeUpdates": updates,
    "transport.Transport": lambda line: line,
}
"""How each thing is made whose calls are made below."""
PORTS: Final[Mapping[str, tuple[type, ...]]] = {
    "assets.BrokerReference": (ReferencePort,),
    "broker.AlpacaBroker": (BrokerPort,),
    "calendar.BrokerCalendar": (CalendarPort,),
    "clock.VenueClock": (ClockPort,),
    "market.AlpacaMarketData": (MarketDataPort, HistoryPort),
    "streams.trade_updates.TradeUpdates": (OrderUpdatesPort,),
}
NEED_NO_ANSWER: Final = (
    "assets.BrokerReference.instrument",  # the table counts
    "calendar.BrokerCalendar.session",
    "halted.Halts.at",  # judges by what is known
    "transport.Transport.beside",  # asks nobody
    "streams.thread.StreamThread.",  # begun and ended, whatever becomes of it between
)
"""What ends well although the broker says nothing."""


def found(dotted: str) -> Any:  # noqa: ANN401 - whatever stands there
    module, _, name = f"alchemiser.adapters.alpaca.{dotted}".rpartition(".")
    return getattr(import_module(module), name)


def public(holder: type) -> list[str]:
    return [name for name, _ in inspect.getmembers(holder, callable) if not name.startswith("_")]


def calls() -> list[str]:
    """Return every public call of everything in `MADE`, and of every port that it plays."""
    listed = []
    for dotted in MADE:
        holder = found(dotted)
        if inspect.isclass(holder):
            names = set(public(holder)).union(*map(public, PORTS.get(dotted, ())))
            listed += [f"{dotted}.{name}" for name in sorted(names)]
        else:
            listed.append(dotted)
    return listed


def given_by_the_container() -> set[str]:
    """Return the dotted name of every adapter of this folder that the container names."""
    names = set()
    for file in Path(str(files("alchemiser.container"))).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and str(node.value).startswith("alpaca."):
                names.add(str(node.value).removeprefix("alpaca."))
    return names


def is_of_values(one: Any) -> bool:  # noqa: ANN401 - a class or a function
    """Say whether it asks nobody: a value, or a function of values."""
    if inspect.isclass(one):
        return is_dataclass(one)
    return Reader not in inspect.get_annotations(one, eval_str=True).values()


def sample(line: Transport, parameter: inspect.Parameter) -> object:
    if parameter.annotation is Reader:
        return line
    known = parameter.name if parameter.name in SAMPLES else parameter.annotation
    assert known in SAMPLES, f"say in SAMPLES what to pass for {parameter}"
    return SAMPLES[known]


def arguments(line: Transport, function: Callable[..., Any]) -> dict[str, object]:
    wanted = inspect.signature(function, eval_str=True).parameters.values()
    return {one.name: sample(line, one) for one in wanted if one.default is one.empty}


@dataclass(frozen=True)
class Ended:
    """How a call ended: with what, after how many seconds, and how often the server was asked."""

    call: str
    with_what: object
    seconds: float
    asked: int

    def fault(self) -> str | None:
        """Return what is wrong with it."""
        if self.seconds > LATEST:
            return f"{self.call} took {self.seconds:.2f} s"
        what = self.with_what
        ok = isinstance(what, PortError | Unknown | Answer)
        ok |= what is CancelOutcome.UNKNOWN or what is TimeoutError
        if not ok and self.asked and not self.call.startswith(NEED_NO_ANSWER):
            return f"{self.call} got no answer and ended with {self.with_what!r}"
        return None


def ended(call: str, serve: Serve, callers: int = 1) -> Ended:
    """Make one call against a server of its own, from several threads; return the last to end."""
    with serve() as mute, closing(transport(mute.url, limits=LIMITS)) as line:
        URLS[line] = mute.url
        holder = MADE[call] if call in MADE else MADE[call.rpartition(".")[0]]
        if call == "streams.thread.StreamThread.close":
            holder = partial(thread, started=True)
        made = holder(line)
        function = made if call in MADE else getattr(made, call.rpartition(".")[2])
        passed = arguments(line, function)
        before = time.monotonic()
        with ThreadPoolExecutor(callers) as pool:
            asked = [
                pool.submit(outcome, made, partial(function, **passed)) for _ in range(callers)
            ]
            whats = [one.result() for one in asked]
        seconds = time.monotonic() - before
        if call == "streams.thread.StreamThread.start":
            made.close()
        return Ended(call, whats[-1], seconds, mute.asked)


def outcome(made: object, function: Callable[[], Any]) -> object:
    """Return what a call returns or raises."""
    try:
        what = function()
        return asyncio.run(given_up(made, what)) if inspect.iscoroutine(what) else what
    except PortError as error:
        return error


async def given_up(made: object, call: Any) -> object:  # noqa: ANN401 - any coroutine
    """Make a call that waits for news, and give it up at its deadline; then part, in time too."""
    try:
        return await asyncio.wait_for(call, LIMITS.total)
    except TimeoutError:
        return TimeoutError
    finally:
        if isinstance(made, TradeUpdates):
            await made.close()


def faults(serve: Serve, callers: int = 1) -> Iterator[str]:
    """Make every call at a server, several at a time; yield what is wrong with each."""
    listed = [one for one in calls() if callers == 1 or not one.startswith("streams.")]
    with ThreadPoolExecutor(AT_ONCE // callers) as pool:
        first = list(pool.map(lambda call: ended(call, serve, callers), listed))
    for one in first:
        # What a busy machine has delayed is tried alone.
        fault = one.fault() and ended(one.call, serve, callers).fault()
        if fault is not None:
            yield fault


def test_every_adapter_that_the_container_gives_is_called_here() -> None:
    """A new one has to say how it is made; frozen values have no calls that wait."""
    given = given_by_the_container()

    assert {one for one in given if not is_of_values(found(one))} <= MADE.keys()
    assert "broker.AlpacaBroker" in given


def test_every_call_of_every_port_is_among_them() -> None:
    listed = set(calls())

    for dotted, ports in PORTS.items():
        for port in ports:
            assert {f"{dotted}.{name}" for name in public(port)} <= listed
    assert len(listed) > 40


@pytest.mark.parametrize("how", MISCONDUCT)
def test_no_call_outlives_its_deadline_whatever_the_server_does(how: str) -> None:
    """RS-05, CC-03, FAULTS A18: within the deadline and a second, with an error of the ports."""
    found_wrong = list(faults(partial(misbehaving, MISCONDUCT[how])))

    if how == "turns pages for ever":  # that is an answer
        found_wrong = [one for one in found_wrong if "got no answer" not in one]
    assert found_wrong == []


def test_no_call_outlives_its_deadline_where_no_connection_comes_about() -> None:
    """RS-05, CC-03, FAULTS A01, A18."""
    assert list(faults(full)) == []


def test_no_call_outlives_its_deadline_behind_another_that_hangs() -> None:
    """RS-05, CC-03, FAULTS A18, J06: whoever waits for a lock or a line gives up as well."""
    assert list(faults(partial(misbehaving, MISCONDUCT["accepts and never answers"]), 3)) == []
