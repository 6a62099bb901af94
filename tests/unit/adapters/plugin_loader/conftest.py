"""Installed plugins made on the spot."""

import sys
from collections.abc import Callable, Iterator
from importlib import invalidate_caches
from importlib.metadata import distributions
from pathlib import Path

import pytest

from alchemiser.adapters.plugin_loader import PluginLoader

GOOD = '''
from dataclasses import dataclass
from decimal import Decimal
from alchemiser.plugins import RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import weight_specified

@dataclass(frozen=True)
class Params:
    """Options."""
    shares: Decimal = Decimal("0.6")
    window: int = 20
    name: str = "SPY"
    others: tuple[str, ...] = ()

def build(params):
    if params.window == 13:
        raise ValueError("an unlucky window")
    return RuleStrategy(weight_specified((params.shares, params.name), (1 - params.shares, "AGG")))

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="mix", summary="Holds a mix.", params=Params, build=build)]
'''

Install = Callable[..., None]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an importable folder for plugins; what was imported from it is forgotten."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("plug_"):
            del sys.modules[name]


@pytest.fixture
def install(site: Path) -> Install:
    """Return a function that installs a plugin of one package."""

    def made(source: str = GOOD, *, name: str = "Plug.Mix", version: str = "1.2.0") -> None:
        package = name.lower().replace(".", "_").replace("-", "_")
        folder = site / package
        folder.mkdir(exist_ok=True)
        folder.joinpath("__init__.py").write_text(source)
        metadata = site / f"{package}-{version}.dist-info"
        metadata.mkdir(exist_ok=True)
        metadata.joinpath("METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        metadata.joinpath("entry_points.txt").write_text(f"[alchemiser]\nany = {package}\n")
        invalidate_caches()

    return made


@pytest.fixture
def loader(site: Path) -> Callable[[], PluginLoader]:
    """Return a function that looks at what is installed now, and at nothing else."""
    return lambda: PluginLoader(lambda: distributions(path=[str(site)]))
