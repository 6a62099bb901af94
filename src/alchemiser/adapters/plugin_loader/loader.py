"""Loading strategies from the plugins that the owner has allowed."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from difflib import get_close_matches
from importlib import metadata
from pathlib import Path

from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.adapters.plugin_loader.declared import settled
from alchemiser.adapters.plugin_loader.distributions import Plugin, Search, normalized, plugins
from alchemiser.adapters.plugin_loader.importing import imported, importers
from alchemiser.adapters.plugin_loader.specs import built, offered
from alchemiser.domain.values.errors import PluginError
from alchemiser.ports.strategy import PROJECT, Strategy, StrategySpec
from alchemiser.ports.strategy_source import (
    InstalledPlugin,
    LoadedStrategy,
    Offer,
    WantedStrategy,
)
from alchemiser.ports.tree_import import ImportedTree


class PluginLoader:
    """Load each allowed plugin once; implements StrategySourcePort."""

    def __init__(
        self, search: Search = metadata.distributions, *, lone: Plugin | None = None
    ) -> None:
        """Look at what `search` finds installed; or at `lone` alone, which need not be."""
        self._plugins = plugins(search) if lone is None else {lone.name: lone}
        self._specs: dict[str, dict[str, StrategySpec]] = {}

    def load(self, wanted: Sequence[WantedStrategy]) -> tuple[LoadedStrategy, ...]:
        """Return the wanted strategies, sorted by the owner's names.

        Raises:
            PluginError: When one is not installed, not what was pinned, or does not load.
        """
        return tuple(self._loaded(one) for one in sorted(wanted, key=lambda one: one.strategy_id))

    def installed(self) -> tuple[InstalledPlugin, ...]:
        """Load every installed plugin, to show what it offers or why it cannot be used."""
        return tuple(self._described(plugin) for plugin in self._plugins.values())

    def offering(self, strategy: str) -> str:
        """Return the plugin that offers `strategy`: for research, where none is allow-listed.

        Raises:
            PluginError: When none or more than one does.
        """
        shown = self.installed()
        found = [
            row.plugin for row in shown for offer in row.offers if offer.strategy_id == strategy
        ]
        if len(found) > 1:
            msg = f"{' and '.join(found)} both offer {strategy}: enable one in alchemiser.toml."
            raise PluginError(msg)
        if not found:
            known = [offer.strategy_id for row in shown for offer in row.offers]
            msg = f"no installed plugin offers the strategy {strategy}: {_remedy(strategy, known)}"
            raise PluginError(msg)
        return found[0]

    def import_tree(self, importer: str, content: bytes, file: str) -> ImportedTree:
        """Return what the installed `importer` makes of the content of `file`.

        Raises:
            InputError: When it is nothing that the importer reads.
            PluginError: When no installed plugin, or more than one, offers it, or it misbehaves.
        """
        found = {}
        for plugin in self._plugins.values():
            try:
                offer = importers(plugin).get(importer)
            except PluginError:
                # A broken plugin is in nobody's way but when it is the very one that is wanted.
                if plugin.name == f"{PROJECT}-{importer}":
                    raise
                continue
            if offer is not None:
                found[plugin.name] = offer
        if len(found) > 1:
            msg = f"{' and '.join(found)} both read a {importer}: remove one of them."
            raise PluginError(msg)
        if not found:
            msg = f"no installed plugin reads a {importer}: install {PROJECT}-{importer} with pip."
            raise PluginError(msg)
        [offer] = found.values()
        return imported(offer, content, file)

    def built(self, wanted: WantedStrategy) -> Strategy:
        """Return the wanted strategy as its plugin makes it, to be run in this very process.

        Raises:
            PluginError: When it is not installed, not what was pinned, or does not load.
        """
        plugin = self.allowed(wanted)
        self.content_hash(plugin, wanted)
        return self._built(plugin, wanted)

    def _loaded(self, wanted: WantedStrategy) -> LoadedStrategy:
        plugin = self.allowed(wanted)
        content_hash = self.content_hash(plugin, wanted)
        strategy = self._built(plugin, wanted)
        return LoadedStrategy(
            strategy_id=wanted.strategy_id,
            strategy=settled(strategy, _owner(plugin, wanted)),
            content_hash=content_hash,
            wanted=replace(wanted, plugin=plugin.name, content_hash=content_hash),
        )

    def content_hash(self, plugin: Plugin, wanted: WantedStrategy) -> str:
        """Return what the plugin's sources and parameters hash to.

        Raises:
            PluginError: When another hash was pinned.
        """
        content_hash = plugin.content_hash(wanted.params, Path(wanted.folder))
        if wanted.content_hash not in (None, content_hash):
            msg = (
                f"plugin {plugin.name} with the parameters of {wanted.strategy_id} has the hash "
                f"{content_hash}, not {wanted.content_hash}: find out what changed, then write "
                "the new hash."
            )
            raise PluginError(msg)
        return content_hash

    def _built(self, plugin: Plugin, wanted: WantedStrategy) -> Strategy:
        """Return the strategy as its plugin makes it.

        Raises:
            PluginError: When the plugin offers none of that name, or cannot build it.
        """
        specs = self._specs_of(plugin)
        only = next(iter(specs)) if len(specs) == 1 and not wanted.strategy else ""
        spec = specs.get(wanted.strategy or only)
        if spec is None:
            remedy = _remedy(wanted.strategy, specs)
            msg = f"plugin {plugin.name} offers no strategy {wanted.strategy}: {remedy}"
            raise PluginError(msg)
        return built(spec, wanted, _owner(plugin, wanted))

    def allowed(self, wanted: WantedStrategy) -> Plugin:
        """Return the plugin that is wanted, of which no code is run for it.

        Raises:
            PluginError: When it is not installed, or not in the version that was pinned.
        """
        plugin = self._plugins.get(normalized(wanted.plugin))
        if plugin is None:
            remedy = _remedy(wanted.plugin, self._plugins)
            msg = f"plugin {wanted.plugin} is not installed: {remedy}"
            raise PluginError(msg)
        if wanted.version not in (None, plugin.version):
            msg = (
                f"plugin {plugin.name} is installed in version {plugin.version}, not "
                f"{wanted.version}: install that version or write the other."
            )
            raise PluginError(msg)
        return plugin

    def _specs_of(self, plugin: Plugin) -> dict[str, StrategySpec]:
        if plugin.name not in self._specs:
            self._specs[plugin.name] = offered(plugin)
        return self._specs[plugin.name]

    def _described(self, plugin: Plugin) -> InstalledPlugin:
        try:
            specs, content_hash = self._specs_of(plugin), plugin.content_hash({})
        except PluginError as error:
            return InstalledPlugin(plugin=plugin.name, version=plugin.version, problem=str(error))
        return InstalledPlugin(
            plugin=plugin.name,
            version=plugin.version,
            content_hash=content_hash,
            offers=tuple(
                Offer(strategy_id=name, summary=spec.summary, params=_defaults(spec))
                for name, spec in sorted(specs.items())
            ),
        )


def _owner(plugin: Plugin, wanted: WantedStrategy) -> str:
    return f"strategy {wanted.strategy} of plugin {plugin.name}"


def _defaults(spec: StrategySpec) -> tuple[tuple[str, str], ...]:
    params = contained(spec.params)
    if isinstance(params, Raised):
        return ()
    return tuple((field.name, str(getattr(params, field.name))) for field in fields(params))


def _remedy(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"installed are {', '.join(names)}." if names else "install one with pip."
