"""The strategy's process from within: its messages, its bars, its limits."""

import json
import resource
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from alchemiser.adapters.plugin_loader.processes import worker
from alchemiser.adapters.plugin_loader.processes.bars import ROOM_MIN, OwnBars, Shipment
from alchemiser.adapters.plugin_loader.processes.frames import (
    ANSWER_MAX,
    Head,
    message,
    portable,
    read_frame,
    read_message,
    restored,
)
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from tests.unit.adapters.plugin_loader.conftest import Install
from tests.unit.adapters.plugin_loader.misbehaving import SOURCE

DAYS = tuple(date(2020, 1, 1) + timedelta(days=day) for day in range(900))
NAMES = tuple(map(Symbol, ("AGG", "QQQ", "SPY")))
BOTH = tuple(map(Symbol, ("AGG", "SPY")))


def some_bars(rows: int, *, first: float = 1) -> BarPanel:
    """Return bars of three symbols that rise from `first`, with a gap."""
    close = np.arange(rows * 3, dtype=float).reshape(rows, 3) + first
    close[1, 2] = np.nan
    return BarPanel(sessions=DAYS[:rows], symbols=NAMES, close=close, high=close + 1)


def test_parameters_arrive_exactly_as_they_were_written() -> None:
    written = {
        "share": Decimal("0.10"),
        "window": 20,
        "on": True,
        "ratio": 0.1,
        "names": ["SPY", {"decimal": "1"}],
        "day": date(2024, 8, 5),
        "moment": datetime(2024, 8, 5, 9, 30),  # noqa: DTZ001 - TOML knows local times
        "hour": time(9, 30),
        "nothing": None,
    }

    assert restored(json.loads(json.dumps(portable(written)))) == written
    assert portable(Path("bars")) == "bars"


@pytest.mark.parametrize("cut", [0, 5, 8, 12, 30])
def test_a_message_that_breaks_off_is_none(cut: int) -> None:
    assert read_message(BytesIO(message({"number": 1}, b"1234")[:cut])) is None


def closes(bars: OwnBars) -> Floats:
    """Return the closes of SPY as they are shown."""
    panel = bars.panel()
    return MarketView(panel, len(panel.sessions) - 1).close("SPY")


def test_bars_grow_behind_what_was_shown() -> None:
    bars, whole = OwnBars(), some_bars(2 * ROOM_MIN + 3)
    shown, earlier = [], None
    for row in (0, 1, 5, ROOM_MIN - 1, ROOM_MIN, 2 * ROOM_MIN + 2):
        shipment = Shipment.of(whole.until(row), BOTH)
        bars.take(*shipment.after(earlier))
        shown.append(closes(bars))
        earlier = shipment

    for one in shown:
        np.testing.assert_array_equal(one, whole.close[: len(one), 2])
    assert bars.panel().symbols == BOTH
    assert bars.is_intact()


def test_only_what_is_new_is_sent() -> None:
    whole = some_bars(10)
    first, second, again = (Shipment.of(whole.until(row), BOTH) for row in (7, 8, 8))
    other_memory = Shipment.of(some_bars(10).until(9), BOTH)

    assert first.after(None)[0]["keep"] == 0
    assert second.after(first)[0]["keep"] == 8
    assert len(second.after(first)[1]) == 2 * 2 * 8  # one row, two columns of two symbols
    assert again.after(second)[0]["sessions"] == []
    assert other_memory.after(second)[0]["keep"] == 9


def test_corrected_bars_are_sent_from_the_first_difference_on() -> None:
    bars, before = OwnBars(), Shipment.of(some_bars(10), BOTH)
    bars.take(*before.after(None))
    kept = closes(bars)
    close = some_bars(10).close.copy()
    close[6, 2] = 0.5
    after = Shipment.of(BarPanel(sessions=DAYS[:10], symbols=NAMES, close=close, high=close), BOTH)

    head, body = after.after(before)
    bars.take(head, body)

    assert head["keep"] == 0  # the highs differ from the first row on
    np.testing.assert_array_equal(closes(bars), close[:, 2])
    assert kept[6] == 21


@pytest.mark.parametrize("column", [0, 2])
def test_other_symbols_do_not_count(column: int) -> None:
    before, close = some_bars(10), some_bars(10).close.copy()
    close[6, column] = 0.5
    close[4, 1] = 0.5  # QQQ is not sent
    after = BarPanel(sessions=DAYS[:10], symbols=NAMES, close=close, high=before.high)

    head, _ = Shipment.of(after, BOTH).after(Shipment.of(before, BOTH))

    assert head["keep"] == 6


