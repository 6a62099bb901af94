"""Run systematic strategies in one brokerage account, and backtest them with the same code.

Embed it with `Settings`, `build_engine` and `run_cycle`; write a strategy with `plugins`, `rules`
and `indicators`. Each name is imported when it is first used.
"""

from importlib import import_module

TYPE_CHECKING = False
"""As in `typing`, whose import is most of what importing this package would take."""

if TYPE_CHECKING:
    from alchemiser import indicators, plugins, rules
    from alchemiser.application.backtest import backtest
    from alchemiser.application.cycle import run_cycle
    from alchemiser.application.engine import Engine
    from alchemiser.container import build_backtest, build_engine
    from alchemiser.container.compiled import compiled_indicators, crossings
    from alchemiser.settings import Settings

__all__ = [
    "Engine",
    "Settings",
    "backtest",
    "build_backtest",
    "build_engine",
    "compiled_indicators",
    "crossings",
    "indicators",
    "plugins",
    "rules",
    "run_cycle",
]

_MODULES = frozenset({"indicators", "plugins", "rules"})
_HOMES = {
    "Engine": "application.engine",
    "Settings": "settings",
    "backtest": "application.backtest",
    "build_backtest": "container",
    "build_engine": "container",
    "compiled_indicators": "container.compiled",
    "crossings": "container.compiled",
    "run_cycle": "application.cycle",
}


def __getattr__(name: str) -> object:
    """Import the public `name`.

    Raises:
        AttributeError: When there is none of that name.
    """
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, whether they were imported yet or not."""
    return sorted({*globals(), *__all__})
