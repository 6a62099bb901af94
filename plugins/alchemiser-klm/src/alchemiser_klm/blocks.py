"""What the variants are built of: the rows and choices that more than one of them uses."""

from collections.abc import Iterable
from typing import Final

from alchemiser.rules import Condition, Node, bottom, rsi, stdev_return, when

Row = tuple[Condition, Node | str]
"""When a condition holds, and what is held then."""


def first_match(rows: Iterable[Row], otherwise: Node) -> Node:
    """Return the tree that holds what the first row that holds says, else `otherwise`."""
    tree = otherwise
    for condition, held in reversed(tuple(rows)):
        tree = when(condition, held, tree)
    return tree


def above(name: str, level: float, window: int = 10) -> Condition:
    """Ask whether `name` is stronger than `level`, 0 to 100."""
    return rsi(name, window) > level


def below(name: str, level: float, window: int = 10) -> Condition:
    """Ask whether `name` is weaker than `level`, 0 to 100."""
    return rsi(name, window) < level


# FR11: heat is answered by volatility.
HEAT: Final[tuple[Row, ...]] = tuple(
    (above(name, level), "UVXY")
    for name, level in (
        ("QQQE", 79),
        ("VTV", 79),
        ("VOX", 79),
        ("TECL", 79),
        ("VOOG", 79),
        ("VOOV", 79),
        ("XLP", 75),
        ("TQQQ", 79),
        ("XLY", 80),
        ("FAS", 80),
        ("SPY", 80),
    )
)

# POP: a fall is bought with leverage.
DIPS: Final[tuple[Row, ...]] = (
    (below("TQQQ", 30), "TECL"),
    (below("SOXL", 30), "SOXL"),
    (below("SPXL", 30), "SPXL"),
)
DIPS_AND_BIOTECH: Final[tuple[Row, ...]] = (*DIPS, (below("LABU", 25), "LABU"))

# BSC: fear is held until the market itself is sold off.
SCARE: Final = when(above("SPY", 30, window=21), "VIXM", "SPXL")

# SW: one half of a switch or the other.
TECHNOLOGY_LEADS: Final = rsi("XLK", 10) > rsi("KMLM", 10)

DULLEST_OF_THREE: Final = bottom(1, by=stdev_return(window=6), of=("UUP", "FTLS", "KMLM"))


def scare_or_dips(fear: str) -> tuple[Row, ...]:
    """Return the block SINGLE: what a scare asks for while the fund `fear` is strong, else POP."""
    return (above(fear, 65, window=21), SCARE), *DIPS
