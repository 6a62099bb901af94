"""Every row and pick of the seven switchers is reached, on bars made for it."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser_klm import KlmParams, build
from tests.crafted import MISSING, SESSIONS, Moves, held_true, panel, still, strength

SWITCHERS = {
    "506/38": KlmParams(variant="506/38"),
    "1280/26": KlmParams(variant="1280/26"),
    "1200/28": KlmParams(variant="1200/28"),
    "520/22": KlmParams(variant="520/22"),
    "410/38": KlmParams(variant="410/38"),
    "nova": KlmParams(variant="nova"),
    "830/21": KlmParams(variant="830/21"),
}
FEAR = dict.fromkeys(("506/38", "1200/28", "520/22", "410/38", "830/21"), "UVXY") | {"nova": "UVIX"}
HEAT = {
    "QQQE": 79, "VTV": 79, "VOX": 79, "TECL": 79, "VOOG": 79, "VOOV": 79,
    "XLP": 75, "TQQQ": 79, "XLY": 80, "FAS": 80, "SPY": 80,
}  # fmt: skip
DIPS = {"TQQQ": "TECL", "SOXL": "SOXL", "SPXL": "SPXL"}
TECHNOLOGY = {"XLK": strength(60)}
LEADS = ["RSI(XLK, 10) > RSI(KMLM, 10)"]
HALF, THIRD = Decimal("0.5"), Decimal("0.333333333")
SWINGS = {4: 1.0, 3: -2.0, 2: 1.0}


def decide(variant: str, moves: Mapping[str, Moves], *missing: str) -> Decided | Undecided:
    """Return what a variant decides where all is still but for `moves`."""
    strategy = build(SWITCHERS[variant])
    closes = {name: still(moves[name]) for name in moves} | dict.fromkeys(missing, MISSING)
    return TreeEvaluator(bars(closes)).decide(strategy.tree, SESSIONS - 1)


def bars(closes: Mapping[str, list[float]]) -> BarPanel:
    return panel(build(KlmParams()).requirements.symbols(), closes)


def weights(decision: Decided | Undecided) -> dict[str, Decimal]:
    assert isinstance(decision, Decided)
    return dict(decision.target.weights)


def whole(name: str) -> dict[str, Decimal]:
    return {name: Decimal(1)}


@pytest.mark.parametrize("variant", SWITCHERS)
@pytest.mark.parametrize("name", HEAT)
def test_heat_of_each_name_is_answered_by_volatility(variant: str, name: str) -> None:
    """ST-08: FR11, each name above its own level and not at it."""
    hot = decide(variant, {name: strength(HEAT[name] + 0.5)})
    warm = decide(variant, {name: strength(HEAT[name])})

    assert held_true(hot) == [f"RSI({name}, 10) > {HEAT[name]}"]
    assert weights(hot) == whole("UVXY")
    assert held_true(warm) == []
    assert "UVXY" not in weights(warm)


@pytest.mark.parametrize("variant", FEAR)
def test_scare_is_answered_by_volatility_until_the_market_is_sold_off(variant: str) -> None:
    """ST-08: SINGLE and BSC."""
    question = f"RSI({FEAR[variant]}, 21) > 65"
    scare = {FEAR[variant]: strength(65.5, window=21)}

    nervous = decide(variant, scare)
    sold_off = decide(variant, scare | {"SPY": strength(30, window=21)})
    calm = decide(variant, {FEAR[variant]: strength(65, window=21)})

    assert held_true(nervous) == [question, "RSI(SPY, 21) > 30"]
    assert weights(nervous) == whole("VIXM")
    assert held_true(sold_off) == [question]
    assert weights(sold_off) == whole("SPXL")
    assert held_true(calm) == []


def test_each_variant_asks_its_own_fund_for_fear_and_one_asks_none() -> None:
    """ST-08."""
    scared = {"UVXY": strength(70, window=21), "UVIX": strength(70, window=21)}

    assert held_true(decide("nova", {"UVXY": scared["UVXY"]})) == []
    assert held_true(decide("506/38", {"UVIX": scared["UVIX"]})) == []
    assert held_true(decide("1280/26", scared)) == []


@pytest.mark.parametrize("variant", SWITCHERS)
@pytest.mark.parametrize("name", DIPS)
def test_fall_of_each_fund_is_bought(variant: str, name: str) -> None:
    """ST-08: POP."""
    fallen = decide(variant, {name: strength(29.5)})

    assert held_true(fallen) == [f"RSI({name}, 10) < 30"]
    assert weights(fallen) == whole(DIPS[name])
    assert held_true(decide(variant, {name: strength(30)})) == []


@pytest.mark.parametrize("variant", SWITCHERS)
def test_fall_of_biotech_is_bought_by_one_variant_alone(variant: str) -> None:
    """ST-08: LABU."""
    decision = decide(variant, {"LABU": strength(24.5)})

    if variant == "1280/26":
        assert held_true(decision) == ["RSI(LABU, 10) < 25"]
        assert weights(decision) == whole("LABU")
        assert held_true(decide(variant, {"LABU": strength(25)})) == []
    else:
        assert held_true(decision) == []


@pytest.mark.parametrize("variant", ["506/38", "410/38"])
def test_twins_hold_fngu_while_technology_leads(variant: str) -> None:
    """ST-08: a ranking of one name; without a strength of FNGU there is none."""
    young = still()
    young[: SESSIONS - 10] = MISSING[: SESSIONS - 10]
    closes = {"XLK": still(strength(60)), "FNGU": young}

    decision = decide(variant, TECHNOLOGY)
    undecided = TreeEvaluator(bars(closes)).decide(build(SWITCHERS[variant]).tree, SESSIONS - 1)

    assert held_true(decision) == LEADS
    assert weights(decision) == whole("FNGU")
    assert isinstance(undecided, Undecided)
    assert undecided.symbols == ("FNGU",)


@pytest.mark.parametrize("variant", ["506/38", "410/38", "nova"])
@pytest.mark.parametrize("name", ["UUP", "FTLS", "KMLM"])
def test_three_variants_rotate_into_the_dullest_of_three(variant: str, name: str) -> None:
    """ST-08: SDR over 6 sessions."""
    lively = {other: SWINGS for other in ("UUP", "FTLS", "KMLM") if other != name}

    decision = decide(variant, lively | {"XLK": strength(20)})

    assert held_true(decision) == []
    assert weights(decision) == whole(name)


def test_dullest_is_measured_over_six_sessions() -> None:
    """ST-08: a move six sessions ago counts no longer, one five ago does."""
    seventh = {"UUP": {6: 3.0}, "FTLS": {5: 1.0}, "KMLM": {5: 2.0}}
    sixth = {"UUP": {5: 3.0}, "FTLS": {5: 1.0}, "KMLM": {5: 2.0}}

    assert weights(decide("506/38", seventh)) == whole("UUP")
    assert weights(decide("506/38", sixth)) == whole("FTLS")


@pytest.mark.parametrize("strong", ["TECL", "SOXL", "SVIX"])
def test_1280_26_halves_the_two_weakest_funds(strong: str) -> None:
    """ST-08."""
    decision = decide("1280/26", TECHNOLOGY | {strong: strength(60)})

    assert held_true(decision) == LEADS
    assert weights(decision) == {name: HALF for name in ("TECL", "SOXL", "SVIX") if name != strong}


@pytest.mark.parametrize("weak", ["TECL", "SOXL", "SVIX"])
def test_1200_28_holds_the_weakest_fund(weak: str) -> None:
    """ST-08."""
    decision = decide("1200/28", TECHNOLOGY | {weak: strength(40)})

    assert held_true(decision) == LEADS
    assert weights(decision) == whole(weak)


@pytest.mark.parametrize("variant", ["1280/26", "1200/28"])
@pytest.mark.parametrize("strong", ["SQQQ", "TLT"])
def test_two_variants_rotate_into_the_stronger_of_two(variant: str, strong: str) -> None:
    """ST-08."""
    decision = decide(variant, {strong: strength(60)})

    assert held_true(decision) == []
    assert weights(decision) == whole(strong)


@pytest.mark.parametrize("weak", ["TECL", "SVIX"])
def test_520_22_holds_the_weaker_of_two(weak: str) -> None:
    """ST-08: the semiconductors take no part."""
    decision = decide("520/22", TECHNOLOGY | {weak: strength(45), "SOXL": strength(40)})

    assert held_true(decision) == LEADS
    assert weights(decision) == whole(weak)


@pytest.mark.parametrize(
    "dull", [("TMV", "TMF", "SVXY"), ("VIXM", "FTLS", "KMLM"), ("UUP", "TMF", "VIXM")]
)
def test_520_22_rotates_into_the_three_dullest_of_seven(dull: tuple[str, ...]) -> None:
    """ST-08."""
    seven = ("TMV", "TMF", "SVXY", "VIXM", "FTLS", "KMLM", "UUP")
    lively = {name: SWINGS for name in seven if name not in dull}

    decision = decide("520/22", lively | {"XLK": strength(20)})

    assert held_true(decision) == []
    assert weights(decision) == dict.fromkeys(sorted(dull), THIRD)


@pytest.mark.parametrize("name", ["FNGO", "TSLA", "MSFT", "AAPL", "NVDA", "GOOGL", "AMZN"])
def test_nova_holds_the_strongest_of_seven(name: str) -> None:
    """ST-08."""
    decision = decide("nova", TECHNOLOGY | {name: strength(60)})

    assert held_true(decision) == LEADS
    assert weights(decision) == whole(name)


def test_nova_ranks_over_eleven_sessions_and_not_ten() -> None:
    """ST-08: an old rise counts for more in the longer window: 29.8 to 28.8, else 27.9 to 28.6."""
    moves = TECHNOLOGY | {"TSLA": {9: 1.0, 0: -1.0}, "MSFT": {1: 1.0, 0: -2.25}}

    decision = decide("nova", moves, "FNGO", "AAPL", "NVDA", "GOOGL", "AMZN")

    assert weights(decision) == whole("TSLA")


@pytest.mark.parametrize("strong", ["TECL", "SOXL", "SVIX"])
def test_830_21_holds_the_strongest_fund(strong: str) -> None:
    """ST-08."""
    decision = decide("830/21", TECHNOLOGY | {strong: strength(60)})

    assert held_true(decision) == LEADS
    assert weights(decision) == whole(strong)


@pytest.mark.parametrize("weak", ["KMLM", "SPLV"])
def test_830_21_rotates_into_the_weaker_of_two_while_bonds_rise(weak: str) -> None:
    """ST-08."""
    moves = {"BND": strength(60), "XLK": strength(20), weak: strength(40)}

    decision = decide("830/21", moves)

    assert held_true(decision) == ["mean return(BND, 20) > 0"]
    assert weights(decision) == whole(weak)


@pytest.mark.parametrize("bonds", [{}, strength(40)])
@pytest.mark.parametrize("strong", ["TLT", "LABD", "TZA"])
def test_830_21_rotates_into_the_strongest_of_three_else(bonds: Moves, strong: str) -> None:
    """ST-08: bonds that stand still do not rise."""
    decision = decide("830/21", {"BND": bonds, strong: strength(60)})

    assert held_true(decision) == []
    assert weights(decision) == whole(strong)


@pytest.mark.parametrize("variant", SWITCHERS)
@pytest.mark.parametrize("missing", [*HEAT, *DIPS, "XLK", "KMLM"])
def test_missing_data_leave_a_variant_undecided(variant: str, missing: str) -> None:
    """ST-08: a row that cannot be told hides the rows below it."""
    decision = decide(variant, {}, missing)

    assert isinstance(decision, Undecided)
    assert missing in decision.symbols


@pytest.mark.parametrize(
    ("variant", "moves", "missing", "expected"),
    [
        ("506/38", {}, ("FTLS",), whole("KMLM")),
        ("1280/26", TECHNOLOGY, ("SOXL",), None),
        ("1280/26", TECHNOLOGY, ("SVIX",), {"SOXL": HALF, "TECL": HALF}),
        ("1200/28", TECHNOLOGY | {"SOXL": strength(40)}, ("SVIX",), whole("SOXL")),
        ("1200/28", {}, ("SQQQ",), whole("TLT")),
        ("520/22", {}, ("TMV", "TMF", "SVXY", "VIXM", "FTLS"), {"KMLM": HALF, "UUP": HALF}),
        ("nova", TECHNOLOGY | {"FNGO": strength(60)}, ("AAPL",), whole("FNGO")),
        ("830/21", {"BND": strength(60)}, ("SPLV",), whole("KMLM")),
        ("830/21", {"BND": strength(60)}, ("BND",), None),
        ("830/21", {}, ("TLT", "LABD", "TZA"), None),
        ("1200/28", {}, ("UVXY",), None),
        ("1280/26", {}, ("UVXY", "UVIX"), whole("SQQQ")),
        ("nova", {}, ("UVXY", "FNGU"), whole("FTLS")),
    ],
)
def test_missing_candidates_drop_out(
    variant: str,
    moves: dict[str, Moves],
    missing: tuple[str, ...],
    expected: dict[str, Decimal] | None,
) -> None:
    """ST-08: with none left the variant is undecided; None stands for that."""
    decision = decide(variant, moves, *missing)

    assert isinstance(decision, Undecided) == (expected is None)
    if expected is not None:
        assert weights(decision) == expected
