"""The engine's end of a candidate's process: what it asks, believes and says of it."""

import errno
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from typing import Any

import pytest

from alchemiser.adapters.plugin_loader.certifying.candidate import (
    ANSWER_SECONDS,
    BUILD_SECONDS,
    STARTS_MAX,
    PluginCandidate,
    TriedProcess,
)
from alchemiser.adapters.plugin_loader.processes.child import Child, Silence
from alchemiser.adapters.plugin_loader.processes.frames import Head, read_message
from alchemiser.domain.portfolio.consolidation import Failed
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.document import to_document
from alchemiser.domain.values.errors import PluginError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.candidate import Memory, Told
from alchemiser.ports.strategy_source import WantedStrategy
from alchemiser.rules import asset
from tests.unit.adapters.plugin_loader.certifying.within import ROWS, some_bars
from tests.unit.adapters.plugin_loader.conftest import Install

LIMIT = 7
DECLARED: Head = {
    "tree": None,
    "requirements": [["AGG", 1], ["SPY", 3]],
    "largest": {"broad_fund": "0.5"},
    "impure": ["reads\nfiles"],
    "changed": ["changes \x1b[2Jthings"],
    "unsteady": [],
}
SPY = {"weights": [["SPY", "1"]]}
HOLDS = Decided(target=TargetPortfolio.of({"SPY": 1}))
HELD: Head = {"answers": [SPY]}
GONE = Silence("ended its own process (exit code 3)")
Answer = Head | bytes | Silence


@dataclass(slots=True)
class Scripted:
    """Answer as it is written; a head is numbered like its question."""

    answers: Iterator[Answer]
    asked: list[tuple[Head, bytes, float]]
    ended: list[bool] = field(default_factory=list)

    def ask(self, message: bytes, seconds: float) -> bytes | Silence:
        """Return the next answer."""
        question = read_message(BytesIO(message))
        assert question is not None
        head, body = question
        self.asked.append((head, body, seconds))
        answer = next(self.answers)
        if isinstance(answer, bytes | Silence):
            return answer
        return json.dumps({"number": head["number"], **answer}).encode()

    def end(self) -> None:
        """End."""
        self.ended.append(True)


@dataclass(slots=True)
class Stage:
    """Hold a process whose children answer as it is written.

    Attributes:
        begun: The children so far.
        asked: Every question, with its bytes and the seconds that its answer may take.
    """

    begun: list[Scripted] = field(default_factory=list)
    asked: list[tuple[Head, bytes, float]] = field(default_factory=list)

    def process(self, *answers: Answer) -> TriedProcess:
        """Return a process that gives `answers`, one after the other, whichever child is asked."""
        script, ticks = iter(answers), count(step=3)

        def begin() -> Child:
            child: Any = Scripted(script, self.asked)
            self.begun.append(child)
            made: Child = child
            return made

        return TriedProcess(begin, {"do": "build"}, LIMIT, lambda: float(next(ticks)))

    def kinds(self) -> list[str]:
        """Return what was asked for."""
        return [str(head["do"]) for head, _, _ in self.asked]


@pytest.fixture
def stage() -> Stage:
    """Return an empty stage."""
    return Stage()


def reasons(told: Told) -> list[str]:
    """Return why the answers are failures."""
    assert all(isinstance(outcome, Failed) for outcome in told.outcomes)
    return [outcome.reason for outcome in told.outcomes if isinstance(outcome, Failed)]


def test_process_starts_when_it_is_first_asked_and_once(stage: Stage) -> None:
    process = stage.process(DECLARED, HELD, {"kept": 5, "peak": 6})
    assert stage.begun == []

    process.describe()
    process.show(some_bars(), 3)
    process.describe()

    assert process.memory() == Memory(kept=5, peak=6)
    assert stage.kinds() == ["build", "show", "weigh"]
    assert [head["number"] for head, _, _ in stage.asked] == [1, 2, 3]
    assert [wait for _, _, wait in stage.asked] == [BUILD_SECONDS, LIMIT, ANSWER_SECONDS]
    assert len(stage.begun) == 1


def test_description_is_understood_and_its_words_are_harmless(stage: Stage) -> None:
    """ST-04."""
    tree = asset("SPY")
    described = stage.process(DECLARED).describe()
    other = stage.process({**DECLARED, "tree": to_document(tree)}).describe()

    assert (described.tree, other.tree) == (None, tree)
    assert described.requirements.lookbacks == (("AGG", 1), ("SPY", 3))
    assert {kind.value: str(most) for kind, most in described.largest_weights.items()} == {
        "broad_fund": "0.5"
    }
    assert described.impure == ("reads files",)
    assert described.changed == ("changes [2Jthings",)


def test_answers_of_every_kind_are_understood(stage: Stage) -> None:
    """ST-04: nothing of what comes back is trusted."""
    answers = [
        SPY,
        {"undecided": "too early."},
        {"failed": "raised it"},
        {"weights": [["QQQ", "1"]]},
    ]
    told = stage.process(
        DECLARED, {"answers": answers, "reads": ["SPY"], "impure": ["a\tb"], "changed": ["c"]}
    ).show(some_bars(), 3, times=4)

    assert told.outcomes == (
        HOLDS,
        Undecided(reason="too early."),
        Failed(reason="it raised it."),
        Failed(reason="it wants QQQ, which its requirements do not name."),
    )
    assert (told.reads, told.impure, told.changed) == (("SPY",), ("a b",), ("c",))
    assert told.seconds == 3 / 4


