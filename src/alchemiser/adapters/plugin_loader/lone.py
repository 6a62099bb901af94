"""A module or package that is not installed, as a plugin: for authors and their tests."""

import sys
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Final

from alchemiser.adapters.plugin_loader.distributions import Plugin
from alchemiser.domain.values.errors import PluginError

PREFIX: Final = "alchemiser_candidate_"
"""Begins the name under which it is imported, so that it hides no other module."""


@dataclass(frozen=True, slots=True)
class _LonePoint:
    """Import one file."""

    value: str
    file: Path

    def load(self) -> object:
        """Import it; whatever its code raises is raised.

        Raises:
            ImportError: When it is no Python.
        """
        inside = [str(self.file.parent)] if self.file.name == "__init__.py" else None
        spec = spec_from_file_location(self.value, self.file, submodule_search_locations=inside)
        if spec is None or spec.loader is None:
            msg = f"{self.file} is no module of Python."
            raise ImportError(msg)
        module = module_from_spec(spec)
        sys.modules[self.value] = module
        spec.loader.exec_module(module)
        return module


class LonePlugin(Plugin):
    """Look at a module by its path, or at a package by its folder."""

    def __init__(self, path: Path) -> None:
        """Look at `path`.

        Raises:
            PluginError: When nothing of Python is there.
        """
        place = path.absolute()
        file = place / "__init__.py" if place.is_dir() else place
        if not file.is_file():
            msg = f"{path} is no module of Python: name a file, or a folder with __init__.py."
            raise PluginError(msg)
        self._place = place
        super().__init__(place.stem, "", [_LonePoint(f"{PREFIX}{place.stem}", file)], ())

    def places(self) -> dict[str, tuple[Path, ...]]:
        """Return the folder of the package, or the one file."""
        return {self._place.stem: (self._place,)}
