"""The rules of the TECL strategy, top to bottom; every comparison is strict."""

from typing import Final

from alchemiser.rules import Node, price, rsi, sma, top, weight_specified, when

OVERHEATED_LEVERAGE: Final = 79
OVERHEATED_MARKET: Final = 80
OVERHEATED_TECHNOLOGY: Final = 81
PANIC_IN_LEVERAGE: Final = 31
PANIC: Final = 29
FEAR: Final = 74
UTTER_FEAR: Final = 84

HEDGE: Final = weight_specified((0.25, "UVXY"), (0.75, "BIL"))
SMALL_HEDGE: Final = weight_specified((0.15, "UVXY"), (0.85, "BIL"))


def tecl() -> Node:
    """Return the whole tree."""
    return when(price("SPY") > sma("SPY", 200), bull(), bear())


def bull() -> Node:
    """Return what a rising market asks for: technology, a hedge against heat, or bills."""
    rules = technology("BIL")
    rules = when(rsi("SPY", 10) > OVERHEATED_MARKET, HEDGE, rules)
    return when(rsi("TQQQ", 10) > OVERHEATED_LEVERAGE, HEDGE, rules)


def bear() -> Node:
    """Return what a falling market asks for: a panic bought, fear sold, or a short beside bonds."""
    rules = technology(top(1, by=rsi(window=9), of=("SQQQ", "BSV")))
    rules = when(rsi("UVXY", 10) > FEAR, "BIL", rules)
    rules = when(rsi("UVXY", 10) > UTTER_FEAR, SMALL_HEDGE, rules)
    rules = when(rsi("SPXL", 10) < PANIC, "SPXL", rules)
    return when(rsi("TQQQ", 10) < PANIC_IN_LEVERAGE, "TECL", rules)


def technology(weak: Node | str) -> Node:
    """Return technology where it leads or has fallen far, and `weak` where it does neither."""
    leads = when(rsi("XLK", 10) > OVERHEATED_TECHNOLOGY, "BIL", "TECL")
    lags = when(rsi("XLK", 10) < PANIC, "TECL", weak)
    return when(rsi("XLK", 10) > rsi("KMLM", 10), leads, lags)
