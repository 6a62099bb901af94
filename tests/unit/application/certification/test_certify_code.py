"""What a certification finds in code that errs in one way, and that it finds nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Final

import numpy as np
import pytest

from alchemiser.application.certification.certify import PROVED, certify
from alchemiser.application.certification.report import CertificationReport
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import PluginError, UndecidedError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.candidate import Description, Surroundings
from tests.unit.application.certification.in_memory import (
    BIL,
    SPY,
    WINDOW,
    InMemory,
    Trend,
    a_bench,
    held,
    window,
)

NOTHING: Final = Description(tree=None, requirements=Requirements(()))


class Peeks(Trend):
    """Looks behind its arrays."""

    def target(self, view: MarketView) -> TargetPortfolio:
        base = view.close("SPY")
        while isinstance(base.base, np.ndarray):
            base = base.base
        row = len(view.sessions)
        later = base[row, view.symbols.index(SPY)] if base.ndim == 2 and len(base) > row else 0
        return held(shares=bool(later > window(view)[-1]))


class Remembers(Trend):
    """Counts how often it was asked."""

    count = 0

    def target(self, view: MarketView) -> TargetPortfolio:
        self.count += 1
        return held(shares=bool(window(view)[-1] > 0 and self.count % 3))


class Alternates(Remembers):
    """Counts how often any of its kind was built."""

    built = 0

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        type(self).built += 1
        self.number = self.built

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = window(view)
        return held(shares=bool(closes[-1] > closes.mean()) != (self.number > 8))


class DrawsTheBarsItSaw(Trend):
    """Keeps what it decided of a date, whatever the bars."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self.known: dict[date, TargetPortfolio] = {}

    def target(self, view: MarketView) -> TargetPortfolio:
        return self.known.setdefault(view.as_of, super().target(view))


class Elsewhere(Trend):
    """Decides otherwise where it is elsewhere."""

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = window(view)
        return held(shares=bool(closes[-1] > closes.mean()) != self.surroundings.elsewhere)


class Unordered(Trend):
    """Decides by the order of a set."""

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = window(view)
        odd = self.surroundings.hash_seed == 2
        return held(shares=bool(closes[-1] > closes.mean()) != odd)


