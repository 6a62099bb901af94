"""Writing a new strategy package that runs as it is."""

from enum import StrEnum
from importlib.resources import files
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Final

from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId


class Flavour(StrEnum):
    """Name what a new strategy is made of."""

    RULES = "rules"
    CODE = "code"


_FILES: Final = {
    "pyproject.toml": "pyproject.tmpl",
    "README.md": "readme.tmpl",
    "src/$package/__init__.py": "{flavour}.tmpl",
    "src/$package/py.typed": "typed.tmpl",
    "tests/test_$package.py": "{flavour}_test.tmpl",
}


def write_package(name: StrategyId, folder: Path, flavour: Flavour) -> tuple[Path, ...]:
    """Write the package of a new strategy called `name` into a new folder below `folder`.

    All of it appears at once, or nothing does.

    Returns:
        The files written, sorted.

    Raises:
        SettingsError: When the new folder exists, or cannot be written, or Python has a package of
            that name already.
    """
    _check_free(_package(name))
    target = folder / name
    if target.exists():
        msg = f"{target} exists already: choose another name, or another folder with --into."
        raise SettingsError(msg)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{name}-", dir=folder) as place:
            draft = Path(place) / name
            _fill(draft, name, flavour)
            draft.rename(target)
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror}): choose a folder that can be."
        raise SettingsError(msg) from error
    return tuple(sorted(path for path in target.rglob("*") if path.is_file()))


def _package(name: StrategyId) -> str:
    return name.replace("-", "_")


def _check_free(package: str) -> None:
    """Refuse a name under which Python would find something else, or nothing at all.

    Raises:
        SettingsError: When it is such a name.
    """
    if iskeyword(package) or find_spec(package) is not None:
        msg = f"{package} is a name that Python has already: choose another for the package."
        raise SettingsError(msg)


def _fill(draft: Path, name: StrategyId, flavour: Flavour) -> None:
    package = _package(name)
    words = {
        "name": name,
        "package": package,
        "Name": "".join(part.capitalize() for part in package.split("_") if part),
    }
    templates = files(__package__).joinpath("templates")
    for place, source in _FILES.items():
        file = draft / Template(place).substitute(words)
        file.parent.mkdir(parents=True, exist_ok=True)
        template = templates.joinpath(source.format(flavour=Flavour(flavour).value))
        text = template.read_text(encoding="utf-8")
        file.write_text(Template(text).substitute(words), encoding="utf-8")
