"""How patient a stream is: every wait of it has an end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSettings:
    """Hold the limits of one stream; times in seconds, all above zero.

    Attributes:
        open_seconds: Longest time to a connection: TCP, TLS and the upgrade to WebSocket.
        step_seconds: Longest time to each answer of the handshake and of a subscription.
        close_seconds: Longest time to part in peace; the socket is cut after it.
        ping_seconds: Between two pings.
        pong_seconds: Longest time from a ping to its pong.
        backoff_min: Longest wait before the first try after a loss.
        backoff_max: Longest wait before any try.
        settled_seconds: A connection that has lasted so long begins a new count of failures.
        reaping_seconds: Wait after "connection limit exceeded": the broker frees the slot of a
            connection that was cut about 90 s later.
        refusals_max: Refusals of the key in a row after which nothing more is tried.
        escalate_after: Failures in a row after which the owner is told.
        frame_bytes_max: Largest message, decompressed.
        frames_max: Messages that wait to be read before the server is slowed down.
        stale_seconds: Longest silence while something is expected.
        grace_seconds: How much later than an answer to a question a stream may tell the same.
        resync_seconds: Longest time that asking for what was missed may take.
        resync_gap_seconds: Shortest time between two times of asking.
        reports_max: Reports that wait for the engine; more are left out and asked for later.
        remembered_max: Names and states of reports that are known again when they come twice.
    """

    open_seconds: float = 5.0
    step_seconds: float = 5.0
    close_seconds: float = 1.0
    ping_seconds: float = 20.0
    pong_seconds: float = 20.0
    backoff_min: float = 1.0
    backoff_max: float = 60.0
    settled_seconds: float = 5.0
    reaping_seconds: float = 90.0
    refusals_max: int = 3
    escalate_after: int = 5
    frame_bytes_max: int = 4 * 1024 * 1024
    frames_max: int = 64
    stale_seconds: float = 60.0
    grace_seconds: float = 3.0
    resync_seconds: float = 60.0
    resync_gap_seconds: float = 2.0
    reports_max: int = 10_000
    remembered_max: int = 100_000

    def backoff(self, failures: int, draw: float) -> float:
        """Return the seconds to wait after `failures` in a row, from 1: full jitter.

        Evenly drawn from zero to a bound that doubles with each failure (Brooker, "Exponential
        Backoff And Jitter", AWS Architecture Blog, 2015).

        Args:
            failures: How many, at least 1.
            draw: Chance, in [0, 1).
        """
        doublings = min(failures - 1, 30)
        return draw * min(self.backoff_max, self.backoff_min * 2.0**doublings)
