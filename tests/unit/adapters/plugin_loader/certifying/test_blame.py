"""Whose doing a call is, and which calls ask the world.

What notices calls is itself called where no coverage is measured: here it is asked directly.
"""

import gc
import inspect
import linecache
import os
import random
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from types import FrameType, FunctionType, SimpleNamespace
from typing import Any, TypeVar

import pytest

from alchemiser.adapters.plugin_loader.certifying.blame import Blame
from alchemiser.adapters.plugin_loader.certifying.calls import impure_builtin, impure_function
from alchemiser.adapters.plugin_loader.certifying.observing import Observer, Phase

HERE = Path(__file__)
T = TypeVar("T")


def called(asked: Callable[[FrameType], T], *files: str, name: str = "") -> T:
    """Return what `asked` says of a frame in the last of `files`, called by the one before.

    Args:
        asked: Called with the frame while it runs.
        files: Where each frame's code claims to lie.
        name: What the last of them calls its module.
    """
    names: dict[str, Any] = {"asked": asked, "__name__": name}
    code = compile("import sys\nsaid = asked(sys._getframe())", files[-1], "exec")
    outermost, innermost = names, names
    for file in reversed(files[:-1]):
        outermost = {"code": code, "names": outermost}
        code = compile("exec(code, names)", file, "exec")
    exec(code, outermost)  # noqa: S102 - our own text
    said: T = innermost["said"]
    return said


def test_own_code_lies_in_its_places(tmp_path: Path) -> None:
    """ST-04."""
    blame = Blame([tmp_path / "package", tmp_path / "one.py"])

    assert blame.owns(str(tmp_path / "package" / "deep" / "part.py"))
    assert blame.owns(str(tmp_path / "one.py"))
    assert not blame.owns(str(tmp_path / "package2" / "part.py"))
    assert not blame.owns(str(tmp_path / "one.py.bak"))


def test_own_call_is_direct_through_text_that_it_runs(tmp_path: Path) -> None:
    """ST-04."""
    blame = Blame([tmp_path / "one.py"])
    own = str(tmp_path / "one.py")

    assert called(blame.directly, own)
    assert called(blame.directly, own, "<string>")
    assert not called(blame.directly, own, str(tmp_path / "other.py"))
    assert not blame.directly(None)


def test_own_call_may_go_through_the_standard_library(tmp_path: Path) -> None:
    """ST-04."""
    blame, own = Blame([tmp_path / "one.py"]), str(tmp_path / "one.py")
    standard, installed = os.__file__, pytest.__file__

    assert called(blame.stands_behind, own)
    assert called(blame.stands_behind, own, standard)
    assert called(blame.stands_behind, own, "<string>", standard)
    assert not called(blame.stands_behind, own, installed)
    assert not called(blame.stands_behind, own, "<frozen importlib._bootstrap>")
    assert not blame.stands_behind(None)


def test_what_libraries_do_to_report_is_nobodys_doing(tmp_path: Path) -> None:
    """ST-04."""
    blame, own = Blame([tmp_path / "one.py"]), str(tmp_path / "one.py")

    assert called(blame.stands_behind, own, linecache.__file__)
    assert not called(blame.stands_behind, own, linecache.__file__, name="linecache")


@pytest.mark.parametrize(
    ("function", "deciding", "what"),
    [
        (time.time, True, "asks the clock (time)"),
        (time.strftime, True, "asks the clock (strftime)"),
        (datetime.now, True, "asks the clock (now)"),
        (date.today, False, "asks the clock (today)"),
        (os.stat, True, "asks the operating system (stat)"),
        (os.stat, False, ""),
        (os.getcwd, False, "asks the operating system (getcwd)"),
        (os.fspath, True, ""),
        (random.random, True, "draws from the shared generator (random)"),
        (random.Random(7).random, True, ""),
        (gc.collect, True, "looks through the memory of its process (gc.collect)"),
        (len, True, ""),
        ([].append, True, ""),
    ],
)
def test_functions_in_c_that_ask_the_world(
    function: Callable[..., object], deciding: bool, what: str
) -> None:
    """ST-04."""
    assert impure_builtin(function, deciding=deciding) == what


