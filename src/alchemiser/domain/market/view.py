"""What a strategy may see at one moment."""

from collections.abc import Iterable
from datetime import date

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats


class MarketView:
    """Show the bars up to and including one session, and remember which were read.

    The arrays are read-only and end at `as_of`: no later bar can be reached through them.
    """

    __slots__ = ("_panel", "_reads", "_row")

    def __init__(self, panel: BarPanel, row: int) -> None:
        """Look at `panel` as of its row `row` (0-based).

        Raises:
            InvalidValueError: When the panel has no such row.
        """
        if not 0 <= row < len(panel.sessions):
            msg = f"row {row} is not one of the panel's {len(panel.sessions)} sessions."
            raise InvalidValueError(msg)
        self._panel = panel.until(row)
        self._row = row
        self._reads: set[Symbol] = set()

    @property
    def as_of(self) -> date:
        """The session that the view ends with."""
        return self._panel.sessions[-1]

    @property
    def sessions(self) -> tuple[date, ...]:
        """The T sessions in view, ascending."""
        return self._panel.sessions

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The symbols in view, sorted."""
        return self._panel.symbols

    def close(self, name: str) -> Floats:
        """Return the closes of `name`, float64 (T,), oldest first, read-only, NaN where no bar is.

        Raises:
            InvalidValueError: When `name` is not in view: add it to the strategy's requirements.
        """
        closes = self._panel.closes(Symbol(name))
        if closes is None:
            msg = f"{name} is not in view: declare it in the strategy's requirements."
            raise InvalidValueError(msg)
        self._reads.add(Symbol(name))
        return closes

    def panel(self, names: Iterable[str]) -> BarPanel:
        """Return all bars in view; those of `names` count as read."""
        self._reads.update(name for name in map(Symbol, names) if name in self._panel.symbols)
        return self._panel

    def reads(self) -> tuple[Symbol, ...]:
        """Return the symbols read so far, sorted."""
        return tuple(sorted(self._reads))
