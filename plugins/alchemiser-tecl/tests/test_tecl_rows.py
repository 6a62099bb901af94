"""Every row of the table is reached, on bars made for it."""

from decimal import Decimal

import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.plugins import AssetClass, MarketView, TargetPortfolio
from alchemiser_tecl import TeclParams, alchemiser_strategies, build
from tests.crafted import MISSING, SESSIONS, Moves, held_true, panel, still, strength

SYMBOLS = ("BIL", "BSV", "KMLM", "SPXL", "SPY", "SQQQ", "TECL", "TQQQ", "UVXY", "XLK")
HEDGE = {"UVXY": Decimal("0.25"), "BIL": Decimal("0.75")}
SMALL_HEDGE = {"UVXY": Decimal("0.15"), "BIL": Decimal("0.85")}
BIL = {"BIL": Decimal(1)}
TECL = {"TECL": Decimal(1)}
SPXL = {"SPXL": Decimal(1)}
SQQQ = {"SQQQ": Decimal(1)}
BSV = {"BSV": Decimal(1)}

RISING = strength(60)
FALLING = strength(40)
IN_A_BULL_MARKET = "price(SPY) > SMA(SPY, 200)"
XLK_LEADS = "RSI(XLK, 10) > RSI(KMLM, 10)"


def market(**moves: Moves) -> BarPanel:
    """Return bars that are still but for `moves`."""
    return panel(SYMBOLS, {name: still(moves[name]) for name in moves})


def decide(bars: BarPanel) -> Decided | Undecided:
    return TreeEvaluator(bars).decide(build(TeclParams()).tree, SESSIONS - 1)


def weights(decision: Decided | Undecided) -> dict[str, Decimal]:
    assert isinstance(decision, Decided)
    return dict(decision.target.weights)


@pytest.mark.parametrize(
    ("moves", "rows", "expected"),
    [
        ({"TQQQ": strength(79.5)}, ["RSI(TQQQ, 10) > 79"], HEDGE),  # row 1
        ({"SPY": strength(80.5)}, ["RSI(SPY, 10) > 80"], HEDGE),  # row 2
        ({"XLK": strength(81.5)}, [XLK_LEADS, "RSI(XLK, 10) > 81"], BIL),  # row 4
        ({"XLK": strength(80.5)}, [XLK_LEADS], TECL),  # row 5
        ({"XLK": strength(28.5)}, ["RSI(XLK, 10) < 29"], TECL),  # row 6
        ({"XLK": strength(29.5)}, [], BIL),  # row 7
    ],
)
def test_rows_1_to_7_rule_a_bull_market(
    moves: dict[str, Moves], rows: list[str], expected: dict[str, Decimal]
) -> None:
    """ST-08."""
    decision = decide(market(**({"SPY": RISING} | moves)))

    assert held_true(decision) == [IN_A_BULL_MARKET, *rows]
    assert weights(decision) == expected


@pytest.mark.parametrize(
    ("moves", "rows", "expected"),
    [
        ({"TQQQ": strength(30.5)}, ["RSI(TQQQ, 10) < 31"], TECL),  # row 8
        ({"SPXL": strength(28.5)}, ["RSI(SPXL, 10) < 29"], SPXL),  # row 9
        ({"UVXY": strength(84.5)}, ["RSI(UVXY, 10) > 84"], SMALL_HEDGE),  # row 10
        ({"UVXY": strength(74.5)}, ["RSI(UVXY, 10) > 74"], BIL),  # row 11
        ({"XLK": strength(81.5)}, [XLK_LEADS, "RSI(XLK, 10) > 81"], BIL),  # row 13
        ({"XLK": strength(80.5)}, [XLK_LEADS], TECL),  # row 14
        ({"XLK": strength(28.5)}, ["RSI(XLK, 10) < 29"], TECL),  # row 15
        ({"SQQQ": strength(55)}, [], SQQQ),  # row 16
        ({"BSV": strength(55)}, [], BSV),  # row 16
    ],
)
def test_rows_8_to_16_rule_a_bear_market(
    moves: dict[str, Moves], rows: list[str], expected: dict[str, Decimal]
) -> None:
    """ST-08."""
    decision = decide(market(**({"SPY": FALLING} | moves)))

    assert held_true(decision) == rows
    assert weights(decision) == expected


