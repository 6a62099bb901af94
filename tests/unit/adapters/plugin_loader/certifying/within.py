"""A candidate's process from within: the same messages, in the process of the tests."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from textwrap import indent
from typing import Final

import numpy as np

from alchemiser.adapters.plugin_loader.certifying import worker
from alchemiser.adapters.plugin_loader.certifying.candidate import SHIFT
from alchemiser.adapters.plugin_loader.processes.bars import Shipment
from alchemiser.adapters.plugin_loader.processes.correspondent import ordered
from alchemiser.adapters.plugin_loader.processes.frames import Head, message, read_frame
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.ports.strategy_source import WantedStrategy

NAMES: Final = tuple(map(Symbol, ("AGG", "SPY")))
ROWS: Final = 12
SOURCE: Final = """
from dataclasses import dataclass
from decimal import Decimal
from alchemiser.plugins import (
    AssetClass, Requirements, RuleStrategy, StrategySpec, TargetPortfolio, UndecidedError, hookimpl,
)
{above}

@dataclass(frozen=True)
class Params:
    place: str = ""

class Odd:
    requirements = Requirements((("AGG", 1), ("SPY", 3)))
    largest_weights = {{AssetClass.BROAD_FUND: Decimal(1)}}

    def __init__(self, params):
        self.params = params
        self.calls = 0

    def target(self, view):
        self.calls += 1
{body}
        return TargetPortfolio.of({{"SPY": 1}})

def build(params):
{building}
    return Odd(params)

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="odd", summary="Does it.", params=Params, build=build)]
"""


def some_bars(rows: int = ROWS) -> BarPanel:
    """Return bars of two symbols that rise."""
    close = np.arange(rows * 2, dtype=float).reshape(rows, 2) + 100
    days = tuple(date(2020, 1, 1) + timedelta(days=day) for day in range(rows))
    return BarPanel(sessions=days, symbols=NAMES, close=close, high=close + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Ask a strategy whose source is written for the occasion.

    Attributes:
        folder: Where its module is written.
        body: What it does when it decides.
        building: What it does when it is built.
        above: What its module does.
        source: The whole module instead.
        elsewhere: Whether it works in other surroundings, closely watched.
        params: The owner's parameters.
    """

    folder: Path
    body: str = "pass"
    building: str = "pass"
    above: str = ""
    source: str = ""
    elsewhere: bool = False
    params: Mapping[str, object] = field(default_factory=dict)

    def file(self) -> Path:
        """Write the module, and return where it is."""
        text = self.source or SOURCE.format(
            above=self.above,
            body=indent(self.body, " " * 8),
            building=indent(self.building, "    "),
        )
        place = self.folder / "odd.py"
        place.write_text(text)
        return place

    def answers(self, *questions: tuple[Head, bytes]) -> list[Head]:
        """Return the answers to the order, then to each question."""
        wanted = WantedStrategy(
            strategy_id=StrategyId("candidate"),
            plugin="odd",
            strategy="",
            params=dict(self.params),
            folder=str(self.folder),
        )
        order = {
            **ordered(wanted, ()),
            "module": str(self.file()),
            "elsewhere": self.elsewhere,
            "shift": SHIFT,
            "memory_max": 0,
        }
        asked = [(order, b""), *questions]
        numbered = [({**head, "number": number}, body) for number, (head, body) in enumerate(asked)]
        requests = BytesIO(b"".join(message(head, body) for head, body in numbered))
        answers = BytesIO()
        worker.serve(requests, answers)
        answers.seek(0)
        found: list[Head] = []
        while (frame := read_frame(answers)) is not None:
            found.append(json.loads(frame))
        assert [answer["number"] for answer in found] == list(range(len(found)))
        return found

    def answer(self) -> Head:
        """Return the answer to one question of the usual kind."""
        return self.answers(shown())[1]


def shown(
    row: int = ROWS - 1, *, times: int = 1, fresh: bool = False, panel: BarPanel | None = None
) -> tuple[Head, bytes]:
    """Return the question as of `row` of bars that lie in the process with all later rows."""
    bars = panel or some_bars()
    head, body = Shipment.of(bars, bars.symbols).after(None)
    return {**head, "do": "show", "row": row, "times": times, "fresh": fresh}, body
