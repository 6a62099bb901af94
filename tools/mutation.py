"""Change the risk layer, the breakers and the brakes bit by bit, and list what no test notices."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from tools.mutants import Mutant, mutants
from tools.mutation_edits import members_of
from tools.mutation_report import HEADING, Change, Report, argued
from tools.mutation_scope import PACKAGE, ROOT, Subject, subjects
from tools.mutation_session import Answer, Job

PAGE = ROOT / "docs" / "mutation.md"

HASH_SEED = "0"
"""Sets of names come in one order, so that a score can be told again."""


def main() -> None:
    """Print the figures of each module; exit 1 when one is below its floor."""
    arguments = _arguments()
    verdicts = argued(PAGE.read_text())
    members = members_of(path.read_text() for path in sorted(PACKAGE.rglob("*.py")))
    chosen = [one for one in subjects() if _is_asked(one, arguments.modules)]
    if not chosen:
        sys.exit(f"No module in scope is called {' or '.join(arguments.modules)}: see {PAGE.name}.")
    if not arguments.json:
        print(HEADING)
    reports = []
    for subject in chosen:
        report = examined(subject, members, verdicts, at_once=arguments.at_once)
        reports.append(report)
        if not arguments.json:
            print(*report.lines(), sep="\n", flush=True)
    if arguments.json:
        print(json.dumps([report.shown() for report in reports], indent=2))
    sys.exit(0 if all(report.is_kept() for report in reports) else 1)


def examined(
    subject: Subject,
    members: Mapping[str, Sequence[str]],
    verdicts: dict[Change, str],
    *,
    at_once: int,
) -> Report:
    """Run the tests of `subject` against each of its mutants."""
    source = subject.path.read_text()
    made = sorted(
        (
            mutant
            for mutant in mutants(subject.name, source, members)
            if subject.counts(source, mutant.line)
        ),
        key=lambda mutant: mutant.line,
    )
    outcomes = _outcomes(subject, made, at_once)
    return Report(
        module=subject.name,
        floor=subject.floor,
        outcomes=list(zip(made, outcomes, strict=True)),
        verdicts=verdicts,
    )


def _outcomes(subject: Subject, made: Sequence[Mutant], at_once: int) -> list[str]:
    job = Job(
        name=subject.dotted,
        path=str(subject.path),
        tests=list(subject.tests),
        mutants=[(mutant.line, mutant.source) for mutant in made],
        at_once=at_once,
    )
    command = [sys.executable, "-m", "tools.mutation_session"]
    ended = subprocess.run(  # noqa: S603 - our own command
        command,
        input=json.dumps(job),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": HASH_SEED},
    )
    answer: Answer = json.loads(ended.stdout)
    if answer["problem"]:
        sys.exit(f"{subject.name} cannot be judged: {answer['problem']}")
    return answer["outcomes"]


def _is_asked(subject: Subject, names: Sequence[str]) -> bool:
    return not names or any(
        name in {subject.name, subject.path.stem, *subject.path.parent.parts} for name in names
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="names of modules or folders; all without any")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--at-once", type=int, default=2, help="processes at once (2)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
