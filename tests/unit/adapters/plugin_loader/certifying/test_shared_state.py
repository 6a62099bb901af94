"""What a strategy shares with the engine is watched, and nothing else is."""

import builtins
import os
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from decimal import getcontext
from pathlib import Path
from types import MappingProxyType, ModuleType

import numpy as np
import pytest

from alchemiser.adapters.plugin_loader.certifying.shared_state import SharedState
from alchemiser.domain.rules import view
from alchemiser.domain.rules.view import MarketView

Change = Callable[[pytest.MonkeyPatch], object]


@pytest.fixture
def _restored(undone: None) -> Iterator[None]:
    """Restore what monkeypatch cannot."""
    del undone
    shared, printing, depth = random.getstate(), np.get_printoptions(), sys.getrecursionlimit()
    with warnings.catch_warnings(), np.errstate():
        yield
    random.setstate(shared)
    np.set_printoptions(**printing)
    sys.setrecursionlimit(depth)


pytestmark = pytest.mark.usefixtures("_restored")


def nobodys(file: str) -> bool:
    """Say that no file is the strategy's."""
    del file
    return False


def found(change: Change, others: Mapping[str, ModuleType] = MappingProxyType({})) -> list[str]:
    """Return what is said to have changed with `change`, which is taken back."""
    state = SharedState(nobodys, others)
    with pytest.MonkeyPatch.context() as patch:
        change(patch)
        return state.changed()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda _: random.random(), "the shared random generator"),
        (lambda _: np.random.random(), "numpy's shared random generator"),  # noqa: NPY002 - shared
        (lambda _: np.seterr(divide="raise"), "numpy's handling of errors"),
        (lambda _: np.set_printoptions(precision=3), "numpy's way of printing"),
        (lambda _: setattr(getcontext(), "prec", 7), "the precision of decimals"),
        (lambda patch: patch.setenv("MINE", "1"), "the environment"),
        (lambda patch: patch.delenv("PATH"), "the environment"),
        (lambda patch: patch.chdir(os.sep), "the working folder"),
        (lambda _: warnings.simplefilter("ignore"), "the filters of warnings"),
        (lambda patch: patch.syspath_prepend("mine"), "the import path"),
        (lambda _: sys.setrecursionlimit(sys.getrecursionlimit() + 1), "the depth of recursion"),
    ],
)
def test_shared_values_are_watched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: Change, what: str
) -> None:
    """ST-04."""
    monkeypatch.chdir(tmp_path)

    assert found(change) == [f"changes {what}"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda patch: patch.setattr(statistics, "mean", sum), "statistics.mean"),
        (lambda patch: patch.delattr(statistics, "mean"), "statistics.mean"),
        (lambda patch: patch.setattr(builtins, "sum", max), "builtins.sum"),
        (lambda patch: patch.setattr(builtins, "mine", 1, raising=False), "builtins.mine"),
        (lambda patch: patch.setattr(view, "Symbol", str), f"{view.__name__}.Symbol"),
        (lambda patch: patch.setattr(view, "__doc__", "Mine."), f"{view.__name__}.__doc__"),
        (
            lambda patch: patch.setattr(MarketView, "close", MarketView.panel),
            f"{view.__name__}.MarketView.close",
        ),
        (lambda patch: patch.delattr(MarketView, "reads"), f"{view.__name__}.MarketView.reads"),
        (lambda patch: patch.setitem(sys.modules, "statistics", None), "statistics.mean"),
    ],
)
def test_everybodys_code_is_watched(change: Change, what: str) -> None:
    """ST-04: of the engine everything, of libraries whatever can be called."""
    changes = found(change)

    assert f"changes {what}" in changes
    assert {one.rpartition(".")[0] for one in changes} == {f"changes {what.rpartition('.')[0]}"}


@pytest.mark.parametrize(
    "change",
    [
        lambda patch: patch.setattr(statistics, "__doc__", "Counts."),
        lambda patch: patch.setattr(statistics, "mine", len, raising=False),
        lambda patch: patch.delitem(sys.modules, "statistics"),
        lambda patch: patch.setitem(sys.modules, "none_of_the_kind", None),
        lambda patch: patch.setitem(sys.modules, "mine", ModuleType("mine")),
        lambda patch: patch.setenv("PATH", os.environ["PATH"]),
        lambda _: random.Random(7).random(),
        lambda _: np.random.default_rng(7).random(),
    ],
)
def test_nothing_else_is(change: Change) -> None:
    """ST-04: what libraries keep for themselves, or load when it is needed, is no change."""
    assert found(change) == []


def test_what_a_library_imports_when_it_is_first_used_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """ST-04: neither when the strategy uses it, nor is it imported by being watched."""
    library = ModuleType("library")
    monkeypatch.setitem(sys.modules, "library", library)

    class Deferred:
        """Give way to the true function at the first question, as proxies of imports do."""

        def __getattribute__(self, name: str) -> object:
            vars(library)["mean"] = statistics.mean
            return getattr(statistics.mean, name)

        def __call__(self) -> None:
            """Be something that can be called."""

    deferred = Deferred()
    vars(library)["mean"] = deferred
    state = SharedState(nobodys)

    assert state.changed() == []
    assert vars(library)["mean"] is deferred
    assert vars(library)["mean"].__name__ == "mean"
    assert vars(library)["mean"] is statistics.mean
    assert state.changed() == []


def test_change_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    state = SharedState(nobodys)
    monkeypatch.setenv("MINE", "1")

    assert [state.changed(), state.changed()] == [["changes the environment"], []]
    monkeypatch.delenv("MINE")
    assert state.changed() == ["changes the environment"]


def test_strategys_own_modules_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """ST-04: what it keeps there is found by asking it again."""
    mine, theirs = ModuleType("mine"), ModuleType("theirs")
    for module in (mine, theirs):
        vars(module).update(__file__=f"/{module.__name__}.py", keep=len)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    state = SharedState(lambda file: file == "/mine.py")

    vars(mine)["keep"] = vars(theirs)["keep"] = max

    assert state.changed() == ["changes theirs.keep"]


def test_module_that_claims_to_be_the_strategys_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """ST-04: a name that is written over does not hide what else is."""
    state = SharedState(lambda file: file == "/mine.py")
    monkeypatch.setattr(statistics, "__file__", "/mine.py")
    monkeypatch.setattr(statistics, "mean", sum)

    assert "changes statistics.mean" in state.changed()


@pytest.mark.parametrize("true", [False, True])
def test_module_and_what_stands_in_for_it_are_both_watched(
    true: bool,
) -> None:
    """ST-04: a strategy reaches the true clock, too, and so do the libraries that it calls."""
    other = ModuleType("time")
    vars(other).update(vars(time))
    which = time if true else other

    changes = found(lambda patch: patch.setattr(which, "ctime", len), {"time": other})

    assert changes == ["changes time.ctime"]
