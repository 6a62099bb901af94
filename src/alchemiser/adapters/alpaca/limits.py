"""What requests may take, and what they need of the outside world."""

from collections.abc import Callable
from dataclasses import dataclass, field

from alchemiser.adapters.alpaca.health import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bound what calls may take.

    Attributes:
        connect: Longest time to a connection, seconds.
        read: Longest silence of the server, seconds.
        total: Longest time of a call, its repetitions and waits included, seconds.
        page: Longest time of each page of a list of bars or announcements besides, seconds.
        tries: Most requests for one read.
        wait: Longest wait before the second try, seconds; doubled with each try after.
        wait_max: Longest wait before a try, seconds, whatever the server asks for.
        failures: Failures in a row after which the server is left alone.
        rest: How long it is left alone, seconds.
        per_minute: Requests a minute.
        connections: Most requests at a time.
    """

    connect: float = 3.0
    read: float = 10.0
    total: float = 15.0
    page: float = 1.0
    tries: int = 4
    wait: float = 0.5
    wait_max: float = 5.0
    failures: int = 5
    rest: float = 10.0
    per_minute: int = 200
    connections: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Rim:
    """What a transport takes from the outside world.

    Attributes:
        stopwatch: Tells seconds since some moment.
        pause: Waits for so many seconds and returns True, or False at once when told to stop.
        chance: Draws a number in [0, 1).
        health: Counts what had to be mended.
    """

    stopwatch: Callable[[], float]
    pause: Callable[[float], bool]
    chance: Callable[[], float]
    health: Health = field(default_factory=Health)