@pytest.mark.parametrize(
    "other",
    [
        BarPanel(sessions=DAYS[1:11], symbols=NAMES, close=np.ones((10, 3)), high=np.ones((10, 3))),
        BarPanel(sessions=DAYS[:10], symbols=NAMES, close=np.ones((10, 3))),
        BarPanel(sessions=DAYS[:10], symbols=BOTH[:1], close=np.ones((10, 1))),
    ],
)
def test_other_bars_are_sent_whole(other: BarPanel) -> None:
    head, _ = Shipment.of(other, BOTH).after(Shipment.of(some_bars(10), BOTH))

    assert head["keep"] == 0
    assert "symbols" in head


def test_a_changed_bar_is_noticed() -> None:
    bars = OwnBars()
    bars.take(*Shipment.of(some_bars(10), BOTH).after(None))
    base = closes(bars).base
    assert base is not None

    base.flags.writeable = True
    base[3, 1] = np.nextafter(base[3, 1], 99)

    assert not bars.is_intact()


def serve(*messages: bytes) -> tuple[list[Head], list[str]]:
    """Return what a process answers to `messages`, and what its guard was asked to do."""
    done: list[str] = []

    def guard() -> Callable[[], None]:
        done.append("guarded")
        return lambda: done.append("sealed")

    answers = BytesIO()
    worker.serve(BytesIO(b"".join(messages)), answers, guard)
    return list(_answers(BytesIO(answers.getvalue()))), done


def _answers(stream: BinaryIO) -> list[Head]:
    found = []
    while (text := read_frame(stream)) is not None:
        found.append(json.loads(text))
    return found


def order(does: str) -> bytes:
    """Return the message that has a strategy built which does what it is told."""
    return message({
        "number": 1,
        "strategy_id": "mine",
        "plugin": "plug-odd",
        "strategy": "odd",
        "content_hash": None,
        "params": portable({"does": does}),
        "folder": ".",
        "declared": BOTH,
        "memory_max": resource.RLIM_INFINITY,
    })


def question(number: int, row: int, *readings: float | None) -> bytes:
    """Return the message that asks as of `row`, and tells what was named."""
    head, body = Shipment.of(some_bars(30).until(row), BOTH).after(None)
    return message({**head, "number": number, "readings": readings}, body)


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "setrlimit", lambda _what, _most: None)


@pytest.mark.parametrize(
    ("does", "expected"),
    [
        ("0", {"weights": [["SPY", "1"]]}),
        ("hold = TargetPortfolio.of({'SPY': 0.25, 'AGG': Decimal('1e-9')})", None),
        ("raise UndecidedError('too young')", {"undecided": "too young"}),
        ("1 / 0", {"failed": "raised ZeroDivisionError: division by zero"}),
        (
            "bars = view.close('SPY').base; bars.flags.writeable = True; bars[0] = 5",
            {"failed": "changed the bars that it was shown", "spoiled": True},
        ),
    ],
)
def test_an_answer_is_plain_json(install: Install, does: str, expected: Head | None) -> None:
    install(SOURCE, name="plug-odd")

    answers, done = serve(order(does), question(2, 20))

    wanted = expected or {"weights": [["AGG", "0.000000001"], ["SPY", "0.25"]]}
    assert answers == [{"number": 1}, {**wanted, "number": 2}]
    assert done == ["guarded", "sealed"]


def test_metrics_are_named_once_and_told_from_then_on(install: Install) -> None:
    install(SOURCE, name="plug-odd")
    does = (
        "from alchemiser.rules import price, sma\n"
        "raise UndecidedError(f\"{view.reading(price('SPY'))} {view.reading(sma('AGG', 2))}\")"
    )

    answers, _ = serve(order(does), question(2, 20), question(3, 21, 9.5, None))

    assert answers[1:] == [
        {
            "undecided": "63.0 59.5",
            "reads": ['["price","SPY"]', '["sma","AGG",2]'],
            "number": 2,
        },
        {"undecided": "9.5 62.5", "number": 3},
    ]


def test_an_answer_that_is_too_long_is_a_failure(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(SOURCE, name="plug-odd")
    monkeypatch.setattr(worker, "decided", lambda *_: {"failed": "x" * ANSWER_MAX})

    answers, _ = serve(order("0"), question(2, 20))

    assert answers[1] == {"failed": "wants more than an answer holds", "number": 2}


def test_a_strategy_that_cannot_be_built_is_said_so(install: Install) -> None:
    install("1 / 0", name="plug-odd")

    answers, done = serve(order("0"), question(2, 20))

    assert [answer["number"] for answer in answers] == [1]
    assert answers[0]["failed"].startswith("cannot be built in its own process (PluginError: ")
    assert done == ["guarded"]


def test_without_an_order_nothing_is_done() -> None:
    assert serve() == ([], [])
