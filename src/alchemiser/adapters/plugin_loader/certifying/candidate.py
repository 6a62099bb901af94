"""The engine's end of the processes in which a candidate is tried."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from alchemiser.adapters.plugin_loader.asking import Broken
from alchemiser.adapters.plugin_loader.containment import spoken
from alchemiser.adapters.plugin_loader.loader import PluginLoader
from alchemiser.adapters.plugin_loader.lone import LonePlugin
from alchemiser.adapters.plugin_loader.processes.bars import Shipment
from alchemiser.adapters.plugin_loader.processes.child import Child, Silence, Stopwatch
from alchemiser.adapters.plugin_loader.processes.correspondent import ordered, understood
from alchemiser.adapters.plugin_loader.processes.frames import Head, message
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.document import from_document
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.errors import PluginError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.ports.candidate import (
    CandidateId,
    Description,
    Memory,
    Process,
    SourceFile,
    Surroundings,
    Told,
)
from alchemiser.ports.strategy_source import WantedStrategy

_WORKER: Final = f"{__package__}.worker"
MEMORY_MAX: Final = 4 << 30
ANSWER_MAX: Final = 1 << 28
"""A tree of many thousand terms is an answer too."""
BUILD_SECONDS: Final = 120
ANSWER_SECONDS: Final = 10
WATCHED_SECONDS: Final = 60
UNBUILT: Final = "cannot be built: "
STARTS_MAX: Final = 2
"""A candidate whose process ends again and again is not started for ever."""
ELSEWHERE: Final[Mapping[str, str]] = {
    "ALCHEMISER_MODE": "live",
    "CI": "true",
    "DEBUG": "1",
    "HOME": "/nowhere",
    "LANG": "de_DE.UTF-8",
    "LC_ALL": "C",
    "PYTEST_CURRENT_TEST": "certification",
    "TZ": "Asia/Tokyo",
    "USER": "somebody",
}
SHIFT: Final = -201 * 86_400 - 20_000
"""Seconds to another month, another day of the week and another hour."""


class PluginCandidate:
    """Try a strategy of an installed plugin, or of a module by its path; a CandidatePort."""

    def __init__(
        self,
        wanted: WantedStrategy,
        module: Path | None,
        environment: Mapping[str, str],
        stopwatch: Stopwatch,
    ) -> None:
        """Try what is `wanted`; of `module`, when there is one, whatever plugin is named.

        Raises:
            PluginError: When `module` is none.
        """
        self._module = module
        self._environment = environment
        self._stopwatch = stopwatch
        lone = None if module is None else LonePlugin(module)
        self._wanted = wanted if lone is None else replace(wanted, plugin=lone.name)
        self._loader = PluginLoader(lone=lone)

    def identity(self) -> CandidateId:
        """Return what is tried.

        Raises:
            PluginError: When it is not installed.
        """
        plugin = self._loader.allowed(self._wanted)
        return CandidateId(
            strategy=self._wanted.strategy or plugin.name,
            plugin=plugin.name,
            version=plugin.version,
            content_hash=self._loader.content_hash(plugin, self._wanted),
        )

    def sources(self) -> tuple[SourceFile, ...]:
        """Return the plugin's own files, sorted.

        Raises:
            PluginError: When it is not installed.
        """
        found = self._loader.allowed(self._wanted).sources()
        return tuple(SourceFile(name=name, content=content) for name, content in found)

    def start(self, surroundings: Surroundings) -> Process:
        """Return a process, which starts when it is first asked."""
        environment = {
            **self._environment,
            **(ELSEWHERE if surroundings.elsewhere else {}),
            "PYTHONHASHSEED": str(surroundings.hash_seed),
        }
        folder = str(Path(os.__file__).parent) if surroundings.elsewhere else os.sep
        # What is certified is what bears this hash, even when a file changes meanwhile.
        wanted = replace(self._wanted, content_hash=self.identity().content_hash)
        order = {
            **ordered(wanted, ()),
            "module": "" if self._module is None else str(self._module.absolute()),
            "elsewhere": surroundings.elsewhere,
            "shift": SHIFT,
            "memory_max": MEMORY_MAX,
        }

        def begun() -> Child:
            return Child(
                _WORKER, environment, self._stopwatch, folder=folder, answer_max=ANSWER_MAX
            )

        limit = WATCHED_SECONDS if surroundings.elsewhere else ANSWER_SECONDS
        return TriedProcess(begun, order, limit, self._stopwatch)


class TriedProcess:
    """Ask a candidate in one process, which is replaced when it ends; implements Process."""

    def __init__(
        self, begun: Callable[[], Child], order: Head, limit: int, stopwatch: Stopwatch
    ) -> None:
        """Start with `begun`, build what `order` says, wait `limit` seconds for an answer."""
        self._begun = begun
        self._order = order
        self._limit = limit
        self._stopwatch = stopwatch
        self._count = 0
        self._starts = 0
        self._child: Child | None = None
        self._built: Head | None = None
        self._fault = ""
        self._shown: Shipment | None = None

    def describe(self) -> Description:
        """Return what there is.

        Raises:
            PluginError: When the strategy cannot be built.
        """
        found = self._ready()
        if isinstance(found, Broken):
            msg = f"{found.what.removeprefix(UNBUILT)}."
            raise PluginError(msg)
        document = found["tree"]
        lookbacks = ((Symbol(name), sessions) for name, sessions in found["requirements"])
        return Description(
            tree=None if document is None else from_document(document),
            requirements=Requirements(tuple(lookbacks)),
            largest_weights={
                AssetClass(kind): Decimal(most) for kind, most in found["largest"].items()
            },
            impure=tuple(map(spoken, found["impure"])),
            changed=tuple(map(spoken, found["changed"])),
            unsteady=tuple(map(spoken, found["unsteady"])),
        )

    def follow(self, panel: BarPanel, row: int) -> Told:
        """Ask as trading does: of `panel` nothing after `row` reaches the process."""
        found = self._ready()
        if isinstance(found, Broken):
            return _silent(found)
        declared = [Symbol(name) for name, _ in found["requirements"]]
        shipment = Shipment.of(panel.until(row), declared)
        head, body = shipment.after(self._shown)
        self._shown = shipment
        return self._told(found, {**head, "do": "follow"}, body)

    def show(self, panel: BarPanel, row: int, *, times: int = 1, fresh: bool = False) -> Told:
        """Ask as of `row` of a panel that lies in the process with all its later rows."""
        found = self._ready()
        if isinstance(found, Broken):
            return _silent(found)
        head, body = Shipment.of(panel, panel.symbols).after(None)
        question = {**head, "do": "show", "row": row, "times": times, "fresh": fresh}
        return self._told(found, question, body)

    def memory(self) -> Memory:
        """Return what memory it takes; nothing when it gives no answer."""
        found = self._ready()
        answer = found if isinstance(found, Broken) else self._asked({"do": "weigh"}, b"")
        if isinstance(answer, Broken):
            return Memory()
        return Memory(kept=int(answer["kept"]), peak=int(answer["peak"]))

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _ready(self) -> Head | Broken:
        """Return what the strategy declared, in a process that lives."""
        if self._child is None:
            if self._starts > STARTS_MAX:
                return Broken(self._fault)
            self._starts += 1
            self._built, self._shown = None, None
            try:
                self._child = self._begun()
            except OSError as error:
                self._fault = f"has no process to run in ({error.strerror})"
                return Broken(self._fault)
        if self._built is None:
            answer = self._asked(self._order, b"", BUILD_SECONDS)
            if isinstance(answer, Broken):
                return answer
            self._built = answer
        if "unbuilt" in self._built:
            return Broken(f"{UNBUILT}{spoken(str(self._built['unbuilt'])).rstrip('.')}")
        return self._built

    def _told(self, built: Head, head: Head, body: bytes) -> Told:
        before = self._stopwatch()
        answer = self._asked(head, body, self._limit)
        seconds = self._stopwatch() - before
        if isinstance(answer, Broken):
            return _silent(answer)
        declared = frozenset(Symbol(name) for name, _ in built["requirements"])
        return Told(
            outcomes=tuple(_outcome(one, declared) for one in answer["answers"]),
            reads=tuple(map(Symbol, answer.get("reads", ()))),
            impure=tuple(map(spoken, answer.get("impure", ()))),
            changed=tuple(map(spoken, answer.get("changed", ()))),
            seconds=seconds / len(answer["answers"]),
        )

    def _asked(self, head: Head, body: bytes, seconds: float = ANSWER_SECONDS) -> Head | Broken:
        if self._child is None:
            return Broken(self._fault)
        self._count += 1
        answer = self._child.ask(message({**head, "number": self._count}, body), seconds)
        if isinstance(answer, Silence):
            self._child, self._fault = None, answer.why
            return Broken(answer.why)
        try:
            found = json.loads(answer)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and found.get("number") == self._count:
            return found
        self.close()
        self._fault = "answered with something that is no answer"
        return Broken(self._fault)


def _outcome(answer: Head, declared: frozenset[Symbol]) -> StrategyOutcome:
    found = understood(answer, declared)
    return Failed(reason=f"it {found.what}.") if isinstance(found, Broken) else found


def _silent(broken: Broken) -> Told:
    return Told(outcomes=(Failed(reason=f"it {broken.what}."),))
