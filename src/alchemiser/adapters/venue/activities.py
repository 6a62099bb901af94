"""What changed the account, as its list of activities has it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from alchemiser.adapters.venue.orders import Execution, Order
from alchemiser.adapters.venue.timetable import NEW_YORK
from alchemiser.domain.values.identifiers import Symbol

FILL = "FILL"
KINDS = frozenset({
    *(FILL, "TRANS", "MISC", "ACATC", "ACATS", "CFEE", "CGD", "CSD", "CSW", "DIV", "DIVCGL"),
    *("DIVCGS", "DIVFEE", "DIVFT", "DIVNRA", "DIVROC", "DIVTW", "DIVTXEX", "FEE", "INT"),
    *("INTNRA", "INTTW", "JNL", "JNLC", "JNLS", "MA", "NC", "OPASN", "OPCA", "OPCSH", "OPEXC"),
    *("OPEXP", "OPTRD", "PTC", "PTR", "REORG", "SPIN", "SPLIT", "FOPT", "OCT"),
})
"""The kinds that are published; of most the venue has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Record one change of the account.

    Attributes:
        id: Its name; begins with its time in New York, so that names sort by time.
        kind: `FILL`, or the kind of what is no trade, such as `DIV`.
        at: When it happened, UTC.
        order: The order that filled, or None.
        execution: Its fill, or None.
        net_amount: Dollars, of what is no trade.
        symbol: The ticker, of what is no trade, or None.
        quantity: Shares, of what is no trade, or None.
        per_share_amount: Dollars a share, of a dividend, or None.
        description: In words, of what is no trade.
    """

    id: str
    kind: str
    at: datetime
    order: Order | None = None
    execution: Execution | None = None
    net_amount: Decimal | None = None
    symbol: Symbol | None = None
    quantity: Decimal | None = None
    per_share_amount: Decimal | None = None
    description: str = ""

    def is_trade(self) -> bool:
        """Say whether it is a fill."""
        return self.kind == FILL


def activity_id(at: datetime, uuid: str) -> str:
    """Return an activity's name: New York's time to the millisecond, and `uuid`."""
    local = at.astimezone(NEW_YORK)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}::{uuid}"
