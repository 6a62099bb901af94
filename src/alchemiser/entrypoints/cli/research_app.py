"""The commands that try many variants: which is best, and what choosing it would have earned."""

from pathlib import Path
from typing import Annotated

import typer

from alchemiser.entrypoints.cli.doing import do
from alchemiser.entrypoints.cli.options import AsJson, Common, Config

Strategy = Annotated[
    list[str] | None, typer.Option(metavar="ID[=WEIGHT]", help="Repeat for several.")
]
Param = Annotated[
    list[str] | None,
    typer.Option(metavar="[ID.]NAME=VALUES", help="5,10,20 or 5:50:5; repeat for several."),
]
Train = Annotated[
    int | None, typer.Option(min=2, help="Sessions that are looked at; 756 unless given.")
]
Test = Annotated[
    int | None, typer.Option(min=1, help="Sessions that a choice is tested on; 252 unless given.")
]
Step = Annotated[int | None, typer.Option(min=1, help="Sessions from test to test; as --test.")]
Start = Annotated[str | None, typer.Option(metavar="DAY", help="First session.")]
End = Annotated[str | None, typer.Option(metavar="DAY", help="Last session.")]
Data = Annotated[Path | None, typer.Option(metavar="PATH", help="A folder or file of bars.")]
Risk = Annotated[Path | None, typer.Option(metavar="FILE", help=r"Apply the \[risk] of this file.")]
By = Annotated[
    str, typer.Option("--select", metavar="FIGURE", help="cagr, calmar, omega, sharpe or sortino.")
]
EngineChoice = Annotated[
    str, typer.Option("--engine", metavar="exact|fast", help="What runs the chosen; all are fast.")
]
Report = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write a report: .html, .md or .json.")
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", help="Processes; one a processor unless given.")
]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler whose workers do it.")
]
Resume = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Keep results here, and go on from them.")
]


def sweep(  # noqa: PLR0913 - one argument an option
    context: typer.Context,
    *,
    strategy: Strategy = None,
    param: Param = None,
    sets: Annotated[bool, typer.Option("--sets", help="Try every set of the strategies.")] = False,
    start: Start = None,
    end: End = None,
    data: Data = None,
    engine: EngineChoice = "exact",
    risk: Risk = None,
    report: Report = None,
    select: By = "sharpe",
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Try many variants on the same past, and tell how far the best may be believed."""
    common = Common(as_json=as_json, config=config)
    tried = (strategy or [], param or [], sets)
    world = ((start, end), data, risk, engine, select, report)
    return do("research.sweep", context, common, tried, world, (workers, cluster, resume))


def walk_forward(  # noqa: PLR0913 - one argument an option
    context: typer.Context,
    *,
    strategy: Strategy = None,
    param: Param = None,
    train: Train = None,
    test: Test = None,
    step: Step = None,
    purge: Annotated[int, typer.Option(min=0, help="Sessions left out before a test.")] = 0,
    embargo: Annotated[
        int, typer.Option(min=0, help="Sessions left out after a test; with --folds.")
    ] = 0,
    anchored: Annotated[
        bool, typer.Option("--anchored", help="Train on all that came before.")
    ] = False,
    folds: Annotated[
        int | None, typer.Option(min=2, help="Test each of so many parts, train on the others.")
    ] = None,
    start: Start = None,
    end: End = None,
    data: Data = None,
    engine: EngineChoice = "exact",
    risk: Risk = None,
    report: Report = None,
    select: By = "sharpe",
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Choose by the past again and again, and tell what that would have earned."""
    common = Common(as_json=as_json, config=config)
    tried = (strategy or [], param or [], False)
    world = ((start, end), data, risk, engine, select, report)
    windows = ((train, test, step), purge, embargo, anchored, folds)
    who = (workers, cluster, resume)
    return do("research.walk_forward", context, common, tried, world, windows, who)
