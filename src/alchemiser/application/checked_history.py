"""Prove a source before it is first asked for bars, and ask it nothing when no bar is wanted."""

from collections.abc import Callable, Sequence
from datetime import date

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.series_store import HistoryPort


class CheckedHistory:
    """Serve the history of a source whose check comes before its first part; a HistoryPort."""

    def __init__(self, origin: HistoryPort, check: Callable[[], None]) -> None:
        """Serve what `origin` does.

        Args:
            origin: Where bars come from.
            check: Asks the source for a little; it raises InputError that names the remedy.
        """
        self._origin = origin
        self._check = check
        self._checked = False

    def source(self) -> str:
        """Return what the series are made of."""
        return self._origin.source()

    def history(self, symbols: Sequence[Symbol], *, first: date, last: date) -> BarPanel:
        """Return bars of `symbols` in every session from `first`, or the source's own, to `last`.

        The errors are those of the check and of the source.
        """
        if not self._checked:
            self._check()
            self._checked = True
        return self._origin.history(symbols, first=first, last=last)
