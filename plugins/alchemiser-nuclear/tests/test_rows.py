"""Every row of the table is reached, on bars made for it."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.plugins import AssetClass, MarketView, TargetPortfolio
from alchemiser_nuclear import NuclearParams, alchemiser_strategies, build
from alchemiser_nuclear.rules import CASCADE

SESSIONS = 340
NAN = float("nan")
SYMBOLS = (
    "BTAL", "BWXT", "EXC", "IEF", "IOO", "LEU", "NLR", "OKLO", "PSQ", "QQQ",
    "SMR", "SPY", "SQQQ", "TLT", "TQQQ", "UPRO", "UVXY", "VOX", "VTV", "XLF",
)  # fmt: skip
THIRD = Decimal("0.333333333")
UVXY = {"UVXY": Decimal(1)}
HEDGE = {"UVXY": Decimal("0.75"), "BTAL": Decimal("0.25")}

# Up and down by turns gives an RSI near 50; a run of one-sided days at the end takes RSI(10) to
# 79.6 after nine and 81.7 after ten rises, and to 31.1 after five and 27.9 after six falls.
OVERHEATED, BOILING = 9, 10
WARM, SAGGING, OVERSOLD = 5, -3, -6


def zigzag(
    *, run: int = 0, shift: float = 0.0, ago: int = 100, level: float = 100.0
) -> list[float]:
    """Return closes that alternate, jumped by `shift` so long `ago`, and end with a run."""
    turns = [level + 0.5 * (day % 2) for day in range(SESSIONS - abs(run))]
    # The last turn goes against the run, so that a run of one is one.
    turns = [close - 0.5 * (run > 0) * (len(turns) % 2 == 0) for close in turns]
    step = 0.5 if run > 0 else -0.5
    tail = [turns[-1] + step * (day + 1) for day in range(abs(run))]
    closes = [*turns, *tail]
    return [close - (shift if day < SESSIONS - ago else 0) for day, close in enumerate(closes)]


def market(**closes: Sequence[float]) -> BarPanel:
    """Return a quiet bull market but for what `closes` say."""
    quiet = {name: zigzag() for name in SYMBOLS} | {"SPY": zigzag(shift=20)}
    table = quiet | {name: list(values) for name, values in closes.items()}
    return BarPanel(
        sessions=tuple(date(2020, 1, 1) + timedelta(days=day) for day in range(SESSIONS)),
        symbols=tuple(map(Symbol, sorted(table))),
        close=np.array([table[name] for name in sorted(table)]).T,
    )


def bear(**closes: Sequence[float]) -> BarPanel:
    """Return a quiet bear market but for what `closes` say."""
    return market(**({"SPY": zigzag(shift=-20)} | closes))


def decide(panel: BarPanel, params: NuclearParams | None = None) -> dict[str, Decimal]:
    decision = TreeEvaluator(panel).decide(build(params or NuclearParams()).tree, SESSIONS - 1)
    assert isinstance(decision, Decided)
    return dict(decision.target.weights)


@pytest.mark.parametrize(("leader", "_"), CASCADE)
def test_rows_1_to_6_hedge_when_a_leader_is_overheated(leader: str, _: object) -> None:
    """ST-08."""
    panel = market(**{leader: zigzag(run=OVERHEATED)})

    assert decide(panel) == HEDGE


@pytest.mark.parametrize(("leader", "names"), CASCADE)
def test_rows_1_to_6_hold_volatility_alone_when_one_of_their_names_boils(
    leader: str, names: Sequence[str]
) -> None:
    """ST-08: a name outside the row's list makes no difference to it."""
    for name in ("SPY", "IOO", "TQQQ", "VTV", "XLF", "VOX"):
        boils = {leader: zigzag(run=OVERHEATED)} | {name: zigzag(run=BOILING)}
        if name == leader or name in names:
            expected = UVXY if name in names else HEDGE
            assert decide(market(**boils)) == expected


def test_boiling_of_a_later_leader_reaches_the_first_row() -> None:
    """ST-08: the first row asks all five, not the SPY alone."""
    panel = market(SPY=zigzag(run=OVERHEATED), VOX=zigzag(run=BOILING))
    hotter = market(SPY=zigzag(run=OVERHEATED), XLF=zigzag(run=BOILING))

    assert decide(panel) == HEDGE
    assert decide(hotter) == UVXY


def test_row_7_buys_the_panic_in_technology() -> None:
    """ST-08."""
    panel = market(TQQQ=zigzag(run=OVERSOLD), SPY=zigzag(run=OVERSOLD, shift=20))

    assert decide(panel) == {"TQQQ": Decimal(1)}


def test_row_8_buys_the_panic_in_the_market() -> None:
    """ST-08."""
    assert decide(market(SPY=zigzag(run=OVERSOLD, shift=20))) == {"UPRO": Decimal(1)}


def test_row_9_holds_thirds_of_the_three_best_nuclear_shares() -> None:
    """ST-08."""
    names = ("SMR", "BWXT", "LEU", "EXC", "NLR", "OKLO")
    gains = {name: zigzag(shift=gain, ago=45) for gain, name in enumerate(names)}

    assert decide(market(**gains)) == {"EXC": THIRD, "NLR": THIRD, "OKLO": THIRD}


