"""Which plugins are installed, and a hash of what they are made of."""

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from importlib.metadata import Distribution, EntryPoint
from importlib.util import find_spec
from pathlib import Path

from alchemiser.domain.values.errors import PluginError
from alchemiser.ports.strategy import PROJECT

Search = Callable[[], Iterable[Distribution]]


class Plugin:
    """Look at one installed distribution without running any of its code."""

    def __init__(self, distribution: Distribution, entry_points: tuple[EntryPoint, ...]) -> None:
        self.name = normalized(distribution.name)
        self.version = distribution.version
        self.entry_points = entry_points

    def content_hash(self, params: Mapping[str, object], folder: Path = Path()) -> str:
        """Return the SHA-256 of all that the strategy is made of.

        That is the package's sorted sources, the parameters as written, and the content of every
        file that one of them names, where relative paths begin at `folder`.

        Raises:
            PluginError: When the package cannot be found, or a file cannot be read.
        """
        digest = sha256()
        for name, content in (*self._sources(), *_named_files(params, folder)):
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        digest.update(json.dumps(params, sort_keys=True, default=str).encode())
        return digest.hexdigest()

    def _sources(self) -> Iterable[tuple[str, bytes]]:
        for package in sorted({point.module.partition(".")[0] for point in self.entry_points}):
            spec = find_spec(package)
            if spec is None:
                msg = f"plugin {self.name} lacks its package {package}: install it again."
                raise PluginError(msg)
            folders = [Path(place) for place in spec.submodule_search_locations or ()]
            files = {
                f"{package}/{file.relative_to(folder).as_posix()}": file
                for folder in folders
                for file in folder.rglob("*")
                if file.is_file() and "__pycache__" not in file.parts
            }
            if not folders and spec.origin is not None:
                files = {f"{package}.py": Path(spec.origin)}
            yield from ((name, file.read_bytes()) for name, file in sorted(files.items()))


def _named_files(value: object, folder: Path) -> Iterable[tuple[str, bytes]]:
    """Yield each text in `value` that is a file's path, and the file's content.

    Raises:
        PluginError: When the file cannot be read.
    """
    match value:
        case str() if os.path.isfile(folder / value):  # noqa: PTH113 - any text may be asked about
            try:
                yield value, (folder / value).read_bytes()
            except OSError as error:
                msg = f"{folder / value} cannot be read ({error.strerror}): name another file."
                raise PluginError(msg) from error
        case Mapping():
            for _, part in sorted(value.items()):
                yield from _named_files(part, folder)
        case list() | tuple():
            for part in value:
                yield from _named_files(part, folder)
        case _:
            pass


def plugins(search: Search) -> dict[str, Plugin]:
    """Return every installed plugin by its normalized name, sorted."""
    found: dict[str, Plugin] = {}
    for distribution in search():
        points = tuple(point for point in distribution.entry_points if point.group == PROJECT)
        if points:
            plugin = Plugin(distribution, points)
            # The first on the path is the one that Python imports.
            found.setdefault(plugin.name, plugin)
    return dict(sorted(found.items()))


def normalized(name: str) -> str:
    """Return the name of a distribution as installers compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
