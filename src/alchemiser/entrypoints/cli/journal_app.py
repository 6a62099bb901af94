"""The commands about the journal."""

from pathlib import Path
from typing import Annotated

import typer

from alchemiser.entrypoints.cli.doing import do
from alchemiser.entrypoints.cli.options import AsJson, Common, Config

journal_app = typer.Typer(help="Check, export and show the journal.")


@journal_app.command()
def verify(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> int:
    """Follow the hash chain from the first record to the last."""
    return do("journal.verify", context, Common(as_json=as_json, config=config))


@journal_app.command()
def export(
    context: typer.Context,
    *,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A new file; the terminal unless given.")
    ] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Write every record as a line of JSON."""
    return do("journal.export", context, Common(as_json=as_json, config=config), output)


@journal_app.command()
def tail(
    context: typer.Context,
    *,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many records.")] = 20,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Show the last records."""
    return do("journal.tail", context, Common(as_json=as_json, config=config), lines)
