"""`alchemiser`, with a stopwatch at the stages of a day; what it reads is written as JSON."""

import json
import os
import resource
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from alchemiser.adapters.alpaca.transport import Transport
from alchemiser.application import cycle, deciding
from alchemiser.application.shell import Shell
from alchemiser.domain.cycle import decide
from alchemiser.entrypoints.cli import main

SECONDS: Counter[str] = Counter()
"""Seconds by stage; `decide` holds `signals`."""
COUNTS: Counter[str] = Counter()
"""Requests by method and path."""


def _timed(place: object, name: str, stage: str) -> None:
    """Measure a function."""
    function: Callable[..., Any] = getattr(place, name)

    def call(*args: object, **named: object) -> object:
        begun = perf_counter()
        try:
            return function(*args, **named)
        finally:
            SECONDS[stage] += perf_counter() - begun  # type: ignore[assignment]

    setattr(place, name, call)


def _timed_coroutine(place: object, name: str, stage: str) -> None:
    """Measure a function that is awaited."""
    function: Callable[..., Any] = getattr(place, name)

    async def call(*args: object, **named: object) -> object:
        begun = perf_counter()
        try:
            return await function(*args, **named)
        finally:
            SECONDS[stage] += perf_counter() - begun  # type: ignore[assignment]

    setattr(place, name, call)


def _counted(place: object, name: str) -> None:
    """Count every request that a line to the broker carries."""
    exchange: Callable[..., Any] = getattr(place, name)

    def call(self: object, method: str, path: str, *args: object, **named: object) -> object:
        COUNTS[f"{method} {'/'.join(path.split('/')[:4])}"] += 1
        return exchange(self, method, path, *args, **named)

    setattr(place, name, call)


def _run() -> None:
    begun = perf_counter()
    _timed_coroutine(cycle, "read_inputs", "data")
    _timed_coroutine(cycle, "agree", "reconcile")
    _timed(cycle, "deliberate", "decide")
    _timed(deciding, "ask_strategies", "signals")
    _timed(decide, "answers", "signals")
    _timed_coroutine(Shell, "work", "orders")
    _counted(Transport, "_exchange")
    try:
        main()
    finally:
        SECONDS.update(all=perf_counter() - begun, cpu=process_time())  # type: ignore[call-overload]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        counts = {"requests": COUNTS.total(), "mb": memory, **COUNTS}
        text = json.dumps({"seconds": SECONDS, "counts": counts})
        Path(os.environ["LOAD_TIMES"]).write_text(text)


if __name__ == "__main__":
    _run()
