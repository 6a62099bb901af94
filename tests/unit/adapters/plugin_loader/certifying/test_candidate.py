"""Candidates in real processes: what is tried, in which surroundings, and what becomes of it."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from alchemiser.adapters.plugin_loader.certifying import candidate as engines_end
from alchemiser.adapters.plugin_loader.certifying.candidate import (
    PluginCandidate,
    TriedProcess,
)
from alchemiser.domain.portfolio.consolidation import Failed
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.errors import PluginError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.candidate import Memory, Surroundings
from alchemiser.ports.strategy_source import WantedStrategy
from tests.unit.adapters.plugin_loader.certifying.within import ROWS, Within, some_bars

WANTED = WantedStrategy(
    strategy_id=StrategyId("candidate"), plugin="", strategy="", params={}, folder="."
)
SHARES = Decided(target=TargetPortfolio.of({"SPY": 1}))
LAST = ROWS - 1
Offer = Callable[..., PluginCandidate]


@pytest.fixture
def offer(tmp_path: Path) -> Iterator[Offer]:
    """Return a function that offers a strategy; its processes are ended with the test."""
    offered: list[TriedProcess] = []

    def made(environment: Mapping[str, str] | None = None, **parts: str) -> PluginCandidate:
        file = Within(folder=tmp_path, **parts).file()  # type: ignore[arg-type]  # texts
        found = PluginCandidate(WANTED, file, environment or {}, time.monotonic)
        start = found.start

        def started(surroundings: Surroundings) -> TriedProcess:
            process = start(surroundings)
            assert isinstance(process, TriedProcess)
            offered.append(process)
            return process

        found.start = started  # type: ignore[method-assign]  # so that all are ended
        return found

    yield made
    for process in offered:
        process.close()


def test_candidate_is_known_by_its_content(offer: Offer, tmp_path: Path) -> None:
    """ST-04."""
    one, other = offer().identity(), offer(body="self.calls += 1").identity()

    assert (one.strategy, one.plugin, one.version) == ("odd", "odd", "")
    assert len(one.content_hash) == len(sha256().hexdigest())
    assert one.content_hash != other.content_hash
    assert [source.name for source in offer().sources()] == ["odd.py"]
    assert b"class Odd" in offer().sources()[0].content
    assert tmp_path.joinpath("odd.py").exists()


def test_module_that_is_none_is_no_candidate(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="is no module of Python"):
        PluginCandidate(WANTED, tmp_path / "nothing", {}, time.monotonic)


def test_processes_describe_decide_and_weigh(offer: Offer) -> None:
    """ST-04."""
    keeping = "self.__dict__.setdefault('kept', []).append(bytearray(10_000))"
    process = offer(body=keeping).start(Surroundings())

    described = process.describe()
    followed = process.follow(some_bars(), 5)
    later = process.follow(some_bars(), LAST)
    before = process.memory()
    shown = process.show(some_bars(), 5, times=3)

    assert described.tree is None
    assert described.requirements.symbols() == ("AGG", "SPY")
    assert followed.outcomes == later.outcomes == (SHARES,)
    assert shown.outcomes == (SHARES,) * 3
    assert shown.seconds > 0
    assert process.memory().kept > before.kept + 30_000


def test_surroundings_are_what_they_are_said_to_be(offer: Offer) -> None:
    """ST-04: hash seed, environment, folder and clock are others elsewhere."""
    body = (
        "import os, time\n"
        "told = [str(hash('SPY')), os.environ.get('TZ'), os.getcwd(), str(int(time.time()))]\n"
        "raise UndecidedError(' '.join(told))"
    )
    candidate = offer({"MINE": "1"}, body=body)

    def told(surroundings: Surroundings) -> list[str]:
        (outcome,) = candidate.start(surroundings).show(some_bars(), LAST).outcomes
        assert isinstance(outcome, Undecided)
        return outcome.reason.split()

    here, again = told(Surroundings()), told(Surroundings())
    seeded, elsewhere = told(Surroundings(hash_seed=5)), told(Surroundings(elsewhere=True))

    assert here[:3] == again[:3]
    assert seeded[0] != here[0]
    assert (here[1], elsewhere[1]) == ("UTC", "Asia/Tokyo")
    assert here[2] != elsewhere[2]
    assert int(here[3]) - int(elsewhere[3]) > 200 * 86_400


def test_process_that_ends_is_replaced_but_not_for_ever(offer: Offer) -> None:
    """ST-04."""
    process = offer(body="import os\nos._exit(3)").start(Surroundings())

    reasons = [
        outcome.reason
        for _ in range(5)
        for outcome in process.show(some_bars(), LAST).outcomes
        if isinstance(outcome, Failed)
    ]

    assert reasons == ["it ended its own process (exit code 3)."] * 5
    assert process.memory() == Memory()
    assert isinstance(process.follow(some_bars(), LAST).outcomes[0], Failed)
    with pytest.raises(PluginError, match="ended its own process"):
        process.describe()


def test_strategy_that_cannot_be_built_says_why(offer: Offer) -> None:
    """ST-04."""
    process = offer(building="raise ValueError('an unlucky day')").start(Surroundings())

    with pytest.raises(PluginError, match="an unlucky day"):
        process.describe()
    assert "an unlucky day" in str(process.show(some_bars(), LAST).outcomes[0])


def test_decision_that_never_ends_is_stopped(offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    """ST-04."""
    monkeypatch.setattr(engines_end, "ANSWER_SECONDS", 1)
    process = offer(body="while True: pass").start(Surroundings())

    (outcome,) = process.show(some_bars(), LAST).outcomes

    assert outcome == Failed(reason="it did not answer within 1 s and was stopped.")


def test_what_changes_between_two_processes_is_not_tried(offer: Offer, tmp_path: Path) -> None:
    """ST-04: what is certified is what bears the hash."""
    candidate = offer()
    process = candidate.start(Surroundings())
    tmp_path.joinpath("odd.py").write_text("x = 1\n")

    with pytest.raises(PluginError, match="has the hash"):
        process.describe()


def test_answer_that_is_none_ends_the_process(
    offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = offer().start(Surroundings())
    process.describe()
    assert isinstance(process, TriedProcess)
    assert process._child is not None
    monkeypatch.setattr(type(process._child), "ask", lambda *_: b"no JSON")

    (outcome,) = process.show(some_bars(), LAST).outcomes

    assert outcome == Failed(reason="it answered with something that is no answer.")
    assert process._child is None


def test_named_strategy_of_a_module_is_the_one_that_is_tried(tmp_path: Path) -> None:
    """ST-04."""
    file = Within(folder=tmp_path).file()
    wanted = replace(WANTED, strategy="odd")

    assert PluginCandidate(wanted, file, {}, time.monotonic).identity().strategy == "odd"
