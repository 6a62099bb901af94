"""Orders that break a control each, and exactly this one: all of them, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from alchemiser.application.controls.bench import Afternoon, Maker
from alchemiser.application.controls.conduct import CONDUCT
from alchemiser.application.controls.holdings import HOLDINGS
from alchemiser.application.controls.measuring import MEASURING
from alchemiser.application.controls.money import MONEY
from alchemiser.application.controls.quoting import QUOTING
from alchemiser.application.controls.sizes import SIZES
from alchemiser.application.controls.standing import STANDING
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.risk.catalogue import CONTROLS
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode

_MAKERS: Final[dict[RiskCode, Maker]] = {
    **STANDING,
    **QUOTING,
    **CONDUCT,
    **SIZES,
    **HOLDINGS,
    **MEASURING,
    **MONEY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Hold an order that must be refused.

    Attributes:
        id: The control's name, and the case where it has several.
        code: What the refusal has to carry.
        order: The order.
        context: The world in which it is tried; all but one thing is sound.
    """

    id: str
    code: RiskCode
    order: NewOrderSingle
    context: RiskContext


def attempts(afternoon: Afternoon) -> Iterator[Attempt]:
    """Yield every attempt, in the order of the catalogue; no limit of `afternoon` may be off."""
    for code in (control.code for control in CONTROLS if control.code in _MAKERS):
        for case, order, context in _MAKERS[code](afternoon):
            name = f"{code}.{case}" if case else str(code)
            yield Attempt(id=name, code=code, order=order, context=context)
