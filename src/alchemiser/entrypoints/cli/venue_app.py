"""The commands that serve the local venue, and that hold Alpaca's adapter to its contract."""

from pathlib import Path
from typing import Annotated

import typer

from alchemiser.entrypoints.cli.doing import do
from alchemiser.entrypoints.cli.options import AsJson, Common, Config


def venue(  # noqa: PLR0913 - one argument an option
    context: typer.Context,
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Where on loopback; 0 is any free one.")
    ] = 0,
    at: Annotated[
        str | None,
        typer.Option(metavar="ISO", help="Begin at this moment; in session unless given."),
    ] = None,
    speed: Annotated[float, typer.Option(min=0, max=100_000, help="Venue seconds a second.")] = 1.0,
    manual: Annotated[
        bool, typer.Option("--manual", help="Time moves by the control endpoint alone.")
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="Determines market, fills and identifiers.")
    ] = 7,
    cash: Annotated[str, typer.Option(metavar="DOLLARS", help="What the account has.")] = "100000",
    data: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A folder or file of bars; else made up.")
    ] = None,
    rate_limit: Annotated[int, typer.Option(min=0, help="Requests a minute; 0 is no limit.")] = 200,
    text_frames: Annotated[
        bool, typer.Option("--text-frames", help="Stream text, as live accounts have it.")
    ] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Serve a local exchange that speaks Alpaca's protocol, until Ctrl-C."""
    common = Common(as_json=as_json, config=config)
    pace = 0.0 if manual else speed
    place = (port, at, pace, rate_limit, text_frames)
    return do("venue.venue", context, common, place, seed, cash, data)


def conformance(
    context: typer.Context,
    *,
    paper: Annotated[
        bool, typer.Option("--paper", help="Over the paper account of the configuration.")
    ] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Run every numbered case over Alpaca's adapter: at a local venue, or over a paper account."""
    common = Common(as_json=as_json, config=config)
    return do(f"conformance.{'over_paper' if paper else 'at_venue'}", context, common)
