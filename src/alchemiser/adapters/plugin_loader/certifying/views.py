"""Views that tell what was read and whether anybody changed what they are made of."""

from collections.abc import Iterable
from itertools import chain

from alchemiser.adapters.plugin_loader.processes.bars import COLUMNS
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import Symbol


class Reads(set[Symbol]):
    """Keep what was read, also when it is taken out again."""

    def __init__(self) -> None:
        super().__init__()
        self.ever: set[Symbol] = set()

    def add(self, name: Symbol) -> None:
        """Add `name`."""
        self.ever.add(name)
        super().add(name)

    def update(self, *names: Iterable[Symbol]) -> None:
        """Add all of `names`."""
        for name in chain(*names):
            self.add(name)


class Shown:
    """Show a view, and prove that nobody changed what it is made of."""

    def __init__(self, view: MarketView) -> None:
        """Show `view`."""
        self.view = view
        self.reads = Reads()
        view._reads = self.reads  # noqa: SLF001 - reads cannot be unread
        self._panel = view._panel  # noqa: SLF001 - what is behind the view
        self._behind = _behind(view)
        self._before = _parts(self._panel)

    def is_intact(self) -> bool:
        """Say whether the view is made of what it was made of."""
        return (
            self.view._panel is self._panel  # noqa: SLF001 - what is behind the view
            and _behind(self.view) == self._behind
            and _parts(self._panel) == self._before
        )


def _behind(view: MarketView) -> tuple[object, ...]:
    return view._row, id(view._whole), id(view._readings)  # noqa: SLF001 - what is behind the view


def _parts(panel: BarPanel) -> tuple[object, ...]:
    arrays = (id(getattr(panel, name)) for name in COLUMNS)
    return (
        panel.sessions,
        panel.symbols,
        panel.provisional,
        *arrays,
        [panel.column(name) for name in panel.symbols],
    )
