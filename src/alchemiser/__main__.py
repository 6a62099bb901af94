"""Make `python -m alchemiser` the command line."""

from alchemiser.entrypoints.cli import main

main()
