"""Which plugins are installed, and a hash of what they are made of."""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import Distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from alchemiser.domain.values.errors import PluginError
from alchemiser.ports.strategy import PROJECT

Search = Callable[[], Iterable[Distribution]]


class Point(Protocol):
    """A module that a plugin names, before it is imported."""

    @property
    def value(self) -> str:
        """Its full name."""

    def load(self) -> object:
        """Import it; whatever its code raises is raised."""


class Plugin:
    """Look at one plugin without running any of its code.

    Attributes:
        name: Its normalized name.
        version: Its version.
        entry_points: The modules that it names.
    """

    def __init__(
        self, name: str, version: str, entry_points: Sequence[Point], packages: Iterable[str]
    ) -> None:
        """Look at the plugin whose code lies in the top-level `packages`."""
        self.name = normalized(name)
        self.version = version
        self.entry_points = entry_points
        self._packages = sorted(set(packages))

    def content_hash(self, params: Mapping[str, object], folder: Path = Path()) -> str:
        """Return the SHA-256 of all that the strategy is made of.

        That is the package's sorted sources, the parameters as written, and the content of every
        file that one of them names, where relative paths begin at `folder`.

        Raises:
            PluginError: When the package cannot be found, or a file cannot be read.
        """
        digest = sha256()
        named = ((name, _content(file)) for name, file in named_files(params, folder))
        for name, content in (*self.sources(), *named):
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        digest.update(json.dumps(params, sort_keys=True, default=str).encode())
        return digest.hexdigest()

    def places(self) -> dict[str, tuple[Path, ...]]:
        """Return the folders, or the one file, of each package.

        Raises:
            PluginError: When a package cannot be found.
        """
        found: dict[str, tuple[Path, ...]] = {}
        for package in self._packages:
            spec = find_spec(package)
            if spec is None:
                msg = f"plugin {self.name} lacks its package {package}: install it again."
                raise PluginError(msg)
            folders = tuple(Path(place) for place in spec.submodule_search_locations or ())
            lone = () if folders or spec.origin is None else (Path(spec.origin),)
            found[package] = folders or lone
        return found

    def sources(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of every file of the packages, sorted; caches are left out.

        Raises:
            PluginError: When a package cannot be found, or a file cannot be read.
        """
        for package, places in self.places().items():
            files = {
                f"{package}/{file.relative_to(place).as_posix()}": file
                for place in places
                for file in place.rglob("*")
                if file.is_file() and "__pycache__" not in file.parts
            }
            files |= {f"{package}.py": place for place in places if place.is_file()}
            yield from ((name, _content(file)) for name, file in sorted(files.items()))


def _content(file: Path) -> bytes:
    """Return what the file holds.

    Raises:
        PluginError: When it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        msg = f"{file} cannot be read ({error.strerror}): name another file, or mend that one."
        raise PluginError(msg) from error


def named_files(value: object, folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each text in `value` that is a file's path, and that path; it may begin at `folder`."""
    match value:
        case str() if os.path.isfile(folder / value):  # noqa: PTH113 - any text may be asked about
            yield value, folder / value
        case Mapping():
            for _, part in sorted(value.items()):
                yield from named_files(part, folder)
        case list() | tuple():
            for part in value:
                yield from named_files(part, folder)
        case _:
            pass


def plugins(search: Search) -> dict[str, Plugin]:
    """Return every installed plugin by its normalized name, sorted."""
    found: dict[str, Plugin] = {}
    for distribution in search():
        points = tuple(point for point in distribution.entry_points if point.group == PROJECT)
        if points:
            packages = (point.module.partition(".")[0] for point in points)
            plugin = Plugin(distribution.name, distribution.version, points, packages)
            # The first on the path is the one that Python imports.
            found.setdefault(plugin.name, plugin)
    return dict(sorted(found.items()))


def normalized(name: str) -> str:
    """Return the name of a distribution as installers compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
