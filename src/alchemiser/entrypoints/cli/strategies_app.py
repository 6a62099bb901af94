"""The commands about strategies: the plugins that bring them, and symphonies."""

from pathlib import Path
from typing import Annotated

import typer

from alchemiser.entrypoints.cli.doing import do
from alchemiser.entrypoints.cli.options import AsJson, Common, Config

plugins_app = typer.Typer(help="Show the strategy plugins.")
symphony_app = typer.Typer(help="Read Composer symphonies.")
strategy_app = typer.Typer(help="Switch strategies on and off, and re-weight them.")
Symphony = Annotated[
    Path, typer.Argument(metavar="FILE", help="A symphony: (defsymphony …) or Composer's JSON.")
]


StrategyName = Annotated[
    str, typer.Argument(metavar="ID", help="Its name in the configuration; see `books`.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is recorded.")]


@plugins_app.command("new")
def plugins_new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as my-strategy.")],
    *,
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the new folder goes; here by default.")
    ] = None,
    code: Annotated[bool, typer.Option("--code", help="Python code instead of rules.")] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Write a strategy package with tests that runs as it is."""
    common = Common(as_json=as_json, config=config)
    return do("plugins.plugins_new", context, common, name, into, code)


@plugins_app.command("list")
def plugins_list(context: typer.Context, *, as_json: AsJson = False, config: Config = None) -> int:
    """Show the installed plugins, their strategies and options."""
    return do("plugins.plugins_list", context, Common(as_json=as_json, config=config))


@symphony_app.command("check")
def symphony_check(
    context: typer.Context, file: Symphony, *, as_json: AsJson = False, config: Config = None
) -> int:
    """Show whether a symphony is supported, block by block."""
    return do("symphony.check", context, Common(as_json=as_json, config=config), file)


@symphony_app.command("import")
def symphony_import(  # noqa: PLR0913 - one argument an option
    context: typer.Context,
    file: Symphony,
    *,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; ID.rules.json unless given.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The strategy's name; made of its own.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Write the rules of a symphony as a document, and show how to switch it on."""
    common = Common(as_json=as_json, config=config)
    return do("symphony.import_", context, common, file, output, name, force)


@strategy_app.command("enable")
def strategy_enable(
    context: typer.Context,
    name: StrategyName,
    *,
    reason: Reason = "enabled by hand",
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Have a strategy asked again, with its weight of the configuration."""
    return do("strategy.enable", context, Common(as_json=as_json, config=config), name, reason)


@strategy_app.command("disable")
def strategy_disable(
    context: typer.Context,
    name: StrategyName,
    *,
    exit_: Annotated[
        bool, typer.Option("--exit", help="Sell its book, and give its cash to the house.")
    ] = False,
    reason: Reason = "disabled by hand",
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Have a strategy not asked; its book stays as it is."""
    common = Common(as_json=as_json, config=config)
    return do("strategy.disable", context, common, name, exit_, reason)


@strategy_app.command("weight")
def strategy_weight(
    context: typer.Context,
    name: StrategyName,
    weight: Annotated[str, typer.Argument(metavar="W", help="Such as 0.3, of the account.")],
    *,
    reason: Reason = "re-weighted by hand",
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Bring a strategy's book to a weight at the next session."""
    common = Common(as_json=as_json, config=config)
    return do("strategy.weight", context, common, name, weight, reason)
