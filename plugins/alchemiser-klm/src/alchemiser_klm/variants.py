"""The eight variants: each a name, rows, and what is held when none of the rows holds."""

from dataclasses import dataclass
from typing import Final, Literal

from alchemiser.rules import (
    Node,
    bottom,
    group,
    moving_average_return,
    rsi,
    stdev_return,
    top,
    when,
)
from alchemiser_klm.blocks import (
    DIPS_AND_BIOTECH,
    DULLEST_OF_THREE,
    HEAT,
    TECHNOLOGY_LEADS,
    Row,
    first_match,
    scare_or_dips,
)
from alchemiser_klm.long_table import ROWS, TREND_OR_BEAR

VariantName = Literal[
    "506/38", "1280/26", "1200/28", "520/22", "530/18", "410/38", "nova", "830/21"
]
Choice = Literal["ensemble", VariantName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Describe one variant.

    Attributes:
        name: How the ensemble, reports and the option call it.
        rows: Top to bottom; the first that holds decides.
        otherwise: What is held when none holds.
    """

    name: VariantName
    rows: tuple[Row, ...]
    otherwise: Node

    def tree(self) -> Node:
        """Return the variant as a rule tree."""
        return group(self.name, first_match(self.rows, self.otherwise))


def switcher(
    name: VariantName, *, before: tuple[Row, ...], technology: Node, rotator: Node
) -> Variant:
    """Return a variant that hedges heat, asks `before`, then switches between two choices."""
    return Variant(
        name=name,
        rows=(*HEAT, *before, (TECHNOLOGY_LEADS, technology)),
        otherwise=rotator,
    )


def twin(name: VariantName) -> Variant:
    """Return one of the two variants that differ in name alone."""
    return switcher(
        name,
        before=scare_or_dips("UVXY"),
        technology=bottom(1, by=rsi(window=10), of=("FNGU",)),
        rotator=DULLEST_OF_THREE,
    )


LEVERAGE: Final = ("TECL", "SOXL", "SVIX")
SHORT_OR_BONDS: Final = top(1, by=rsi(window=10), of=("SQQQ", "TLT"))

VARIANTS: Final = (
    twin("506/38"),
    switcher(
        "1280/26",
        before=DIPS_AND_BIOTECH,
        technology=bottom(2, by=rsi(window=10), of=LEVERAGE),
        rotator=SHORT_OR_BONDS,
    ),
    switcher(
        "1200/28",
        before=scare_or_dips("UVXY"),
        technology=bottom(1, by=rsi(window=10), of=LEVERAGE),
        rotator=SHORT_OR_BONDS,
    ),
    switcher(
        "520/22",
        before=scare_or_dips("UVXY"),
        technology=bottom(1, by=rsi(window=10), of=("TECL", "SVIX")),
        rotator=bottom(
            3,
            by=stdev_return(window=6),
            of=("TMV", "TMF", "SVXY", "VIXM", "FTLS", "KMLM", "UUP"),
        ),
    ),
    Variant(name="530/18", rows=ROWS, otherwise=TREND_OR_BEAR),
    twin("410/38"),
    switcher(
        "nova",
        before=scare_or_dips("UVIX"),
        technology=top(
            1,
            by=rsi(window=11),
            of=("FNGO", "TSLA", "MSFT", "AAPL", "NVDA", "GOOGL", "AMZN"),
        ),
        rotator=DULLEST_OF_THREE,
    ),
    switcher(
        "830/21",
        before=scare_or_dips("UVXY"),
        technology=top(1, by=rsi(window=10), of=LEVERAGE),
        rotator=when(
            moving_average_return("BND", 20) > 0,
            bottom(1, by=rsi(window=10), of=("KMLM", "SPLV")),
            top(1, by=rsi(window=10), of=("TLT", "LABD", "TZA")),
        ),
    ),
)


def ensemble() -> Node:
    """Return the variant that moved most in the last five sessions; ties go to the earlier one."""
    trees = [variant.tree() for variant in VARIANTS]
    return top(1, by=stdev_return(window=5), of=trees)


def chosen(name: Choice) -> Node:
    """Return the ensemble, or one variant alone."""
    if name == "ensemble":
        return ensemble()
    (tree,) = (variant.tree() for variant in VARIANTS if variant.name == name)
    return tree
