"""The process of one strategy: it builds the strategy, and answers one question at a time."""

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from ctypes import CDLL
from typing import BinaryIO, Final

from alchemiser.adapters.plugin_loader.asking import Broken, asked
from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.adapters.plugin_loader.loader import PluginLoader
from alchemiser.adapters.plugin_loader.processes.bars import OwnBars
from alchemiser.adapters.plugin_loader.processes.frames import (
    ANSWER_MAX,
    Head,
    framed,
    read_message,
    restored,
)
from alchemiser.adapters.plugin_loader.processes.guard import guarded
from alchemiser.adapters.plugin_loader.processes.told import Heard
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import plain
from alchemiser.ports.strategy import Strategy
from alchemiser.ports.strategy_source import WantedStrategy

END_WITH_PARENT: Final = 1
"""The first option of Linux's prctl."""


def main() -> None:
    """Answer the engine until it goes."""
    requests, answers = take_pipes()
    bind_to_parent(int(sys.argv[1]))
    serve(requests, answers, guarded)


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return the pipes to and from the engine; what a plugin prints goes nowhere."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    return requests, answers


def bind_to_parent(parent: int) -> None:
    """End with the engine, however it ends; its interrupts are its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it went before the order was given


def serve(requests: BinaryIO, answers: BinaryIO, guard: Callable[[], Callable[[], None]]) -> None:
    """Build the strategy that the first message orders, then answer every other."""
    order = read_message(requests)
    if order is None:
        return
    head, _ = order
    limit(head["memory_max"])
    seal = guard()
    loaded = contained(lambda: rebuilt(head))
    if isinstance(loaded, Raised):
        _answer(answers, head, {"failed": f"cannot be built in its own process ({loaded})"})
        return
    seal()
    _answer(answers, head, {})
    bars, heard, declared = OwnBars(), Heard(), frozenset(map(Symbol, head["declared"]))
    while (question := read_message(requests)) is not None:
        head, body = question
        bars.take(head, body)
        panel = bars.panel()
        readings = heard.readings(panel, head["readings"])
        view = MarketView(panel, len(panel.sessions) - 1, readings)
        answer, new = decided(loaded, view, declared, bars), heard.new(readings)
        _answer(answers, head, {**answer, "reads": new} if new else answer)


def limit(memory_max: int) -> None:
    """Take no more memory than `memory_max` bytes, leave no core, and write no file."""
    for what, most in (
        (resource.RLIMIT_AS, memory_max),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with suppress(OSError, ValueError):  # not every system knows or allows each limit
            resource.setrlimit(what, (most, most))


def rebuilt(head: Head) -> Strategy:
    """Return the strategy that `head` orders; it is the one that was loaded, or none.

    Raises:
        PluginError: When it cannot be loaded, or is not what it was.
    """
    return PluginLoader().built(wanted_in(head))


def wanted_in(head: Head) -> WantedStrategy:
    """Return what an order wants."""
    return WantedStrategy(
        strategy_id=head["strategy_id"],
        plugin=head["plugin"],
        strategy=head["strategy"],
        content_hash=head["content_hash"],
        params=restored(head["params"]),  # type: ignore[arg-type]  # a table comes back as one
        folder=head["folder"],
    )


def decided(
    strategy: Strategy, view: MarketView, declared: AbstractSet[Symbol], bars: OwnBars
) -> Head:
    """Return what `strategy`, which `declared` its symbols, answers on `view` of all of `bars`."""
    answer = asked(strategy, view, declared)
    if not bars.is_intact():
        return {"failed": "changed the bars that it was shown", "spoiled": True}
    return written(answer)


def written(answer: Decided | Undecided | Broken) -> Head:
    """Return an answer as plain JSON."""
    match answer:
        case Decided(target=target):
            return {"weights": [[name, plain(weight)] for name, weight in target.weights]}
        case Undecided(reason=reason):
            return {"undecided": reason}
        case Broken(what=what):
            return {"failed": what}


def _answer(answers: BinaryIO, question: Head, answer: Head) -> None:
    text = json.dumps({**answer, "number": question["number"]}).encode()
    if len(text) > ANSWER_MAX:
        too_much = {"failed": "wants more than an answer holds", "number": question["number"]}
        text = json.dumps(too_much).encode()
    answers.write(framed(text))
    answers.flush()


if __name__ == "__main__":
    main()
