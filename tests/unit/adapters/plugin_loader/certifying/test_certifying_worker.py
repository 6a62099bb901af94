"""A candidate's process from within: what it declares, answers, and is noticed at."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from alchemiser.adapters.plugin_loader.certifying import worker
from alchemiser.adapters.plugin_loader.processes.bars import Shipment
from alchemiser.domain.rules.document import from_document
from alchemiser.rules import price, sma, when
from tests.unit.adapters.plugin_loader.certifying.within import (
    NAMES,
    ROWS,
    Within,
    shown,
    some_bars,
)

Prepare = Callable[..., Within]
HELD = [["SPY", "1"]]
BASE = "base = view.close('SPY')\nwhile base.base is not None:\n    base = base.base\n"
TREE = '''
from dataclasses import dataclass
from alchemiser.plugins import RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import price, sma, when

@dataclass(frozen=True)
class Params:
    """No options."""

class Own(RuleStrategy):
    """Is a tree."""
    {own}

def build(params):
    return Own(when(price("SPY") > sma("SPY", 5), "SPY", "AGG"))

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="odd", summary="Does it.", params=Params, build=build)]
'''


def test_code_declares_itself_and_answers(within: Prepare) -> None:
    """ST-04."""
    declared, answer = within().answers(shown())

    assert declared["tree"] is None
    assert declared["requirements"] == [["AGG", 1], ["SPY", 3]]
    assert declared["largest"] == {"broad_fund": "1"}
    assert (declared["unsteady"], declared["impure"], declared["changed"]) == ([], [], [])
    assert answer["answers"] == [{"weights": HELD}]
    assert (answer["reads"], answer["impure"], answer["changed"]) == ([], [], [])


def test_tree_is_told_as_its_document(within: Prepare) -> None:
    """ST-04."""
    (declared,) = within(source=TREE.format(own="pass")).answers()

    assert from_document(declared["tree"]) == when(price("SPY") > sma("SPY", 5), "SPY", "AGG")
    assert declared["requirements"] == [["AGG", 1], ["SPY", 5]]
    assert declared["unsteady"] == []


def test_tree_with_code_of_its_own_is_told(within: Prepare) -> None:
    """ST-04: trading evaluates the tree, and never runs what stands beside it."""
    own = "def target(self, view): return None"

    (declared,) = within(source=TREE.format(own=own)).answers()

    assert declared["unsteady"] == ["is a RuleStrategy with code of its own, which is never run"]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"building": "raise ValueError('an unlucky day')"}, "an unlucky day"),
        ({"above": "import nothing_of_the_kind"}, "nothing_of_the_kind"),
        ({"building": "Odd.requirements = None"}, "does not declare requirements"),
        ({"source": "x = 1"}, "alchemiser_strategies"),
    ],
)
def test_what_cannot_be_built_says_why(within: Prepare, parts: dict[str, str], words: str) -> None:
    """ST-04."""
    found = within(**parts).answers()

    assert words in found[0]["unbuilt"]


def test_module_that_is_none_is_told(within: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Within, "file", lambda self: Path(self.folder / "none.py"))

    (declared,) = within().answers()

    assert "none.py is no module of Python" in declared["unbuilt"]


def test_strategy_that_is_built_otherwise_the_second_time_is_told(within: Prepare) -> None:
    """ST-04."""
    above = "times = []"
    once = "times.append(1)\nOdd.requirements = Requirements((('SPY', len(times)),))"
    broken = "times.append(1)\nif len(times) > 1: raise ValueError('only once')"

    (changing,) = within(above=above, building=once).answers()
    (failing,) = within(above=above, building=broken).answers()

    assert changing["unsteady"] == ["declares another requirements when it is built again"]
    assert "only once" in failing["unbuilt"]


def test_answers_of_every_kind_come_back(within: Prepare) -> None:
    body = (
        "if self.calls == 1: raise UndecidedError('too early.')\n"
        "if self.calls == 2: raise ZeroDivisionError('by nothing')\n"
        "if self.calls == 3: return {'SPY': 1}"
    )
    _, answer = within(body=body).answers(shown(times=4))

    assert answer["answers"] == [
        {"undecided": "too early."},
        {"failed": "raised ZeroDivisionError: by nothing"},
        {"failed": "returned dict, not a TargetPortfolio"},
        {"weights": HELD},
    ]


def test_a_fresh_instance_remembers_nothing(within: Prepare) -> None:
    """ST-04."""
    body = "if self.calls > 1: return TargetPortfolio.of({'AGG': 1})"
    _, first, second, third = within(body=body).answers(shown(), shown(), shown(fresh=True))

    assert [one["answers"][0]["weights"][0][0] for one in (first, second, third)] == [
        "SPY",
        "AGG",
        "SPY",
    ]


def test_instance_that_cannot_be_built_anew_is_told(within: Prepare) -> None:
    building = "times.append(1)\nif len(times) > 2: raise ValueError('worn out')"
    _, answer = within(above="times = []", building=building).answers(shown(fresh=True))

    (one,) = answer["answers"]
    assert one["failed"].startswith("cannot be built anew (")
    assert "worn out" in one["failed"]


def test_following_shows_no_row_that_is_not_due(within: Prepare) -> None:
    """BT-02."""
    body = f"{BASE}import numpy as np\nraise UndecidedError(str(float(np.nanmax(base))))"
    bars = some_bars()
    early = Shipment.of(bars.until(4), NAMES)
    late = Shipment.of(bars, NAMES)
    questions = [
        ({**head, "do": "follow"}, raw) for head, raw in (early.after(None), late.after(early))
    ]
    _, first, second = within(body=body).answers(*questions)

    assert float(first["answers"][0]["undecided"]) <= bars.until(4).close.max() + 1  # a high
    assert float(second["answers"][0]["undecided"]) > bars.until(4).close.max() + 1
    assert first["changed"] == second["changed"] == []


def test_showing_lays_later_rows_behind_the_view(within: Prepare) -> None:
    """BT-02: what looks behind finds something, and is found out by it."""
    body = f"{BASE}raise UndecidedError(str(len(view.close('SPY'))) + ' of ' + str(len(base)))"
    _, answer = within(body=body).answers(shown(4))

    assert answer["answers"] == [{"undecided": f"5 of {ROWS}"}]
    assert answer["reads"] == ["SPY"]


@pytest.mark.parametrize(
    ("body", "change"),
    [
        (
            f"{BASE}base.flags.writeable = True\nbase[0] = 7",
            "changes the bars that it was shown",
        ),
        ("view._row = 3", "changes the bars that it was shown"),
        ("view._cut = view._panel.until(2)", "changes the bars that it was shown"),
        ("view._whole = view._panel", "changes the bars that it was shown"),
        ("view._readings = None", "changes the bars that it was shown"),
        (
            "object.__setattr__(view._panel, 'sessions', view._panel.sessions[::-1])",
            "changes the bars that it was shown",
        ),
        (
            "from decimal import getcontext\ngetcontext().prec = 7",
            "changes the precision of decimals",
        ),
        (
            "self.requirements = Requirements((('SPY', 9),))",
            "changes what it declares",
        ),
        ("del self.__class__.largest_weights", "changes what it declares"),
    ],
)
def test_what_it_changes_is_told(within: Prepare, body: str, change: str) -> None:
    """ST-04."""
    assert change in within(body=body).answer()["changed"]


def test_what_it_changes_while_it_follows_is_told(within: Prepare) -> None:
    body = "closes = view.close('SPY').base\ncloses.flags.writeable = True\ncloses[0] = 7"
    head, raw = Shipment.of(some_bars(), NAMES).after(None)
    _, answer = within(body=body).answers(({**head, "do": "follow"}, raw))

    assert answer["changed"] == ["changes the bars that it was shown"]


def test_reading_and_forgetting_is_reading(within: Prepare) -> None:
    """ST-04."""
    body = "view.close('AGG')\nview._reads.clear()\nview._reads.update({'SPY'}, set())"

    assert within(body=body).answer()["reads"] == ["AGG", "SPY"]


def test_memory_that_is_kept_is_weighed(within: Prepare) -> None:
    """ST-04."""
    weigh = ({"do": "weigh"}, b"")
    body = "kept.append(bytearray(100_000))"
    _, before, _, after = within(above="kept = []", body=body).answers(weigh, shown(times=3), weigh)

    assert 300_000 < after["kept"] - before["kept"] < 600_000
    assert after["peak"] >= 0


def test_memory_that_the_system_took_back_is_no_growth_below_nothing(
    within: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ST-04: pages that are reclaimed before Linux notes its highest mark lower that mark."""
    marks = iter((500_000, 400_000))
    monkeypatch.setattr(worker, "peak", lambda: next(marks))

    *_, after = within().answers(({"do": "weigh"}, b""))

    assert after["peak"] == 0


@pytest.mark.parametrize(
    "change",
    [
        "import numpy as np\nnp.random.seed(7)",
        "import random\nrandom.seed(7)",
        "import numpy as np\nnp.seterr(divide='raise')",
    ],
)
def test_shared_state_is_watched_elsewhere(within: Prepare, change: str) -> None:
    """ST-04."""
    with np.errstate():
        answer = within(body=change, elsewhere=True).answer()

    assert answer["answers"] == [{"weights": HELD}]
    assert any(text.startswith("changes") for text in answer["changed"])


def test_order_that_never_comes_ends_the_process_quietly(within: Prepare) -> None:
    del within
    answers = BytesIO()
    worker.serve(BytesIO(), answers)

    assert answers.getvalue() == b""
