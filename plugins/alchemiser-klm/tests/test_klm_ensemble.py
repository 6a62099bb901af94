"""The ensemble holds the variant whose own returns moved most; the plugin offers it."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.plugins import AssetClass, MarketView, TargetPortfolio
from alchemiser.testing.golden import check_golden
from alchemiser_klm import KlmParams, alchemiser_strategies, build
from alchemiser_klm.variants import VARIANTS, chosen
from tests.crafted import MISSING, SESSIONS, Moves, panel, still, strength
from tests.panels import synthetic_panel, total_return_panel

NAMES = tuple(variant.name for variant in VARIANTS)
SYMBOLS = build(KlmParams()).requirements.symbols()
HALF = Decimal("0.5")
LIVELY: dict[int, float] = {4: 0.5, 3: -0.5, 2: 0.5, 1: -0.5, 0: 0.5}


def settled(value: float) -> dict[int, float]:
    """Return moves of long ago, so large that small ones hardly change the strength they left."""
    return strength(value, size=50.0, ago=20)


TECHNOLOGY = {"XLK": settled(60)}


def bars(closes: Mapping[str, list[float]]) -> BarPanel:
    return panel(SYMBOLS, closes)


def decide(closes: Mapping[str, list[float]]) -> Decided | Undecided:
    return TreeEvaluator(bars(closes)).decide(build(KlmParams()).tree, SESSIONS - 1)


def moved(moves: Mapping[str, Moves]) -> dict[str, list[float]]:
    return {name: still(moves[name]) for name in moves}


def selected(decision: Decided | Undecided) -> str:
    """Return the variant that was chosen."""
    steps = (step.text for step in decision.trace if step.outcome == "selected")
    return next(steps).removeprefix("volatility(5) of ")


def weights(decision: Decided | Undecided) -> dict[str, Decimal]:
    assert isinstance(decision, Decided)
    return dict(decision.target.weights)


@pytest.mark.parametrize(
    ("variant", "moves", "held"),
    [
        ("506/38", TECHNOLOGY | {"FNGU": LIVELY}, {"FNGU": Decimal(1)}),
        (
            "1280/26",
            TECHNOLOGY | {"TECL": settled(40), "SVIX": settled(45) | LIVELY},
            {"SVIX": HALF, "TECL": HALF},
        ),
        (
            "1200/28",
            TECHNOLOGY | {"SOXL": settled(34) | LIVELY, "TECL": settled(48)},
            {"SOXL": Decimal(1)},
        ),
        (
            "520/22",
            TECHNOLOGY | {"SOXL": settled(34), "TECL": settled(45) | LIVELY},
            {"TECL": Decimal(1)},
        ),
        ("530/18", {"QID": LIVELY}, {"QID": Decimal(1)}),
        ("nova", TECHNOLOGY | {"TSLA": settled(60) | LIVELY}, {"TSLA": Decimal(1)}),
        ("830/21", TECHNOLOGY | {"SVIX": settled(60) | LIVELY}, {"SVIX": Decimal(1)}),
    ],
)
def test_liveliest_variant_is_held(
    variant: str, moves: dict[str, Moves], held: dict[str, Decimal]
) -> None:
    """ST-08: what it wants is what is held."""
    decision = decide(moved(moves))

    assert selected(decision) == variant
    assert weights(decision) == held


def test_every_variant_but_the_twin_has_its_day_and_is_held_then() -> None:
    """ST-08: over years of a made-up market; on each session the one chosen is what is held."""
    years = synthetic_panel(SYMBOLS, seed=7)
    evaluator = TreeEvaluator(years)
    whole = evaluator.matrix(build(KlmParams()).tree)
    alone = {str(name): evaluator.matrix(chosen(name)) for name in NAMES}
    days: Counter[str] = Counter()

    for row in range(250, len(years.sessions), 3):
        if not whole.decided[row]:
            continue
        name = selected(evaluator.decide(build(KlmParams()).tree, row))
        days[name] += 1
        one = alone[name]
        held = dict(zip(one.symbols, one.weights[row], strict=True))
        assert whole.weights[row] == pytest.approx([held.get(n, 0.0) for n in whole.symbols])

    assert set(days) == set(NAMES) - {"410/38"}


def test_twin_that_comes_later_is_never_held() -> None:
    """ST-08: 506/38 and 410/38 want the same, so they tie, and the earlier one is chosen."""
    decision = decide(moved(TECHNOLOGY | {"FNGU": LIVELY}))
    scores = {
        step.text.removeprefix("volatility(5) of "): step.observed
        for step in decision.trace
        if step.text.startswith("volatility(5)")
    }

    assert scores["410/38"] == scores["506/38"] == max(score for score in scores.values() if score)
    assert selected(decision) == "506/38"


def test_volatility_is_that_of_five_sessions() -> None:
    """ST-08: a move five sessions ago counts no longer, one four ago does."""
    fifth = moved(TECHNOLOGY | {"FNGU": {5: 9.0}, "QID": LIVELY})
    fourth = moved(TECHNOLOGY | {"FNGU": {4: 9.0}, "QID": LIVELY})

    assert selected(decide(fifth)) == "530/18"
    assert selected(decide(fourth)) == "506/38"


def test_volatility_is_that_of_what_a_variant_held_and_not_of_what_it_holds() -> None:
    """ST-08: all of them come to hold volatility today, the liveliest until now is chosen."""
    lively = moved(TECHNOLOGY | {"TSLA": settled(60) | LIVELY})
    hot = lively | {"QQQE": still(strength(90))}

    assert selected(decide(hot)) == "nova"
    assert weights(decide(hot)) == {"UVXY": Decimal(1)}


def test_variants_that_tie_go_by_the_first_symbol_they_hold() -> None:
    """ST-08: nobody moved, and nova alone holds something that sorts before SOXL and FNGU."""
    decision = decide(moved(TECHNOLOGY))

    assert selected(decision) == "nova"
    assert weights(decision) == {"AAPL": Decimal(1)}


def test_variant_that_is_undecided_today_drops_out() -> None:
    """ST-08: however lively it was until yesterday."""
    gone = still(LIVELY)
    gone[-1] = MISSING[-1]

    assert selected(decide(moved(TECHNOLOGY | {"FNGU": LIVELY}))) == "506/38"
    assert selected(decide(moved(TECHNOLOGY) | {"FNGU": gone})) == "nova"


@pytest.mark.parametrize(("ago", "variant"), [(4, "506/38"), (5, "506/38"), (6, "530/18")])
def test_variant_whose_returns_were_broken_within_the_window_drops_out(
    ago: int, variant: str
) -> None:
    """ST-08: five returns take six sessions without a hole."""
    holed = still(LIVELY)
    holed[-1 - ago] = MISSING[-1 - ago]

    assert selected(decide({"QID": holed})) == variant


def test_ensemble_of_undecided_variants_is_undecided() -> None:
    """ST-08."""
    decision = decide({"SPY": MISSING})

    assert isinstance(decision, Undecided)
    assert "SPY" in decision.symbols


def test_plugin_offers_the_strategy() -> None:
    """ST-02."""
    (spec,) = alchemiser_strategies()
    strategy = spec.build(spec.params())
    view = MarketView(bars(moved({"QID": LIVELY})), SESSIONS - 1)

    assert spec.strategy_id == "klm"
    assert strategy.target(view) == TargetPortfolio.of({"QID": 1})
    assert set(strategy.largest_weights) == set(AssetClass)


def test_requirements_name_every_symbol_and_its_history() -> None:
    needed = {str(name): n for name, n in build(KlmParams()).requirements.lookbacks}
    deep = {name: sessions for name, sessions in needed.items() if sessions > 335}

    assert tuple(needed) == (
        "AAPL", "AGG", "AMZN", "BIL", "BND", "BTAL", "ERX", "FAS", "FNGO", "FNGU", "FTLS", "GLD",
        "GOOGL", "IEF", "IOO", "KMLM", "LABD", "LABU", "MSFT", "NVDA", "PDBC", "PSQ", "QID", "QQQ",
        "QQQE", "RETL", "SLV", "SOXL", "SPLV", "SPXL", "SPXU", "SPY", "SQQQ", "SVIX", "SVXY",
        "TECL", "TLT", "TMF", "TMV", "TQQQ", "TSLA", "TZA", "UPRO", "UUP", "UVIX", "UVXY", "VIXM",
        "VIXY", "VOOG", "VOOV", "VOX", "VTV", "VXX", "XLE", "XLF", "XLK", "XLP", "XLY",
    )  # fmt: skip
    # Five more than the table asks for, so that the five returns of a variant can be told.
    assert deep == {"AGG": 455, "PSQ": 605, "QQQ": 2705, "SPY": 2105, "UVIX": 635, "UVXY": 635}
    assert {needed[name] for name in ("BIL", "QID", "VIXY")} == {6}


def test_variant_alone_needs_only_what_it_reads() -> None:
    """ST-07: the variants are one implementation, chosen by an option."""
    needed = {str(k): n for k, n in build(KlmParams(variant="1280/26")).requirements.lookbacks}

    assert not needed.keys() & {"BND", "FNGU", "UUP", "VIXM"}
    assert needed["UVXY"] == 1


def test_thresholds_that_adapt_are_another_strategy() -> None:
    """ST-12: so are those that look back over another time."""
    fixed = build(KlmParams())
    year = build(KlmParams(thresholds="adaptive"))
    month = build(KlmParams(thresholds="adaptive", adaptive_sessions=21))

    assert len({fixed.tree, year.tree, month.tree}) == 3
    assert year.requirements.symbols() == fixed.requirements.symbols()


HERE = Path(__file__).parent


def test_decisions_on_made_up_years_are_those_on_record() -> None:
    """ST-09."""
    check_golden(
        HERE / "golden-synthetic.csv", build(KlmParams()), synthetic_panel(SYMBOLS, seed=1)
    )


def test_decisions_on_recorded_years_are_those_on_record() -> None:
    """ST-09."""
    check_golden(HERE / "golden-recorded.csv", build(KlmParams()), total_return_panel())


def test_adaptive_thresholds_are_another_strategy_that_needs_another_year() -> None:
    """ST-12."""
    adaptive, fixed = build(KlmParams(thresholds="adaptive")), build(KlmParams())

    looks = dict(adaptive.requirements.lookbacks)
    assert all(looks[name] >= sessions for name, sessions in fixed.requirements.lookbacks)
    assert max(looks.values()) > max(dict(fixed.requirements.lookbacks).values())
