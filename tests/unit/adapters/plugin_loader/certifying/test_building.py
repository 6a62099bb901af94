"""Building in a candidate's process: again, anew, or not at all."""

import runpy
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from alchemiser.adapters.plugin_loader.certifying import worker
from alchemiser.adapters.plugin_loader.processes import worker as trading_worker
from tests.unit.adapters.plugin_loader.certifying.within import Within, shown

Prepare = Callable[..., Within]


def test_what_was_not_built_answers_nothing(within: Prepare) -> None:
    """ST-04."""
    declared, answer = within(building="raise ValueError('an unlucky day')").answers(shown())

    assert "an unlucky day" in declared["unbuilt"]
    assert answer["answers"] == [{"failed": "was not built"}]


def test_harm_is_refused_while_it_is_imported_too(within: Prepare, tmp_path: Path) -> None:
    """ST-04: an import may read what it needs, and nothing more."""
    place = tmp_path / "written"
    above = f"import os\ntry:\n    os.mkdir({str(place)!r})\nexcept PermissionError:\n    pass"

    (declared,) = within(above=above).answers()

    assert declared["impure"] == [f"tries to write or change files ({place})"]
    assert not place.exists()


@pytest.mark.parametrize(
    ("does", "elsewhere", "note"),
    [
        ("open('/etc/hosts').close()", False, "reads /etc/hosts, which is neither its own nor"),
        ("import os; os.getcwd()", True, "asks the operating system (getcwd)"),
    ],
)
def test_what_is_done_when_it_is_built_anew_is_told(
    within: Prepare,
    does: str,
    elsewhere: bool,
    note: str,
) -> None:
    """ST-04: whoever behaves while it is built twice has not shown that it behaves."""
    building = f"times.append(1)\nif len(times) > 2:\n    {does}"
    declared, first, second = within(
        above="times = []", building=building, elsewhere=elsewhere
    ).answers(shown(), shown(fresh=True))

    assert (declared["impure"], first["impure"]) == ([], [])
    assert [one.startswith(note) for one in second["impure"]] == [True]


def test_what_it_changes_when_it_is_built_anew_is_told(within: Prepare) -> None:
    """ST-04."""
    building = (
        "import numpy as np\ntimes.append(1)\nif len(times) > 2:\n    np.random.seed(len(times))"
    )
    _, answer = within(above="times = []", building=building, elsewhere=True).answers(
        shown(fresh=True)
    )

    assert answer["changed"] == ["changes numpy's shared random generator"]


def test_memory_counts_from_the_first_time_it_was_built(
    within: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ST-04: what Python and the strategy took to begin with is not what a decision takes."""
    monkeypatch.setattr(worker, "peak", iter([100, 150, 180]).__next__)
    weigh = ({"do": "weigh"}, b"")

    _, before, _, after = within().answers(weigh, shown(fresh=True), weigh)

    assert (before["peak"], after["peak"]) == (50, 80)


def test_process_answers_on_the_pipes_that_it_was_given(
    undone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del undone
    answers, bound = BytesIO(), list[int]()
    monkeypatch.setattr(trading_worker, "take_pipes", lambda: (BytesIO(), answers))
    monkeypatch.setattr(trading_worker, "bind_to_parent", bound.append)
    monkeypatch.setattr(sys, "argv", ["worker", "7"])

    name = worker.__name__
    monkeypatch.delitem(sys.modules, name)
    runpy.run_module(name, run_name="__main__")

    assert bound == [7]
    assert answers.getvalue() == b""
