"""Made-up symphonies of any size, in the shapes that large real ones have.

```python
from tests.benchmarks.symphonies import distinct, repeated, voting
from tests.benchmarks.forms import rule_tree, size_of, text_of

form = distinct(34_000)  # the same form in every process: nothing but the seed decides
text = text_of(form)     # a Composer export: `(defsymphony "…" {…} (weight-equal […]))`
tree = rule_tree(form)   # what it means, built through alchemiser.rules
```

- `distinct`: no block is written twice; the hardest of them to evaluate.
- `repeated`: three rankings over the same three groups, each written out again in each.
- `voting`: a decision tree of pairwise tests over very few different leaves.

They hold about 90 symbols (`voting` 28) and nest 190 levels (`voting` 30 to 40). The chain that is
so deep has 1,000 nodes itself, so nothing below 4,000 nodes comes out in the size asked for.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

from tests.benchmarks.forms import NOTHING, WINDOW, Call, Form, Name, call, depth_of, size_of

DEPTH: Final = 190

_TICKERS: Final = """
AGG BBH BIL BND BSV BTAL CORP CURE DBC DIA DIG DRN DUG EDC EDZ EEM EFA EPI ERX ERY EUM EUO EVN
EWZ FAS FAZ FXI GDX GLD GLL HIBL IBB IEF IEI IGIB IOO IWM IYT KMLM LABD LABU LQD MVV NUGT PMM
PSQ PUI QID QLD QQQ RETL ROM RWM RXL SCHZ SDS SH SHV SHY SLV SMH SOXL SOXS SOXX SPXL SPXS SPY
SQQQ SRTY SVXY TBF TECL TECS TIP TLT TMF TMV TNA TQQQ TYD UGE UPRO URTY USD UUP UVXY VBF VIXY
VOX VTV XLF XLK XLP XLU
"""
SYMBOLS: Final = tuple(_TICKERS.split())
"""Tickers to hold and to ask; what they are called says nothing about their made-up prices."""

WINDOWS: Final = {
    "rsi": (2, 5, 7, 10, 11, 14, 15, 16, 20, 21, 25, 30, 60, 65, 100, 126),
    "moving-average-price": (3, 10, 20, 24, 50, 60, 70, 100, 130, 150, 200, 350, 400, 500),
    "exponential-moving-average-price": (4, 5, 8, 9, 42, 100, 210),
    "moving-average-return": (4, 5, 10, 20, 60),
    "cumulative-return": (1, 2, 3, 5, 6, 10, 20, 60, 62, 252),
    "stdev-return": (5, 6, 10, 12, 20, 30, 100),
    "stdev-price": (14,),
    "max-drawdown": (3, 9, 10, 11, 12, 60, 200),
}
"""The windows that real symphonies ask for, by measure."""

_LEVELS: Final = {
    "rsi": (30.0, 75.0),
    "moving-average-return": (-0.2, 0.2),
    "cumulative-return": (-6.0, 6.0),
    "stdev-return": (0.5, 2.5),
    "max-drawdown": (2.0, 12.0),
}
_SCORES: Final = ("rsi", "moving-average-return", "cumulative-return", "stdev-return")


def distinct(nodes: int, *, seed: int = 1, depth: int = DEPTH) -> Form:
    """Return a symphony of about `nodes` nodes and at least `depth` levels without repetition."""
    writer = _Writer(seed)
    parts: list[Form] = [writer.chain(depth - 3)]
    left = nodes - size_of(parts[0]) - 12
    while left > _SMALL:
        parts.append(writer.group(min(left, 1500)))
        left -= size_of(parts[-1])
    return _symphony(f"distinct {seed}", call("weight-equal", parts))


def repeated(nodes: int, *, seed: int = 1, depth: int = DEPTH) -> Form:
    """Return a symphony of about `nodes` nodes that writes three groups out three times."""
    writer = _Writer(seed, rankings=1)
    share = nodes // 9
    chain = writer.chain(depth - 9)
    rest = writer.group(share - size_of(chain))
    first = call("group", "first", [call("weight-equal", [chain, rest])])
    groups: list[Form] = [first, writer.group(share), writer.group(share)]
    scores = ("moving-average-return", "rsi", "stdev-return")
    filters: list[Form] = [_filter(measure, 10, "bottom", 1, groups) for measure in scores]
    return _symphony(f"repeated {seed}", call("weight-equal", filters))


def voting(nodes: int, *, seed: int = 1) -> Form:
    """Return a symphony of about `nodes` nodes: pairwise tests in long chains, few outcomes."""
    writer = _Writer(seed, symbols=Random(seed).sample(SYMBOLS, 28))
    safe = writer.calm_choice()
    outcomes: list[Form] = [
        writer.asset(), writer.equal([writer.asset(), safe]), safe,
        writer.equal([writer.asset(), safe]), writer.asset(),
    ]  # fmt: skip
    regimes: list[Form] = []
    left = nodes - 12
    while left > _SMALL:
        tests = [writer.pair_test() for _ in range(6)]
        regimes.append(_votes(tests, outcomes, 0, left))
        left -= size_of(regimes[-1])
    return _symphony(f"voting {seed}", call("weight-equal", regimes))


_SMALL: Final = 45
"""A block of fewer nodes is one asset or one ranking of assets."""


class _Writer:
    """Write blocks, the same ones for the same seed."""

    def __init__(self, seed: int, *, symbols: Sequence[str] = SYMBOLS, rankings: int = 2) -> None:
        """Start anew; rankings over groups may nest `rankings` deep."""
        self._draw = Random(seed)
        self._symbols = symbols
        self._rankings = rankings
        self._names = 0

    def asset(self) -> Form:
        """Return one holding."""
        name = self._draw.choice(self._symbols)
        return call("asset", name, self._draw.choice([NOTHING, f"{name} shares"]))

    def equal(self, items: list[Form]) -> Form:
        """Return `items` in equal parts."""
        return call("weight-equal", items)

    def pair_test(self) -> Form:
        """Return a comparison of two strength indices."""
        first, second = self._draw.sample(self._symbols, 2)
        return call(">", self._metric("rsi", first), self._metric("rsi", second))

    def calm_choice(self) -> Form:
        """Return two rankings of the same nine assets, half each."""
        names = self._draw.sample(self._symbols, 9)
        assets: list[Form] = [call("asset", name, NOTHING) for name in names]
        return self.equal([_filter("rsi", window, "bottom", 1, assets) for window in (10, 6)])

    def chain(self, depth: int) -> Form:
        """Return a chain of tests, each inside the other, that nests at least `depth` levels."""
        below = self._choice()
        levels = depth_of(below)
        while levels < depth:
            other: Form = below if levels + 4 > depth else self.equal([below])
            below = call("if", self._test(), [self.asset()], [other])
            levels += 2 if levels + 4 > depth else 4
        return below

    def group(self, budget: int) -> Form:
        """Return a named block of at most about `budget` nodes."""
        self._names += 1
        return call("group", f"Block {self._names}", [self.equal([self._block(budget - 8)])])

    def _block(self, budget: int) -> Form:
        if budget < _SMALL:
            return self.asset() if self._draw.random() < 0.4 else self._choice()
        kinds = (self._if, self._equal, self._specified, self._inverse, self._ranked)
        [kind] = self._draw.choices(kinds, weights=(70, 14, 6, 4, 6))
        return kind(budget)

    def _blocks(self, budget: int, count: int) -> list[Form]:
        return [self._block(budget // count) for _ in range(count)]

    def _if(self, budget: int) -> Form:
        test = self._test()
        left = budget - size_of(test) - 8
        then = self._block(int(left * self._draw.uniform(0.1, 0.5)))
        other = self._wrapped(left - size_of(then))
        return call("if", test, [then], [other])

    def _wrapped(self, budget: int) -> Form:
        named = budget > _SMALL and self._draw.random() < 0.5
        return self.group(budget) if named else self.equal([self._block(budget)])

    def _equal(self, budget: int) -> Form:
        return self.equal(self._blocks(budget - 3, self._draw.randint(2, 4)))

    def _specified(self, budget: int) -> Form:
        first, second = self._blocks(budget - 4, 2)
        share = self._draw.choice([0.1429, 0.25, 0.3333, 0.4])
        return call("weight-specified", share, first, round(1 - share, 4), second)

    def _inverse(self, budget: int) -> Form:
        window = self._draw.choice([5, 10])
        if self._draw.random() < 0.5 and self._rankings:
            return call("weight-inverse-volatility", window, self._candidates(budget, 2))
        count = self._draw.randint(2, 4)
        assets: list[Form] = [
            call("asset", name, NOTHING) for name in self._draw.sample(self._symbols, count)
        ]
        rest = self._block(budget - size_of(assets) - 6)
        return self.equal([call("weight-inverse-volatility", window, assets), rest])

    def _ranked(self, budget: int) -> Form:
        if not self._rankings:
            return self._if(budget)
        candidates = self._candidates(budget - 9, self._draw.randint(2, 4))
        if self._draw.random() < 0.4:
            candidates.append(self.asset())
        measure = self._draw.choice(_SCORES)
        order = self._draw.choice(["top", "bottom"])
        return _filter(measure, self._draw.choice([5, 10, 20]), order, 1, candidates)

    def _candidates(self, budget: int, count: int) -> list[Form]:
        self._rankings -= 1
        groups = [self.group(budget // count) for _ in range(count)]
        self._rankings += 1
        return groups

    def _choice(self) -> Form:
        names = self._draw.sample(self._symbols, self._draw.randint(2, 5))
        measure = self._draw.choice(_SCORES)
        return _filter(
            measure,
            self._draw.choice(WINDOWS[measure][1:]),
            self._draw.choice(["top", "bottom"]),
            self._draw.randint(1, 3),
            [call("asset", name, NOTHING) for name in names],
        )

    def _test(self) -> Form:
        kind = self._draw.random()
        name = self._draw.choice(self._symbols)
        order = self._draw.choice([">", ">", ">", "<", ">=", "<="])
        if kind < 0.15:
            return self.pair_test()
        if kind < 0.3:
            means = ("moving-average-price", "exponential-moving-average-price")
            left = self._draw.choice([call("current-price", name), self._metric(means[1], name)])
            return call(order, left, self._metric(means[0], name))
        measures = tuple(_LEVELS)
        [measure] = self._draw.choices(measures, weights=(60, 8, 20, 4, 8))
        lowest, highest = _LEVELS[measure]
        level = round(self._draw.uniform(lowest, highest), 1)
        return call(order, self._metric(measure, name), level)

    def _metric(self, measure: str, name: str) -> Call:
        return call(measure, name, {WINDOW: self._draw.choice(WINDOWS[measure])})


def _filter(measure: str, window: int, order: str, count: int, candidates: list[Form]) -> Form:
    return call(
        "filter", call(measure, {WINDOW: window}), call(f"select-{order}", count), candidates
    )


def _votes(tests: Sequence[Form], outcomes: Sequence[Form], votes: int, budget: int) -> Form:
    if not tests or budget < _SMALL:
        return outcomes[min(votes, len(outcomes) - 1)]
    left = budget - size_of(tests[0]) - 6
    then = _votes(tests[1:], outcomes, votes + 1, left // 2)
    other = _votes(tests[1:], outcomes, votes, left - size_of(then))
    return call("if", tests[0], [then], [call("weight-equal", [other])])


def _symphony(name: str, body: Form) -> Form:
    settings: Form = {
        Name(":asset-class"): "EQUITIES",
        Name(":rebalance-frequency"): Name(":daily"),
    }
    return call("defsymphony", name, settings, body)
