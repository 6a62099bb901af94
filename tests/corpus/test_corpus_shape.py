"""The corpus is what its README says: small plugins, each of one class, named and complete."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from alchemiser.domain.values.identifiers import strategy_id

CORPUS = Path(__file__).parent
CLASSES = {
    "cheats": frozenset({
        "build",
        "chance",
        "clock",
        "detection",
        "environment",
        "failure",
        "files",
        "hindsight",
        "look-ahead",
        "memory",
        "memory use",
        "mutation",
        "network",
        "patching",
        "pickling",
        "process",
        "requirements",
        "time",
        "undeclared look-back",
        "undeclared symbols",
        "weights",
    }),
    "clean": frozenset({
        "allocation",
        "calendar",
        "data at hand",
        "heavy",
        "language",
        "momentum",
        "pure caches",
        "reversion",
        "rules",
        "seeded draws",
        "windows",
    }),
}
FEWEST = {"cheats": 60, "clean": 30}
FIRST_LINE = re.compile(r'"""(Cheat|Clean): ([a-z -]+)\. ([A-Z].+\.)"""')
PUBLIC = frozenset({
    "alchemiser",
    "alchemiser.indicators",
    "alchemiser.plugins",
    "alchemiser.rules",
})
LIBRARIES = frozenset({"numpy", "pandas"}) | sys.stdlib_module_names
FILES = sorted(path for kind in CLASSES for path in (CORPUS / kind).glob("*.py"))

# What is imported may change its process, so that another process than ours imports it.
OFFERS = """
import importlib.util, json, pathlib, sys

offers = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("c*/*.py")):
    spec = importlib.util.spec_from_file_location("plugin_of_the_corpus", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    offers[str(path)] = [
        [one.strategy_id, one.params().__dataclass_params__.frozen, callable(one.build)]
        for one in module.alchemiser_strategies()
    ]
print(json.dumps(offers))
"""


def first_line(path: Path) -> tuple[str, str, str]:
    """Return the kind, the class and the sentence that the docstring of `path` begins with."""
    line = path.read_text(encoding="utf-8").partition("\n")[0]
    match = FIRST_LINE.fullmatch(line)
    assert match, f"{path.name}: {line}"
    return match[1], match[2], match[3]


def foreign(path: Path) -> list[str]:
    """Return the modules that `path` imports and no plugin may."""
    modules: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules.append(f"{'.' * node.level}{node.module or ''}")
    return [
        name for name in modules if name not in PUBLIC and name.partition(".")[0] not in LIBRARIES
    ]


def test_every_file_offers_one_strategy_of_its_own_name(
    tmp_path: Path, bare_environment: dict[str, str]
) -> None:
    child = subprocess.run(
        [sys.executable, "-c", OFFERS, str(CORPUS)],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env=bare_environment | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        text=True,
    )

    assert json.loads(child.stdout) == {
        str(path): [[strategy_id(path.stem.replace("_", "-")), True, True]] for path in FILES
    }


@pytest.mark.parametrize("kind", CLASSES)
def test_every_file_names_its_class_and_every_class_has_files(kind: str) -> None:
    lines = [first_line(path) for path in FILES if path.parent.name == kind]

    assert len(lines) >= FEWEST[kind]
    assert {word for word, _, _ in lines} == {{"cheats": "Cheat", "clean": "Clean"}[kind]}
    assert {name for _, name, _ in lines} == CLASSES[kind]


def test_no_two_files_share_a_name() -> None:
    assert len({path.stem for path in FILES}) == len(FILES)


def test_plugins_import_only_what_authors_may() -> None:
    assert {path.name: foreign(path) for path in FILES if foreign(path)} == {}


def test_check_finds_a_planted_import(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(
        "from alchemiser.domain import market\nfrom . import rules\nimport numpy.fft\n"
    )

    assert foreign(planted) == ["alchemiser.domain", "."]


def test_readme_lists_every_file_as_it_describes_itself() -> None:
    rows = re.findall(r"(?m)^\| `(.+)` \| (.+) \| (.+) \|$", (CORPUS / "README.md").read_text())

    assert rows == [(f"{path.parent.name}/{path.name}", *first_line(path)[1:]) for path in FILES]
