"""The command line, as the end-to-end tests call it."""

from tests.e2e.conftest import cli, environment, home, nursery, plugin_path

__all__ = ["cli", "environment", "home", "nursery", "plugin_path"]
