"""The command line: a thin shell round the use cases."""

from alchemiser.entrypoints.cli.main import main

__all__ = ["main"]