class HomeOnly(Trend):
    """Is built in nothing but ordinary surroundings."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        if surroundings.elsewhere:
            msg = "the folder is another"
            raise ValueError(msg)


class LooksFarther(Trend):
    """Looks back farther than it says."""

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = window(view, sessions=2 * WINDOW)
        return held(shares=bool(closes[-1] > closes.mean()))


class KnowsCrashes(Trend):
    """Knows every fifth year of the past."""

    def target(self, view: MarketView) -> TargetPortfolio:
        return held(
            shares=(bool(window(view)[-1] > 0) and view.as_of.year % 5 != 3)
            or view.as_of.year > 2030
        )


class DrawsByDate(Trend):
    """Draws lots of a generator that the date seeds, as it may."""

    def target(self, view: MarketView) -> TargetPortfolio:
        lot = sha256(str(view.as_of).encode()).digest()[0]
        return held(shares=bool(window(view)[-1] > 0) and lot > 80)


class ReadsStrangers(Trend):
    """Reads a symbol that it does not name, where it is there."""

    def target(self, view: MarketView) -> TargetPortfolio:
        if "QQQ" in view.symbols:
            view.close("QQQ")
        return super().target(view)


class CountsSymbols(Trend):
    """Decides by who else is there."""

    def target(self, view: MarketView) -> TargetPortfolio:
        return held(shares=bool(window(view)[-1] > 0) and len(view.symbols) < 4)


class CannotMiss(Trend):
    """Breaks where a price is missing."""

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = view.close("SPY")[-WINDOW:]
        if len(closes) < WINDOW:
            msg = "SPY has too few bars."
            raise UndecidedError(msg)
        return held(shares=int(closes[-1]) > int(closes[0]))


class WantsBonds(Trend):
    """Holds more of a fund than it says."""

    largest_weights: Mapping[AssetClass, Decimal] = {
        kind: most / 2 for kind, most in Trend.largest_weights.items()
    }


class Cannot(Trend):
    """Never decides."""

    def target(self, view: MarketView) -> TargetPortfolio:
        msg = f"as of {view.as_of} there is nothing to say."
        raise UndecidedError(msg)


class Fails(Trend):
    """Always fails."""

    def target(self, view: MarketView) -> TargetPortfolio:
        msg = f"no answer as of {view.as_of}"
        raise ArithmeticError(msg)


def tried(candidate: InMemory, *, cuts: int = 24, hasty: bool = False) -> CertificationReport:
    return certify(candidate, a_bench(cuts=cuts), hasty=hasty)


def message(report: CertificationReport, check: str) -> str:
    return next(one.message for one in report.checks if one.id == check)


@pytest.mark.parametrize("strategy", [Trend, DrawsByDate])
def test_honest_code_is_certified(strategy: Callable[[Surroundings], Trend]) -> None:
    """ST-04, BT-02."""
    report = tried(InMemory(strategy))

    assert report.certified, str(report)
    assert [check.id for check in report.checks] == list(PROVED)
    assert all(check.cases for check in report.checks)
    assert report.tree == ""


@pytest.mark.parametrize(
    ("strategy", "check", "words"),
    [
        (Peeks, "look_ahead", "but when"),
        (Remembers, "determinism", "it wants SPY 1"),
        (Alternates, "determinism", "built anew"),
        (DrawsTheBarsItSaw, "determinism", "asked about other bars before"),
        (Elsewhere, "determinism", "in another process with other surroundings and clock"),
        (Unordered, "determinism", "in another process it wants"),
        (HomeOnly, "determinism", "it cannot be built: the folder is another."),
        (LooksFarther, "look_back", "before its look-back"),
        (KnowsCrashes, "dates", "on the same bars, as if it were"),
        (ReadsStrangers, "symbols", "it reads QQQ, which its requirements do not name."),
        (CountsSymbols, "symbols", "with other strategies' symbols in view"),
        (CannotMiss, "missing_data", "it failed: it raised"),
        (WantsBonds, "weights", "of which largest_weights declares 0.5 at most"),
        (Cannot, "weights", "it was undecided at all of"),
        (Fails, "weights", "it failed: it raised ArithmeticError"),
    ],
)
def test_code_that_errs_is_refused_for_it(
    strategy: Callable[[Surroundings], Trend], check: str, words: str
) -> None:
    """ST-04, BT-02."""
    report = tried(InMemory(strategy), cuts=60)

    assert not report.certified
    assert check in report.refusals(), str(report)
    assert words in message(report, check)


@pytest.mark.parametrize("strategy", [LooksFarther, KnowsCrashes, CountsSymbols, WantsBonds])
def test_one_fault_fails_one_check(strategy: Callable[[Surroundings], Trend]) -> None:
    assert len(tried(InMemory(strategy), cuts=60).refusals()) == 1


@pytest.mark.parametrize(
    ("candidate", "words"),
    [
        (InMemory(seconds=2.0), "a decision takes 2.00 s, and may take 0.5 s at most."),
        (InMemory(kept=4_000), "it keeps 4000 bytes of every decision for ever."),
        (InMemory(peak=600 << 20), "it takes 600 MiB, and may take 512 at most."),
        (InMemory(seconds=0.0002, tires=True), "it becomes slower: from"),
    ],
)
def test_what_takes_too_much_is_refused(candidate: InMemory, words: str) -> None:
    """ST-04."""
    assert words in message(tried(candidate), "budget")


def test_code_too_slow_to_be_asked_thousands_of_times_is_not() -> None:
    candidate = InMemory(seconds=2.0)

    report = tried(candidate, cuts=1_000)

    assert candidate.begun[0].asked < 20
    assert "was not tried, because a decision takes too long." in message(report, "look_ahead")


@pytest.mark.parametrize(
    ("notes", "check", "words"),
    [
        (replace(NOTHING, impure=("asks the clock",)), "purity", "it asks the clock."),
        (replace(NOTHING, changed=("changes bars",)), "inputs", "it changes bars."),
        (replace(NOTHING, unsteady=("varies",)), "determinism", "it varies."),
    ],
)
def test_what_a_process_noticed_is_told(notes: Description, check: str, words: str) -> None:
    """ST-04."""
    report = tried(InMemory(notes=notes))

    assert report.refusals() == (check,)
    assert words in message(report, check)


def test_source_that_looks_ahead_is_refused_before_it_is_run() -> None:
    """ST-04, BT-02."""
    candidate = InMemory(source="def ahead(closes):\n    return closes.shift(-1)\n")

    hasty, whole = tried(candidate, hasty=True), tried(InMemory(source=candidate.source))

    assert [check.id for check in hasty.checks] == ["source"]
    assert not candidate.begun
    assert whole.refusals() == ("source",)
    assert "mine.py:2" in message(whole, "source")


def test_a_hasty_certification_ends_with_the_first_finding() -> None:
    report = tried(InMemory(Remembers), hasty=True)

    assert [check.ok for check in report.checks] == [False]


def test_code_that_cannot_be_built_at_all_is_no_candidate() -> None:
    def broken(surroundings: Surroundings) -> Trend:
        msg = f"nothing works with {surroundings.hash_seed}"
        raise ValueError(msg)

    with pytest.raises(PluginError, match="nothing works with 0"):
        tried(InMemory(broken))


def test_the_same_seed_asks_the_same_questions() -> None:
    assert tried(InMemory(Peeks)) == tried(InMemory(Peeks))


def test_later_bars_are_there_for_those_who_look_for_them() -> None:
    """A look-ahead can only be found where there is something to see. BT-02."""
    seen: list[int] = []

    class Measures(Trend):
        def target(self, view: MarketView) -> TargetPortfolio:
            base = view.close("SPY").base
            seen.append(len(base) - len(view.sessions) if base is not None else 0)
            return super().target(view)

    tried(InMemory(Measures))

    assert max(seen) > 100


def test_classes_of_which_nothing_is_declared_are_told() -> None:
    class Silent(Trend):
        largest_weights: Mapping[AssetClass, Decimal] = {}

    report = tried(InMemory(Silent))

    assert report.certified
    assert "of which nothing is declared" in message(report, "weights")
    assert "broad_fund" in message(report, "weights")


def test_young_symbols_and_strangers_do_not_reach_the_strategy_unasked() -> None:
    """ST-04."""
    panels: set[tuple[Symbol, ...]] = set()

    class Looks(Trend):
        def target(self, view: MarketView) -> TargetPortfolio:
            panels.add(view.symbols)
            return super().target(view)

    tried(InMemory(Looks))

    assert (BIL, SPY) in panels
    assert any(len(names) > 2 for names in panels)
