"""What fills say about the settings, for people."""

from collections.abc import Iterable

from rich.console import Console

from alchemiser.application.calibration import VENUE_KEYS, Calibration
from alchemiser.domain.execution.calibration.estimates import Estimate, Finding
from alchemiser.domain.execution.calibration.working import ShorterWalk, WorkingCalibration
from alchemiser.domain.values.numbers import BASIS_POINT
from alchemiser.domain.values.numbers import plain as digits
from alchemiser.entrypoints.cli.pieces import grid, percent, plain, points


def print_calibration(console: Console, found: Calibration) -> None:
    """Print what was estimated, what was not and why, and the lines that could be written."""
    venue, working = found.venue, found.working
    _print_findings(
        console,
        [
            *((key, getattr(venue, key)) for key in VENUE_KEYS),
            *((f"half_spread.{name}", one) for name, one in venue.half_spread.items()),
            ("limit_offset", working.limit_offset),
            ("step_seconds_max", working.step_seconds_max),
        ],
    )
    _print_steps(console, working)
    if not found.toml:
        console.print("Nothing to write: the settings stand.")
        return
    console.print("To write into the configuration, if you agree; nothing was changed:")
    console.print()
    for line in found.toml:
        console.print(plain(line))


def _print_findings(console: Console, findings: Iterable[tuple[str, Finding]]) -> None:
    rows, without = [], []
    for key, one in findings:
        if isinstance(one, Estimate):
            rows.append((key, digits(one.value), digits(one.low), digits(one.high), str(one.count)))
        else:
            without.append(f"{key}: {one.sentence()}")
    if rows:
        grid(console, ("Setting", ">Estimate", ">From", ">To", ">Count"), rows)
    for line in without:
        console.print(plain(line))


def _print_steps(console: Console, working: WorkingCalibration) -> None:
    if not working.steps:
        return
    grid(
        console,
        ("Algorithm", "Step", ">Orders", ">Filled", ">Cost onward", ">Error"),
        (
            (
                row.algorithm,
                "across" if row.step is None else str(row.step),
                str(row.children),
                _rate(row.fill_rate),
                *_cost(row.cost),
            )
            for row in working.steps
        ),
    )
    if not isinstance(working.walk, ShorterWalk):
        console.print(plain(f"walk: {working.walk.sentence()}"))


def _rate(found: Finding) -> str:
    return percent(found.value) if isinstance(found, Estimate) else "-"


def _cost(found: Finding) -> tuple[str, str]:
    if not isinstance(found, Estimate):
        return "-", "-"
    return points(found.value / BASIS_POINT), f"{found.half_width() / BASIS_POINT:.2f} bp"