def test_following_sends_declared_bars_up_to_the_row_and_only_what_is_new(stage: Stage) -> None:
    """BT-02."""
    narrow = {**DECLARED, "requirements": [["SPY", 3]]}
    process = stage.process(narrow, HELD, HELD)

    process.follow(some_bars(), 4)
    process.follow(some_bars(), 6)
    (first, many, _), (second, few, _) = stage.asked[1:]

    assert (len(first["sessions"]), first["symbols"]) == (5, ["SPY"])
    assert (first["keep"], second["keep"], len(second["sessions"])) == (0, 5, 2)
    assert (len(many), len(few)) == (5 * 2 * 8, 2 * 2 * 8)


def test_showing_sends_all_bars_with_their_future(stage: Stage) -> None:
    """BT-02."""
    process = stage.process(DECLARED, HELD, HELD)

    process.show(some_bars(), 4, fresh=True)
    process.show(some_bars(), 6, times=2)
    (first, _, _), (second, _, _) = stage.asked[1:]

    assert [len(head["sessions"]) for head in (first, second)] == [ROWS, ROWS]
    assert [(head["row"], head["times"], head["fresh"]) for head in (first, second)] == [
        (4, 1, True),
        (6, 2, False),
    ]


def test_process_that_ended_is_built_anew_and_shown_everything_again(stage: Stage) -> None:
    process = stage.process(DECLARED, HELD, GONE, DECLARED, HELD)

    process.follow(some_bars(), 4)
    assert reasons(process.follow(some_bars(), 5)) == ["it ended its own process (exit code 3)."]
    told = process.follow(some_bars(), 6)

    assert told.outcomes == (HOLDS,)
    assert stage.kinds() == ["build", "follow", "follow", "build", "follow"]
    assert (stage.asked[-1][0]["keep"], len(stage.asked[-1][0]["sessions"])) == (0, 7)
    assert len(stage.begun) == 2


def test_process_that_ends_while_it_is_built_is_given_up(stage: Stage) -> None:
    """ST-04."""
    process = stage.process(*[GONE] * (STARTS_MAX + 1))

    for _ in range(STARTS_MAX + 3):
        assert reasons(process.show(some_bars(), 4)) == ["it ended its own process (exit code 3)."]
        assert process.memory() == Memory()
    assert len(stage.begun) == STARTS_MAX + 1
    with pytest.raises(PluginError, match=r"^ended its own process \(exit code 3\)\.$"):
        process.describe()


def test_strategy_that_cannot_be_built_is_not_asked(stage: Stage) -> None:
    """ST-04."""
    process = stage.process({"unbuilt": "strategy odd of plugin odd is\nunlucky."})

    with pytest.raises(PluginError, match=r"^strategy odd of plugin odd is unlucky\.$"):
        process.describe()
    for told in (process.show(some_bars(), 4), process.follow(some_bars(), 4)):
        assert reasons(told) == ["it cannot be built: strategy odd of plugin odd is unlucky."]
    assert process.memory() == Memory()
    assert stage.kinds() == ["build"]


@pytest.mark.parametrize(
    "answer",
    [
        b"no JSON",
        b'"a text"',
        b"[" * 100_000,
        b"\xff",
        {"answers": [SPY], "number": 1},
    ],
)
def test_what_is_no_answer_to_the_question_ends_the_process(stage: Stage, answer: Answer) -> None:
    """ST-04."""
    process = stage.process(DECLARED, answer, DECLARED, HELD)

    process.describe()
    assert reasons(process.show(some_bars(), 4)) == [
        "it answered with something that is no answer."
    ]
    assert stage.begun[0].ended == [True]
    assert process.show(some_bars(), 4).outcomes == (HOLDS,)


def test_closed_process_ends_its_child_once(stage: Stage) -> None:
    process = stage.process(DECLARED)
    process.close()
    process.describe()

    process.close()
    process.close()

    assert stage.begun[0].ended == [True]


def test_machine_without_room_for_a_process_is_said_so() -> None:
    begun: list[int] = []

    def full() -> Child:
        begun.append(1)
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    process = TriedProcess(full, {}, LIMIT, lambda: 0.0)

    for _ in range(STARTS_MAX + 3):
        assert reasons(process.follow(some_bars(), 4)) == [
            "it has no process to run in (Resource temporarily unavailable)."
        ]
    assert process.memory() == Memory()
    assert len(begun) == STARTS_MAX + 1
    with pytest.raises(PluginError, match="has no process to run in"):
        process.describe()


def test_installed_plugin_is_a_candidate(install: Install) -> None:
    """ST-02."""
    install(name="Plug.Mix", version="1.2.0")
    wanted = WantedStrategy(
        strategy_id=StrategyId("mine"), plugin="plug-mix", strategy="mix", params={}
    )
    nowhere: Callable[[], float] = float
    candidate = PluginCandidate(wanted, None, {}, nowhere)

    identity = candidate.identity()

    assert (identity.strategy, identity.plugin, identity.version) == ("mix", "plug-mix", "1.2.0")
    assert [source.name for source in candidate.sources()] == ["plug_mix/__init__.py"]


def test_plugin_that_is_not_installed_is_no_candidate(install: Install) -> None:
    """ST-02."""
    install(name="Plug.Mix")
    wanted = WantedStrategy(
        strategy_id=StrategyId("mine"), plugin="plug-mox", strategy="mix", params={}
    )
    candidate = PluginCandidate(wanted, None, {}, float)

    for ask in (candidate.identity, candidate.sources):
        with pytest.raises(PluginError, match="did you mean plug-mix"):
            ask()
