"""`conformance`."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from alchemiser.entrypoints.cli.commands.shared import answer, settings
from alchemiser.entrypoints.cli.conformance_tables import cases
from alchemiser.entrypoints.cli.options import Common
from alchemiser.testing.conformance import Suite, suites
from alchemiser.testing.contracts.running import Result
from alchemiser.testing.paper import paper_suites

FAILED: Final = 1


def at_venue(common: Common) -> int:
    """Run every numbered case over Alpaca's adapter at a local venue."""
    return _answer(common, suites())


def over_paper(common: Common) -> int:
    """Run the numbered cases over the paper account of the configuration."""
    with paper_suites(settings(common)) as chosen:
        return _answer(common, chosen)


def _answer(common: Common, chosen: Sequence[Suite]) -> int:
    results = _run(chosen)
    left_out = {number: why for one in chosen for number, why in one.left_out.items()}
    document: dict[str, object] = {"cases": results, "left_out": left_out}
    answer(common, document, lambda console: cases(console, results, left_out))
    return 0 if all(one.ok for one in results) else FAILED


def _run(chosen: Sequence[Suite]) -> list[Result]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    results: list[Result] = []
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("cases", total=sum(len(one.numbers()) for one in chosen))
        for result in (result for one in chosen for result in one.run()):
            results.append(result)
            progress.update(task, advance=1, description=result.id)
    return results
