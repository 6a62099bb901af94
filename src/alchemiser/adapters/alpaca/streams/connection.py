"""One connection that is made again whenever it breaks, whatever is spoken on it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NoReturn, Protocol

from alchemiser.adapters.alpaca.streams.refusals import ConnectionLimitError
from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.adapters.alpaca.streams.waiting import rest, together
from alchemiser.adapters.alpaca.streams.wire import Address, Wire, opened
from alchemiser.ports.errors import (
    AuthenticationError,
    PortError,
    PortRejectedError,
    PortUnavailableError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Hold what a stream takes from the world round it.

    Attributes:
        stopwatch: Tells seconds since some moment.
        chance: Draws a number in [0, 1).
        tell: Takes one sentence for the owner; never blocks.
        counts: Where one stream counts what happens, by name.
    """

    stopwatch: Callable[[], float]
    chance: Callable[[], float]
    tell: Callable[[str], None]
    counts: Counter[str] = field(default_factory=Counter)

    def afresh(self) -> "World":
        """Return this world with counts of its own."""
        return replace(self, counts=Counter())


class Speaker(Protocol):
    """What is spoken on a connection."""

    async def greet(self, wire: Wire) -> None:
        """Shake hands on a new connection.

        Raises:
            PortError: When it comes to nothing.
        """

    def take(self, message: str | bytes) -> None:
        """Take one message, as it came.

        Raises:
            PortError: When the connection is of no use any more.
        """

    async def attend(self, wire: Wire) -> None:
        """Do what else there is to do while the connection stands; never returns.

        Raises:
            PortError: When the connection is of no use any more.
        """

    def lost(self) -> None:
        """Learn that the connection is gone."""


@dataclass(slots=True)
class _Streak:
    """Count what has gone wrong in a row."""

    failures: int = 0
    refusals: int = 0
    limits: int = 0
    is_told: bool = False


class Connection:
    """Keep up one connection and speak on it."""

    def __init__(
        self,
        address: Address,
        speaker: Speaker,
        *,
        world: World,
        settings: StreamSettings,
    ) -> None:
        """Have no connection yet.

        Args:
            address: Where to connect to.
            speaker: Knows what is said there.
            world: Time, chance and the owner's ear.
            settings: How patient to be.
        """
        self._address = address
        self._speaker = speaker
        self._world = world
        self._settings = settings
        self._counts = world.counts
        self._streak = _Streak()
        self._opened_at: float | None = None

    async def run(self) -> NoReturn:
        """Connect, and connect again, until cancelled.

        Raises:
            AuthenticationError: When the key was refused so often in a row that it is wrong.
            PortRejectedError: When a new connection would be refused like this one.
        """
        while True:
            wait = 0.0
            try:
                await self._hold()
            except PortUnavailableError as error:
                wait = self._after_failure(error)
            except AuthenticationError as error:
                wait = self._after_refusal(error)
            finally:
                self._opened_at = None
                self._speaker.lost()
            await rest(wait)

    async def _hold(self) -> None:
        """Make one connection and keep it until it is of no use."""
        self._counts["tries"] += 1
        async with opened(self._address, self._settings) as wire:
            await self._speaker.greet(wire)
            self._stands()
            await together(self._listen(wire), self._speaker.attend(wire))

    async def _listen(self, wire: Wire) -> None:
        while True:
            self._speaker.take(await wire.receive())

    def _stands(self) -> None:
        self._counts["connections"] += 1
        self._opened_at = self._world.stopwatch()
        if self._streak.is_told:
            self._say("is back")
        self._streak = _Streak(failures=self._streak.failures)

    def _after_failure(self, error: PortError) -> float:
        """Count a failure; return the seconds until the next try."""
        self._counts["failures"] += 1
        self._forgive()
        self._streak.failures += 1
        if isinstance(error, ConnectionLimitError):
            self._counts["limits"] += 1
            self._streak.limits += 1
            if self._streak.limits == 1:
                self._say(f"is down: {error}; another program may use this account", told=True)
            return self._settings.reaping_seconds
        if self._streak.failures == self._settings.escalate_after:
            self._say(f"is down after {self._streak.failures} failures: {error}", told=True)
        return self._settings.backoff(self._streak.failures, self._world.chance())

    def _after_refusal(self, error: PortRejectedError) -> float:
        """Count a refusal of the key; raise `error` when it is one too many."""
        self._counts["refusals"] += 1
        self._streak.refusals += 1
        self._streak.failures += 1
        if self._streak.refusals >= self._settings.refusals_max:
            raise error
        return self._settings.backoff(self._streak.failures, self._world.chance())

    def _forgive(self) -> None:
        """Begin a new count when the lost connection had stood for long."""
        if self._opened_at is not None:
            lasted = self._world.stopwatch() - self._opened_at
            if lasted >= self._settings.settled_seconds:
                self._streak.failures = 0

    def _say(self, text: str, *, told: bool = False) -> None:
        self._streak.is_told = told
        self._world.tell(f"the stream of {self._address.name} {text}.")
