"""What a plugin offers: imported, asked and checked, with one sentence for whatever is wrong."""

from collections.abc import Iterable, Mapping

import pluggy

from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.adapters.plugin_loader.distributions import Plugin
from alchemiser.adapters.plugin_loader.params import check_params_type, make_params
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.errors import InvalidValueError, PluginError
from alchemiser.domain.values.identifiers import strategy_id
from alchemiser.ports.strategy import PROJECT, AlchemiserHooks, Strategy, StrategySpec


def offered(plugin: Plugin) -> dict[str, StrategySpec]:
    """Import `plugin` and return its strategies by name.

    Raises:
        PluginError: When it cannot be imported, or offers them wrongly.
    """
    specs = _checked(_answers(_registered(plugin), plugin), plugin)
    if not specs:
        msg = (
            f"plugin {plugin.name} offers no strategy: mark its function alchemiser_strategies "
            "with @hookimpl."
        )
        raise PluginError(msg)
    return specs


def built(spec: StrategySpec, written: Mapping[str, object], plugin: Plugin) -> Strategy:
    """Return the strategy with the parameters as `written` in the configuration.

    Raises:
        PluginError: When the parameters do not fit, or it cannot be built of them.
    """
    owner = f"strategy {spec.strategy_id} of plugin {plugin.name}"
    params = contained(lambda: make_params(spec.params, written, owner))
    if isinstance(params, Raised):
        if isinstance(params.error, PluginError):
            raise params.error
        msg = f"{owner} refuses its parameters ({params}): correct them."
        raise PluginError(msg) from params.error
    strategy = contained(lambda: spec.build(params))
    if isinstance(strategy, Raised):
        msg = f"{owner} cannot be built ({strategy}): correct its parameters or mend the plugin."
        raise PluginError(msg) from strategy.error
    declared = contained(lambda: (strategy.requirements, dict(strategy.largest_weights)))
    if isinstance(declared, Raised) or not isinstance(declared[0], Requirements):
        msg = f"{owner} does not declare requirements and largest_weights: add them."
        raise PluginError(msg)
    return strategy


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
            msg = f"plugin {plugin.name} has a wrong hook: alchemiser_strategies takes no argument."
            raise PluginError(msg) from error
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        msg = f"plugin {plugin.name} has a misspelt hook: did you mean alchemiser_strategies?"
        raise PluginError(msg) from error
    return manager


def _answers(manager: pluggy.PluginManager, plugin: Plugin) -> list[object]:
    """Ask the hook; any iterable of anything may come back.

    Raises:
        PluginError: When the plugin raises.
    """
    answers = contained(
        lambda: [one for batch in manager.hook.alchemiser_strategies() for one in batch]
    )
    if isinstance(answers, Raised):
        msg = f"plugin {plugin.name} cannot offer its strategies ({answers}): mend or remove it."
        raise PluginError(msg) from answers.error
    return answers


def _checked(answers: Iterable[object], plugin: Plugin) -> dict[str, StrategySpec]:
    """Return the specs by name, each proved to be well-formed and unique.

    Raises:
        PluginError: When one is not.
    """
    specs: dict[str, StrategySpec] = {}
    for spec in answers:
        if not isinstance(spec, StrategySpec):
            msg = f"plugin {plugin.name} offers a {type(spec).__name__}: offer a StrategySpec."
            raise PluginError(msg)
        try:
            name = strategy_id(spec.strategy_id)
        except (InvalidValueError, TypeError) as error:
            msg = f"plugin {plugin.name}: {error}"
            raise PluginError(msg) from error
        if name in specs:
            msg = f"plugin {plugin.name} offers {name} twice: give each strategy its own name."
            raise PluginError(msg)
        check_params_type(spec.params, f"strategy {name} of plugin {plugin.name}")
        specs[name] = spec
    return specs
