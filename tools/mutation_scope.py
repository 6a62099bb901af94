"""Which modules are changed, which tests should notice, and how many changes may go unnoticed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "alchemiser"
RISK = "domain/risk"
RISK_TESTS = "tests/unit/domain/risk"

TABLES = ("catalogue", "__init__", "policy")
"""What modules of rows begin with: a row has nothing to go wrong but its text."""

GENERAL = ("checks", "gates", "portfolio", "allowances", "context", "limits")
"""Tests of the risk layer that reach into more than their own module."""

EVERYWHERE = ("limits",)
"""What nearly all of those tests import, and little of which is in bodies of functions."""

BESIDE = {
    "markets": (f"{RISK_TESTS}/test_moving_together.py",),
    "limits": ("tests/docs/test_risk.py",),
}
"""Tests that reach a module through helpers alone, and those of the page that tells its codes."""

BREAKERS = ("breakers", "track", "watch")

BRAKES = {
    "adapters/system/control.py": (
        "tests/contracts/test_control.py",
        "tests/contracts/test_brakes.py",
        "tests/unit/adapters/system/test_control.py",
    ),
    "application/shell.py": ("tests/unit/application/test_shell*.py",),
    "application/admission.py": ("tests/unit/application/test_admission*.py",),
    "application/watching.py": (
        "tests/unit/application/test_watching*.py",
        "tests/cycle/test_breakers*.py",
    ),
    "domain/execution/stopping.py": (
        "tests/unit/domain/execution/test_stopping*.py",
        "tests/unit/domain/execution/test_machine_halts.py",
        "tests/unit/domain/execution/test_machine_reducing.py",
    ),
    "domain/journal/standing.py": ("tests/unit/domain/journal/test_standing*.py",),
}
"""The owner's brake and what carries a breaker out."""

ONLY = {"application/shell.py": ("_take_standing_halt", "_check_brake", "_pull", "_submit")}
"""Of a module that does more, the functions that stop it."""

FLOOR = 95.0
"""Per cent of the changes that are not equivalent, for a module of the risk layer."""

WHOLE = 100.0
"""For brakes and breakers; there, what is argued in docs/mutation.md does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One module to change."""

    name: str
    """Its path below the package."""
    tests: tuple[str, ...]
    """Paths below the checkout."""
    floor: float

    @property
    def path(self) -> Path:
        """Return where its source is."""
        return PACKAGE / self.name

    @property
    def dotted(self) -> str:
        """Return the name that it is imported by."""
        return "alchemiser." + self.name.removesuffix(".py").replace("/", ".")

    def counts(self, source: str, line: int) -> bool:
        """Return whether a change of `line` is in scope."""
        if self.name not in ONLY:
            return True
        return any(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name in ONLY[self.name]
            and node.lineno <= line <= (node.end_lineno or node.lineno)
            for node in ast.walk(ast.parse(source))
        )


def subjects() -> Iterator[Subject]:
    """Yield every module in scope, brakes and breakers first."""
    for name, patterns in BRAKES.items():
        yield Subject(name=name, tests=tuple(_found(*patterns)), floor=WHOLE)
    modules = {path.stem for path in (PACKAGE / RISK).glob("*.py")}
    for stem in (*BREAKERS, *sorted(modules - {*BREAKERS})):
        if not stem.startswith(TABLES):
            yield Subject(
                name=f"{RISK}/{stem}.py",
                tests=tuple(dict.fromkeys(_risk_tests(stem))),
                floor=WHOLE if stem in BREAKERS else FLOOR,
            )


def _risk_tests(stem: str) -> Iterator[str]:
    """Yield the tests of a module, those that import it, and the general ones."""
    yield from _found(f"{RISK_TESTS}/test_{stem}.py")
    for name in _found(f"{RISK_TESTS}/test_*.py"):
        if (
            stem not in EVERYWHERE
            and f"alchemiser.domain.risk.{stem} import" in (ROOT / name).read_text()
        ):
            yield name
    yield from BESIDE.get(stem, ())
    for general in GENERAL:
        yield from _found(f"{RISK_TESTS}/test_{general}.py")


def _found(*patterns: str) -> Iterator[str]:
    for pattern in patterns:
        yield from sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))
