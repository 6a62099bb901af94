"""The commands about market data."""

from pathlib import Path
from typing import Annotated

import typer

from alchemiser.entrypoints.cli.doing import do
from alchemiser.entrypoints.cli.options import AsJson, Common, Config

data_app = typer.Typer(help="Pull, check and convert bars, and see how they were revised.")


@data_app.command("pull")
def data_pull(
    context: typer.Context,
    *,
    symbols: Annotated[
        str | None,
        typer.Option(metavar="A,B,…", help="What to pull; what the strategies read by default."),
    ] = None,
    through: Annotated[
        str | None, typer.Option(metavar="DAY", help="The last session; the last closed one.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Ask for everything again, not for what is new.")
    ] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Bring the local copy of the source's bars up to date."""
    common = Common(as_json=as_json, config=config)
    return do("data.pull", context, common, symbols, through, whole)


@data_app.command("prewarm")
def data_prewarm(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> int:
    """Bring what the next session's decision reads to this machine, before it is decided."""
    return do("data.prewarm", context, Common(as_json=as_json, config=config))


@data_app.command("check")
def data_check(
    context: typer.Context,
    *,
    data: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A folder or file of bars; what was pulled by default."),
    ] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Look through whole histories for what is wrong and what is odd."""
    return do("data.check", context, Common(as_json=as_json, config=config), data)


@data_app.command("convert")
def data_convert(
    context: typer.Context,
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", help="A new .csv or .parquet file, or a new folder.")
    ],
    *,
    data: Annotated[Path, typer.Option(metavar="PATH", help="A folder or file of bars.")],
    kind: Annotated[
        str, typer.Option("--to", metavar="KIND", help="csv or parquet, in a folder.")
    ] = "parquet",
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Write bars as CSV or Parquet, bit for bit the same."""
    common = Common(as_json=as_json, config=config)
    return do("data.convert", context, common, data, target, kind)


@data_app.command("revisions")
def data_revisions(
    context: typer.Context, *, as_json: AsJson = False, config: Config = None
) -> int:
    """Show how pulled bars were revised, and which decisions had read them before."""
    return do("data.revisions", context, Common(as_json=as_json, config=config))
