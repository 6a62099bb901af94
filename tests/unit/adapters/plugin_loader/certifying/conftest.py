"""What a candidate may do to the process of the tests is undone."""

import builtins
import decimal
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alchemiser.adapters.plugin_loader.certifying import worker
from tests.unit.adapters.plugin_loader.certifying.within import Within

Hook = Callable[[str, tuple[object, ...]], None]


def unheard(event: str, arguments: tuple[object, ...]) -> None:
    """Hear nothing."""
    del event, arguments


class Hooks:
    """Let one audit hook hear at a time: Python takes none back, and each costs time.

    A hook looks at its caller, so that none may stand between: it is called as this class's own.
    """

    __call__ = staticmethod(unheard)


def take(hooks: type[Hooks], hook: Hook) -> None:
    """Let `hook` hear from now on, and no other."""
    hooks.__call__ = staticmethod(hook)  # type: ignore[method-assign]  # that is the point


def trace_one_at_a_time() -> None:
    """Let threads start to be measured one after the other.

    Setting a trace function asks the audit hooks, and one written in Python lets other threads run
    meanwhile: a second thread that starts then is refused its trace function, and dies of that.
    """
    measure, settrace, turn = threading.gettrace(), sys.settrace, threading.RLock()

    def in_turn(function: Any) -> None:  # noqa: ANN401 - handed on
        with turn:
            settrace(function)

    def measured(*event: Any) -> Any:  # noqa: ANN401 - handed on
        with turn:
            return measure(*event) if measure else None

    if measure:
        threading.settrace(measured)
        sys.settrace = in_turn


@pytest.fixture(scope="session")
def hooks() -> type[Hooks]:
    """Return the one hook of this process."""
    trace_one_at_a_time()
    sys.addaudithook(Hooks())
    return Hooks


@pytest.fixture
def undone(monkeypatch: pytest.MonkeyPatch, hooks: type[Hooks]) -> Iterator[None]:
    """Take no limit, and restore what candidates change."""
    monkeypatch.setattr(worker, "limit", lambda _: None)
    monkeypatch.setattr(builtins, "__import__", builtins.__import__)
    monkeypatch.setattr(sys, "addaudithook", lambda hook: take(hooks, hook))
    context, generator = decimal.getcontext().copy(), np.random.get_state()  # noqa: NPY002 - shared
    yield
    take(hooks, unheard)
    tracemalloc.stop()  # else every later test pays for it
    decimal.setcontext(context)
    np.random.set_state(generator)  # noqa: NPY002 - it is the shared one that was changed


@pytest.fixture
def within(undone: None, tmp_path: Path) -> Callable[..., Within]:
    """Return a function that prepares a strategy in the process of the tests."""
    del undone

    def prepared(**parts: Any) -> Within:  # noqa: ANN401 - handed on
        return Within(folder=tmp_path, **parts)

    return prepared
