"""The owner's settings: models of `alchemiser.toml`, and the only place that reads it."""

from alchemiser.settings.model import Settings, load_risk, template

__all__ = ["Settings", "load_risk", "template"]
