"""What a plugin offers: imported, asked and checked, with one sentence for whatever is wrong."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.adapters.plugin_loader.distributions import Plugin
from alchemiser.adapters.plugin_loader.hooks import answers
from alchemiser.adapters.plugin_loader.params import check_params_type, make_params
from alchemiser.domain.values.errors import InvalidValueError, PluginError
from alchemiser.domain.values.identifiers import strategy_id
from alchemiser.ports.strategy import Strategy, StrategySpec
from alchemiser.ports.strategy_source import WantedStrategy

STRATEGIES: Final = "alchemiser_strategies"


def offered(plugin: Plugin) -> dict[str, StrategySpec]:
    """Import `plugin` and return its strategies by name.

    Raises:
        PluginError: When it cannot be imported, or offers them wrongly.
    """
    specs = _checked(answers(plugin, STRATEGIES), plugin)
    if not specs:
        msg = (
            f"plugin {plugin.name} offers no strategy: mark its function {STRATEGIES} "
            "with @hookimpl."
        )
        raise PluginError(msg)
    return specs


def built(spec: StrategySpec, wanted: WantedStrategy, owner: str) -> Strategy:
    """Return the strategy with the parameters as they are `wanted`; `owner` names it.

    Raises:
        PluginError: When the parameters do not fit, or it cannot be built of them.
    """
    params = contained(lambda: make_params(spec.params, wanted.params, owner, Path(wanted.folder)))
    if isinstance(params, Raised):
        if isinstance(params.error, PluginError):
            raise params.error
        msg = f"{owner} refuses its parameters ({params}): correct them."
        raise PluginError(msg) from params.error
    strategy = contained(lambda: spec.build(params))
    if isinstance(strategy, Raised):
        msg = f"{owner} cannot be built ({strategy}): correct its parameters or mend the plugin."
        raise PluginError(msg) from strategy.error
    return strategy


def _checked(offers: Iterable[object], plugin: Plugin) -> dict[str, StrategySpec]:
    """Return the specs by name, each proved to be well-formed and unique.

    Raises:
        PluginError: When one is not.
    """
    specs: dict[str, StrategySpec] = {}
    for spec in offers:
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
