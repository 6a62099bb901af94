"""Trade updates: the words of the broker's order stream, and the questions that fill its gaps."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from alchemiser.adapters.alpaca.streams.connection import World
from alchemiser.adapters.alpaca.streams.events import REPLACED, ForeignOrderError, report_of
from alchemiser.adapters.alpaca.streams.frames import FrameError, fields, parts
from alchemiser.adapters.alpaca.streams.keys import KeyReader
from alchemiser.adapters.alpaca.streams.mailbox import Mailbox
from alchemiser.adapters.alpaca.streams.refusals import (
    UNAUTHORIZED,
    StreamBrokenError,
    printable,
    refuse,
)
from alchemiser.adapters.alpaca.streams.scrutiny import Scrutiny
from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.adapters.alpaca.streams.waiting import rest, together
from alchemiser.adapters.alpaca.streams.wire import Wire
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.errors import AlchemiserError

STREAM: Final = "trade_updates"
_Fields = Mapping[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Hold what is asked of others than the stream.

    Attributes:
        resync: Returns the reports on open and recent orders.
        expected: Says whether something may happen to an order at present; never blocks.
        are_names_proven: Whether a fill is known to have one name in stream and answers; else the
            first fill has to prove it.
    """

    resync: Callable[[], Awaitable[Iterable[ExecutionReport]]]
    expected: Callable[[], bool]
    are_names_proven: bool = False


class Listener:
    """Speak on the connections of one loop, and put what they tell into a mailbox."""

    def __init__(
        self,
        keys: KeyReader,
        mailbox: Mailbox,
        *,
        asking: Asking,
        scrutiny: Scrutiny,
        world: World,
        settings: StreamSettings,
    ) -> None:
        """Have heard nothing.

        Args:
            keys: The account's key.
            mailbox: Takes what is told.
            asking: Whom to ask after what was not.
            scrutiny: Says which fills to believe.
            world: Time, chance and the owner's ear.
            settings: How patient to be.
        """
        self._keys = keys
        self._mailbox = mailbox
        self._asking = asking
        self._scrutiny = scrutiny
        self._world = world
        self._settings = settings
        self._counts = world.counts
        self._gap = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._heard_at = 0.0
        self._authorized = False
        self._listens = False

    async def greet(self, wire: Wire) -> None:
        """Log in and listen; what is told meanwhile is taken.

        Raises:
            AuthenticationError: When the key is refused.
            StreamBrokenError: When an answer does not come, or is another.
        """
        self._authorized = self._listens = False
        name, secret = await self._keys.pair()
        login = {"action": "authenticate", "data": {"key_id": name, "secret_key": secret}}
        await wire.say(login)
        await wire.until("authorization", self._is_authorized)
        self._keys.accept()
        await wire.say({"action": "listen", "data": {"streams": [STREAM]}})
        await wire.until("listening", self._is_listening)
        self._heard_at = self._world.stopwatch()

    def take(self, message: str | bytes) -> None:
        """Take one message; what is not understood is counted and asked for.

        Raises:
            PortError: When the broker says that the connection is of no use.
        """
        self._heard_at = self._world.stopwatch()
        self._counts["messages"] += 1
        for told in parts(message):
            try:
                self._take(fields(told, "a message"))
            except FrameError:
                self._counts["not_understood"] += 1
                self._gap.set()

    async def attend(self, wire: Wire) -> None:  # noqa: ARG002 - nothing is said after the greeting
        """Ask after gaps, of which a new connection is one, and notice when nothing is told.

        Raises:
            StreamBrokenError: When the stream is mute.
        """
        self._gap.set()
        await together(self._fill_gaps(), self._watch())

    def lost(self) -> None:
        """Learn that the connection is gone: the next one asks for what was missed."""

    def _is_authorized(self, message: str | bytes) -> bool:
        self.take(message)
        return self._authorized

    def _is_listening(self, message: str | bytes) -> bool:
        self.take(message)
        return self._listens

    def _take(self, told: _Fields) -> None:
        data = told.get("data")
        match told.get("stream"):
            case "trade_updates":
                self._take_event(data)
            case "authorization":
                status = fields(data, "an authorization").get("status")
                self._authorized = status == "authorized"
                if not self._authorized:
                    refuse(UNAUTHORIZED, status)
            case "listening":
                streams = fields(data, "a list of streams").get("streams")
                self._listens = isinstance(streams, list) and STREAM in streams
                if not self._listens:
                    raise StreamBrokenError("the stream does not listen to what was asked")
            case _:
                self._take_other(told)

    def _take_event(self, data: object) -> None:
        try:
            report = report_of(data)
        except ForeignOrderError:
            self._counts["foreign"] += 1
            return
        if not (self._is_told(report) and report.text != REPLACED):
            self._gap.set()

    def _is_told(self, report: ExecutionReport) -> bool:
        """Tell `report` if it can be; say whether nothing about it is left to be asked."""
        if self._mailbox.has_had(report):
            return self._mailbox.put(report)
        follows = self._scrutiny.follows(report)
        if not self._scrutiny.passes(report):
            self._counts["withheld"] += 1
            return False
        return self._mailbox.put(report) and follows

    def _take_other(self, told: _Fields) -> None:
        """Take what is no part of the stream: an error ends it, anything else is passed over.

        Raises:
            StreamBrokenError: On an error.
        """
        data = told.get("data")
        if told.get("T") == "error":
            refuse(told.get("code"), told.get("msg"))
        if told.get("action") == "error":
            words = data.get("error_message") if isinstance(data, dict) else data
            raise StreamBrokenError(f"the stream answered with an error ({printable(words)})")
        self._counts["unknown"] += 1

    async def _fill_gaps(self) -> None:
        failures = 0
        while True:
            await self._gap.wait()
            await self._mailbox.room()
            self._gap.clear()
            try:
                await self._ask()
                failures = 0
                wait = self._settings.resync_gap_seconds
            except (AlchemiserError, TimeoutError) as error:
                self._counts["resync_failures"] += 1
                self._gap.set()
                failures += 1
                if failures == self._settings.escalate_after:
                    self._world.tell(f"orders missed by the stream cannot be asked for: {error}.")
                wait = self._settings.backoff(failures, self._world.chance())
            await rest(wait)

    async def _ask(self) -> int:
        """Ask for the reports on recent orders; return how many the stream had not told."""
        news = 0
        async with self._one_at_a_time, asyncio.timeout(self._settings.resync_seconds):
            for report in await self._asking.resync():
                news += self._mailbox.is_news(report)
                self._scrutiny.compare(report)
                while not self._mailbox.put(report):
                    await self._mailbox.room()
        self._counts["resyncs"] += 1
        return news

    async def _watch(self) -> None:
        """Ask after each long silence in which something may happen.

        Raises:
            StreamBrokenError: When something has happened, and the stream does not tell it.
        """
        while True:
            heard_at = self._heard_at
            silent = self._world.stopwatch() - heard_at
            if silent < self._settings.stale_seconds:
                await rest(self._settings.stale_seconds - silent)
                continue
            if self._asking.expected() and await self._is_mute(heard_at):
                self._counts["mute"] += 1
                raise StreamBrokenError("the stream is mute: orders changed and it did not tell")
            await rest(self._settings.stale_seconds)

    async def _is_mute(self, heard_at: float) -> bool:
        try:
            news = await self._ask()
        except (AlchemiserError, TimeoutError):
            self._counts["resync_failures"] += 1
            return False
        if not news:
            return False
        await rest(self._settings.grace_seconds)
        return self._heard_at == heard_at
