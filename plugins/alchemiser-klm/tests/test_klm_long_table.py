"""Every row of the variant 530/18 and every branch inside it is reached, on bars made for it."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser_klm import KlmParams, build
from tests.crafted import MISSING, SESSIONS, Moves, held_true, panel, still, strength

THIRD, HALF, TENTH = Decimal("0.333333333"), Decimal("0.5"), Decimal("0.1")
VB = {"VIXM": THIRD, "VIXY": THIRD, "VXX": THIRD}
VB_PLUS = {"UVXY": THIRD, "VIXM": THIRD, "VXX": THIRD}
VB_PLUS_PLUS = {"UVXY": Decimal("0.666666666"), "VIXM": THIRD}
REFUGE = {"FTLS": THIRD, "KMLM": THIRD, "SVXY": THIRD}
SWINGS = {4: 1.0, 3: -2.0, 2: 1.0}

# The market as the rows 13 to 16 want it; standing still is row 16.
DIPPED: Moves = strength(55)
RISING: Moves = {5: 1.0, 0: -0.7}
TURNING: Moves = {5: 1.0, 0: -1.1}
LONG_RALLY: Moves = strength(75)

FELL = "return(TQQQ, 6) < -12"
PLUNGE: Moves = {6: 20.0, 3: -16.0}
BULL = "price(SPY) > SMA(SPY, 200)"
LEADS = "RSI(XLK, 10) > RSI(KMLM, 10)"


def decide(moves: Mapping[str, Moves], *missing: str) -> Decided | Undecided:
    """Return what the variant decides where all is still but for `moves`."""
    strategy = build(KlmParams(variant="530/18"))
    closes = {name: still(moves[name]) for name in moves} | dict.fromkeys(missing, MISSING)
    bars = panel(strategy.requirements.symbols(), closes)
    return TreeEvaluator(bars).decide(strategy.tree, SESSIONS - 1)


def weights(decision: Decided | Undecided) -> dict[str, Decimal]:
    assert isinstance(decision, Decided)
    return dict(decision.target.weights)


def whole(name: str) -> dict[str, Decimal]:
    return {name: Decimal(1)}


@pytest.mark.parametrize(
    ("name", "hot", "boiling", "held", "extreme"),
    [
        ("SPY", 80, 82.5, VB_PLUS, VB_PLUS_PLUS),
        ("IOO", 80, 82.5, VB_PLUS, VB_PLUS_PLUS),
        ("QQQ", 79, 82.5, VB_PLUS, VB_PLUS_PLUS),
        ("VTV", 79, 85, VB, VB_PLUS),
        ("XLP", 77, 85, VB, VB_PLUS),
        ("XLF", 81, 85, VB, VB_PLUS),
        ("RETL", 82, 85, {"BIL": HALF, "BTAL": HALF}, VB),
    ],
)
def test_rows_1_to_7_hedge_by_degrees_of_heat(
    name: str, hot: float, boiling: float, held: dict[str, Decimal], extreme: dict[str, Decimal]
) -> None:
    """ST-08: strictly above each of the two levels."""
    strong = decide({name: strength(hot + 0.4)})
    at_the_limit = decide({name: strength(boiling)})
    extreme_heat = decide({name: strength(boiling + 0.5)})
    asked = f"RSI({name}, 10) > {hot}"

    assert held_true(strong) == held_true(at_the_limit) == [asked]
    assert weights(strong) == weights(at_the_limit) == held
    assert held_true(extreme_heat) == [asked, f"RSI({name}, 10) > {boiling}"]
    assert weights(extreme_heat) == extreme
    assert asked not in held_true(decide({name: strength(hot)}))


METALS = {"GLD": HALF, "PDBC": Decimal("0.25"), "SLV": Decimal("0.25")}
FIVE = dict.fromkeys(("ERX", "FNGU", "SOXL", "SPXL", "TQQQ"), TENTH)
HALF_METALS = {"GLD": Decimal("0.25"), "PDBC": Decimal("0.125"), "SLV": Decimal("0.125")}
BONDS: Moves = strength(99)
NO_BONDS: Moves = strength(1)


@pytest.mark.parametrize(
    ("bonds", "technology", "asked", "expected"),
    [
        (NO_BONDS, {}, [], METALS),
        (BONDS, {}, [], FIVE | HALF_METALS),
        (NO_BONDS, strength(70), ["RSI(QQQ, 90) > 60"], HALF_METALS | {"VIXY": HALF}),
        (BONDS, strength(70), ["RSI(QQQ, 90) > 60"], FIVE | {"VIXY": HALF}),
        # Risen after an old fall; fallen a little; both; and so much that it fades in three.
        (
            NO_BONDS,
            {100: -2.0, 5: 1.0, 0: -0.165},
            ["RSI(QQQ, 14) > 80"],
            HALF_METALS | {"VIXY": HALF},
        ),
        (
            NO_BONDS,
            {20: -2.0, 1: 1.0, 0: -0.04},
            ["RSI(QQQ, 5) > 90"],
            HALF_METALS | {"VIXY": HALF},
        ),
        (NO_BONDS, {10: -2.0, 0: 1.0}, ["RSI(QQQ, 3) > 95"], HALF_METALS | {"VIXY": HALF}),
    ],
)
def test_row_8_halves_a_long_rally(
    bonds: Moves, technology: Moves, asked: list[str], expected: dict[str, Decimal]
) -> None:
    """ST-08: each of the four questions by itself, and both halves both ways."""
    decision = decide({"SPY": LONG_RALLY, "AGG": bonds, "QQQ": technology})

    first = ["RSI(AGG, 15) > RSI(QQQ, 15)"] if bonds is BONDS else []
    second = ["any of 4", *asked] if asked else []
    assert held_true(decision) == ["RSI(SPY, 70) > 63", *first, *second]
    assert weights(decision) == expected


@pytest.mark.parametrize(
    ("moves", "asked"),
    [({"VOX": strength(79.5)}, "RSI(VOX, 10) > 79"), ({"XLP": strength(76)}, "RSI(XLP, 10) > 75")],
)
def test_rows_9_and_10_hold_volatility(moves: dict[str, Moves], asked: str) -> None:
    """ST-08."""
    decision = decide(moves)

    assert held_true(decision) == [asked]
    assert weights(decision) == VB


def test_row_11_holds_more_volatility_on_a_rebound_within_a_plunge() -> None:
    """ST-08."""
    decision = decide({"TQQQ": {6: 20.0, 3: -30.0, 0: 6.0}})
    no_plunge = decide({"TQQQ": {6: 20.0, 3: -14.0, 0: 6.0}})

    assert held_true(decision) == ["all of 2", FELL, "return(TQQQ, 1) > 5.5"]
    assert weights(decision) == VB_PLUS
    assert weights(no_plunge) == REFUGE


@pytest.mark.parametrize(
    ("moves", "asked", "held"),
    [
        ({"TQQQ": {3: -16.0}}, ["RSI(TQQQ, 10) < 31"], whole("TECL")),
        ({"SOXL": strength(29.5)}, ["RSI(SOXL, 10) < 30"], whole("SOXL")),
        ({"SPXL": strength(29.5)}, ["RSI(SPXL, 10) < 30"], whole("SPXL")),
        ({"XLK": strength(60), "TECL": strength(40)}, [LEADS], whole("TECL")),
        ({"SOXL": strength(30), "SPXL": strength(30)}, [], REFUGE),
    ],
)
def test_row_12_buys_the_fall_in_a_plunge(
    moves: dict[str, Moves], asked: list[str], held: dict[str, Decimal]
) -> None:
    """ST-08."""
    decision = decide({"TQQQ": PLUNGE} | moves)

    assert held_true(decision) == [FELL, FELL, *asked]
    assert weights(decision) == held


@pytest.mark.parametrize("weak", ["TQQQ", "SPXL", "TMF"])
def test_row_13_holds_the_two_strongest_when_the_market_dips_above_its_mean(weak: str) -> None:
    """ST-08."""
    decision = decide({"SPY": DIPPED, weak: strength(45)})

    assert held_true(decision) == ["all of 2", BULL, "SMA(SPY, 3) < SMA(SPY, 200)"]
    assert weights(decision) == {name: HALF for name in ("TQQQ", "SPXL", "TMF") if name != weak}


@pytest.mark.parametrize(
    ("moves", "asked", "held"),
    [({}, [], REFUGE), ({"XLK": strength(60), "SVXY": strength(40)}, [LEADS], whole("SVXY"))],
)
def test_row_14_is_technology_or_refuge_in_a_rising_market(
    moves: dict[str, Moves], asked: list[str], held: dict[str, Decimal]
) -> None:
    """ST-08: asked in the rows 13 and 14, and once more inside HG."""
    decision = decide({"SPY": RISING} | moves)

    assert held_true(decision) == [BULL, BULL, BULL, *asked]
    assert weights(decision) == held


@pytest.mark.parametrize(
    ("strong", "held"),
    [
        (("SQQQ", "SPXU"), {"SPXU", "SQQQ"}),
        (("TMF", "SQQQ"), {"SQQQ", "TMF"}),
        (("TMV", "SPXU"), {"SPXU", "TMV"}),
    ],
)
def test_row_15_holds_the_two_strongest_of_four_when_the_market_turns(
    strong: tuple[str, str], held: set[str]
) -> None:
    """ST-08."""
    decision = decide({"SPY": TURNING} | dict.fromkeys(strong, strength(60)))

    assert held_true(decision) == ["SMA(SPY, 3) > SMA(SPY, 200)"]
    assert weights(decision) == dict.fromkeys(sorted(held), HALF)


TREND = "price(TQQQ) > SMA(TQQQ, 20)"


@pytest.mark.parametrize(
    ("moves", "asked", "held"),
    [
        ({"QQQ": strength(30.5)}, ["RSI(QQQ, 10) < 31"], whole("TECL")),
        ({"SPY": strength(29.5)}, ["RSI(SPY, 10) < 30"], whole("UPRO")),
        ({"QQQ": {59: -15.0} | strength(50)}, ["return(QQQ, 60) < -12"], whole("BIL")),
        (
            {"TQQQ": strength(60), "PSQ": strength(32)},
            [TREND, "RSI(PSQ, 10) < 32.5"],
            whole("PSQ"),
        ),
        ({"TQQQ": strength(60), "PSQ": strength(32.5)}, [TREND], REFUGE),
        (
            {"TQQQ": strength(60), "XLK": strength(60), "TECL": strength(40)},
            [TREND, LEADS],
            whole("TECL"),
        ),
        ({"IEF": strength(60)}, ["RSI(IEF, 10) > RSI(PSQ, 20)"], whole("PSQ")),
        ({}, [], whole("QID")),
        ({"QQQ": strength(31), "SPY": strength(30)}, [], whole("QID")),
    ],
)
def test_row_16_reaches_every_line_of_a_falling_market(
    moves: dict[str, Moves], asked: list[str], held: dict[str, Decimal]
) -> None:
    """ST-08: HG; what is true first is half of the row 13."""
    decision = decide({"SPY": strength(40)} | moves)

    assert held_true(decision) == ["SMA(SPY, 3) < SMA(SPY, 200)", *asked]
    assert weights(decision) == held


@pytest.mark.parametrize(
    ("moves", "held"),
    [
        ({"TECL": strength(40)}, whole("TECL")),
        ({"SVXY": strength(40)}, whole("SVXY")),
        ({"FNGU": strength(40)}, {"FNGU": HALF, "XLK": HALF}),
        ({"FNGU": strength(40), "SPXL": strength(70)}, {"FNGU": HALF, "SPXL": HALF}),
        ({"FNGU": strength(40), "XLE": strength(70)}, {"FNGU": HALF, "XLE": HALF}),
        ({"FNGU": strength(40), "AGG": strength(70)}, {"AGG": HALF, "FNGU": HALF}),
        ({"FNGU": {19: 5.0, 0: -3.0}}, whole("FNGU")),
    ],
)
def test_leading_technology_holds_the_weakest_of_two_funds_and_a_group(
    moves: dict[str, Moves], held: dict[str, Decimal]
) -> None:
    """ST-08: KF; the group's strength is that of its own returns."""
    decision = decide({"SPY": RISING, "XLK": strength(60)} | moves)

    assert held_true(decision)[-1] == LEADS
    assert weights(decision) == held


