"""A bars store for worlds that need none."""

from datetime import datetime

from alchemiser.domain.market.bars import BarPanel, BarsReference
from alchemiser.domain.market.columns import panel_columns, panel_digest, panel_from_columns
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.ports.errors import InputError


class NullBarsStore:
    """Keep nothing: for a backtest, whose bars stay in the file they came from."""

    def record(self, panel: BarPanel, *, seen_at: datetime) -> BarsReference:  # noqa: ARG002
        """Return a reference with revision 0 and the digest of the last session alone.

        Costs the same on the first and on the last day of a backtest.

        Raises:
            InvalidValueError: When `panel` has no session.
        """
        if not panel.sessions:
            msg = "a panel without a session has no last one to refer to."
            raise InvalidValueError(msg)
        last = panel_from_columns(
            sessions=panel.sessions[-1:],
            symbols=panel.symbols,
            columns={name: array[-1:] for name, array in panel_columns(panel).items()},
            provisional=panel.provisional,
        )
        return BarsReference(
            revision=0,
            digest=panel_digest(last),
            symbols=panel.symbols,
            first=panel.sessions[0],
            last=panel.sessions[-1],
        )

    def read(self, reference: BarsReference) -> BarPanel:
        """Refuse.

        Raises:
            InputError: Always.
        """
        msg = (
            f"The bars of {reference.first} to {reference.last} were not kept: read them from the "
            "data that the backtest was given."
        )
        raise InputError(msg)
