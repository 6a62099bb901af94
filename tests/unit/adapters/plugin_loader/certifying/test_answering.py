"""What is told with an answer belongs to that answer, and is all that there is to tell."""

import gc
from collections.abc import Callable, Iterator

import pytest

from alchemiser.adapters.plugin_loader.certifying import worker
from alchemiser.adapters.plugin_loader.processes.bars import Shipment
from tests.unit.adapters.plugin_loader.certifying.within import NAMES, Within, shown, some_bars

Prepare = Callable[..., Within]
TREE = '''
from dataclasses import dataclass
from alchemiser.plugins import RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import asset

@dataclass(frozen=True)
class Params:
    """No options."""

class Base(RuleStrategy):
    """Has code."""
    def target(self, view):
        return None

class Own(Base):
    """Has none."""

def build(params):
    return Own(asset("SPY"))

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="odd", summary="Does it.", params=Params, build=build)]
'''


@pytest.fixture
def _no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_view_that_is_changed_while_it_follows_is_told(within: Prepare) -> None:
    """ST-04."""
    head, raw = Shipment.of(some_bars(), NAMES).after(None)
    _, answer = within(body="view._row = 3").answers(({**head, "do": "follow"}, raw))

    assert answer["changed"] == ["changes the bars that it was shown"]


def test_change_is_told_of_the_question_at_which_it_happened(within: Prepare) -> None:
    """ST-04."""
    body = "from decimal import getcontext\nif self.calls == 1: getcontext().prec = 7"
    _, first, second = within(body=body).answers(shown(), shown())

    assert (first["changed"], second["changed"]) == (["changes the precision of decimals"], [])


def test_inherited_code_of_a_tree_is_code_of_its_own(within: Prepare) -> None:
    """ST-04."""
    (declared,) = within(source=TREE).answers()

    assert declared["unsteady"] == ["is a RuleStrategy with code of its own, which is never run"]


def test_candidate_works_in_the_memory_that_was_ordered(
    within: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ST-04."""
    prepared, limits = within(), list[int]()
    monkeypatch.setattr(worker, "limit", limits.append)

    prepared.answers()

    assert limits == [0]


@pytest.mark.usefixtures("_no_collector")
def test_what_only_waits_to_be_collected_is_not_kept(within: Prepare) -> None:
    """ST-04."""
    weigh = ({"do": "weigh"}, b"")
    body = "ring = [bytearray(1_000_000)]\nring.append(ring)"
    _, before, _, after = within(body=body).answers(weigh, shown(), weigh)

    assert after["kept"] - before["kept"] < 200_000
