"""Every control and breaker by name: what it is for, in which unit, and where the owner sets it."""

from typing import Final

from alchemiser.domain.risk.catalogue_amounts import AMOUNTS
from alchemiser.domain.risk.catalogue_breakers import BREAKERS
from alchemiser.domain.risk.catalogue_conduct import CONDUCT
from alchemiser.domain.risk.catalogue_rows import ALWAYS, Control, Guard
from alchemiser.domain.risk.limits import RiskCode

CONTROLS: Final = (
    *CONDUCT,
    *AMOUNTS,
    Control(
        code=RiskCode.PLAN_FAILURE,
        refuses="buys of a plan after the venue has refused an order of it",
        unit="orders",
        key="[execution] on_failure",
        statements="OS-17",
    ),
    Control(
        code=RiskCode.DEADLINE,
        refuses="to go on with a plan after its deadline",
        unit="moment, UTC",
        key="[schedule]",
        statements="OS-22",
    ),
)
"""One a code, in the order in which the last gate looks; what only a plan at work meets is last."""

__all__ = ["ALWAYS", "BREAKERS", "CONTROLS", "Control", "Guard"]
