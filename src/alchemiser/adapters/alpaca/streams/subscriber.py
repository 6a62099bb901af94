"""The words of the market data stream: log in, subscribe, and see to it that it was heard."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from itertools import product
from typing import Any, Final

from alchemiser.adapters.alpaca.streams.board import Board
from alchemiser.adapters.alpaca.streams.connection import World
from alchemiser.adapters.alpaca.streams.frames import FrameError, fields, parts
from alchemiser.adapters.alpaca.streams.keys import KeyReader
from alchemiser.adapters.alpaca.streams.refusals import StreamBrokenError, refuse
from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.adapters.alpaca.streams.ticks import post
from alchemiser.adapters.alpaca.streams.waiting import rest, together
from alchemiser.adapters.alpaca.streams.wire import Wire
from alchemiser.domain.values.identifiers import Symbol

PRICES: Final = ("trades", "quotes", "bars", "updatedBars")
HALTS: Final = "statuses"
CHANNELS: Final = (*PRICES, HALTS)
_PATIENCE_MAX: Final = 16
_Fields = Mapping[Any, Any]
_Pair = tuple[str, str]
"""A channel and a symbol."""
_NOTHING: Final[frozenset[_Pair]] = frozenset()


class Subscriber:
    """Speak on the connections of one loop, and put what they tell on a board."""

    def __init__(
        self,
        keys: KeyReader,
        board: Board,
        *,
        expected: Callable[[], bool],
        world: World,
        settings: StreamSettings,
    ) -> None:
        """Have heard nothing.

        Args:
            keys: The account's key.
            board: Shows what is told.
            expected: Says whether prices are to be expected at present.
            world: Time, chance and the owner's ear.
            settings: How patient to be.
        """
        self._keys = keys
        self._board = board
        self._expected = expected
        self._world = world
        self._settings = settings
        self._counts = world.counts
        self._wanted = self._asked = self._confirmed = _NOTHING
        self._successes: set[str] = set()
        self._changed = asyncio.Event()
        self._acknowledged = asyncio.Event()
        self._heard_at = 0.0
        self._patience = 1

    def want(self, prices: Collection[Symbol], halts: Collection[Symbol]) -> None:
        """Follow these prices and halts and nothing else from now on; in the loop."""
        self._wanted = frozenset((*product(PRICES, prices), *product((HALTS,), halts)))
        self._changed.set()

    async def greet(self, wire: Wire) -> None:
        """Await the server's word, log in, and subscribe to everything wanted.

        Raises:
            PortError: When it is refused, not answered, or not all of it is confirmed.
        """
        self._successes, self._confirmed, self._asked = set(), _NOTHING, _NOTHING
        await wire.until("hello", self._is_told("connected"))
        name, secret = await self._keys.pair()
        await wire.say({"action": "auth", "key": name, "secret": secret})
        await wire.until("authorization", self._is_told("authenticated"))
        self._keys.accept()
        self._heard_at = self._world.stopwatch()
        if await self._subscribe(wire):
            await wire.until("subscription", self._is_confirmed)

    def take(self, message: str | bytes) -> None:
        """Take one message; parts of it that are not understood are counted.

        Raises:
            PortError: When the broker says that the connection is of no use.
        """
        self._counts["messages"] += 1
        for told in parts(message):
            try:
                self._take(fields(told, "a message"))
            except FrameError:
                self._counts["not_understood"] += 1

    async def attend(self, wire: Wire) -> None:
        """Follow changes of what is wanted, and notice when nothing is told.

        Raises:
            StreamBrokenError: When the stream is mute, or does not confirm a change.
        """
        await together(self._follow(wire), self._watch())

    def lost(self) -> None:
        """Forget what was told: from here on messages are missed."""
        self._board.blank()

    def _is_told(self, step: str) -> Callable[[str | bytes], bool]:
        def is_it(message: str | bytes) -> bool:
            self.take(message)
            return step in self._successes

        return is_it

    def _is_confirmed(self, message: str | bytes) -> bool:
        self.take(message)
        return self._asked <= self._confirmed

    def _take(self, told: _Fields) -> None:
        match told.get("T"):
            case "success":
                self._successes.add(str(told.get("msg")))
            case "error":
                refuse(told.get("code"), told.get("msg"))
            case "subscription":
                self._confirmed = _confirmed(told)
                self._acknowledged.set()
            case _ if post(self._board, told):
                self._heard_at, self._patience = self._world.stopwatch(), 1
            case _:
                self._counts["unknown"] += 1

    async def _subscribe(self, wire: Wire) -> bool:
        """Ask for what is wanted and no more; say whether there was anything to ask for."""
        wanted, asked = self._wanted, self._asked
        for action, pairs in (("unsubscribe", asked - wanted), ("subscribe", wanted - asked)):
            if pairs:
                await wire.say({"action": action, **_listed(pairs)})
        self._asked = wanted
        return bool(wanted - asked)

    async def _follow(self, wire: Wire) -> None:
        """Subscribe anew after each change.

        Raises:
            StreamBrokenError: When it is not confirmed in time.
        """
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._subscribe(wire)
            try:
                async with asyncio.timeout(self._settings.step_seconds):
                    while not self._asked <= self._confirmed:
                        self._acknowledged.clear()
                        await self._acknowledged.wait()
            except TimeoutError as error:
                msg = "the stream did not confirm the whole subscription in time"
                raise StreamBrokenError(msg) from error

    async def _watch(self) -> None:
        """Wait for a silence that is too long; after each the next may be twice as long.

        Quiet symbols are silent too, and must not cost a connection a minute.

        Raises:
            StreamBrokenError: When nothing was told although something was to be expected.
        """
        while True:
            silent = self._world.stopwatch() - self._heard_at
            left = self._settings.stale_seconds * self._patience - silent
            if left > 0:
                await rest(left)
            elif self._asked and self._expected():
                self._counts["mute"] += 1
                self._patience = min(2 * self._patience, _PATIENCE_MAX)
                raise StreamBrokenError("the stream is mute: no symbol has had a quote or a trade")
            else:
                await rest(self._settings.stale_seconds)


def _listed(pairs: Collection[_Pair]) -> dict[str, list[str]]:
    """Return the symbols of each channel that has some, sorted."""
    lists = {
        channel: sorted(name for place, name in pairs if place == channel) for channel in CHANNELS
    }
    return {channel: names for channel, names in lists.items() if names}


def _confirmed(told: _Fields) -> frozenset[_Pair]:
    """Return what is subscribed; a channel that is not told, or told as null, has nothing.

    Raises:
        FrameError: When a channel is something else than a list.
    """
    pairs: set[_Pair] = set()
    for channel in CHANNELS:
        names = told.get(channel) or []
        if not isinstance(names, list):
            raise FrameError("a channel of a subscription is no list")
        pairs.update((channel, str(name)) for name in names)
    return frozenset(pairs)
