"""The grammar of the command line; what a command does is imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from alchemiser.entrypoints.cli.account_app import go_live, parity, reconcile, tax
from alchemiser.entrypoints.cli.data_app import data_app
from alchemiser.entrypoints.cli.doing import do
from alchemiser.entrypoints.cli.journal_app import journal_app
from alchemiser.entrypoints.cli.options import AsJson, AsOf, Common, Config
from alchemiser.entrypoints.cli.research_app import sweep, walk_forward
from alchemiser.entrypoints.cli.strategies_app import plugins_app, strategy_app, symphony_app
from alchemiser.entrypoints.cli.venue_app import conformance, venue

app = typer.Typer(name="alchemiser", add_completion=False, pretty_exceptions_enable=False)
app.add_typer(journal_app, name="journal")
app.add_typer(data_app, name="data")
app.add_typer(plugins_app, name="plugins")
app.add_typer(strategy_app, name="strategy")
app.add_typer(symphony_app, name="symphony")

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is recorded.")]


@app.callback(invoke_without_command=True)
def root(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> None:
    """Run systematic strategies in one brokerage account."""
    context.obj = Common(as_json=as_json, config=config)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def demo(
    context: typer.Context,
    *,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Which synthetic market.")] = 7,
    home: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A new folder for it; temporary unless given."),
    ] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Run one whole trading day on a synthetic market."""
    common = Common(as_json=as_json, config=config)
    return do("start.demo", context, common, seed, home)


@app.command()
def init(
    context: typer.Context,
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Write a commented configuration."""
    return do("start.init", context, Common(as_json=as_json, config=config), force)


@app.command()
def preflight(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> int:
    """Say whether trading may start, and what it may lose in a day."""
    return do("doctor.preflight", context, Common(as_json=as_json, config=config))


@app.command()
def doctor(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> int:
    """Check the installation, the configuration, the data and the journal."""
    return do("doctor.doctor", context, Common(as_json=as_json, config=config))


@app.command()
def signals(
    context: typer.Context, *, as_of: AsOf = None, as_json: AsJson = False, config: Config = None
) -> int:
    """Show what each strategy wants, and why."""
    return do("trading.signals", context, Common(as_json=as_json, config=config), as_of)


@app.command()
def plan(
    context: typer.Context, *, as_of: AsOf = None, as_json: AsJson = False, config: Config = None
) -> int:
    """Show the orders that a session would bring; send nothing."""
    return do("trading.plan", context, Common(as_json=as_json, config=config), as_of)


@app.command()
def run(
    context: typer.Context, *, as_of: AsOf = None, as_json: AsJson = False, config: Config = None
) -> int:
    """Trade one session."""
    return do("trading.run", context, Common(as_json=as_json, config=config), as_of)


@app.command()
def status(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> int:
    """Show where things stand."""
    return do("desk.status", context, Common(as_json=as_json, config=config))


@app.command()
def positions(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> int:
    """Show what the account holds."""
    return do("desk.positions", context, Common(as_json=as_json, config=config))


@app.command()
def orders(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> int:
    """Show the orders of the last traded session."""
    return do("desk.orders", context, Common(as_json=as_json, config=config))


@app.command()
def books(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> int:
    """Show what belongs to which strategy."""
    return do("desk.books", context, Common(as_json=as_json, config=config))


@app.command()
def quality(
    context: typer.Context,
    *,
    start: Annotated[str | None, typer.Option(metavar="DAY", help="First session.")] = None,
    end: Annotated[str | None, typer.Option(metavar="DAY", help="Last session.")] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Show what the fills say about the settings.")
    ] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Show what orders cost against their arrival price, and how fast they filled."""
    common = Common(as_json=as_json, config=config)
    return do("desk.calibration" if calibrate else "desk.quality", context, common, (start, end))


app.command()(sweep)
app.command("walk-forward")(walk_forward)
app.command()(go_live)
app.command()(reconcile)
app.command()(tax)
app.command()(parity)
app.command()(venue)
app.command()(conformance)


@app.command()
def halt(
    context: typer.Context,
    *,
    reason: Reason = "halted by hand",
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Stop trading until `resume`."""
    return do("desk.halt", context, Common(as_json=as_json, config=config), reason)


@app.command()
def resume(
    context: typer.Context, *, reason: Reason, as_json: AsJson = False, config: Config = None
) -> int:
    """Let trading go on, once books and broker agree."""
    return do("desk.resume", context, Common(as_json=as_json, config=config), reason)


@app.command()
def reduce_only(
    context: typer.Context,
    *,
    reason: Reason = "reduced by hand",
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Stop buying until `resume`; what is held may still be sold."""
    return do("desk.reduce_only", context, Common(as_json=as_json, config=config), reason)


@app.command()
def liquidate(  # noqa: PLR0913 - one argument an option
    context: typer.Context,
    *,
    reason: Reason = "liquidated by hand",
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Go on although another engine hangs.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Cancel what works, sell everything, and stay halted."""
    common = Common(as_json=as_json, config=config)
    return do("emergency.liquidate", context, common, reason, as_of, take_over, yes)


@app.command()
def explain(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ORDER_OR_CYCLE", help="See `orders`.")],
    *,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Show why an order, or every order of a cycle, came to be."""
    return do("desk.explain", context, Common(as_json=as_json, config=config), name)


@app.command()
def backtest(  # noqa: PLR0913 - one argument an option
    context: typer.Context,
    *,
    strategy: Annotated[
        list[str] | None, typer.Option(metavar="ID[=WEIGHT]", help="Repeat for several.")
    ] = None,
    start: Annotated[str | None, typer.Option(metavar="DAY", help="First session.")] = None,
    end: Annotated[str | None, typer.Option(metavar="DAY", help="Last session.")] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A folder or file of bars.")
    ] = None,
    engine: Annotated[
        str, typer.Option(metavar="exact|fast", help="How it is computed.")
    ] = "exact",
    risk: Annotated[
        Path | None, typer.Option(metavar="FILE", help=r"Apply the \[risk] of this file.")
    ] = None,
    benchmark: Annotated[
        str | None, typer.Option(metavar="SYMBOL", help="What alpha and beta compare with.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html|.md|.json", help="Write a report.")
    ] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Run past sessions through the same code that trades."""
    common = Common(as_json=as_json, config=config)
    world, how = (data, risk, benchmark), (engine, report)
    return do("backtest.backtest", context, common, strategy or [], (start, end), how, world)


@app.command()
def certify(  # noqa: PLR0913 - one argument an option
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="See `plugins list`.")],
    *,
    cuts: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Random sessions to try.")
    ] = 1_000,
    seed: Annotated[int, typer.Option(min=0, help="What determines every draw.")] = 7,
    data: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Your own bars; made-up ones by default.")
    ] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Try whether a strategy looks ahead, remembers, or asks the world."""
    common = Common(as_json=as_json, config=config)
    return do("certify.certify", context, common, name, cuts, seed, data)


@app.command()
def controls(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> int:
    """Try to break every limit and rule, and show how each refuses."""
    return do("controls.controls", context, Common(as_json=as_json, config=config))
