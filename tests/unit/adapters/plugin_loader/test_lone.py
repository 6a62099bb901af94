"""A module or package by its path is a plugin, though nobody installed it."""

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alchemiser.adapters.plugin_loader import PluginLoader
from alchemiser.adapters.plugin_loader.lone import PREFIX, LonePlugin
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.errors import PluginError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.ports.strategy_source import WantedStrategy
from tests.unit.adapters.plugin_loader.conftest import GOOD

WANTED = WantedStrategy(strategy_id=StrategyId("mine"), plugin="mix", strategy="", params={})


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    for name in [name for name in sys.modules if name.startswith(PREFIX)]:
        del sys.modules[name]


def test_file_is_a_plugin_of_one_strategy(tmp_path: Path) -> None:
    file = tmp_path / "mix.py"
    file.write_text(GOOD)
    plugin = LonePlugin(file)

    strategy = PluginLoader(lone=plugin).built(WANTED)

    assert (plugin.name, plugin.version) == ("mix", "")
    assert plugin.places() == {"mix": (file,)}
    assert list(plugin.sources()) == [("mix.py", GOOD.encode())]
    assert strategy.requirements == Requirements(((Symbol("AGG"), 1), (Symbol("SPY"), 1)))


def test_package_imports_its_own_parts_and_is_all_of_them(tmp_path: Path) -> None:
    folder = tmp_path / "mix"
    folder.mkdir()
    folder.joinpath("__init__.py").write_text("from .part import alchemiser_strategies\n")
    folder.joinpath("part.py").write_text(GOOD)
    plugin = LonePlugin(folder)

    PluginLoader(lone=plugin).built(WANTED)
    folder.joinpath("__pycache__").mkdir(exist_ok=True)
    folder.joinpath("__pycache__", "part.pyc").write_bytes(b"a cache")

    assert plugin.places() == {"mix": (folder,)}
    assert [name for name, _ in plugin.sources()] == ["mix/__init__.py", "mix/part.py"]


def test_lone_plugin_hides_no_module_of_its_name(tmp_path: Path) -> None:
    """ST-02."""
    file = tmp_path / "statistics.py"
    file.write_text(GOOD)
    (point,) = LonePlugin(file).entry_points

    module = point.load()

    assert point.value == f"{PREFIX}statistics"
    assert sys.modules[point.value] is module
    assert sys.modules["statistics"] is statistics


def test_nothing_of_it_runs_before_it_is_wanted(tmp_path: Path) -> None:
    """ST-02."""
    file = tmp_path / "mix.py"
    file.write_text("raise ValueError('an unlucky day')")
    plugin = LonePlugin(file)

    assert len(plugin.content_hash({})) == 64
    with pytest.raises(PluginError, match="an unlucky day"):
        PluginLoader(lone=plugin).built(WANTED)


@pytest.mark.parametrize("name", ["none.py", "folder"])
def test_where_nothing_of_python_is_there_is_no_plugin(tmp_path: Path, name: str) -> None:
    tmp_path.joinpath("folder").mkdir()

    with pytest.raises(PluginError, match=rf"{name} is no module of Python: name a file, or a"):
        LonePlugin(tmp_path / name)


def test_file_of_another_kind_does_not_load(tmp_path: Path) -> None:
    file = tmp_path / "mix.txt"
    file.write_text(GOOD)

    with pytest.raises(PluginError, match=r"mix\.txt is no module of Python"):
        PluginLoader(lone=LonePlugin(file)).built(WANTED)
