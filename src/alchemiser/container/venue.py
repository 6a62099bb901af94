"""The local venue, composed: a made-up market or the owner's bars, behind Alpaca's protocol."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from threading import Thread, current_thread, main_thread
from typing import Any, Final

from alchemiser.container.adapters import adapter
from alchemiser.container.assembly import today, wall_clock
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.numbers import CENT
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.market_data import MarketDataPort

BEFORE_CLOSE: Final = timedelta(hours=2)
"""How long before a close a virtual session begins, when none is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueOptions:
    """Hold how a venue is to be.

    Attributes:
        port: Where on loopback; 0 is any free one.
        at: Where its time begins, UTC; None is now in session, else a recent session.
        speed: Venue seconds a second; 0 moves by the control endpoint alone.
        seed: What determines market, fills and identifiers.
        cash: Dollars of the account at first.
        data: A folder or file of bars; None makes a market up.
        rate_limit: Requests a minute; 0 is none.
        text_frames: Whether the stream sends text, as live accounts have it.
    """

    port: int = 0
    at: datetime | None = None
    speed: float = 1.0
    seed: int = 7
    cash: Decimal = Decimal(100_000)
    data: Path | None = None
    rate_limit: int = 200
    text_frames: bool = False


def serve_venue(options: VenueOptions, announce: Callable[[dict[str, str]], None]) -> None:
    """Serve a venue until Ctrl-C or SIGTERM.

    Args:
        options: How it is to be.
        announce: Called with its addresses once it takes requests.

    Raises:
        SettingsError: When the extra is missing, the port taken, or the data are not usable.
    """
    _check_extra()
    app = build_venue(options)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(app, options.port, announce))


@contextmanager
def serving(options: VenueOptions) -> Iterator[dict[str, str]]:
    """Serve a venue in a thread of its own and give its addresses, until the block ends.

    Raises:
        SettingsError: When the extra is missing, the port taken, or the data are not usable.
    """
    _check_extra()
    app, served = build_venue(options), Future[tuple[dict[str, str], Callable[[], object]]]()
    thread = Thread(target=lambda: asyncio.run(_serve_until_ended(app, options.port, served)))
    thread.start()
    urls, end = served.result()
    try:
        yield urls
    finally:
        end()
        thread.join()


def build_venue(options: VenueOptions) -> Any:  # noqa: ANN401 - its type comes with the extra
    """Return the server of a venue, not yet serving.

    Raises:
        InputError: When the data break their contract.
    """
    wall, calendar = wall_clock(), adapter("sessions.table.SessionTable")()
    market, symbols = _market(options, calendar)
    start = options.at or _recent(calendar, wall)
    clock = adapter("venue.clock.VenueClock")(wall, start=start, speed=options.speed)
    reference = adapter("reference.table.ReferenceTable")(CENT)
    sources = adapter("venue.world.Sources")(
        wall=wall,
        clock=clock,
        market=adapter("venue.data.prices.Prices")(
            market=market,
            calendar=calendar,
            reference=reference,
            listed=symbols,
            through=_last_day(options),
            seed=options.seed,
        ),
        calendar=calendar,
        reference=reference,
    )
    terms = adapter("venue.world.Terms")(
        cash=options.cash, seed=options.seed, rate_limit=options.rate_limit
    )
    world = adapter("venue.world.World")(sources, terms)
    return adapter("venue.server.build_app")(world, "text" if options.text_frames else "binary")


def _market(options: VenueOptions, calendar: CalendarPort) -> tuple[MarketDataPort, list[str]]:
    if options.data is None:
        market = adapter("synthetic.market.SyntheticMarket")(
            options.seed, calendar, _last_day(options)
        )
        return market, sorted(adapter("synthetic.universe.universe")())
    files = adapter("files.market.FileMarketData")(options.data, calendar)
    files.check()
    return files, sorted(files.symbols())


def _last_day(options: VenueOptions) -> date:
    return today() if options.at is None else max(today(), options.at.date())


def _recent(calendar: CalendarPort, wall: ClockPort) -> datetime:
    timetable = adapter("venue.timetable.Timetable")(calendar)
    moment: datetime = adapter("venue.timetable.starting_moment")(
        timetable, wall.now(), BEFORE_CLOSE
    )
    return moment


def _check_extra() -> None:
    if find_spec("aiohttp") is None:
        msg = "the venue needs the extra [venue]: install alchemiser[venue]."
        raise SettingsError(msg)


async def _serve_until_ended(
    app: object, port: int, served: "Future[tuple[dict[str, str], Callable[[], object]]]"
) -> None:
    """Serve until what is put into `served`, beside the addresses, is called."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def announce(urls: dict[str, str]) -> None:
        if task is not None:
            served.set_result((urls, lambda: loop.call_soon_threadsafe(task.cancel)))

    try:
        await _serve(app, port, announce)
    except SettingsError as error:
        served.set_exception(error)


async def _serve(app: object, port: int, announce: Callable[[dict[str, str]], None]) -> None:
    serve, urls = adapter("venue.server.serve"), adapter("venue.server.urls")
    task = asyncio.ensure_future(serve(app, port, lambda bound: announce(urls(bound))))
    if current_thread() is main_thread():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return
    except OSError as error:
        msg = f"port {port} cannot be used ({error.strerror}): name another, or 0 for any."
        raise SettingsError(msg) from error