@pytest.mark.parametrize(
    "dull", [("FTLS", "SVXY", "VIXM"), ("KMLM", "UUP", "VIXM"), ("FTLS", "KMLM", "UUP")]
)
def test_lagging_technology_holds_the_three_dullest_of_five(dull: tuple[str, ...]) -> None:
    """ST-08: KF."""
    five = ("SVXY", "VIXM", "FTLS", "KMLM", "UUP")
    lively = {name: SWINGS for name in five if name not in dull}

    decision = decide({"SPY": RISING, "XLK": strength(20)} | lively)

    assert weights(decision) == dict.fromkeys(sorted(dull), THIRD)


@pytest.mark.parametrize(
    ("moves", "missing"),
    [
        ({"SPY": LONG_RALLY, "AGG": BONDS}, "FNGU"),
        ({"SPY": LONG_RALLY}, "GLD"),
        ({"XLP": strength(76)}, "VXX"),
        ({}, "RETL"),
        ({}, "IOO"),
        ({"TQQQ": strength(60)}, "PSQ"),
        ({}, "IEF"),
        ({"SPY": RISING}, "XLK"),
    ],
)
def test_missing_data_leave_the_variant_undecided(moves: dict[str, Moves], missing: str) -> None:
    """ST-08."""
    decision = decide(moves, missing)

    assert isinstance(decision, Undecided)
    assert decision.symbols == (missing,)


def test_group_without_its_first_symbol_drops_out() -> None:
    """ST-08: what is undecided today has no strength, whatever it had."""
    moves = {"SPY": RISING, "XLK": strength(60), "TECL": strength(70), "SVXY": strength(65)}

    assert weights(decide(moves)).keys() == {"FNGU", "XLK"}
    assert weights(decide(moves, "FNGU")) == whole("SVXY")
