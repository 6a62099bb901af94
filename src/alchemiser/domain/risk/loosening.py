"""Which limits allow more than they did, by their names and texts on record."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from alchemiser.domain.risk.breakers import Action

UNSET: Final = "not set"
"""Stands for a limit that is off, or for a row that a table does not have."""
NOBODY: Final = "none"
"""Stands for a list or a table without rows."""

RECKONED_BY: Final = frozenset({
    "correlation_sessions",
    "var_sessions",
    "adv_sessions",
    "over_limit",
    "breakers.trend_sessions",
    "max_position_symbol",
})
"""What says how a figure is reckoned, or what becomes of a wish: more of it is not looser."""

SMALLER_IS_LOOSER: Final = frozenset({
    "var_confidence",
    "reversal_sessions",
    "breakers.cool_off_sessions",
})
OWN_ROW: Final = "max_position_symbol."
"""A symbol's own limit wins over that of its class, so that to add one may allow more."""
RESTRICTED: Final = "restricted"
ACTION: Final = "breakers.drawdown_action"
INTRADAY_MARGIN: Final = "intraday_margin_since"


def loosened(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of limits that are looser `now`, or that nobody can tell to be as strict."""
    for name in {**now, **before}:
        then, since = before.get(name, UNSET), now.get(name, UNSET)
        if then != since and name not in RECKONED_BY and _is_looser(name, then, since):
            yield name


def _is_looser(name: str, then: str, now: str) -> bool:
    if name == RESTRICTED:
        return not _listed(then) <= _listed(now)
    if name == ACTION:
        actions = list(Action)
        return actions.index(Action(now)) < actions.index(Action(then))
    if name == INTRADAY_MARGIN or UNSET in (then, now):
        return name == INTRADAY_MARGIN or now == UNSET or name.startswith(OWN_ROW)
    return (Decimal(now) > Decimal(then)) is (name not in SMALLER_IS_LOOSER)


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split()) - {NOBODY}
