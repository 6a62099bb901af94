"""Reference data on instruments."""

from typing import Protocol

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument


class ReferencePort(Protocol):
    """Classify symbols."""

    def instrument(self, name: Symbol) -> Instrument:
        """Return the instrument of `name`; an unlisted symbol is an unlevered stock."""
