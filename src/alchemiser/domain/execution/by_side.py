"""What there is of a plan's orders on each side, so that nobody has to go through all of them."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from alchemiser.domain.orders.messages import BUY, Side

Kept = TypeVar("Kept")


@dataclass(slots=True)
class BySide(Generic[Kept]):
    """Keep one thing at most for each order of a plan, in the plan's order."""

    _sells: dict[int, Kept] = field(default_factory=dict)
    _buys: dict[int, Kept] = field(default_factory=dict)

    def keep(self, side: Side, place: int, one: Kept | None) -> None:
        """Keep `one`, or nothing, for the order that stands at `place` in the plan."""
        kept = self._buys if side is BUY else self._sells
        if kept.get(place) is one:
            return
        if one is None:
            del kept[place]
            return
        is_last = place in kept or not kept or place > next(reversed(kept))
        kept[place] = one
        if not is_last:
            rows = sorted(kept.items())
            kept.clear()
            kept.update(rows)

    def on(self, side: Side | None) -> tuple[Kept, ...]:
        """Return what is kept of one side or of both, sells first as in every plan."""
        if side is None:
            return (*self._sells.values(), *self._buys.values())
        return tuple(self._on(side).values())

    def has(self, side: Side) -> bool:
        """Say whether anything is kept of `side`."""
        return bool(self._on(side))

    def is_empty(self) -> bool:
        """Say whether nothing is kept."""
        return not (self._sells or self._buys)

    def _on(self, side: Side) -> dict[int, Kept]:
        return self._buys if side is BUY else self._sells
