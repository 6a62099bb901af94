"""The append-only store of every bar the engine has ever decided on."""

from datetime import datetime
from typing import Protocol

from alchemiser.domain.market.bars import BarPanel, BarsReference


class BarsStorePort(Protocol):
    """Keep bars as first seen, and every later revision beside them."""

    def record(self, panel: BarPanel, *, seen_at: datetime) -> BarsReference:
        """Store what is new or revised in `panel`; return a reference that gives it back exactly.

        Durable when it returns. Storing the same panel again adds nothing.

        Raises:
            PortUnavailableError: When the store cannot be written.
        """

    def read(self, reference: BarsReference) -> BarPanel:
        """Return the panel that `reference` was given for, bit for bit, later revisions ignored.

        Raises:
            InputError: When the stored bars do not have the digest of the reference.
        """
