"""A process in which a candidate is tried: as trading runs it, or tempted, or elsewhere."""

import gc
import json
import sys
import tracemalloc
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, getcontext
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from alchemiser.adapters.plugin_loader.asking import asked
from alchemiser.adapters.plugin_loader.certifying.observing import Observer, Phase
from alchemiser.adapters.plugin_loader.certifying.peak import peak
from alchemiser.adapters.plugin_loader.certifying.shared_state import SharedState
from alchemiser.adapters.plugin_loader.certifying.shifting import shift
from alchemiser.adapters.plugin_loader.certifying.views import Shown
from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.adapters.plugin_loader.declared import settled
from alchemiser.adapters.plugin_loader.distributions import named_files
from alchemiser.adapters.plugin_loader.loader import PluginLoader
from alchemiser.adapters.plugin_loader.lone import LonePlugin
from alchemiser.adapters.plugin_loader.processes.bars import OwnBars, unpacked
from alchemiser.adapters.plugin_loader.processes.frames import Head, framed, read_message
from alchemiser.adapters.plugin_loader.processes.worker import (
    bind_to_parent,
    limit,
    take_pipes,
    wanted_in,
    written,
)
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.document import to_document
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.strategy import Strategy

TOUCHED: Final = "changes the bars that it was shown"


class Tried:
    """Hold the candidate and whoever watches it."""

    def __init__(self, head: Head) -> None:
        """Prepare for the order `head`.

        Raises:
            PluginError: When what it orders is not there.
        """
        self._wanted = wanted_in(head)
        lone = LonePlugin(Path(head["module"])) if head["module"] else None
        self._loader = PluginLoader(lone=lone)
        places = self._loader.allowed(self._wanted).places().values()
        named = named_files(self._wanted.params, Path(self._wanted.folder))
        self._closely = head["elsewhere"]
        self.observer = Observer(
            [place for found in places for place in found],
            [file for _, file in named],
            closely=self._closely,
        )
        others = shift(self.observer, head["shift"]) if self._closely else {}
        self._state = SharedState(self.observer.blame.owns, others)
        self._bars = OwnBars()
        self._rounding = False
        self._first_size = 0
        self._said: Head = {}
        self._strategy: Strategy | None = None
        self._declared: frozenset[Symbol] = frozenset()

    def built(self) -> Head:
        """Build the strategy twice, and return what it declares, or why there is none."""
        first, second = self._declaration(), self._declaration()
        if "unbuilt" in first or "unbuilt" in second:
            return first if "unbuilt" in first else second
        self._first_size = self._first_size or peak()
        unsteady = [f"declares another {name} when it is built again" for name in first]
        differing = [
            text for name, text in zip(first, unsteady, strict=True) if first[name] != second[name]
        ]
        differing += _disguised(self._strategy)
        self._declared = frozenset(Symbol(name) for name, _ in first["requirements"])
        return {**first, "unsteady": differing, **self._noticed(intact=True)}

    def _declaration(self) -> Head:
        found = self.observer.during(
            Phase.BUILDING, lambda: contained(lambda: self._loader.built(self._wanted))
        )
        if isinstance(found, Raised):
            return {"unbuilt": found.words()}
        self._strategy = found
        self._said = _declared_by(found)
        return self._said

    def answer(self, head: Head, body: bytes) -> Head:
        """Return the answer to one question."""
        match head["do"]:
            case "follow":
                self._bars.take(head, body)
                bars = self._bars.panel()
                shown = Shown(MarketView(bars, len(bars.sessions) - 1))
                answers = [self._asked(shown.view)]
                intact = self._bars.is_intact() and shown.is_intact()
                return {"answers": answers, **self._noticed(intact=intact)}
            case "show":
                return self._shown(head, body)
            case _:
                # Linux notes its highest mark late: pages that are reclaimed before lower it.
                return {"kept": _traced(), "peak": max(peak() - self._first_size, 0)}

    def _shown(self, head: Head, body: bytes) -> Head:
        again = self.built() if head["fresh"] else {"impure": [], "changed": []}
        if "unbuilt" in again:
            return {"answers": [{"failed": f"cannot be built anew ({again['unbuilt']})"}]}
        sessions = tuple(map(date.fromordinal, head["sessions"]))
        symbols = tuple(map(Symbol, head["symbols"]))
        sent = unpacked(head, body, (len(sessions), len(symbols)))
        # Memory of our own, which a strategy could make writable: so do arrays live in trading.
        whole = {name: np.array(array) for name, array in sent.items()}
        for array in whole.values():
            array.flags.writeable = False
        panel = BarPanel(
            sessions=sessions, symbols=symbols, provisional=head["provisional"], **whole
        )
        # Readings of later sessions are there, too, as in a backtest: nobody may look at them.
        readings = Readings(panel)
        every = [Shown(MarketView(panel, head["row"], readings)) for _ in range(head["times"])]
        answers = [self._asked(shown.view) for shown in every]
        intact = all(shown.is_intact() for shown in every) and all(
            whole[name].tobytes() == array.tobytes() for name, array in sent.items()
        )
        reads = sorted({name for shown in every for name in shown.reads.ever})
        noticed = self._noticed(intact=intact)
        both = {name: again[name] + found for name, found in noticed.items()}
        return {"answers": answers, "reads": reads, **both}

    def _asked(self, view: MarketView) -> Head:
        if self._strategy is None:
            return {"failed": "was not built"}
        watched = _Watched(self._strategy)
        answer = self.observer.during(Phase.DECIDING, lambda: asked(watched, view, self._declared))
        self._rounding |= watched.rounding
        return written(answer)

    def _noticed(self, *, intact: bool) -> Head:
        changed = [] if intact else [TOUCHED]
        if self._rounding:
            changed.append("changes the precision of decimals")
            self._rounding = False
        if self._strategy is not None and _declared_by(self._strategy) != self._said:
            changed.append("changes what it declares")
        if self._closely:
            changed += self._state.changed()
        return {"impure": self.observer.taken(), "changed": changed}


