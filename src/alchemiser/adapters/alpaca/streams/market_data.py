"""Quotes, trades, minutes and halts, told by the broker as they happen."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from threading import Lock
from typing import Final, NoReturn

from alchemiser.adapters.alpaca.streams.board import Board, MinuteBar
from alchemiser.adapters.alpaca.streams.connection import Connection, World
from alchemiser.adapters.alpaca.streams.keys import KeyReader, Keys
from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.adapters.alpaca.streams.subscriber import Subscriber
from alchemiser.adapters.alpaca.streams.wire import Address
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol

NAME: Final = "market data"


class MarketDataStream:
    """Keep the latest of the subscribed symbols: `run` in one loop, read from any thread."""

    def __init__(
        self,
        url: str,
        *,
        keys: Keys,
        expected: Callable[[], bool],
        world: World,
        settings: StreamSettings | None = None,
        packed: bool = True,
    ) -> None:
        """Subscribe to nothing and have no connection yet.

        Args:
            url: Such as `wss://stream.data.alpaca.markets/v2/iex`.
            keys: The account's key.
            expected: Says whether prices are to be expected at present: the market is open.
            world: Time, chance and the owner's ear.
            settings: How patient to be; `stale_seconds` is the longest silence.
            packed: Whether to ask for MessagePack, which is half as long as JSON.
        """
        self._address = Address(url=url, name=NAME, packed=packed)
        self._keys = keys
        self._expected = expected
        self._world = world.afresh()
        self._settings = settings or StreamSettings()
        self._board = Board()
        self._prices: frozenset[Symbol] = frozenset()
        self._watched: frozenset[Symbol] = frozenset()
        self._lock = Lock()
        self._running: tuple[asyncio.AbstractEventLoop, Subscriber] | None = None

    def subscribe(self, names: Collection[Symbol]) -> None:
        """Follow prices and halts of `names` and nothing else from now on; from any thread."""
        self._follow(frozenset(names), frozenset())

    def watch(self, names: Collection[Symbol]) -> None:
        """Follow the halts of `names` too; from any thread."""
        self._follow(None, frozenset(names))

    def _follow(self, prices: frozenset[Symbol] | None, watched: frozenset[Symbol]) -> None:
        """Follow other prices and with them no other halts, or the same ones and further halts."""
        with self._lock:
            if prices is None:
                if watched <= self._watched:
                    return
                prices, watched = self._prices, self._watched | watched
            self._prices, self._watched = prices, prices | watched
            self._board.keep(self._watched)
            if self._running is not None:
                loop, speaker = self._running
                loop.call_soon_threadsafe(speaker.want, self._prices, self._watched)

    async def run(self) -> NoReturn:
        """Keep up the connection until cancelled; once at a time.

        Raises:
            PortRejectedError: When the broker refuses the key or the subscription for good.
        """
        speaker = Subscriber(
            KeyReader(self._keys, self._settings.step_seconds),
            self._board,
            expected=self._expected,
            world=self._world,
            settings=self._settings,
        )
        with self._lock:
            self._running = asyncio.get_running_loop(), speaker
            speaker.want(self._prices, self._watched)
        connection = Connection(self._address, speaker, world=self._world, settings=self._settings)
        try:
            await connection.run()
        finally:
            with self._lock:
                self._running = None

    def quote(self, name: Symbol) -> Quote | None:
        """Return the latest quote, or None where the stream has told none; from any thread."""
        return self._board.quote(name)

    def bar(self, name: Symbol) -> MinuteBar | None:
        """Return the latest minute, or None where the stream has told none; from any thread."""
        return self._board.bar(name)

    def halts(self) -> frozenset[Symbol]:
        """Return the symbols that count as halted; from any thread."""
        return self._board.halts()

    def halted(self, names: Collection[Symbol]) -> frozenset[Symbol]:
        """Return those of `names` that count as halted, and watch all of them from now on."""
        self.watch(names)
        return self.halts() & frozenset(names)

    def trading(self, names: Collection[Symbol]) -> frozenset[Symbol]:
        """Return those of `names` that are known to trade; from any thread."""
        return self._board.trading() & frozenset(names)

    def unknown_halts(self) -> frozenset[Symbol]:
        """Return the symbols that may be halted without our knowing it; from any thread."""
        return self._board.unknown_halts()

    def counts(self) -> Mapping[str, int]:
        """Return how often what has happened, by name."""
        return dict(self._world.counts)
