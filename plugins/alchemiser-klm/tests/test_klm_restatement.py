"""Every variant and the ensemble agree, session by session, with a slow restatement of them."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser_klm import KlmParams, build
from tests.panels import synthetic_panel, total_return_panel, with_holes
from tests.restated import Market, Stream, UnknownError, Weights, best, equally, known, symbols

CHOICES = {
    "ensemble": KlmParams(),
    "506/38": KlmParams(variant="506/38"),
    "1280/26": KlmParams(variant="1280/26"),
    "1200/28": KlmParams(variant="1200/28"),
    "520/22": KlmParams(variant="520/22"),
    "530/18": KlmParams(variant="530/18"),
    "410/38": KlmParams(variant="410/38"),
    "nova": KlmParams(variant="nova"),
    "830/21": KlmParams(variant="830/21"),
}
ORDER = tuple(CHOICES)[1:]


def made_up(seed: int) -> BarPanel:
    """Return all symbols from 2018 on."""
    return synthetic_panel(build(KlmParams()).requirements.symbols(), seed=seed)


def broken(seed: int) -> BarPanel:
    """Return a panel in which some symbols start late and others miss a session or more."""
    return with_holes(
        made_up(seed),
        starts={"FNGU": 320, "SVIX": 280, "UVIX": 350, "FNGO": 400, "SPLV": 420, "KMLM": 260},
        gaps={
            "SVXY": 500, "FNGU": 640, "TECL": 700, "UUP": 760, "SVIX": 850, "AGG": 900,
            "XLE": 980, "UVXY": 1_060, "TSLA": 1_100, "SOXL": 1_180, "LABD": 1_300, "TLT": 1_420,
        },
    )  # fmt: skip


PANELS: dict[str, Callable[[], BarPanel]] = {
    "recorded": total_return_panel,
    "made up": partial(made_up, 1),
    "tied": partial(made_up, 7),  # variants that hold the same for a week and part
    "broken": partial(broken, 11),
}
DECIDED = {
    "recorded": (1566, 1358, 1866, 1874, 1874, 1793, 1358, 1408, 1874),
    "made up": (1643, 1637, 1648, 1637, 1637, 1485, 1637, 1637, 1637),
    "tied": (1643, 1637, 1648, 1637, 1637, 1484, 1637, 1637, 1637),
    "broken": (1398, 1381, 1436, 1417, 1417, 1441, 1381, 1297, 1417),
}


@pytest.mark.parametrize("name", PANELS)
def test_every_session_agrees_with_the_restated_tables(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    """ST-09."""
    panel = PANELS[name]()
    evaluator = TreeEvaluator(panel)
    columns = zip(panel.symbols, panel.close.T.tolist(), strict=True)
    restated = Restated(Market(dict(columns)))
    days = [restated.decide() for _ in panel.sessions]

    counts: list[int] = []
    for variant, params in CHOICES.items():
        found = evaluator.matrix(build(params).tree)
        expected = [day[variant] for day in days]
        rows = [[(held or {}).get(one, 0.0) for one in found.symbols] for held in expected]
        wrong = np.abs(found.weights - rows).max(axis=1) > 1e-9
        wrong |= found.decided != [held is not None for held in expected]
        assert [str(panel.sessions[day]) for day in np.flatnonzero(wrong)] == [], variant
        counts.append(int(found.decided.sum()))
    assert tuple(counts) == DECIDED[name]
    for variant, decided in zip(CHOICES, counts, strict=True):
        told = f"klm, {variant}: {decided} of {len(panel.sessions)} sessions, bars {name}"
        record_property("sessions decided, each as restated", told)


@pytest.mark.parametrize("name", PANELS)
def test_decision_at_a_session_is_the_row_of_the_matrix(name: str) -> None:
    """ST-04: with and without the sessions after it."""
    panel = PANELS[name]()
    tree = build(KlmParams()).tree
    evaluator = TreeEvaluator(panel)
    matrix = evaluator.matrix(tree)

    for row in range(50, len(panel.sessions), 211):
        decision = evaluator.decide(tree, row)
        assert decision == TreeEvaluator(panel.until(row)).decide(tree, row)
        assert isinstance(decision, Decided) == matrix.decided[row]
        if isinstance(decision, Decided):
            held = dict(zip(matrix.symbols, matrix.weights[row].tolist(), strict=True))
            weights = {one: float(weight) for one, weight in decision.target.weights}
            assert weights == pytest.approx({one: w for one, w in held.items() if w}, abs=1e-9)


FR11 = {
    "QQQE": 79, "VTV": 79, "VOX": 79, "TECL": 79, "VOOG": 79, "VOOV": 79,
    "XLP": 75, "TQQQ": 79, "XLY": 80, "FAS": 80, "SPY": 80,
}  # fmt: skip
DULL = ("UUP", "FTLS", "KMLM")
SHORTS = ("SQQQ", "TLT")
FUNDS = ("TECL", "SOXL", "SVIX")
STOCKS = ("FNGO", "TSLA", "MSFT", "AAPL", "NVDA", "GOOGL", "AMZN")

VB = equally("VIXY", "VXX", "VIXM")
VB_PLUS = equally("UVXY", "VXX", "VIXM")
VB_PLUS_PLUS = equally("UVXY", "UVXY", "VIXM")
METALS = {"GLD": 0.5, "SLV": 0.25, "PDBC": 0.25}
FUNDS_OF_FIVE = equally("TQQQ", "SPXL", "SOXL", "FNGU", "ERX")
WARMTH = (
    ("SPY", 80, 82.5, VB_PLUS, VB_PLUS_PLUS),
    ("IOO", 80, 82.5, VB_PLUS, VB_PLUS_PLUS),
    ("QQQ", 79, 82.5, VB_PLUS, VB_PLUS_PLUS),
    ("VTV", 79, 85, VB, VB_PLUS),
    ("XLP", 77, 85, VB, VB_PLUS),
    ("XLF", 81, 85, VB, VB_PLUS),
    ("RETL", 82, 85, equally("BTAL", "BIL"), VB),
)
BOILING = ((90, 60), (14, 80), (5, 90), (3, 95))


class Restated:
    """Decide every variant and the ensemble, one session after the other."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._day = -1
        self._mixed = Stream(market)
        self._streams = {name: Stream(market) for name in ORDER}
        self._variants: dict[str, Callable[[], Weights]] = {
            "506/38": self._fngu_or_dull,
            "1280/26": self._v1280,
            "1200/28": self._v1200,
            "520/22": self._v520,
            "530/18": self._v530,
            "410/38": self._fngu_or_dull,
            "nova": self._nova,
            "830/21": self._v830,
        }

    def decide(self) -> dict[str, Weights | None]:
        """Return the weights of the next session by variant, None where undecided."""
        self._day += 1
        for stream in (self._mixed, *self._streams.values()):
            stream.earn(self._day)
        self._mixed.decide(self._day, self._fngu_and_leader)
        for name, stream in self._streams.items():
            stream.decide(self._day, self._variants[name])
        scores = [partial(self._streams[name].deviation, 5) for name in ORDER]
        chosen = known(lambda: best(scores, highest=True))
        return {"ensemble": chosen} | {name: self._streams[name].weights for name in ORDER}

    def _fngu_or_dull(self) -> Weights:
        if common := self._heat() or self._single("UVXY"):
            return common
        return self._weakest("FNGU") if self._tech_leads() else self._dullest(*DULL)

    def _v1280(self) -> Weights:
        if common := self._heat() or self._pop():
            return common
        if self._rsi("LABU") < 25:
            return {"LABU": 1.0}
        return self._weakest(*FUNDS, count=2) if self._tech_leads() else self._strongest(*SHORTS)

    def _v1200(self) -> Weights:
        if common := self._heat() or self._single("UVXY"):
            return common
        return self._weakest(*FUNDS) if self._tech_leads() else self._strongest(*SHORTS)

    def _v520(self) -> Weights:
        if common := self._heat() or self._single("UVXY"):
            return common
        if self._tech_leads():
            return self._weakest("TECL", "SVIX")
        return self._dullest("TMV", "TMF", "SVXY", "VIXM", "FTLS", "KMLM", "UUP", count=3)

    def _nova(self) -> Weights:
        if common := self._heat() or self._single("UVIX"):
            return common
        if self._tech_leads():
            return self._strongest(*STOCKS, window=11)
        return self._dullest(*DULL)

    def _v830(self) -> Weights:
        if common := self._heat() or self._single("UVXY"):
            return common
        if self._tech_leads():
            return self._strongest(*FUNDS)
        if self._market.mean_return("BND", 20, self._day) > 0:
            return self._weakest("KMLM", "SPLV")
        return self._strongest("TLT", "LABD", "TZA")

    def _v530(self) -> Weights:
        for name, warm, hot, held, extreme in WARMTH:
            if (strength := self._rsi(name)) > warm:
                return extreme if strength > hot else held
        if self._rsi("SPY", 70) > 63:
            return self._long_rally()
        if self._rsi("VOX") > 79 or self._rsi("XLP") > 75:
            return VB
        if self._market.change("TQQQ", 6, self._day) < -12:
            return self._plunge()
        return self._trend()

    def _long_rally(self) -> Weights:
        bonds_lead = self._rsi("AGG", 15) > self._rsi("QQQ", 15)
        # An unknown strength matters only if no other is beyond its level.
        answers = [self._boils_over(window, level) for window, level in BOILING]
        if True not in answers and None in answers:
            raise UnknownError
        return equally(
            FUNDS_OF_FIVE if bonds_lead else METALS, "VIXY" if True in answers else METALS
        )

    def _boils_over(self, window: int, level: float) -> bool | None:
        try:
            return self._rsi("QQQ", window) > level
        except UnknownError:
            return None

    def _plunge(self) -> Weights:
        if self._market.change("TQQQ", 1, self._day) > 5.5:
            return VB_PLUS
        if self._rsi("TQQQ") < 31:
            return {"TECL": 1.0}
        for name in ("SOXL", "SPXL"):
            if self._rsi(name) < 30:
                return {name: 1.0}
        return self._kf()

    def _trend(self) -> Weights:
        price, slow = self._market.price("SPY", self._day), self._market.mean("SPY", 200, self._day)
        fast = self._market.mean("SPY", 3, self._day)
        if price > slow:
            return self._strongest("TQQQ", "SPXL", "TMF", count=2) if fast < slow else self._kf()
        if fast > slow:
            return self._strongest("SQQQ", "SPXU", "TMF", "TMV", count=2)
        return self._bear()

    def _bear(self) -> Weights:
        market, day = self._market, self._day
        if self._rsi("QQQ") < 31:
            return {"TECL": 1.0}
        if self._rsi("SPY") < 30:
            return {"UPRO": 1.0}
        if market.change("QQQ", 60, day) < -12:
            return {"BIL": 1.0}
        if market.price("TQQQ", day) > market.mean("TQQQ", 20, day):
            return {"PSQ": 1.0} if self._rsi("PSQ") < 32.5 else self._kf()
        return {"PSQ": 1.0} if self._rsi("IEF") > self._rsi("PSQ", 20) else {"QID": 1.0}

    def _kf(self) -> Weights:
        if not self._tech_leads():
            return self._dullest("SVXY", "VIXM", "FTLS", "KMLM", "UUP", count=3)
        return best([*symbols(("TECL", "SVXY"), self._rsi), self._mixed.rsi], highest=False)

    def _fngu_and_leader(self) -> Weights:
        def mean_return(name: str) -> float:
            return self._market.mean_return(name, 20, self._day)

        leaders = symbols(("FNGU", "SPXL", "XLE", "XLK", "AGG"), mean_return)
        return equally("FNGU", best(leaders, highest=True))

    def _heat(self) -> Weights | None:
        hot = any(self._rsi(name) > level for name, level in FR11.items())
        return {"UVXY": 1.0} if hot else None

    def _single(self, fear: str) -> Weights | None:
        if self._rsi(fear, 21) > 65:
            return {"VIXM": 1.0} if self._rsi("SPY", 21) > 30 else {"SPXL": 1.0}
        return self._pop()

    def _pop(self) -> Weights | None:
        for name, bought in (("TQQQ", "TECL"), ("SOXL", "SOXL"), ("SPXL", "SPXL")):
            if self._rsi(name) < 30:
                return {bought: 1.0}
        return None

    def _tech_leads(self) -> bool:
        return self._rsi("XLK") > self._rsi("KMLM")

    def _weakest(self, *names: str, count: int = 1) -> Weights:
        return best(symbols(names, self._rsi), count=count, highest=False)

    def _strongest(self, *names: str, count: int = 1, window: int = 10) -> Weights:
        candidates = symbols(names, lambda name: self._rsi(name, window))
        return best(candidates, count=count, highest=True)

    def _dullest(self, *names: str, count: int = 1) -> Weights:
        candidates = symbols(names, lambda name: self._market.deviation(name, 6, self._day))
        return best(candidates, count=count, highest=False)

    def _rsi(self, name: str, window: int = 10) -> float:
        return self._market.rsi(name, window, self._day)