@pytest.mark.parametrize(
    ("module", "name", "values", "what"),
    [
        ("os", "getenv", {}, "reads the environment"),
        ("os", "_Environ.__getitem__", {}, "reads the environment"),
        ("os", "walk", {}, ""),
        ("random", "SystemRandom.random", {}, "draws what cannot be repeated (SystemRandom)"),
        (
            "random",
            "Random.seed",
            {"a": None},
            "draws what cannot be repeated (a generator without a seed)",
        ),
        ("random", "Random.seed", {"a": 7}, ""),
        (
            "random",
            "Random.choice",
            {"self": getattr(random.random, "__self__", None)},
            "draws from the shared generator (choice)",
        ),
        ("random", "Random.choice", {"self": random.Random(7)}, ""),
        ("inspect", "stack", {}, "looks into its callers"),
        ("inspect", "signature", {}, ""),
        ("threading", "Thread.start", {}, "starts or asks for threads"),
        ("threading", "Lock", {}, ""),
        ("uuid", "uuid4", {}, "draws what cannot be repeated"),
        ("mine", "uuid4", {}, ""),
    ],
)
def test_functions_in_python_that_ask_the_world(
    module: str, name: str, values: Mapping[str, object], what: str
) -> None:
    """ST-04."""
    code = SimpleNamespace(co_qualname=name, co_name=name.rpartition(".")[2])
    frame: Any = SimpleNamespace(f_globals={"__name__": module}, f_code=code, f_locals=values)

    assert impure_function(frame) == what


@pytest.fixture
def observer(undone: None) -> Observer:
    """Return an observer to whom this file is the strategy."""
    del undone
    return Observer([HERE], [HERE.parent / "conftest.py"], closely=False)


@pytest.mark.parametrize(
    ("phase", "event", "arguments", "notes"),
    [
        (Phase.DECIDING, "builtins.id", (1,), ["asks for addresses, which no other process has"]),
        (Phase.DECIDING, "exec", ("1",), ["runs code that cannot be read"]),
        (Phase.DECIDING, "gc.get_objects", (), ["looks through the memory of its process (gc)"]),
        (Phase.DECIDING, "object.__getattr__", (1, "tb_frame"), ["looks into its callers"]),
        (Phase.DECIDING, "object.__getattr__", (1, "__code__"), []),
        (Phase.DECIDING, "import", ("json",), []),
        (Phase.DECIDING, "os.listdir", ("/",), ["reads / while it decides"]),
        (Phase.BUILDING, "open", (str(HERE), "r", 0), []),
        (Phase.BUILDING, "open", (str(HERE.parent / "conftest.py"), "r", 0), []),
        (Phase.BUILDING, "open", ("/etc/hosts", "r", 0), ["reads /etc/hosts, which is neither"]),
        (Phase.BUILDING, "open", (3, "r", 0), []),
        (Phase.OURS, "exec", ("1",), []),
    ],
)
def test_events_are_judged_by_who_raises_them(
    observer: Observer, phase: Phase, event: str, arguments: tuple[object, ...], notes: list[str]
) -> None:
    """ST-04."""
    observer.during(phase, lambda: observer._heard(event, arguments))

    found = observer.taken()
    assert len(found) == len(notes), found
    assert all(one.startswith(note) for one, note in zip(found, notes, strict=True))


@pytest.mark.parametrize(
    "event", ["builtins.id", "exec", "gc.get_objects", "object.__getattr__", "os.listdir"]
)
def test_what_others_do_is_not_the_strategys_doing(undone: None, event: str) -> None:
    """ST-04."""
    del undone
    observer = Observer([HERE.parent / "within.py"], [], closely=False)

    observer.during(Phase.DECIDING, lambda: observer._heard(event, ("/", "tb_frame")))

    assert observer.taken() == []


def test_looking_through_inspect_is_looking(observer: Observer) -> None:
    """ST-04."""

    def judged(frame: FrameType) -> None:
        observer.during(Phase.DECIDING, lambda: observer._judge("sys._getframe", (), frame))

    called(judged, str(HERE), inspect.__file__, name="inspect")

    assert observer.taken() == ["looks into its callers"]


def test_harm_is_refused_and_noted(observer: Observer) -> None:
    """ST-04."""
    with pytest.raises(PermissionError, match="may not connect"):
        observer.during(
            Phase.BUILDING, lambda: observer._heard("socket.connect", ("a socket", "a place"))
        )

    assert observer.taken() == ["tries to connect to anything (a socket)"]


def test_an_import_may_read_what_it_needs_at_any_time(observer: Observer) -> None:
    text = "heard('open', ('/etc/hosts', 'r', 0))"
    code = compile(text, "<frozen importlib._bootstrap>", "exec")
    importing = FunctionType(code, {"heard": observer._heard})

    observer.during(Phase.DECIDING, importing)

    assert observer.taken() == []


def test_calls_are_judged_as_they_begin(observer: Observer) -> None:
    """ST-04."""
    frame = sys._getframe()
    code = SimpleNamespace(co_qualname="getenv", co_name="getenv")
    call: Any = SimpleNamespace(
        f_globals={"__name__": "os"}, f_code=code, f_locals={}, f_back=frame
    )

    def seen() -> None:
        observer._seen(frame, "c_call", time.time)
        observer._seen(frame, "c_call", len)
        observer._seen(call, "call", None)
        observer._seen(frame, "call", None)
        observer._seen(frame, "return", None)

    observer.during(Phase.DECIDING, seen)

    assert observer.taken() == ["asks the clock (time)", "reads the environment"]
