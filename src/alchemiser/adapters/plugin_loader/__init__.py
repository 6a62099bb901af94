"""Strategy plugins: found by entry point, loaded by allow-list, run contained."""

from alchemiser.adapters.plugin_loader.loader import PluginLoader
from alchemiser.adapters.plugin_loader.runner import ContainedRunner, IsolatedRunner

__all__ = ["ContainedRunner", "IsolatedRunner", "PluginLoader"]
