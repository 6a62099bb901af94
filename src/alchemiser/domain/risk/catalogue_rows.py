"""How a control and a breaker are described."""

from dataclasses import dataclass
from typing import Final

from alchemiser.domain.risk.breakers import BreakerCode
from alchemiser.domain.risk.limits import RiskCode

ALWAYS: Final = "always"
"""Of a control that nobody can set: it is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Describe one control.

    Attributes:
        code: The stable name that a refusal carries.
        refuses: What is refused, as the end of "refuses …".
        unit: The unit of what was observed and of the limit.
        key: The line of the configuration that sets it, or `ALWAYS`.
        statements: The requirements that ask for it.
    """

    code: RiskCode
    refuses: str
    unit: str
    key: str = ALWAYS
    statements: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Describe one breaker.

    Attributes:
        code: The stable name that a trip carries.
        watches: What it watches, as the end of "watches …".
        unit: The unit of what was observed and of the threshold.
        follows: What follows when it trips, until an owner lifts it.
        key: The line of the configuration that sets it, or `ALWAYS`.
        statements: The requirements that ask for it.
    """

    code: BreakerCode
    watches: str
    unit: str
    follows: str
    key: str = ALWAYS
    statements: str
