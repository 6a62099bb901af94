"""Telling people."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Severity(StrEnum):
    """How soon a person should look."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message for the owner.

    Attributes:
        severity: How soon to look.
        code: Stable name of the condition, such as `strategy_failed`.
        text: One plain sentence.
    """

    severity: Severity
    code: str
    text: str


class NotifierPort(Protocol):
    """Deliver alerts."""

    def notify(self, alert: Alert) -> None:
        """Deliver `alert`; never raises and never blocks the engine."""
