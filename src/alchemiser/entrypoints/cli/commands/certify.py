"""`certify`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from rich.console import Console

from alchemiser.application.certification.certificate import certificate
from alchemiser.application.certification.certify import certify as try_out
from alchemiser.container import build_certificates, build_certification
from alchemiser.container.assembly import code_hash
from alchemiser.container.certification import Thoroughness
from alchemiser.entrypoints.cli import as_json, as_tables
from alchemiser.entrypoints.cli.commands.shared import answer, settings_if_any
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import REFUSED, warn


def certify(common: Common, name: str, cuts: int, seed: int, data: Path | None) -> int:
    """Try a strategy, and write its certificate when nothing was found."""
    settings = settings_if_any(common)
    how = Thoroughness(cuts=cuts, seed=seed, data=data)
    with _progress(name) as step:
        report = try_out(*build_certification(settings, name, how), progress=step)
    place = ""
    if report.certified:
        text = certificate(report, code_hash())
        place = build_certificates(settings).write(report.identity.content_hash, text)
    document = as_json.certification(report) | {"certificate": place}
    answer(common, document, lambda console: as_tables.certification(console, report, place))
    if report.certified:
        return 0
    warn(f"{name} is not certified: {', '.join(report.refusals())}; mend what the checks found.")
    return REFUSED


@contextmanager
def _progress(name: str) -> Iterator[Callable[[str, int], None]]:
    """Show the check under way on the error stream, on a terminal only."""
    console = Console(stderr=True)
    with console.status(f"building {name}") if sys.stderr.isatty() else nullcontext() as status:

        def step(check: str, cases: int) -> None:
            if status is not None:
                status.update(f"{check} {cases}")

        yield step
