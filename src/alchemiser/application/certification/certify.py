"""Certify a strategy: try it at every turn where strategies have ever cheated or erred."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import chain, repeat
from typing import Final

import numpy as np

from alchemiser.application.certification import source
from alchemiser.application.certification.bench import Bench, Ceilings, Watch
from alchemiser.application.certification.code import CodeTrial
from alchemiser.application.certification.literals import dates, tickers
from alchemiser.application.certification.panels import made_up, since
from alchemiser.application.certification.report import (
    CertificationCheck,
    CertificationReport,
    Progress,
    judged,
    silent,
)
from alchemiser.application.certification.tree import TreeTrial
from alchemiser.application.certification.trio import Trio
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.document import content_hash
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.errors import PluginError, SettingsError
from alchemiser.ports.candidate import (
    CandidatePort,
    Description,
    SourceFile,
)

PROVED: Final[Mapping[str, str]] = {
    "determinism": "order, repetition, new instances and other surroundings change nothing",
    "look_ahead": "later bars change nothing",
    "look_back": "bars before its look-back change nothing",
    "dates": "another year with the same calendar changes nothing",
    "symbols": "symbols that it does not declare are not read and change nothing",
    "missing_data": "missing data leave it undecided at worst",
    "budget": "it is fast and keeps nothing",
    "inputs": "it changes nothing that it shares with the engine",
    "weights": "every portfolio is one and holds no more than was declared",
    "purity": "it asks nothing but its view and its parameters",
    "source": "nothing in its source looks ahead or asks the world",
}
"""Every check in the order of the report, and what it has proved when nothing was found."""
SOURCE: Final = "source"

LAST_DAY: Final = date(2021, 6, 30)
ROWS_AFTER: Final = 420
"""Sessions that follow the look-back."""
ROWS_DEEP: Final = 5_200
ROWS_TREE: Final = 660
"""Sessions that a tree is tried on at most; what looks farther back sees a young symbol."""
ROWS_MIN: Final = 300
DAYS_A_SESSION: Final = 1.5


Trials = dict[str, Callable[[], Iterator[str]]]


def certify(
    candidate: CandidatePort, bench: Bench, *, hasty: bool = False, progress: Progress = silent
) -> CertificationReport:
    """Return what was found; the same seed asks the same questions.

    Args:
        candidate: What is tried.
        bench: What it is tried on.
        hasty: Whether to end with the first check that finds something.
        progress: Told the check under way, and how many questions were asked for it.

    Raises:
        PluginError: When the strategy is not installed, or cannot be built at all.
        InputError: When the owner's bars break their contract.
        SettingsError: When the owner's bars are too few.
    """
    identity, sources = candidate.identity(), candidate.sources()
    read = judged(SOURCE, PROVED[SOURCE], source.findings(sources))
    if hasty and not read.ok:
        return CertificationReport(
            identity=identity, cuts=bench.cuts, seed=bench.seed, checks=(read,)
        )
    trio = Trio.begun(candidate.start)
    try:
        described = trio.plain.describe()
        ceilings = Ceilings(bench.reference, described.largest_weights)
        if described.tree is None:
            trials = _code(bench, trio, described, ceilings, sources)
        else:
            trials = _tree(bench, trio, described, described.tree, ceilings)
        checks: list[CertificationCheck] = []
        for name, proved in PROVED.items():
            check = read if name == SOURCE else judged(name, proved, trials[name](), progress)
            checks.append(_stated(check, ceilings))
            if hasty and not check.ok:
                break
    finally:
        trio.close()
    return CertificationReport(
        identity=identity,
        tree="" if described.tree is None else content_hash(described.tree),
        cuts=bench.cuts,
        seed=bench.seed,
        checks=tuple(checks),
    )


def _code(
    bench: Bench,
    trio: Trio,
    described: Description,
    ceilings: Ceilings,
    sources: Sequence[SourceFile],
) -> Trials:
    needed = described.requirements
    watch = Watch(needed=needed, ceilings=ceilings)
    panel = _panel(bench, needed, min(_deepest(needed), ROWS_DEEP) + ROWS_AFTER)
    trial = CodeTrial(
        bench=bench,
        trio=trio,
        panel=panel,
        watch=watch,
        known=dates(sources),
        named=tickers(sources),
    )
    trial.prepare()
    if trial.is_slow():
        untried = "was not tried, because a decision takes too long."
        return {name: partial(iter, (untried,)) for name in PROVED} | {"budget": trial.budget}
    return {
        **_of_both(trial),
        "inputs": lambda: chain(
            _built(trio, lambda one: one.changed), watch.changed, repeat("", watch.asked)
        ),
        "purity": lambda: chain(
            _built(trio, lambda one: one.impure), watch.impure, repeat("", watch.asked)
        ),
    }


def _tree(
    bench: Bench, trio: Trio, described: Description, tree: Node, ceilings: Ceilings
) -> Trials:
    needed = described.requirements
    trial = TreeTrial(
        bench=bench,
        tree=tree,
        needed=needed,
        ceilings=ceilings,
        panel=_panel(bench, needed, min(_deepest(needed) + ROWS_AFTER, ROWS_TREE)),
        unsteady=described.unsteady,
        others=(trio.tempted, trio.elsewhere, *trio.others_for(bench.cuts)),
    )
    return {
        **_of_both(trial),
        "inputs": lambda: chain(_built(trio, lambda one: one.changed), trial.inputs()),
        "purity": lambda: chain(_built(trio, lambda one: one.impure), [""]),
    }


def _of_both(trial: CodeTrial | TreeTrial) -> Trials:
    """Return the checks that code and trees have in common."""
    return {
        "determinism": trial.determinism,
        "look_ahead": trial.look_ahead,
        "look_back": trial.look_back,
        "dates": trial.dates,
        "symbols": trial.symbols,
        "missing_data": trial.missing_data,
        "budget": trial.budget,
        "weights": trial.weights,
    }


def _built(trio: Trio, found: Callable[[Description], tuple[str, ...]]) -> Iterator[str]:
    """Yield what was noticed while the strategy was built, in the processes where it could be."""
    for process in trio.main():
        try:
            yield from (f"when it is built it {what}." for what in found(process.describe()))
        except PluginError:
            continue  # determinism says so


def _stated(check: CertificationCheck, ceilings: Ceilings) -> CertificationCheck:
    """Return the check of weights with the classes of which nothing is declared."""
    if check.id != "weights" or not check.ok or not ceilings.undeclared:
        return check
    kinds = ", ".join(sorted(ceilings.undeclared))
    text = f"{check.message.rstrip('.')} (it holds {kinds}, of which nothing is declared)."
    return replace(check, message=text)


def _deepest(needed: Requirements) -> int:
    return max((sessions for _, sessions in needed.lookbacks), default=1)


def _panel(bench: Bench, needed: Requirements, rows: int) -> BarPanel:
    """Return the bars to try it on: made up, or a random stretch of the owner's.

    Raises:
        InputError: When the owner's bars break their contract.
        SettingsError: When the owner's bars are too few.
    """
    names = needed.symbols()
    if bench.market is None:
        start = LAST_DAY - timedelta(days=int(rows * DAYS_A_SESSION) + 30)
        days = [session.day for session in bench.calendar.sessions(start, LAST_DAY)]
        return made_up(bench.chance, "main", days[-rows:], names)
    bars = bench.market.bars(names, through=bench.today)
    held = np.flatnonzero(np.isfinite(bars.close).any(axis=1))
    if len(held) < ROWS_MIN:
        msg = f"the bars cover {len(held)} sessions: name bars of {ROWS_MIN} sessions at least."
        raise SettingsError(msg)
    spare = max(0, int(held[-1] - held[0]) + 1 - rows)
    (shift,) = bench.rows("stretch", 1, spare)
    return since(bars.until(int(held[-1]) - shift), max(0, int(held[-1]) - shift - rows + 1))
