"""What is halted, and who wants to hear of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alchemiser.domain.values.identifiers import Symbol

REASONS: Final = {
    "T1": "Halt News Pending",
    "T2": "Halt News Dissemination",
    "T5": "Single Stock Trading Pause In Affect",
    "T6": "Regulatory Halt Extraordinary Market Activity",
    "T8": "Exchange Traded Fund Halt",
    "T12": "Trading Halted; For information requested by NASDAQ",
    "H10": "Halt SEC Trading Suspension",
    "LUDP": "Volatility Trading Pause",
    "MWC1": "Market Wide Circuit Breaker Halt Level 1",
    "M": "Limit Up-Limit Down (LULD) Trading Pause",
}
"""Texts of the reason codes in use here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """Tell that trading in `symbol` stopped or went on at `at`, for the reason `code`."""

    symbol: Symbol
    halted: bool
    code: str
    at: datetime


class Halts:
    """Keep what is halted since when."""

    def __init__(self) -> None:
        self._since: dict[Symbol, StatusChange] = {}
        self._listeners: list[Callable[[StatusChange], None]] = []

    def listen(self, listener: Callable[[StatusChange], None]) -> None:
        """Tell `listener` of every change from now on."""
        self._listeners.append(listener)

    def halt(self, symbol: Symbol, at: datetime, code: str = "T1") -> None:
        """Halt `symbol`; nothing happens when it is halted already."""
        if symbol not in self._since:
            change = StatusChange(symbol=symbol, halted=True, code=code, at=at)
            self._since[symbol] = change
            self._tell(change)

    def resume(self, symbol: Symbol, at: datetime) -> None:
        """Let `symbol` trade again; nothing happens when it is not halted."""
        if symbol in self._since:
            code = self._since.pop(symbol).code
            self._tell(StatusChange(symbol=symbol, halted=False, code=code, at=at))

    def follow(self, halted: Collection[Symbol], at: datetime) -> None:
        """Halt and resume until just `halted` are halted."""
        for name in sorted(self._since.keys() ^ set(halted)):
            change = self.halt if name in halted else self.resume
            change(name, at)

    def halted(self, symbol: Symbol) -> bool:
        """Say whether `symbol` is halted at present."""
        return symbol in self._since

    def seen(self, symbol: Symbol, at: datetime) -> datetime:
        """Return the moment whose prices are the last ones of `symbol` at `at`."""
        change = self._since.get(symbol)
        return at if change is None else min(at, change.at)

    def _tell(self, change: StatusChange) -> None:
        for listener in self._listeners:
            listener(change)