def _declared_by(strategy: Strategy) -> Head:
    """Return what the strategy declares at the moment."""
    proved = contained(lambda: settled(strategy, "the strategy"))
    if isinstance(proved, Raised):
        return {"unbuilt": proved.words()}
    return {
        "tree": to_document(proved.tree) if isinstance(proved, RuleStrategy) else None,
        "requirements": proved.requirements.lookbacks,
        "largest": {kind: str(most) for kind, most in proved.largest_weights.items()},
    }


def _disguised(strategy: Strategy | None) -> list[str]:
    """Return whether a rule tree has code of its own, which trading never runs."""
    if not isinstance(strategy, RuleStrategy):
        return []
    kinds = type(strategy).__mro__
    added = {name for kind in kinds[: kinds.index(RuleStrategy)] for name in vars(kind)}
    return ["is a RuleStrategy with code of its own, which is never run"] if added & OWN else []


OWN: Final = frozenset({
    "__getattribute__",
    "largest_weights",
    "rebalance",
    "requirements",
    "target",
    "tree",
})


class _Watched:
    """Ask a strategy, and see whether it leaves decimals as they were."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy
        self.requirements = Requirements(())
        self.largest_weights: Mapping[AssetClass, Decimal] = {}
        self.rounding = False

    def target(self, view: MarketView) -> TargetPortfolio:
        """Return what the strategy wants; whatever it raises is raised."""
        before = _context()
        try:
            return self._strategy.target(view)
        finally:
            self.rounding = _context() != before


def _context() -> tuple[object, ...]:
    context = getcontext()
    return context.prec, context.rounding, context.Emin, context.Emax, str(context.traps)


def _traced() -> int:
    """Return the bytes that Python's objects take, counted from the first call on."""
    if not tracemalloc.is_tracing():
        tracemalloc.start()
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def main() -> None:
    """Answer whoever certifies until it goes."""
    requests, answers = take_pipes()
    bind_to_parent(int(sys.argv[1]))
    serve(requests, answers)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Build the candidate that the first message orders, then answer every other."""
    order = read_message(requests)
    if order is None:
        return
    head, _ = order
    limit(head["memory_max"])
    tried = contained(lambda: Tried(head))
    if isinstance(tried, Raised):
        _answer(answers, head, {"unbuilt": tried.words()})
        return
    _answer(answers, head, tried.built())
    while (question := read_message(requests)) is not None:
        head, body = question
        _answer(answers, head, tried.answer(head, body))


def _answer(answers: BinaryIO, question: Head, answer: Head) -> None:
    answers.write(framed(json.dumps({**answer, "number": question["number"]}).encode()))
    answers.flush()


if __name__ == "__main__":
    main()
