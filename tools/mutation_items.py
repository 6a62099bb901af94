"""The tests of a session: which of them run which function, and how long each takes."""

import ast
import os
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import coverage
import hypothesis
import pytest
from _pytest.runner import runtestprotocol  # how pytest-rerunfailures and others do it

PROFILE = "mutation"
"""The same draws for each mutant; a law gets as many as in development."""

EXAMPLES_MAX: Final = 25


class Items:
    """The collected tests."""

    def __init__(self, items: Sequence[pytest.Item], path: Path) -> None:
        """Watch how they run the functions of the module at `path`."""
        self._items = items
        self._path = str(path)
        self._seconds: dict[str, float] = {}
        self._by_line: dict[int, list[str]] = {}
        self._spans = tuple(_spans(ast.parse(path.read_text()).body))
        hypothesis.settings.register_profile(
            PROFILE, max_examples=EXAMPLES_MAX, deadline=None, derandomize=True, database=None
        )
        hypothesis.settings.load_profile(PROFILE)

    def measure(self, answer: Path) -> str:
        """Run every test once in a fork; return the name of the first that fails, or nothing."""
        child = os.fork()
        if not child:
            try:
                answer.write_bytes(pickle.dumps(self._measured()))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        if not answer.exists():
            return "something that ends the process"
        told: tuple[str, dict[str, float], dict[int, list[str]]]
        told = pickle.loads(answer.read_bytes())  # noqa: S301 - our own child wrote it
        failed, self._seconds, self._by_line = told
        return failed

    def timed(self, items: Sequence[pytest.Item]) -> list[tuple[pytest.Item, float]]:
        """Return `items`, each with the seconds that it took."""
        return [(item, self._seconds[item.nodeid]) for item in items]

    def running(self, line: int) -> list[pytest.Item]:
        """Return the tests that run any of the function of a line, the fastest first."""
        span = next((span for span in self._spans if line in span), range(line, line + 1))
        running = {name for row in span for name in self._by_line.get(row, ())}
        found = [item for item in self._items if item.nodeid in running]
        return sorted(found, key=lambda item: self._seconds[item.nodeid])

    def _measured(self) -> tuple[str, dict[str, float], dict[int, list[str]]]:
        failed = ""
        seconds: dict[str, float] = {}
        tracer = coverage.Coverage(data_file=None, include=[self._path], config_file=False)
        tracer.start()
        for item in self._items:
            tracer.switch_context(item.nodeid)
            reports = runtestprotocol(item, log=False)
            if not failed and any(report.failed for report in reports):
                failed = item.nodeid
            seconds[item.nodeid] = sum(report.duration for report in reports)
        tracer.stop()
        data = tracer.get_data()
        files = [file for file in data.measured_files() if file == self._path]
        return failed, seconds, dict(data.contexts_by_lineno(files[0])) if files else {}


def passes(item: pytest.Item) -> bool:
    """Run one test with its fixtures; return whether no part of it fails."""
    return not any(report.failed for report in runtestprotocol(item, log=False))


def _spans(body: Sequence[ast.stmt]) -> Iterator[range]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _spans(node.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield range(node.lineno, (node.end_lineno or node.lineno) + 1)