@pytest.mark.parametrize("strong", [79.5, 82])
def test_heat_and_panic_are_asked_before_technology(strong: float) -> None:
    """ST-08: a row wins over every row below it."""
    hot = market(SPY=RISING, TQQQ=strength(strong), XLK=strength(strong))
    sold = market(SPY=FALLING, TQQQ=strength(20), SPXL=strength(20), UVXY=strength(90))

    assert weights(decide(hot)) == HEDGE
    assert weights(decide(sold)) == TECL


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ({"SPY": RISING, "TQQQ": strength(79)}, BIL),
        ({"SPY": strength(80)}, BIL),
        ({"SPY": RISING, "XLK": strength(81)}, TECL),
        ({"SPY": RISING, "XLK": strength(60), "KMLM": strength(60)}, BIL),
        ({"SPY": RISING, "XLK": strength(29)}, BIL),
        ({"SPY": FALLING, "TQQQ": strength(31)}, BSV),
        ({"SPY": FALLING, "SPXL": strength(29)}, BSV),
        ({"SPY": FALLING, "UVXY": strength(84)}, BIL),
        ({"SPY": FALLING, "UVXY": strength(74)}, BSV),
    ],
)
def test_equality_falls_to_the_next_row(
    moves: dict[str, Moves], expected: dict[str, Decimal]
) -> None:
    """ST-08: every comparison is strict."""
    assert weights(decide(market(**moves))) == expected


def test_price_that_equals_its_mean_is_a_bear_market() -> None:
    assert weights(decide(market(TQQQ=strength(30)))) == TECL


def test_row_16_gives_a_tie_to_the_bonds() -> None:
    """ST-08: ties go to the symbol that sorts first."""
    assert weights(decide(market(SPY=FALLING))) == BSV


def test_row_16_ranks_over_nine_sessions_and_not_ten() -> None:
    """ST-08: an old rise counts for less in the shorter window: 25.7 to 26.6, else 27.9 to 26.9."""
    bars = market(SPY=FALLING, SQQQ={9: 1.0, 0: -1.0}, BSV={1: 1.0, 0: -2.45})

    assert weights(decide(bars)) == BSV


@pytest.mark.parametrize(("missing", "held"), [("SQQQ", BSV), ("BSV", SQQQ)])
def test_row_16_holds_the_one_of_its_two_that_has_a_price(
    missing: str, held: dict[str, Decimal]
) -> None:
    """ST-08: what is missing drops out of a ranking, whatever the other's strength."""
    closes = {"SPY": still(FALLING), "SQQQ": still(strength(20)), "BSV": still(strength(20))}

    assert weights(decide(panel(SYMBOLS, closes | {missing: MISSING}))) == held


@pytest.mark.parametrize(
    ("moves", "missing"),
    [
        ({"SPY": RISING}, {"SPY"}),
        ({"SPY": RISING}, {"TQQQ"}),
        ({"SPY": RISING}, {"XLK"}),
        ({"SPY": RISING, "XLK": strength(20)}, {"KMLM"}),
        ({"SPY": RISING}, {"BIL"}),
        ({"SPY": RISING, "XLK": strength(60)}, {"TECL"}),
        ({"SPY": RISING, "TQQQ": strength(80)}, {"UVXY"}),
        ({"SPY": FALLING}, {"TQQQ"}),
        ({"SPY": FALLING}, {"SPXL"}),
        ({"SPY": FALLING}, {"UVXY"}),
        ({"SPY": FALLING, "XLK": strength(60)}, {"KMLM"}),
        ({"SPY": FALLING}, {"SQQQ", "BSV"}),
    ],
)
def test_missing_data_leave_the_strategy_undecided(
    moves: dict[str, Moves], missing: set[str]
) -> None:
    """ST-08: bills are no answer to a question that cannot be told."""
    closes = {name: still(moves[name]) for name in moves} | dict.fromkeys(missing, MISSING)

    decision = decide(panel(SYMBOLS, closes))

    assert isinstance(decision, Undecided)
    assert set(decision.symbols) == missing


def test_symbol_that_no_row_on_the_path_reads_may_be_missing() -> None:
    closes = {"SPY": still(RISING), "TQQQ": still(strength(80))}
    unread = dict.fromkeys(("XLK", "KMLM", "SPXL", "SQQQ", "BSV", "TECL"), MISSING)

    assert weights(decide(panel(SYMBOLS, closes | unread))) == HEDGE


def test_plugin_offers_the_strategy() -> None:
    """ST-02."""
    (spec,) = alchemiser_strategies()
    strategy = spec.build(spec.params())

    assert spec.strategy_id == "tecl"
    assert strategy.target(MarketView(market(), SESSIONS - 1)) == TargetPortfolio.of({"BSV": 1})
    assert strategy.largest_weights == {
        AssetClass.LEVERAGED_FUND: Decimal(1),
        AssetClass.BROAD_FUND: Decimal(1),
    }


def test_requirements_name_every_symbol_and_its_history() -> None:
    needed = dict(build(TeclParams()).requirements.lookbacks)

    assert tuple(needed) == SYMBOLS
    assert needed == {
        "BIL": 1, "BSV": 270, "KMLM": 300, "SPXL": 300, "SPY": 300, "SQQQ": 270, "TECL": 1,
        "TQQQ": 300, "UVXY": 300, "XLK": 300,
    }  # fmt: skip
