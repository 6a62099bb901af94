"""A plugin's hooks: its modules imported, what they answer to proved, one of them asked."""

from difflib import get_close_matches
from typing import Final

import pluggy

from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.adapters.plugin_loader.distributions import Plugin
from alchemiser.domain.values.errors import PluginError
from alchemiser.ports.strategy import PROJECT, AlchemiserHooks

_HOOKS: Final = tuple(sorted(name for name in vars(AlchemiserHooks) if name.startswith(PROJECT)))


def answers(plugin: Plugin, hook: str) -> list[object]:
    """Import `plugin` and return what it answers to `hook`; it may be anything.

    Raises:
        PluginError: When it cannot be imported, its hooks are wrong, or it raises.
    """
    caller = getattr(_registered(plugin).hook, hook)
    found = contained(lambda: [one for batch in caller() for one in batch])
    if isinstance(found, Raised):
        what = hook.removeprefix(f"{PROJECT}_")
        msg = f"plugin {plugin.name} cannot offer its {what} ({found}): mend or remove it."
        raise PluginError(msg) from found.error
    return found


def _registered(plugin: Plugin) -> pluggy.PluginManager:
    """Import the plugin's modules and register them.

    Raises:
        PluginError: When one cannot be imported or its hook is misspelt.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(AlchemiserHooks)
    for point in plugin.entry_points:
        module = contained(point.load)
        if isinstance(module, Raised):
            msg = f"plugin {plugin.name} cannot be imported ({module}): mend or remove it."
            raise PluginError(msg) from module.error
        try:
            manager.register(module, name=point.value)
        except (pluggy.PluginValidationError, ValueError) as error:
            msg = f"plugin {plugin.name} has a wrong hook: {' and '.join(_HOOKS)} take no argument."
            raise PluginError(msg) from error
    _check_spelling(manager, plugin)
    return manager


def _check_spelling(manager: pluggy.PluginManager, plugin: Plugin) -> None:
    """Prove that every hook of the plugin is known.

    Raises:
        PluginError: When one is not.
    """
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        marked = [
            name
            for name in dir(error.plugin)
            if name not in _HOOKS and manager.parse_hookimpl_opts(error.plugin, name) is not None
        ]
        [near] = get_close_matches(marked[0], _HOOKS, n=1, cutoff=0)
        msg = f"plugin {plugin.name} has a misspelt hook: did you mean {near}?"
        raise PluginError(msg) from error
