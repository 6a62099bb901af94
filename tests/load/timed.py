"""`alchemiser`, with a stopwatch at the stages of a day: writes what it read as its last line."""

import json
import os
import resource
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

from alchemiser.adapters.alpaca.transport import Transport
from alchemiser.application import cycle, deciding
from alchemiser.application.shell import Shell
from alchemiser.domain.cycle import decide
from alchemiser.entrypoints.cli import main

BEGUN: Final = perf_counter()
SECONDS: Counter[str] = Counter()
"""Seconds, by stage."""


def _timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: object, **named: object) -> object:
        begun = perf_counter()
        try:
            return function(*args, **named)
        finally:
            SECONDS[stage] += perf_counter() - begun

    return call


def _timed_coroutine(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: object, **named: object) -> object:
        begun = perf_counter()
        try:
            return await function(*args, **named)
        finally:
            SECONDS[stage] += perf_counter() - begun

    return call


def _instrument() -> None:
    cycle.take_inputs = _timed_coroutine("data", cycle.take_inputs)
    cycle.agree = _timed_coroutine("reconcile", cycle.agree)
    cycle.deliberate = _timed("decide", cycle.deliberate)
    deciding.ask_strategies = _timed("signals", deciding.ask_strategies)
    decide.answers = _timed("signals", decide.answers)
    Shell.work = _timed_coroutine("orders", Shell.work)
    cycle.run = _timed_coroutine("cycle", cycle.Cycle.run)
    cycle.Cycle.run = cycle.run
    Transport._exchange = _counted(Transport._exchange)


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: object, method: str, path: str, *args: object) -> object:
        SECONDS["requests"] += 1
        key = (
            path.rpartition("/")[0]
            if path.count("/") > 2 and path.startswith("/v2/orders")
            else path
        )
        SECONDS[f"{method} {key}"] += 1
        return function(self, method, path, *args)

    return call


if __name__ == "__main__":
    _instrument()
    profile = os.environ.get("LOAD_PROFILE")
    try:
        if profile:
            import cProfile

            one = cProfile.Profile()
            try:
                one.runcall(main)
            finally:
                one.dump_stats(profile)
        else:
            main()
    finally:
        SECONDS["all"] = perf_counter() - BEGUN
        SECONDS["cpu"] = process_time()
        SECONDS["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        Path(os.environ["LOAD_TIMES"]).write_text(json.dumps(SECONDS))
