"""What a strategy's process refuses, event by event."""

import os
from pathlib import Path

import pytest

from alchemiser.adapters.plugin_loader.processes.guard import refused


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", ()),
        ("socket.__new__", ()),
        ("urllib.Request", ()),
        ("subprocess.Popen", ()),
        ("os.posix_spawn", ()),
        ("os.kill", ()),
        ("os.rename", ()),
        ("shutil.rmtree", ()),
        ("sqlite3.connect", ()),
        ("ctypes.dlopen", (None,)),
        ("resource.setrlimit", ()),
        ("sys.addaudithook", ()),
        ("open", ("new", "w", 0)),
        ("open", (b"new", "rb+", 0)),
        ("open", (Path("new"), "x", 0)),
        ("open", ("new", None, os.O_RDONLY | os.O_CREAT)),
    ],
)
def test_what_is_never_allowed(event: str, arguments: tuple[object, ...]) -> None:
    assert refused(event, arguments, sealed=False).startswith("a strategy may not ")
    assert refused(event, arguments, sealed=True).startswith("a strategy may not ")


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("open", ("table.csv", "r", os.O_RDONLY)),
        ("open", (b"table.csv", None, os.O_RDONLY)),
        ("open", (Path("table.csv"), "rb", 0)),
        ("os.scandir", (".",)),
        ("glob.glob", ("*",)),
    ],
)
def test_what_is_allowed_only_while_the_strategy_is_built(
    event: str, arguments: tuple[object, ...]
) -> None:
    assert refused(event, arguments, sealed=False) == ""
    assert refused(event, arguments, sealed=True) != ""


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("open", ("module.py", "rb", os.O_RDONLY)),
        ("open", ("module.pyc", None, os.O_RDONLY)),
        ("open", (os.devnull, "w", os.O_WRONLY)),
        ("open", (3, "wb", 0)),
        ("import", ("json",)),
        ("os.listdir", (".",)),
        ("object.__getattr__", ()),
    ],
)
def test_what_is_always_allowed(event: str, arguments: tuple[object, ...]) -> None:
    assert refused(event, arguments, sealed=True) == ""
