"""Run the tests of one module against its mutants, each in a fork of one warm process.

Reads a Job as JSON from standard input and answers with JSON. Nothing is written below `src`: what
changes only bodies of functions is put into the functions in memory, after one collection of the
tests; for whatever else the tests are collected anew, with the changed module to import.
"""

import importlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TypedDict

import pytest

from tools.mutation_functions import Functions, changed_functions, live_functions, put_in_place
from tools.mutation_items import Items, passes
from tools.mutation_report import ENDLESS, SURVIVED

TEST_LIMIT = 6.0
"""Seconds that a test has at least; one that takes longer has noticed the change."""

TIMES_AS_LONG = 10
"""What it has at least, as a multiple of what it takes without a change."""

LIMIT_COLLECTING = 120.0

MEMORY_MAX = 6 << 30
"""Bytes of address space: what grows without end is noticed too."""

OPTIONS = (
    *("-x", "-q", "-o", "timeout=0", "-W", "ignore", "--capture=no"),
    *("-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider"),
)
WARM = ("asyncio", "hypothesis", "hypothesis.strategies", "numpy", "pydantic", "structlog")

UNCHANGED = -1
"""The number of a mutant that is none: one that does not survive tells of the tests."""

KILLED = "killed"


class Job(TypedDict):
    """What a session is to do; `path` and `tests` are below the checkout."""

    name: str
    path: str
    tests: list[str]
    mutants: list[tuple[int, str]]
    """The line and the whole changed source of each."""
    at_once: int


class Answer(TypedDict):
    """What became of each mutant, in their order, or what is wrong with the tests."""

    outcomes: list[str]
    problem: str


def main() -> None:
    """Do the job that stands on standard input."""
    answers = os.fdopen(os.dup(1), "w")
    job: Job = json.load(sys.stdin)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    for name in WARM:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as scratch, answers:
        json.dump(Session(job, Path(scratch)).answer(), answers)


class Forks:
    """Work that is done in forks, some at once."""

    def __init__(self, at_once: int, scratch: Path) -> None:
        """Let each fork write its files into a folder of its own below `scratch`."""
        self._at_once = at_once
        self._scratch = scratch
        self._running: dict[int, int] = {}
        self.outcomes: dict[int, str] = {}

    def start(self, row: int, work: Callable[[], bool]) -> None:
        """Begin `work`, which says whether every test passes, as soon as there is room."""
        while len(self._running) >= self._at_once:
            self._reap()
        child = os.fork()
        if not child:
            code = 1
            try:
                folder = self._scratch / str(row)
                folder.mkdir()
                os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                code = 0 if work() else 1
            finally:
                os._exit(code)
        self._running[child] = row

    def finish(self) -> None:
        """Wait for all of it."""
        while self._running:
            self._reap()

    def _reap(self) -> None:
        child, status = os.wait()
        row = self._running.pop(child)
        shutil.rmtree(self._scratch / str(row), ignore_errors=True)
        stopped = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM
        self.outcomes[row] = ENDLESS if stopped else KILLED if status else SURVIVED


class Session:
    """The mutants of one module, and the tests that should notice them."""

    def __init__(self, job: Job, scratch: Path) -> None:
        """Keep what the forks write in `scratch`."""
        self._job = job
        self._path = Path(job["path"]).resolve()
        self._original = self._compiled(self._path.read_text())
        self._scratch = scratch
        self._forks = Forks(job["at_once"], scratch)
        self._problem = "its tests cannot be collected."

    def answer(self) -> Answer:
        """Return what became of every mutant."""
        codes = [self._compiled(source) for _, source in self._job["mutants"]]
        self._changed = [changed_functions(self._original, code) for code in codes]
        anew = {row: code for row, code in enumerate(codes) if self._changed[row] is None}
        if anew:
            anew[UNCHANGED] = self._original
        for row, code in anew.items():
            self._forks.start(row, partial(self._imported, code))
        self._forks.finish()
        if self._forks.outcomes.pop(UNCHANGED, SURVIVED) == SURVIVED:
            pytest.main([*OPTIONS, *self._job["tests"]], plugins=[self])
        else:
            self._problem = "a test fails without any change, or takes too long."
        known = self._forks.outcomes
        outcomes = [] if self._problem else [known[row] for row in range(len(codes))]
        return Answer(outcomes=outcomes, problem=self._problem)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once as they are, and then against each mutant."""
        items = Items(session.items, self._path)
        failed = items.measure(self._scratch / "measured")
        self._problem = f"{failed} fails without any change." if failed else ""
        if failed:
            return True
        live = live_functions(self._original)
        every = items.timed(session.items)
        self._forks.start(UNCHANGED, partial(_in_place, {}, live, every))
        for row, changed in enumerate(self._changed):
            if changed is not None:
                tests = items.timed(items.running(self._job["mutants"][row][0]))
                self._forks.start(row, partial(_in_place, changed, live, tests))
        self._forks.finish()
        if self._forks.outcomes.pop(UNCHANGED) != SURVIVED:
            self._problem = "a test fails without any change when it is run again."
        return True

    def _imported(self, code: CodeType) -> bool:
        signal.setitimer(signal.ITIMER_REAL, LIMIT_COLLECTING)
        sys.meta_path.insert(0, Changed(self._job["name"], self._path, code))
        return pytest.main([*OPTIONS, *self._job["tests"]]) == pytest.ExitCode.OK

    def _compiled(self, source: str) -> CodeType:
        return compile(source, str(self._path), "exec", dont_inherit=True)


def _in_place(
    changed: Functions,
    live: Mapping[int, list[FunctionType]],
    tests: Iterable[tuple[pytest.Item, float]],
) -> bool:
    put_in_place(changed, live)
    for test, seconds in tests:
        signal.setitimer(signal.ITIMER_REAL, max(TEST_LIMIT, TIMES_AS_LONG * seconds))
        if not passes(test):
            return False
    return True


class Changed(SourceFileLoader):
    """Imports one module with other code than its file has."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        """Stand for the module `name` at `path`."""
        super().__init__(name, str(path))
        self._code = code

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to import the module, and nothing for any other."""
        del path, target
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        """Return the changed code."""
        del fullname
        return self._code


if __name__ == "__main__":
    main()
