"""How values are written, the same in sentences, tables and every form of a report."""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from alchemiser.ports.report_document import Cell, Unit

UNKNOWN: Final = "-"

SELECTED: Final[Mapping[str, tuple[str, Unit]]] = {
    "cagr": ("growth a year", Unit.FRACTION),
    "calmar": ("Calmar ratio", Unit.RATIO),
    "omega": ("Omega ratio", Unit.RATIO),
    "sharpe": ("Sharpe ratio", Unit.RATIO),
    "sortino": ("Sortino ratio", Unit.RATIO),
}
"""What people are told of the figures of `selection.FIGURES`, and in what they are counted."""

_FORMS: Final[Mapping[Unit, Callable[[float], str]]] = {
    Unit.COUNT: lambda value: f"{value:,.0f}",
    Unit.FRACTION: lambda value: f"{100 * value:,.2f} %",
    Unit.MONEY: lambda value: f"{value:,.2f}",
    Unit.RATIO: lambda value: f"{value:,.2f}",
    Unit.SHARES: lambda value: f"{value:,.4f}",
}


def is_known(value: Cell) -> bool:
    """Say whether there is a value: neither None nor a number that is not finite."""
    return value is not None and (not isinstance(value, float) or math.isfinite(value))


def told(value: Cell, unit: Unit) -> str:
    """Return `value` as it is written everywhere, a dash where it is not known."""
    if not is_known(value):
        return UNKNOWN
    form = _FORMS.get(unit)
    if form is None or not isinstance(value, int | float | Decimal):
        return value.isoformat() if isinstance(value, date) else str(value)
    text = form(float(value))
    return text.removeprefix("-") if not text.strip("-0,. %") else text


def percent(value: float) -> str:
    """Return a fraction as a percentage."""
    return told(value, Unit.FRACTION)


def begun(sentence: str) -> str:
    """Return `sentence` with a capital letter at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def listed(words: Iterable[str]) -> str:
    """Return `words` as a list in a sentence."""
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last


def counted(number: int, noun: str) -> str:
    """Return a number and its noun, in the plural unless it is one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
