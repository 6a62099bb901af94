"""How often something had to be helped, so that a failing broker is seen before it fails."""

from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final

_TOLD_MAX: Final = 1000


def _nobody(_kind: str, _text: str) -> None:
    """Tell nobody."""


class Health:
    """Count what went wrong and was mended, by kind; tells once a kind passes `alert_above`.

    For any thread.
    """

    def __init__(
        self, alert: Callable[[str, str], None] = _nobody, *, alert_above: int = 20
    ) -> None:
        """Call `alert` with a kind and its text at every `alert_above` more of a kind."""
        self._alert = alert
        self._above = alert_above
        self._counts = Counter[str]()
        self._told = set[tuple[str, str]]()
        self._lock = Lock()

    def count(self, kind: str, text: str = "") -> None:
        """Count one of `kind`, which `text` describes."""
        with self._lock:
            self._counts[kind] += 1
            seen = self._counts[kind]
        if seen % self._above == 0:
            self._alert(kind, f"{seen} times so far, the last: {text or kind}")

    def tell(self, kind: str, text: str) -> None:
        """Count one of `kind` and tell of it at once, of the same text once."""
        with self._lock:
            self._counts[kind] += 1
            if (kind, text) in self._told or len(self._told) >= _TOLD_MAX:
                return
            self._told.add((kind, text))
        self._alert(kind, text)

    def counts(self) -> Mapping[str, int]:
        """Return how many of each kind there were."""
        with self._lock:
            return dict(self._counts)
