"""The command line: a thin shell round the use cases."""

try:
    from alchemiser.entrypoints.cli.main import main
except KeyboardInterrupt:
    raise SystemExit(130) from None

__all__ = ["main"]