def test_row_9_weighs_by_inverse_volatility_when_chosen() -> None:
    """ST-08: NLR jumped less than OKLO, and EXC less than both."""
    names = ("SMR", "BWXT", "LEU", "EXC", "NLR", "OKLO")
    gains = {name: zigzag(shift=2 * gain, ago=45) for gain, name in enumerate(names)}

    weights = decide(market(**gains), NuclearParams(basket="inverse_volatility"))

    assert weights.keys() == {"EXC", "NLR", "OKLO"}
    assert weights["EXC"] > weights["NLR"] > weights["OKLO"]
    assert Decimal("0.99999999") < sum(weights.values()) <= 1


def test_row_9_takes_those_there_are_when_few_are_listed() -> None:
    """A share without a quarter-year of bars is not ranked first: it is not ranked."""
    unlisted = dict.fromkeys(("SMR", "BWXT", "LEU", "NLR"), [NAN] * SESSIONS)
    young = [NAN] * (SESSIONS - 90) + zigzag()[-90:]

    assert decide(market(**unlisted, OKLO=young)) == {"EXC": Decimal(1)}


def test_price_that_equals_its_mean_is_a_bear_market() -> None:
    flat = [100.0] * SESSIONS

    assert not decide(market(SPY=flat)).keys() & {"SMR", "BWXT", "LEU", "EXC", "NLR", "OKLO"}


BONDS = {"TLT": zigzag(run=WARM)}
SLUMP = {"QQQ": zigzag(shift=-20, ago=30)}
TREASURIES = {"IEF": zigzag(run=WARM)}
NO_TREASURIES = {"IEF": zigzag(run=SAGGING)}
RISING = {"TQQQ": zigzag(run=WARM)}
FALLING = {"TQQQ": zigzag(run=SAGGING)}
SHORTS_SOLD_OUT = {"PSQ": zigzag(run=-WARM)}


@pytest.mark.parametrize(
    ("signs", "picks"),
    [
        (SHORTS_SOLD_OUT, {"SQQQ"}),
        (SHORTS_SOLD_OUT | SLUMP | BONDS | RISING, {"SQQQ"}),
        (SLUMP | BONDS | RISING, {"TQQQ"}),
        (SLUMP | BONDS | FALLING, {"TQQQ", "QQQ"}),
        (SLUMP | FALLING, {"PSQ", "SQQQ"}),
        (SLUMP | RISING, {"PSQ", "SQQQ"}),
        (BONDS | RISING, {"TQQQ"}),
        (RISING, {"SQQQ"}),
        (FALLING | TREASURIES | BONDS, {"SQQQ", "QQQ"}),
        (FALLING | TREASURIES, {"SQQQ"}),
        (FALLING | NO_TREASURIES | BONDS, {"QQQ"}),
        (FALLING | NO_TREASURIES, {"SQQQ"}),
    ],
)
def test_row_10_reaches_every_line_of_both_bear_tables(
    signs: dict[str, list[float]], picks: set[str]
) -> None:
    """ST-08."""
    weights = decide(bear(**signs))

    assert weights.keys() == picks
    assert Decimal("0.99999999") < sum(weights.values()) <= 1


def test_undecided_leader_leaves_the_strategy_undecided() -> None:
    panel = market(IOO=[NAN] * SESSIONS)

    decision = TreeEvaluator(panel).decide(build(NuclearParams()).tree, SESSIONS - 1)

    assert isinstance(decision, Undecided)
    assert decision.symbols == ("IOO",)


def test_symbol_that_no_row_on_the_path_reads_may_be_missing() -> None:
    panel = market(
        SPY=zigzag(run=BOILING), **dict.fromkeys(("TLT", "QQQ", "SMR"), [NAN] * SESSIONS)
    )

    assert decide(panel) == UVXY


def test_plugin_offers_the_strategy() -> None:
    """ST-02."""
    (spec,) = alchemiser_strategies()
    strategy = spec.build(spec.params())

    assert spec.strategy_id == "nuclear"
    assert strategy.target(MarketView(market(), SESSIONS - 1)) == TargetPortfolio.of({
        "BWXT": THIRD,
        "EXC": THIRD,
        "LEU": THIRD,
    })
    assert set(strategy.largest_weights) == set(AssetClass)


def test_requirements_name_every_symbol_and_its_history() -> None:
    needed = dict(build(NuclearParams()).requirements.lookbacks)

    assert tuple(needed) == SYMBOLS
    assert needed == {
        "BTAL": 1, "BWXT": 91, "EXC": 91, "IEF": 314, "IOO": 300, "LEU": 91, "NLR": 91,
        "OKLO": 91, "PSQ": 614, "QQQ": 75, "SMR": 91, "SPY": 300, "SQQQ": 15, "TLT": 614,
        "TQQQ": 300, "UPRO": 1, "UVXY": 1, "VOX": 300, "VTV": 300, "XLF": 300,
    }  # fmt: skip


def test_baskets_are_two_strategies() -> None:
    assert build(NuclearParams()).tree != build(NuclearParams(basket="inverse_volatility")).tree
