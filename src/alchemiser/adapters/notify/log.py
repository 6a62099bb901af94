"""Alerts as JSON lines in a log."""

from collections.abc import Callable, MutableMapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

from alchemiser.domain.journal.scalars import time_text
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.notifier import Alert

if TYPE_CHECKING:
    import structlog


class LogNotifier:
    """Write each alert as one line of JSON to `stream`, stamped by `clock`; a NotifierPort.

    Everything but printable ASCII is escaped, so no symbol, reason or word of a broker can forge
    a second line or steer a terminal. `redact` takes secrets out of every word.

    Attributes:
        lost: How many alerts could not be written.
    """

    def __init__(
        self, stream: TextIO, clock: ClockPort, redact: Callable[[str], str] = str
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._redact = redact
        self.lost = 0

    def notify(self, alert: Alert) -> None:
        """Write `alert`; one that cannot be written is counted as lost."""
        try:
            self._logger.msg(
                alert.code,
                at=time_text(self._clock.now()),
                severity=alert.severity.value,
                text=alert.text,
            )
        except Exception:  # noqa: BLE001 - trading goes on whatever becomes of a message
            self.lost += 1

    @cached_property
    def _logger(self) -> "structlog.BoundLogger":
        import structlog  # noqa: PLC0415 - costs a fifth of a second that most commands never need

        logger: structlog.BoundLogger = structlog.wrap_logger(
            structlog.WriteLogger(self._stream),
            processors=[self._redacted, structlog.processors.JSONRenderer(sort_keys=True)],
            wrapper_class=structlog.BoundLogger,
            context_class=dict,
        )
        return logger

    def _redacted(
        self, _logger: object, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Return `event` without secrets: a processor of structlog, the last before the text."""
        return {key: self._redact(str(value)) for key, value in event.items()}
