"""Small symphonies, each written twice: as a file and as plain Python.

The Python side follows a decision table row by row and knows nothing of symphonies, rules or
arrays. It tells which row decided, so that a test can prove that every row was reached.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from tests.restated import Market, UnknownError, Weights, best, equally, rounded, symbols

Decision = tuple[str, Weights]
"""The row that decided, and what it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Hold one symphony and its restatement.

    Attributes:
        name: What it is called.
        text: The symphony.
        decide: The restated table, called with a market and a day.
        rows: The rows that can decide.
    """

    name: str
    text: str
    decide: Callable[["Day"], Decision]
    rows: frozenset[str]


@dataclass(frozen=True, slots=True)
class Day:
    """Measure a market on one day."""

    market: Market
    day: int

    def rsi(self, name: str, window: int = 10) -> float:
        """Return the relative strength."""
        return self.market.rsi(name, window, self.day)

    def price(self, name: str) -> float:
        """Return the close."""
        return self.market.price(name, self.day)

    def sma(self, name: str, window: int) -> float:
        """Return the mean close."""
        return self.market.mean(name, window, self.day)

    def cum(self, name: str, window: int) -> float:
        """Return the change, percent."""
        return self.market.change(name, window, self.day)

    def mar(self, name: str, window: int) -> float:
        """Return the mean return, percent."""
        return self.market.mean_return(name, window, self.day)

    def sdr(self, name: str, window: int) -> float:
        """Return the deviation of returns, percent a day."""
        return self.market.deviation(name, window, self.day)

    def mdd(self, name: str, window: int) -> float:
        """Return the deepest fall from a peak inside the window, percent.

        Raises:
            UnknownError: When the symbol is too young.
        """
        if self.day + 1 < window:
            raise UnknownError
        closes = [self.market.price(name, self.day - ago) for ago in range(window)][::-1]
        peaks = [max(closes[: place + 1]) for place in range(window)]
        falls = [1 - close / peak for close, peak in zip(closes, peaks, strict=True)]
        return rounded(100 * max(falls))

    def top(self, count: int, score: str, window: int, names: str, *, low: bool = False) -> Weights:
        """Return the best of some symbols, or the lowest, equally."""
        by: Callable[[str, int], float] = getattr(self, score)
        candidates = symbols(names.split(), lambda name: by(name, window))
        return best(candidates, count=count, highest=not low)

    def bottom(self, count: int, score: str, window: int, names: str) -> Weights:
        """Return the lowest of some symbols, equally."""
        return self.top(count, score, window, names, low=True)


# How symphonies are written.


def measure(operator: str, name: str, window: int | None = None) -> str:
    """Return a measure of a symbol."""
    return f'({operator} "{name}"' + ("" if window is None else f" {{:window {window}}}") + ")"


def held(names: str) -> str:
    """Return blocks that hold some symbols, one each."""
    return " ".join(f'(asset "{name}" nil)' for name in names.split())


def equal(*blocks: str) -> str:
    """Return a block that holds others equally."""
    return f"(weight-equal [{' '.join(blocks)}])"


def ranking(side: str, count: int, score: str, window: int, names: str) -> str:
    """Return a block that holds the best of some symbols."""
    return f"(filter ({score} {{:window {window}}}) (select-{side} {count}) [{held(names)}])"


def rows(*tests: tuple[str, str], last: str) -> str:
    """Return the block of the first test that holds, nested as exports nest them."""
    for test, block in reversed(tests):
        last = f"(if {test} [{block}] [{equal(last)}])"
    return last


def symphony(name: str, *blocks: str, settings: str = ":rebalance-frequency :daily") -> str:
    """Return a whole symphony."""
    return f'(defsymphony "{name}" {{:asset-class "EQUITIES", {settings}}}\n {equal(*blocks)})'


rsi = partial(measure, "rsi")
sma = partial(measure, "moving-average-price")
cum = partial(measure, "cumulative-return")
sdr = partial(measure, "stdev-return")
mdd = partial(measure, "max-drawdown")
px = partial(measure, "current-price")


def compare(order: str, left: str, right: str | float) -> str:
    """Return a comparison."""
    return f"({order} {left} {right})"


gt, lt = partial(compare, ">"), partial(compare, "<")
ge, le = partial(compare, ">="), partial(compare, "<=")


def heat(name: str, level: float, window: int = 10) -> str:
    """Ask whether a symbol is overbought."""
    return gt(rsi(name, window), level)


def cold(name: str, level: float, window: int = 10) -> str:
    """Ask whether a symbol is oversold."""
    return lt(rsi(name, window), level)


# The tables.


TWELVE: Final = "AIRO BBAI KTOS ONDS OSS RCAT SPAI UMAC ITA ACHR EVTL JOBY"


def _defence(day: Day) -> Decision:
    return "all", day.top(2, "rsi", 7, TWELVE)


def _gold_currency(day: Day) -> Decision:
    if day.rsi("GLD") < 30:
        return "sold", equally("SHNY")
    return ("up", equally("SHNY")) if day.cum("GLD", 10) > 1 else ("else", equally("GLD"))


def _holy_grail(day: Day) -> Decision:
    if day.price("TQQQ") > day.sma("TQQQ", 200):
        return ("hot", equally("UVXY")) if day.rsi("TQQQ") > 79 else ("bull", equally("TQQQ"))
    if day.rsi("TQQQ") < 31:
        return "sold", equally("TECL")
    if day.rsi("SOXL") < 30:
        return "sold chips", equally("SOXL")
    if day.price("TQQQ") < day.sma("TQQQ", 20):
        return "falling", day.top(1, "rsi", 10, "SQQQ BSV")
    return "rising", equally("TQQQ")


HOLY_GRAIL: Final = rows(
    (
        gt(px("TQQQ"), sma("TQQQ", 200)),
        equal(rows((heat("TQQQ", 79), held("UVXY")), last=held("TQQQ"))),
    ),
    (cold("TQQQ", 31), held("TECL")),
    (cold("SOXL", 30), held("SOXL")),
    (lt(px("TQQQ"), sma("TQQQ", 20)), equal(ranking("top", 1, "rsi", 10, "SQQQ BSV"))),
    last=held("TQQQ"),
)

LEADERS: Final = (
    ("QQQE", 79), ("VTV", 79), ("VOX", 79), ("TECL", 79), ("VOOG", 79), ("VOOV", 79), ("XLP", 75),
    ("TQQQ", 79), ("XLY", 80), ("FAS", 80), ("SPY", 80),
)  # fmt: skip
FRONT_RUN: Final = tuple((heat(name, level), held("UVXY")) for name, level in LEADERS)
CALM: Final = (
    heat("UVXY", 65, 21),
    equal(rows((gt(rsi("SPY", 21), 30), held("VIXM")), last=held("SPXL"))),
)
SEVEN: Final = "TMV TMF SVXY VIXM FTLS KMLM UUP"


def _front_run(day: Day) -> Decision | None:
    for name, level in LEADERS:
        if day.rsi(name) > level:
            return name, equally("UVXY")
    if day.rsi("UVXY", 21) > 65:
        return ("vol", equally("VIXM")) if day.rsi("SPY", 21) > 30 else ("panic", equally("SPXL"))
    return None


def _dips(day: Day, *levels: tuple[str, float, str]) -> Decision | None:
    for name, level, pick in levels:
        if day.rsi(name) < level:
            return f"dip {name}", equally(pick)
    return None


def _kmlm_switcher(day: Day) -> Decision:
    dips = (("TQQQ", 30, "TECL"), ("SOXL", 30, "SOXL"), ("SPXL", 30, "SPXL"))
    early = _front_run(day) or _dips(day, *dips)
    if early:
        return early
    if day.rsi("XLK") > day.rsi("KMLM"):
        return "tech", day.bottom(1, "rsi", 10, "TECL SVIX")
    return "rotator", day.bottom(3, "sdr", 6, SEVEN)


def _simons(day: Day) -> Decision:
    dips = (
        ("TQQQ", 30, "TECL"), ("SOXL", 31, "SOXL"), ("SPXL", 28, "SPXL"), ("LABU", 25, "LABU"),
    )  # fmt: skip
    early = _front_run(day) or _dips(day, *dips)
    if early:
        return early
    calm = day.rsi("KMLM")
    if day.rsi("SOXL") > calm:
        if day.rsi("SMH") < 75:
            return "chips", day.bottom(1, "rsi", 10, "SOXL SVIX")
        return "hot chips", equally("KMLM")
    if any(day.rsi(name) > calm for name in ("TECL", "USD", "SMH")):
        return "tech", day.bottom(1, "rsi", 10, "TECL SVIX")
    if day.price("KMLM") > day.sma("KMLM", 20):
        return "short", equally("TECS")
    return "else", equally("KMLM")


SIMONS: Final = rows(
    *FRONT_RUN,
    CALM,
    (cold("TQQQ", 30), held("TECL")),
    (cold("SOXL", 31), held("SOXL")),
    (cold("SPXL", 28), held("SPXL")),
    (cold("LABU", 25), held("LABU")),
    (
        gt(rsi("SOXL", 10), rsi("KMLM", 10)),
        rows(
            (cold("SMH", 75), equal(ranking("bottom", 1, "rsi", 10, "SOXL SVIX"))),
            last=held("KMLM"),
        ),
    ),
    *(
        (gt(rsi(name, 10), rsi("KMLM", 10)), equal(ranking("bottom", 1, "rsi", 10, "TECL SVIX")))
        for name in ("TECL", "USD", "SMH")
    ),
    (gt(px("KMLM"), sma("KMLM", 20)), held("TECS")),
    last=held("KMLM"),
)


def _tqqq_ftlt(day: Day) -> Decision:  # noqa: PLR0911 - one a row
    if day.price("SPY") > day.sma("SPY", 200):
        if day.rsi("TQQQ") > 79:
            return "hot", equally("UVXY")
        return ("hot too", equally("UVXY")) if day.rsi("SPXL") > 80 else ("bull", equally("TQQQ"))
    if day.rsi("TQQQ") < 31:
        return "sold", equally("TECL")
    if day.rsi("SPY") < 30:
        return "sold market", equally("SPXL")
    if 74 < day.rsi("UVXY") <= 84:
        return "vol", equally("UVXY")
    if day.price("TQQQ") > day.sma("TQQQ", 20):
        if day.rsi("SQQQ") < 31:
            return "shorts sold", equally("SQQQ")
        return "rising", equally("TQQQ")
    return "else", day.top(1, "rsi", 10, "SQQQ BSV")


TQQQ_FTLT: Final = rows(
    (
        gt(px("SPY"), sma("SPY", 200)),
        equal(
            rows(
                (heat("TQQQ", 79), held("UVXY")),
                (heat("SPXL", 80), held("UVXY")),
                last=held("TQQQ"),
            )
        ),
    ),
    (cold("TQQQ", 31), held("TECL")),
    (cold("SPY", 30), held("SPXL")),
    (
        heat("UVXY", 74),
        rows(
            (heat("UVXY", 84), TURN := rows(
                (
                    gt(px("TQQQ"), sma("TQQQ", 20)),
                    equal(rows((cold("SQQQ", 31), held("SQQQ")), last=held("TQQQ"))),
                ),
                last=ranking("top", 1, "rsi", 10, "SQQQ BSV"),
            )),
            last=held("UVXY"),
        ),
    ),
    last=TURN,
)  # fmt: skip


def _gold(day: Day) -> Decision:
    if day.sdr("GLD", 10) > day.sdr("GLD", 100):
        return "rough", equally("BIL")
    if day.sma("UGL", 50) > day.sma("UGL", 200):
        hot = day.rsi("UGL", 20) > 80 or day.rsi("UGL", 10) > 90 or day.rsi("UGL", 2) > 99.9
        return ("bull hot", equally("GLL")) if hot else ("bull", equally("UGL"))
    if day.sma("UGL", 20) > day.sma("UGL", 50):
        hot = day.rsi("UGL", 20) > 75 or day.rsi("UGL", 2) > 99.9
        return ("turn hot", equally("GLL")) if hot else ("turn", equally("UGL"))
    if day.sma("UGL", 5) > day.sma("UGL", 10):
        return ("hop hot", equally("GLL")) if day.rsi("UGL") > 60 else ("hop", equally("UGL"))
    return ("sold", equally("UGL")) if day.rsi("UGL", 20) < 30 else ("else", equally("GLL"))


def _rising(fast: int, slow: int) -> str:
    return gt(sma("UGL", fast), sma("UGL", slow))


def _unless_hot(*levels: tuple[int, float]) -> str:
    tests = [(heat("UGL", level, window), held("GLL")) for window, level in levels]
    return equal(rows(*tests, last=held("UGL")))


GOLD: Final = rows(
    (gt(sdr("GLD", 10), sdr("GLD", 100)), held("BIL")),
    (_rising(50, 200), _unless_hot((20, 80), (10, 90), (2, 99.9))),
    (_rising(20, 50), _unless_hot((20, 75), (2, 99.9))),
    (_rising(5, 10), _unless_hot((10, 60))),
    (cold("UGL", 30, 20), held("UGL")),
    last=held("GLL"),
)


def _gold_and_miners(day: Day) -> Decision:  # noqa: C901, PLR0911 - one a row
    if day.cum("GDX", 35) < day.cum("GLD", 35):
        behind = day.cum("GLD", 35) < day.cum("SPY", 35)
        return ("1 shares", equally("SPY")) if behind else ("1", equally("BIL"))
    if day.cum("GDX", 20) < -2:
        return "2", equally("BIL")
    if day.rsi("GDXU") > 79:
        hot = day.rsi("SHNY") > 79
        return ("3 both" if hot else "3"), equally("GDXD", "DULL" if hot else "GDXD")
    if day.rsi("SHNY") > 79:
        return "4", equally("DULL")
    if day.rsi("GDXU") < 30:
        sold = day.rsi("SHNY") < 30
        return ("5 both" if sold else "5"), equally("GDXU", "SHNY" if sold else "GDXU")
    if day.rsi("SHNY") < 30:
        return "6", equally("SHNY")
    slows = day.cum("SHNY", 70) < day.cum("SHNY", 75)
    if day.cum("QQQ", 90) > day.cum("QQQ", 70):
        if day.cum("GDXU", 70) < day.cum("GDXU", 75):
            return ("7 both" if slows else "7"), equally("GDXU", "SHNY" if slows else "GDXU")
        return ("8 slows" if slows else "8"), equally("SHNY" if slows else "BIL")
    if day.cum("TLT", 95) < day.cum("QQQ", 35):
        return "9", equally("GDXD", "DULL")
    return "10", equally("BIL")


def _and_perhaps(sure: str, test: str, other: str) -> str:
    return f"{held(sure)} {rows((test, held(other)), last=held(sure))}"


SLOWS: Final = lt(cum("SHNY", 70), cum("SHNY", 75))
GOLD_AND_MINERS: Final = rows(
    (
        lt(cum("GDX", 35), cum("GLD", 35)),
        equal(rows((lt(cum("GLD", 35), cum("SPY", 35)), held("SPY")), last=held("BIL"))),
    ),
    (lt(cum("GDX", 20), -2), held("BIL")),
    (heat("GDXU", 79), _and_perhaps("GDXD", heat("SHNY", 79), "DULL")),
    (heat("SHNY", 79), held("DULL")),
    (cold("GDXU", 30), _and_perhaps("GDXU", cold("SHNY", 30), "SHNY")),
    (cold("SHNY", 30), held("SHNY")),
    (
        gt(cum("QQQ", 90), cum("QQQ", 70)),
        equal(
            rows(
                (lt(cum("GDXU", 70), cum("GDXU", 75)), _and_perhaps("GDXU", SLOWS, "SHNY")),
                (SLOWS, held("SHNY")),
                last=held("BIL"),
            )
        ),
    ),
    (lt(cum("TLT", 95), cum("QQQ", 35)), held("GDXD DULL")),
    last=held("BIL"),
)

SHORTS: Final = "TMV SQQQ SPXS SPXS"


def _soxl_growth(day: Day) -> Decision:  # noqa: C901, PLR0911 - one a row
    growth = partial(day.top, 2, "cum", 21, "SOXL TQQQ SPXL")
    shorts = partial(day.bottom, 2, "cum", 3, "TMV SQQQ SPXS")
    if day.mdd("SOXL", 60) >= 50:
        if day.sdr("TQQQ", 14) <= 18:
            if day.sdr("TQQQ", 100) <= 3.8:
                return "1", growth()
            if day.rsi("TQQQ", 30) >= 50:
                wild = day.sdr("TQQQ", 30) >= 5.8
                return ("2 wild" if wild else "2"), equally("SOXS" if wild else "SPXL")
            if day.cum("TQQQ", 8) <= -20:
                return "3 sold", equally("SOXL")
            return ("3", shorts()) if day.mdd("TQQQ", 200) <= 65 else ("3 deep", equally("SOXL"))
        if day.cum("TQQQ", 30) <= -10:
            return "4 down", shorts()
        return "4", day.top(3, "cum", 21, "SOXL TQQQ TMF SPXL")
    if day.rsi("SOXL", 32) <= 62.1995:
        if day.sdr("SOXL", 105) <= 4.9226:
            return "5", equally("SOXL")
        if day.rsi("SOXL", 30) >= 57.49:
            wild = day.sdr("SOXL", 30) >= 5.4135
            return ("6 wild", equally("SOXS")) if wild else ("6", growth())
        if day.cum("SOXL", 32) <= -12:
            return "7 sold", equally("SOXL")
        shallow = day.mdd("SOXL", 250) <= 71
        return ("7" if shallow else "7 deep"), equally("SOXS" if shallow else "SOXL")
    return "8", equally("SOXS")


GROWTH: Final = ranking("top", 2, "cumulative-return", 21, "SOXL TQQQ SPXL")
SHORT_TWO: Final = ranking("bottom", 2, "cumulative-return", 3, SHORTS)
SOXL_GROWTH: Final = rows(
    (
        ge(mdd("SOXL", 60), 50),
        equal(
            rows(
                (
                    le(sdr("TQQQ", 14), 18),
                    rows(
                        (le(sdr("TQQQ", 100), 3.8), GROWTH),
                        (
                            ge(rsi("TQQQ", 30), 50),
                            rows((ge(sdr("TQQQ", 30), 5.8), held("SOXS")), last=held("SPXL")),
                        ),
                        (le(cum("TQQQ", 8), -20), held("SOXL")),
                        (le(mdd("TQQQ", 200), 65), SHORT_TWO),
                        last=held("SOXL"),
                    ),
                ),
                (le(cum("TQQQ", 30), -10), SHORT_TWO),
                last=ranking("top", 3, "cumulative-return", 21, "SOXL TQQQ TMF SPXL"),
            )
        ),
    ),
    (
        le(rsi("SOXL", 32), 62.1995),
        rows(
            (le(sdr("SOXL", 105), 4.9226), held("SOXL")),
            (
                ge(rsi("SOXL", 30), 57.49),
                rows((ge(sdr("SOXL", 30), 5.4135), held("SOXS")), last=GROWTH),
            ),
            (le(cum("SOXL", 32), -12), held("SOXL")),
            (le(mdd("SOXL", 250), 71), held("SOXS")),
            last=held("SOXL"),
        ),
    ),
    last=held("SOXS"),
)

CALM_EIGHT: Final = "BSV TLT LQD VBF XLP UGE XLV XLU"
THIRTEEN: Final = "UDOW SPXL URTY CURE TNA LABU EDC YINN RETL FAZ UTSL PILL TQQQ"
VOTES: Final = ((("AGG", 20), ("SH", 60)), (("AGG", 15), ("SH", 15)), (("IEF", 10), ("SH", 20)))


def _mild(row: str, day: Day) -> Decision:
    if day.rsi("QQQ", 15) > day.rsi("SPXT", 15):
        return f"{row} tech", equally("TQQQ", "SOXL", "TECL")
    return row, day.top(3, "cum", 30, THIRTEEN)


def _tqqq_ftlt_2(day: Day) -> Decision:  # noqa: C901, PLR0911 - one a row
    if day.rsi("SPY") > 80 or day.rsi("TECL") > 79:
        return "1", equally("UVXY")
    for row, name, level, boiling in (
        ("2", "XLP", 77.5, 80), ("3", "QQQ", 79, 81), ("4", "QQQE", 79, 83),
    ):  # fmt: skip
        if day.rsi(name) > level:
            boils = day.rsi(name) > boiling
            return (f"{row} boils" if boils else row), equally("UVXY" if boils else "VIXY")
    if day.rsi("TQQQ") < 31:
        if day.rsi("SMH") < 23:
            return "5 chips", equally("SOXL")
        if day.rsi("QQQ") < 27:
            return "5 tech", equally("TECL")
        votes = [day.rsi(*bond) > day.rsi(*short) for bond, short in VOTES]
        calm = day.bottom(1, "rsi", 10, CALM_EIGHT) if any(votes) else {}
        return f"5 {sum(votes)}", equally(*(calm if vote else "TECL" for vote in votes))
    if day.rsi("VTV") > 79 or day.rsi("XLY") > 80 or day.rsi("XLF") > 80:
        return "6", equally("VIXY")
    if day.price("SPY") > day.sma("SPY", 200):
        return _mild("7", day)
    if day.price("TQQQ") < day.sma("TQQQ", 20):
        return "8", day.top(1, "rsi", 10, "SQQQ TLT")
    return ("9", equally("SQQQ")) if day.rsi("SQQQ") < 31 else _mild("10", day)


MILD: Final = rows(
    (gt(rsi("QQQ", 15), rsi("SPXT", 15)), held("TQQQ SOXL TECL")),
    last=ranking("top", 3, "cumulative-return", 30, THIRTEEN),
)


def _boiling(name: str, level: float) -> str:
    return rows((heat(name, level), held("UVXY")), last=held("VIXY"))


TQQQ_FTLT_2: Final = rows(
    (heat("SPY", 80), held("UVXY")),
    (heat("TECL", 79), held("UVXY")),
    (heat("XLP", 77.5), _boiling("XLP", 80)),
    (heat("QQQ", 79), _boiling("QQQ", 81)),
    (heat("QQQE", 79), _boiling("QQQE", 83)),
    (
        cold("TQQQ", 31),
        rows(
            (cold("SMH", 23), held("SOXL")),
            (cold("QQQ", 27), held("TECL")),
            last=equal(
                *(
                    rows(
                        (
                            gt(rsi(*bond), rsi(*short)),
                            ranking("bottom", 1, "rsi", 10, CALM_EIGHT),
                        ),
                        last=held("TECL"),
                    )
                    for bond, short in VOTES
                )
            ),
        ),
    ),
    (heat("VTV", 79), held("VIXY")),
    (heat("XLY", 80), held("VIXY")),
    (heat("XLF", 80), held("VIXY")),
    (gt(px("SPY"), sma("SPY", 200)), MILD),
    (lt(px("TQQQ"), sma("TQQQ", 20)), ranking("top", 1, "rsi", 10, "SQQQ TLT")),
    (cold("SQQQ", 31), held("SQQQ")),
    last=MILD,
)

P22: Final = (
    "ACLS MNST LULU JKHY INFY GNRC EXPO DVAX DAC SIMO SFM ROST QCOM BIL PCH PAYC NVDA MOS MU TSLA "
    "TPR SQM"
)
P11: Final = "AA ALGN AMD AR ASML AVGO JYNT MU OXY TQQQ TSM"
P5: Final = "AMD EQT SON VRTX AA"


def _tqqq_ftlt_1(day: Day) -> Decision:
    if day.price("SPY") > day.sma("SPY", 200):
        return _tqqq_ftlt_1_bull(day)
    sold = day.rsi("TQQQ", 9) < 32
    if sold and day.cum("TQQQ", 2) >= day.cum("TQQQ", 5):
        pair = (day.bottom(1, "rsi", 10, names) for names in ("TECL SOXL SHY", "SOXL SHY"))
        return "4", equally(*pair)
    twice = " sold" if sold else ""
    short, long_ = ("SOXS", "SQQQ") if sold else ("SQQQ", "SOXS")
    if day.rsi("SPY") < 30:
        return f"5{twice}", day.bottom(1, "rsi", 10, "SPXL SHY")
    if 74 < day.rsi("UVXY") <= 84:
        return f"6{twice}", equally("UVXY")
    if day.rsi("UVXY") > 84 or day.price("TQQQ") <= day.sma("TQQQ", 20):
        return f"7{twice}", day.top(1, "rsi", 10, f"BSV {short}")
    return (f"8{twice}", equally(long_)) if day.rsi("SQQQ") < 31 else (f"9{twice}", equally("SOXL"))


def _tqqq_ftlt_1_bull(day: Day) -> Decision:
    if day.rsi("TQQQ", 14) > 75 or day.rsi("SPXL") > 80:
        return "1", equally("UVXY")
    if day.cum("QQQ", 5) < -6:
        if day.cum("TQQQ", 1) > 5 or day.rsi("TQQQ") > 31:
            return "2", equally("SQQQ")
        return "2 sold", equally("SOXL")
    if day.rsi("QQQ") > 80:
        return "3 hot", equally("SQQQ")
    if day.rsi("QQQ") < 31:
        return "3 sold", equally("SOXL")
    total: Weights = {}
    for share, window, names in ((0.49, 11, P22), (0.12, 12, P11), (0.39, 16, P5)):
        for name, weight in day.top(1, "mar", window, names).items():
            total[name] = total.get(name, 0.0) + share * weight
    return "3", total


def _after_fall(short: str, long_: str) -> str:
    falling = ranking("top", 1, "rsi", 10, f"BSV {short}")
    return rows(
        (cold("SPY", 30), ranking("bottom", 1, "rsi", 10, "SPXL SHY")),
        (heat("UVXY", 74), rows((heat("UVXY", 84), falling), last=held("UVXY"))),
        (
            gt(px("TQQQ"), sma("TQQQ", 20)),
            rows((cold("SQQQ", 31), held(long_)), last=held("SOXL")),
        ),
        last=falling,
    )


SPLIT: Final = " ".join(
    f"{share} {ranking('top', 1, 'moving-average-return', window, names)}"
    for share, window, names in ((0.49, 11, P22), (0.12, 12, P11), (0.39, 16, P5))
)
TQQQ_FTLT_1: Final = rows(
    (
        gt(px("SPY"), sma("SPY", 200)),
        equal(
            rows(
                (heat("TQQQ", 75, 14), held("UVXY")),
                (heat("SPXL", 80), held("UVXY")),
                (
                    lt(cum("QQQ", 5), -6),
                    rows(
                        (gt(cum("TQQQ", 1), 5), held("SQQQ")),
                        (heat("TQQQ", 31), held("SQQQ")),
                        last=held("SOXL"),
                    ),
                ),
                (heat("QQQ", 80), held("SQQQ")),
                (cold("QQQ", 31), held("SOXL")),
                last=f"(weight-specified {SPLIT})",
            )
        ),
    ),
    (
        cold("TQQQ", 32, 9),
        rows(
            (
                ge(cum("TQQQ", 2), cum("TQQQ", 5)),
                equal(
                    *(
                        ranking("bottom", 1, "rsi", 10, names)
                        for names in ("TECL SOXL SHY", "SOXL SHY")
                    )
                ),
            ),
            last=_after_fall("SOXS", "SQQQ"),
        ),
    ),
    last=_after_fall("SQQQ", "SOXS"),
)


def _rows(text: str) -> frozenset[str]:
    return frozenset(text.split(", "))


FRONT: Final = "QQQE, VTV, VOX, TECL, VOOG, VOOV, XLP, TQQQ, XLY, FAS, SPY, vol, panic"

TABLES: Final = (
    Table(
        name="defence",
        text=symphony(
            "Defence",
            f'(group "Defence" [{equal(ranking("top", 2, "rsi", 7, TWELVE))}])',
            settings=":rebalance-threshold 0.05",
        ),
        decide=_defence,
        rows=_rows("all"),
    ),
    Table(
        name="gold_currency",
        text=symphony(
            "Gold currency",
            rows(
                (cold("GLD", 30), held("SHNY")),
                (gt(cum("GLD", 10), 1), held("SHNY")),
                last=held("GLD"),
            ),
            settings=":rebalance-threshold 0.1",
        ),
        decide=_gold_currency,
        rows=_rows("sold, up, else"),
    ),
    Table(
        name="holy_grail",
        text=symphony("Holy grail", HOLY_GRAIL, settings=":rebalance-threshold 0.05"),
        decide=_holy_grail,
        rows=_rows("hot, bull, sold, sold chips, falling, rising"),
    ),
    Table(
        name="kmlm_switcher",
        text=symphony(
            "KMLM switcher",
            rows(
                *FRONT_RUN,
                CALM,
                (cold("TQQQ", 30), held("TECL")),
                (cold("SOXL", 30), held("SOXL")),
                (cold("SPXL", 30), held("SPXL")),
                (
                    gt(rsi("XLK", 10), rsi("KMLM", 10)),
                    equal(ranking("bottom", 1, "rsi", 10, "TECL SVIX")),
                ),
                last=ranking("bottom", 3, "stdev-return", 6, SEVEN),
            ),
            settings=":rebalance-threshold 0.1",
        ),
        decide=_kmlm_switcher,
        rows=_rows(f"{FRONT}, dip TQQQ, dip SOXL, dip SPXL, tech, rotator"),
    ),
    Table(
        name="tqqq_ftlt",
        text=symphony("TQQQ for the long term", TQQQ_FTLT),
        decide=_tqqq_ftlt,
        rows=_rows(
            "hot, hot too, bull, sold, sold market, vol, shorts sold, rising, else",
        ),
    ),
    Table(
        name="tqqq_ftlt_1",
        text=symphony("TQQQ for the long term 1", TQQQ_FTLT_1),
        decide=_tqqq_ftlt_1,
        rows=_rows(
            "1, 2, 2 sold, 3 hot, 3 sold, 3, 4, 5, 5 sold, 6, 6 sold, 7, 7 sold, 8, 9",
        ),
    ),
    Table(
        name="tqqq_ftlt_2",
        text=symphony("TQQQ for the long term 2", TQQQ_FTLT_2),
        decide=_tqqq_ftlt_2,
        rows=_rows(
            "1, 2, 2 boils, 3, 3 boils, 4, 4 boils, 5 chips, 5 tech, 5 0, 5 1, 5 2, 5 3, 6, 7, "
            "7 tech, 8, 9, 10, 10 tech",
        ),
    ),
    Table(
        name="gold",
        text=symphony("Gold", GOLD, settings=":rebalance-threshold 0.05"),
        decide=_gold,
        rows=_rows("rough, bull hot, bull, turn hot, turn, hop hot, hop, sold, else"),
    ),
    Table(
        name="gold_and_miners",
        text=symphony("Gold and miners", GOLD_AND_MINERS),
        decide=_gold_and_miners,
        rows=_rows(
            "1 shares, 1, 2, 3 both, 3, 4, 5 both, 5, 6, 7 both, 7, 8 slows, 8, 9, 10",
        ),
    ),
    Table(
        name="soxl_growth",
        text=symphony("SOXL growth", SOXL_GROWTH),
        decide=_soxl_growth,
        rows=_rows(
            "1, 2 wild, 2, 3 sold, 3, 3 deep, 4 down, 4, 5, 6 wild, 6, 7 sold, 7, 7 deep, 8",
        ),
    ),
    Table(
        name="simons_full_kmlm",
        text=symphony("Simons full KMLM", SIMONS, settings=":rebalance-threshold 0.1"),
        decide=_simons,
        rows=_rows(
            f"{FRONT}, dip TQQQ, dip SOXL, dip SPXL, dip LABU, chips, hot chips, tech, short, else",
        ),
    ),
)
