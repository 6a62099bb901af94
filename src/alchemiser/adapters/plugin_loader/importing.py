"""What a plugin can read of other systems, and what it reads."""

from typing import Final

from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.adapters.plugin_loader.distributions import Plugin
from alchemiser.adapters.plugin_loader.hooks import answers
from alchemiser.domain.values.errors import PluginError
from alchemiser.ports.errors import InputError
from alchemiser.ports.tree_import import ImportedTree, TreeImporter

IMPORTERS: Final = "alchemiser_importers"


def importers(plugin: Plugin) -> dict[str, TreeImporter]:
    """Import `plugin` and return its importers by name; most have none.

    Raises:
        PluginError: When it cannot be imported, or offers them wrongly.
    """
    found: dict[str, TreeImporter] = {}
    for one in answers(plugin, IMPORTERS):
        if not isinstance(one, TreeImporter):
            msg = f"plugin {plugin.name} offers a {type(one).__name__}: offer a TreeImporter."
            raise PluginError(msg)
        if one.importer_id in found:
            msg = f"plugin {plugin.name} offers the importer {one.importer_id} twice: drop one."
            raise PluginError(msg)
        found[one.importer_id] = one
    return found


def imported(importer: TreeImporter, content: bytes, file: str) -> ImportedTree:
    """Return what `importer` makes of the content of `file`.

    Raises:
        InputError: When it is nothing that the importer reads.
        PluginError: When the importer misbehaves.
    """
    owner = f"the importer {importer.importer_id}"
    found: object = contained(lambda: importer.read(content))
    if isinstance(found, Raised):
        if isinstance(found.error, ValueError):
            msg = f"{file} is no {importer.importer_id}: {found.words().rstrip('.')}."
            raise InputError(msg) from found.error
        msg = f"{owner} cannot read {file} ({found}): mend or remove its plugin."
        raise PluginError(msg) from found.error
    if not isinstance(found, ImportedTree) or (found.tree is None) is not bool(found.problems):
        msg = f"{owner} has to return an ImportedTree with a tree or problems: mend its plugin."
        raise PluginError(msg)
    return found
