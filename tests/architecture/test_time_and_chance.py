"""Time, waiting, chance and the environment come in through ports, and from nowhere else."""

import ast
from collections.abc import Iterable
from typing import TypeGuard

import pytest

from tests.architecture.source import Source, mentions, package_sources, planted, plugin_sources

SYSTEM = "adapters/system"
SYNTHETIC = "adapters/synthetic"
WAITS = (
    "time.sleep",
    "signal.pause",
    "signal.sigwait",
    "threading.Barrier",
    "threading.Condition",
    "threading.Event",
)
CLOCK_AND_ENVIRONMENT = (
    "asyncio.sleep",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "os.environ",
    "os.getenv",
    "pandas.Timestamp.now",
    "pandas.Timestamp.today",
    "time.gmtime",
    "time.localtime",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.process_time",
    "time.time",
    "time.time_ns",
)
CHANCE = ("os.urandom", "random", "secrets", "uuid")
SEEDED = ("numpy.random",)


def uses(source: Source, banned: Iterable[str]) -> list[str]:
    """Return each place where `source` imports or names one of `banned` or a part of it.

    `asyncio.sleep(0)` waits for nothing: it gives way to other tasks, and may.
    """
    yields = {id(node.func) for node in ast.walk(source.tree) if _gives_way(node)}
    return [
        source.at(node, f"{dotted} is banned here")
        for node, dotted in mentions(source.tree)
        if id(node) not in yields
        and any(dotted == ban or dotted.startswith(f"{ban}.") for ban in banned)
    ]


def banned_in(source: Source) -> tuple[str, ...]:
    """Return what the place of `source` may not use."""
    if source.within(SYSTEM):
        return WAITS
    seeded = () if source.within(SYNTHETIC) else SEEDED
    return WAITS + CLOCK_AND_ENVIRONMENT + CHANCE + seeded


def _gives_way(node: ast.AST) -> TypeGuard[ast.Call]:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="asyncio"), attr="sleep"),
            args=[ast.Constant(value=0)],
        ):
            return True
        case _:
            return False


def test_package_takes_time_and_chance_from_ports_only() -> None:
    """CC-02, BT-10: no blocking wait anywhere; clock, chance and environment in adapters only."""
    sources = package_sources() + plugin_sources()

    assert [finding for source in sources for finding in uses(source, banned_in(source))] == []


@pytest.mark.parametrize("name", ["domain/planted.py", f"{SYSTEM}/clock.py"])
@pytest.mark.parametrize(
    "text",
    [
        "import time\ntime.sleep(0.2)",
        "from time import sleep as rest\nrest(0.2)",
        "import threading\nready = threading.Event()",
        "def wait():\n    from threading import Condition",
    ],
)
def test_check_finds_a_planted_wait_everywhere(text: str, name: str) -> None:
    source = planted(text, name=name)

    assert uses(source, banned_in(source)) != []


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import UTC, datetime\nat = datetime.now(tz=UTC)",
        "import datetime as dt\nask = dt.datetime.now",
        "from datetime import date\nday = date.today()",
        "import time\nstart = time.perf_counter()",
        "import os\nkey = os.environ['KEY']",
        "from os import getenv",
        "import random",
        "from uuid import uuid4",
        "import numpy as np\ndraw = np.random.default_rng(7)",
        "import asyncio\nasync def rest():\n    await asyncio.sleep(1)",
    ],
)
def test_check_finds_planted_time_and_chance(text: str) -> None:
    source = planted(text)

    assert uses(source, banned_in(source)) != []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from datetime import UTC, datetime\nat = datetime.now(tz=UTC)", f"{SYSTEM}/clock.py"),
        ("import numpy as np\ndraw = np.random.default_rng(7)", f"{SYNTHETIC}/market.py"),
        ("from datetime import datetime\nat = datetime(2024, 8, 5)", "domain/planted.py"),
        ("import asyncio\nasync def turn():\n    await asyncio.sleep(0)", "application/planted.py"),
        ("def age(clock):\n    return clock.now()", "application/planted.py"),
    ],
)
def test_check_accepts_the_clock_and_the_seeded_market(text: str, name: str) -> None:
    source = planted(text, name=name)

    assert uses(source, banned_in(source)) == []
