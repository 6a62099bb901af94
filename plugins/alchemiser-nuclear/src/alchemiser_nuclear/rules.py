"""The rules of the nuclear strategy, top to bottom; every comparison is strict."""

from typing import Final, Literal

from alchemiser.rules import (
    Condition,
    Node,
    cumulative_return,
    each,
    group,
    moving_average_return,
    or_,
    price,
    rsi,
    sma,
    top,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
)

OVERHEATED: Final = 79
BOILING: Final = 81
OVERSOLD: Final = 30
SLUMP: Final = -10  # percent over 60 sessions
SOLD_OUT: Final = 35

Basket = Literal["equal", "inverse_volatility"]

# Who is overheated, and whose boiling then turns the hedge into volatility alone.
CASCADE: Final = (
    ("SPY", ("SPY", "IOO", "TQQQ", "VTV", "XLF")),
    ("IOO", ("IOO", "TQQQ", "VTV", "XLF")),
    ("TQQQ", ("TQQQ", "VTV", "XLF")),
    ("VTV", ("VTV", "XLF")),
    ("XLF", ("XLF",)),
    ("VOX", ("XLF",)),
)
NUCLEAR: Final = ("SMR", "BWXT", "LEU", "EXC", "NLR", "OKLO")
HEDGE: Final = weight_specified((0.75, "UVXY"), (0.25, "BTAL"))


def nuclear(*, basket: Basket) -> Node:
    """Return the whole tree; `basket` weighs the chosen nuclear shares."""
    rules = when(price("SPY") > sma("SPY", 200), nuclear_basket(basket), bear_pair())
    rules = when(rsi("SPY", 10) < OVERSOLD, "UPRO", rules)
    rules = when(rsi("TQQQ", 10) < OVERSOLD, "TQQQ", rules)
    for leader, inner in reversed(CASCADE):
        rules = when(rsi(leader, 10) > OVERHEATED, when(boiling(inner), "UVXY", HEDGE), rules)
    return rules


def boiling(names: tuple[str, ...]) -> Condition:
    """Ask whether any of `names` is beyond overheated."""
    return or_(*(rsi(name, 10) > BOILING for name in names))


def nuclear_basket(weights: Basket) -> Node:
    """Return the three nuclear shares with the best quarter-year."""
    best = each(top(3, by=moving_average_return(window=90), of=NUCLEAR))
    inverse = weights == "inverse_volatility"
    chosen = weight_inverse_volatility(90, best) if inverse else weight_equal(best)
    return group("Nuclear basket", chosen)


def bear_pair() -> Node:
    """Return two views of a falling market, the calmer of which weighs more."""
    bonds_lead = rsi("TLT", 20) > rsi("PSQ", 20)
    treasuries_lead = rsi("IEF", 10) > rsi("PSQ", 20)
    slump = cumulative_return("QQQ", 60) < SLUMP
    shorts_sold_out = rsi("PSQ", 10) < SOLD_OUT
    rebound = when(bonds_lead, "TQQQ", "SQQQ")
    quiet = when(bonds_lead, "QQQ", "SQQQ")

    first = when(treasuries_lead, "SQQQ", quiet)
    first = when(price("TQQQ") > sma("TQQQ", 20), rebound, first)
    first = when(slump, when(bonds_lead, "TQQQ", "PSQ"), first)
    second = when(price("TQQQ") > sma("TQQQ", 20), rebound, quiet)
    return weight_inverse_volatility(
        14,
        group("Bear 1", when(shorts_sold_out, "SQQQ", first)),
        group("Bear 2", when(shorts_sold_out, "SQQQ", second)),
    )
