"""The engine's correspondence with one strategy's process: what it is told, what it answers."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from alchemiser.adapters.plugin_loader.asking import Broken, of_declared
from alchemiser.adapters.plugin_loader.containment import spoken
from alchemiser.adapters.plugin_loader.processes.bars import Shipment
from alchemiser.adapters.plugin_loader.processes.child import Child, Silence, Stopwatch
from alchemiser.adapters.plugin_loader.processes.frames import Head, message, portable
from alchemiser.adapters.plugin_loader.processes.told import Told
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.strategy_source import WantedStrategy

START_SECONDS: Final = 60
"""How long a process may take to start and to build its strategy."""

NO_ANSWER: Final = "answered with something that is no answer"

_WORKER: Final = f"{__package__}.worker"
_WEIGHT: Final = re.compile(r"0\.[0-9]{1,9}|1(?:\.0{1,9})?", re.ASCII)


class Correspondent:
    """Ask one strategy in its own process; one that fell silent is replaced at the next question.

    A process is shown nothing later than what is asked about. Asked about an earlier session than
    before, a new one takes its place.
    """

    def __init__(
        self,
        wanted: WantedStrategy,
        environment: Mapping[str, str],
        stopwatch: Stopwatch,
        memory_max: int,
    ) -> None:
        """Prepare to run `wanted` in at most `memory_max` bytes of address space."""
        self.wanted = wanted
        self._environment = environment
        self._stopwatch = stopwatch
        self._memory_max = memory_max
        self._child: Child | None = None
        self._shown: Shipment | None = None
        self._told = Told()
        self._count = 0

    def decide(self, view: MarketView, declared: Sequence[Symbol]) -> Decided | Undecided | Broken:
        """Return what the strategy wants of the symbols it `declared`, as of the end of `view`."""
        shipment = Shipment.of(view.panel(()), declared)
        child = self._ready(shipment, declared)
        if isinstance(child, Broken):
            return child
        head, body = shipment.after(self._shown)
        self._shown = shipment
        head["readings"] = self._told.values(view)
        answer = self._asked(child, head, body, self.wanted.time_limit)
        if isinstance(answer, Broken):
            return answer
        return self._learnt(answer, frozenset(declared)) or understood(answer, frozenset(declared))

    def end(self) -> None:
        """End the process, if there is one."""
        if self._child is not None:
            self._child.end()
        self._child, self._shown, self._told, self._count = None, None, Told(), 0

    def _learnt(self, answer: Head, declared: frozenset[Symbol]) -> Broken | None:
        """Take which metrics the process will be told, if it goes on; nothing else is one."""
        if self._child is None:
            return None
        try:
            self._told.add(answer.get("reads", []), declared)
        except InvalidValueError:
            self.end()
            return Broken(NO_ANSWER)
        return None

    def _ready(self, shipment: Shipment, declared: Sequence[Symbol]) -> Child | Broken:
        if self._child is not None:
            follows = self._shown is None or shipment.follows(self._shown)
            if follows and self._child.is_alive():
                return self._child
            self.end()
        try:
            self._child = Child(_WORKER, self._environment, self._stopwatch)
        except OSError as error:
            return Broken(f"has no process to run in ({error.strerror})")
        answer = self._asked(
            self._child,
            {**ordered(self.wanted, declared), "memory_max": self._memory_max},
            b"",
            START_SECONDS,
        )
        if isinstance(answer, dict) and "failed" in answer:
            answer = Broken(spoken(str(answer["failed"])))
        if isinstance(answer, Broken):
            self.end()
            return answer
        return self._child

    def _asked(self, child: Child, head: Head, body: bytes, seconds: float) -> Head | Broken:
        """Return the answer's own JSON; what is none, or belongs to another question, is broken."""
        self._count += 1
        answer = child.ask(message({**head, "number": self._count}, body), seconds)
        if isinstance(answer, Silence):
            self.end()
            return Broken(answer.why)
        try:
            found = json.loads(answer)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and found.get("number") == self._count:
            if found.get("spoiled"):
                self.end()
            return found
        self.end()
        return Broken(NO_ANSWER)


def ordered(wanted: WantedStrategy, declared: Sequence[Symbol]) -> Head:
    """Return the order to build the `wanted` strategy, which `declared` its symbols."""
    return {
        "strategy_id": wanted.strategy_id,
        "plugin": wanted.plugin,
        "strategy": wanted.strategy,
        "content_hash": wanted.content_hash,
        "params": portable(wanted.params),
        "folder": wanted.folder,
        "declared": declared,
    }


def understood(answer: Head, declared: frozenset[Symbol]) -> Decided | Undecided | Broken:
    """Return what `answer` says; nothing in it is trusted."""
    match answer:
        case {"undecided": str(reason)}:
            return Undecided(reason=spoken(reason))
        case {"failed": str(what)}:
            return Broken(spoken(what))
        case {"weights": list(pairs)} if all(map(_is_weight, pairs)):
            try:
                target = TargetPortfolio(
                    tuple((Symbol(name), Decimal(weight)) for name, weight in pairs)
                )
            except InvalidValueError as error:
                return Broken(f"answered with no portfolio ({spoken(str(error)).rstrip('.')})")
            return of_declared(target, declared)
        case _:
            return Broken(NO_ANSWER)


def _is_weight(pair: object) -> bool:
    match pair:
        case [str(), str(weight)]:
            return _WEIGHT.fullmatch(weight) is not None
        case _:
            return False
