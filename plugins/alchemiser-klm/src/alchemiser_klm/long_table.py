"""The table of the variant 530/18: hedges by degrees of heat, then trend and technology."""

from typing import Final

from alchemiser.rules import (
    Node,
    and_,
    asset,
    bottom,
    cumulative_return,
    group,
    moving_average_return,
    or_,
    price,
    rsi,
    sma,
    stdev_return,
    top,
    weight_equal,
    weight_specified,
    when,
)
from alchemiser_klm.blocks import TECHNOLOGY_LEADS, Row, above, below, first_match

PLUNGE: Final = -12  # percent over 6 sessions
REBOUND: Final = 5.5  # percent in a session
SLUMP: Final = -12  # percent over 60 sessions

# VB, VB+ and VB++; a symbol named twice counts twice.
VOLATILITY: Final = weight_equal("VIXY", "VXX", "VIXM")
VOLATILITY_MORE: Final = weight_equal("UVXY", "VXX", "VIXM")
VOLATILITY_MOST: Final = weight_equal("UVXY", "UVXY", "VIXM")

METALS: Final = weight_specified((0.5, "GLD"), (0.25, "SLV"), (0.25, "PDBC"))
LEVERAGE: Final = weight_equal("TQQQ", "SPXL", "SOXL", "FNGU", "ERX")

RISING: Final = price("SPY") > sma("SPY", 200)
PLUNGED: Final = cumulative_return("TQQQ", 6) < PLUNGE
REBOUNDED: Final = cumulative_return("TQQQ", 1) > REBOUND

# G, which is ranked by the strength of its own return stream.
FNGU_AND_LEADER: Final = group(
    "FNGU and a leader",
    weight_equal(
        "FNGU",
        top(1, by=moving_average_return(window=20), of=("FNGU", "SPXL", "XLE", "XLK", "AGG")),
    ),
)

# KF: the weakest technology while it leads, else the three that move least.
TECHNOLOGY_OR_REFUGE: Final = when(
    TECHNOLOGY_LEADS,
    bottom(1, by=rsi(window=10), of=("TECL", "SVXY", FNGU_AND_LEADER)),
    bottom(3, by=stdev_return(window=6), of=("SVXY", "VIXM", "FTLS", "KMLM", "UUP")),
)


def long_rally() -> Node:
    """Return two halves, each of metals: unless bonds lead, and unless technology boils over."""
    bonds_lead = rsi("AGG", 15) > rsi("QQQ", 15)
    levels = ((90, 60), (14, 80), (5, 90), (3, 95))
    boils_over = or_(*(above("QQQ", level, window) for window, level in levels))
    return weight_equal(when(bonds_lead, LEVERAGE, METALS), when(boils_over, "VIXY", METALS))


def plunge() -> Node:
    """Return the fall that is bought, if one is deep enough."""
    falls: tuple[Row, ...] = (
        (below("TQQQ", 31), "TECL"),
        (below("SOXL", 30), "SOXL"),
        (below("SPXL", 30), "SPXL"),
    )
    return first_match(falls, otherwise=TECHNOLOGY_OR_REFUGE)


def trend_or_bear() -> Node:
    """Return the block HG: as in a rising market, else what a falling one asks for."""
    shorts = when(below("PSQ", 32.5), "PSQ", TECHNOLOGY_OR_REFUGE)
    rows: tuple[Row, ...] = (
        (RISING, TECHNOLOGY_OR_REFUGE),
        (below("QQQ", 31), "TECL"),
        (below("SPY", 30), "UPRO"),
        (cumulative_return("QQQ", 60) < SLUMP, "BIL"),
        (price("TQQQ") > sma("TQQQ", 20), shorts),
        (rsi("IEF", 10) > rsi("PSQ", 20), "PSQ"),
    )
    return first_match(rows, otherwise=asset("QID"))


def strongest_two(*names: str) -> Node:
    """Return the two strongest of `names`."""
    return top(2, by=rsi(window=10), of=names)


def heat(name: str, levels: tuple[float, float], held: Node, extreme: Node) -> Row:
    """Return the row that holds `held` above the first level, and `extreme` above the second."""
    hot, boiling = levels
    return above(name, hot), when(above(name, boiling), extreme, held)


TREND_OR_BEAR: Final = trend_or_bear()

# The last row of the table is what is held otherwise: TREND_OR_BEAR.
ROWS: Final[tuple[Row, ...]] = (
    heat("SPY", (80, 82.5), VOLATILITY_MORE, VOLATILITY_MOST),
    heat("IOO", (80, 82.5), VOLATILITY_MORE, VOLATILITY_MOST),
    heat("QQQ", (79, 82.5), VOLATILITY_MORE, VOLATILITY_MOST),
    heat("VTV", (79, 85), VOLATILITY, VOLATILITY_MORE),
    heat("XLP", (77, 85), VOLATILITY, VOLATILITY_MORE),
    heat("XLF", (81, 85), VOLATILITY, VOLATILITY_MORE),
    heat("RETL", (82, 85), weight_equal("BTAL", "BIL"), VOLATILITY),
    (above("SPY", 63, window=70), long_rally()),
    (above("VOX", 79), VOLATILITY),
    (above("XLP", 75), VOLATILITY),
    (and_(PLUNGED, REBOUNDED), VOLATILITY_MORE),
    (PLUNGED, plunge()),
    (and_(RISING, sma("SPY", 3) < sma("SPY", 200)), strongest_two("TQQQ", "SPXL", "TMF")),
    (RISING, TREND_OR_BEAR),
    (sma("SPY", 3) > sma("SPY", 200), strongest_two("SQQQ", "SPXU", "TMF", "TMV")),
)
