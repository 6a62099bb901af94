"""Compare the branch coverage of the last test run with its floors, which only ever rise."""

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import coverage
from coverage.exceptions import NoDataError

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "tests" / "coverage_floor.toml"
REPORT = ROOT / ".cache" / "coverage.json"
DOMAIN = "src/alchemiser/domain/"
MINIMUM = {"domain": 95.0, "whole": 90.0}
SLACK = 0.5


def main() -> None:
    """Print each figure against its floor; exit 1 when one has fallen below it."""
    measured = coverage.Coverage()
    measured.load()
    try:
        measured.json_report(outfile=str(REPORT))
    except NoDataError:
        sys.exit("There is no coverage to judge: run `make test` first.")
    figures = covered(json.loads(REPORT.read_text())["files"])
    verdicts = [
        judge(area, figures[area], floor)
        for area, floor in tomllib.loads(FLOORS.read_text()).items()
    ]
    print("\n".join(sentence for _, sentence in verdicts))
    sys.exit(0 if all(kept for kept, _ in verdicts) else 1)


def covered(files: Mapping[str, Mapping[str, Mapping[str, int]]]) -> dict[str, float]:
    """Return the percentage of lines and branches that ran, for the domain and for everything."""
    domain = [file["summary"] for name, file in files.items() if name.startswith(DOMAIN)]
    return {
        "domain": _percentage(domain),
        "whole": _percentage([file["summary"] for file in files.values()]),
    }


def judge(area: str, figure: float, floor: float) -> tuple[bool, str]:
    """Return whether `figure` holds `floor` and the minimum of `area`, and a sentence about it."""
    demanded = max(floor, MINIMUM[area])
    if figure < demanded:
        remedy = "test what is new; `.venv/bin/coverage report -m` names the lines"
        return False, f"coverage of {area}: {figure:.2f} %, below {demanded:.2f} %: {remedy}."
    if figure > demanded + SLACK:
        raised = f"raise {area} to {figure - SLACK / 2:.1f} in tests/coverage_floor.toml"
        return True, f"coverage of {area}: {figure:.2f} %, well above {demanded:.2f} %: {raised}."
    return True, f"coverage of {area}: {figure:.2f} %, at least {demanded:.2f} % demanded."


def _percentage(summaries: Iterable[Mapping[str, int]]) -> float:
    ran = possible = 0
    for summary in summaries:
        ran += summary["covered_lines"] + summary["covered_branches"]
        possible += summary["num_statements"] + summary["num_branches"]
    return 100 * ran / possible if possible else 0.0


if __name__ == "__main__":
    main()
