"""Where strategies come from: the plugins that are installed and allowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.ports.strategy import Strategy
from alchemiser.ports.tree_import import ImportedTree


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedStrategy:
    """Name what the owner wants to run.

    Attributes:
        strategy_id: The owner's name of it, and of its book.
        plugin: The distribution that offers it.
        strategy: The plugin's name of it; "" for the only one that it offers.
        version: The version that the distribution must have, or None.
        content_hash: The SHA-256 that sources and parameters must have, or None.
        params: Its options as written in the configuration.
        folder: What paths among its options are relative to.
        time_limit: How long one decision may take, whole seconds.
    """

    strategy_id: StrategyId
    plugin: str
    strategy: str
    version: str | None = None
    content_hash: str | None = None
    params: Mapping[str, object]
    folder: str = "."
    time_limit: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedStrategy:
    """Hold a strategy as it was loaded.

    Attributes:
        strategy_id: The owner's name of it.
        strategy: A rule tree; for free-form code what it declares, and no code of the plugin.
        content_hash: SHA-256 of its plugin's sources, its parameters and the files these name.
        wanted: What builds it again, exactly as it was loaded, in a process of its own.
    """

    strategy_id: StrategyId
    strategy: Strategy
    content_hash: str
    wanted: WantedStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Tell one strategy that a plugin offers, with its options and their defaults as text."""

    strategy_id: str
    summary: str
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPlugin:
    """Tell one installed plugin.

    Attributes:
        plugin: The distribution's name.
        version: Its version.
        content_hash: The SHA-256 of its sources with default parameters.
        offers: Its strategies, sorted.
        problem: Why it cannot be used, or "".
    """

    plugin: str
    version: str
    content_hash: str = ""
    offers: tuple[Offer, ...] = ()
    problem: str = ""


class StrategySourcePort(Protocol):
    """Find and load plugins; the code of one that is not wanted is never run for trading."""

    def load(self, wanted: Sequence[WantedStrategy]) -> tuple[LoadedStrategy, ...]:
        """Return the wanted strategies, sorted by the owner's names; called once at start.

        Raises:
            PluginError: When one is not installed, not what was pinned, or does not load.
        """

    def installed(self) -> tuple[InstalledPlugin, ...]:
        """Load every installed plugin, sorted, to show what it offers or why it cannot be used."""

    def offering(self, strategy: str) -> str:
        """Return the plugin that offers `strategy`: for research, where none is allow-listed.

        Raises:
            PluginError: When none or more than one does.
        """

    def import_tree(self, importer: str, content: bytes, file: str) -> ImportedTree:
        """Return what the installed `importer` makes of the content of `file`.

        Raises:
            InputError: When it is nothing that the importer reads.
            PluginError: When no installed plugin, or more than one, offers it, or it misbehaves.
        """
