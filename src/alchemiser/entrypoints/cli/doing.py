"""How a command is carried out: its module is imported when it is called, not before."""

from importlib import import_module

import typer

from alchemiser.entrypoints.cli.interrupting import Leaving
from alchemiser.entrypoints.cli.options import Common


def do(command: str, context: typer.Context, common: Common, *arguments: object) -> int:
    """Carry out `module.function` of the commands and return its exit code."""
    module, _, function = command.partition(".")
    with Leaving():
        found = getattr(import_module(f"alchemiser.entrypoints.cli.commands.{module}"), function)
    code: int = found(common.joined(context.obj), *arguments)
    return code
