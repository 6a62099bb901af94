"""What people read about market data."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console

from alchemiser.application.prewarm import Prewarmed
from alchemiser.application.pulling import Pulled
from alchemiser.application.revisions import Touched
from alchemiser.container.data import Checked
from alchemiser.domain.market.gate import Finding
from alchemiser.entrypoints.cli.pieces import grid, plain
from alchemiser.ports.series_store import Revision


def pulled(console: Console, report: Pulled) -> None:
    """Print what a pull brought."""
    console.print(
        plain(
            f"{len(report.symbols)} symbols over {report.sessions} sessions of {report.source}: "
            f"{report.new} new bars."
        ),
        soft_wrap=True,
    )
    if report.revised:
        names = ", ".join(f"{name} ({bars})" for name, bars in report.revised.items())
        console.print(plain(f"Told otherwise than before: {names}."), soft_wrap=True)
    if report.again:
        text = f"Asked for from the beginning: {', '.join(report.again)}."
        console.print(plain(text), soft_wrap=True)


def _problems(console: Console, problems: Iterable[Finding]) -> None:
    for one in problems:
        console.print(plain(f"{'blocked' if one.blocks else 'odd'}: {one.text}"), soft_wrap=True)


def prewarmed(console: Console, report: Prewarmed) -> None:
    """Print what is ready for the next decision."""
    _problems(console, report.problems)
    console.print(
        plain(
            f"{len(report.symbols)} symbols are ready for {report.session}: {report.sessions} "
            f"sessions through {report.through}, {len(report.blocked)} symbols blocked."
        ),
        soft_wrap=True,
    )


def checked(console: Console, report: Checked) -> None:
    """Print what an examination found."""
    _problems(console, report.problems)
    console.print(
        plain(
            f"{len(report.symbols)} symbols over {report.sessions} sessions in {report.place}: "
            f"{len(report.problems)} problems, {len(report.blocked)} symbols blocked."
        ),
        soft_wrap=True,
    )


def converted(console: Console, target: Path, *, symbols: int, rows: int) -> None:
    """Print what was written."""
    console.print(plain(f"{rows} bars of {symbols} symbols are in {target}."), soft_wrap=True)


def revised(console: Console, found: Sequence[Revision], decisions: Sequence[Touched]) -> None:
    """Print how bars were revised, and what had been decided on them."""
    if not found:
        console.print("No pulled bar was ever told otherwise.")
        return
    grid(
        console,
        ("Seen", "Symbol", ">Bars", "First", "Last", ">Largest change"),
        (
            (
                f"{one.seen_at:%Y-%m-%d %H:%M}",
                one.symbol,
                str(one.bars),
                str(one.first),
                str(one.last),
                f"{one.largest:.2%}",
            )
            for one in found
        ),
    )
    for touch in decisions:
        text = (
            f"{touch.cycle_id} had read {touch.revision.symbol} before (bars {touch.digest[:12]})."
        )
        console.print(plain(text), soft_wrap=True)
