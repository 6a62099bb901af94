"""What plugins read of other systems: found by hook, contained, one sentence for what is wrong."""

import sys
from collections.abc import Callable, Iterator

import pytest

from alchemiser.adapters.plugin_loader import PluginLoader
from alchemiser.domain.rules.language import asset
from alchemiser.domain.values.errors import PluginError
from alchemiser.ports.errors import InputError
from alchemiser.ports.tree_import import Problem
from tests.unit.adapters.plugin_loader.conftest import GOOD, Install

Loader = Callable[[], PluginLoader]

READER = """
from alchemiser.plugins import ImportedTree, Problem, Rebalance, TreeImporter, hookimpl
from alchemiser.rules import asset

def read(content):
    if content == b"refused":
        problem = Problem(place="1:1", block="word", reason="nobody knows it")
        return ImportedTree(name="", tree=None, rebalance=Rebalance(), problems=(problem,))
    if content == b"nothing":
        raise ValueError("it is empty: write something.")
    if content == b"bug":
        raise ZeroDivisionError("division by zero")
    if content == b"tree":
        return asset("SPY")
    if content == b"both":
        problem = Problem(place="1:1", block="word", reason="nobody knows it")
        return ImportedTree(
            name="", tree=asset("SPY"), rebalance=Rebalance(), problems=(problem,)
        )
    return ImportedTree(name=content.decode(), tree=asset("SPY"), rebalance=Rebalance())

@hookimpl
def alchemiser_importers():
    return [TreeImporter(importer_id="tune", summary="Reads tunes.", read=read)]
"""


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Let every test import its own plugin."""
    yield
    sys.modules.pop("alchemiser_tune", None)


def test_installed_importer_reads_a_file(install: Install, loader: Loader) -> None:
    install()
    install(READER, name="plug-tune")

    found = loader().import_tree("tune", b"hum", "a.tune")

    assert (found.name, found.tree, found.problems) == ("hum", asset("SPY"), ())


def test_importer_tells_what_it_refuses(install: Install, loader: Loader) -> None:
    install(READER, name="plug-tune")

    found = loader().import_tree("tune", b"refused", "a.tune")

    assert found.tree is None
    assert found.problems == (Problem(place="1:1", block="word", reason="nobody knows it"),)


def test_content_that_is_nothing_of_the_kind_is_told_with_the_file(
    install: Install, loader: Loader
) -> None:
    install(READER, name="plug-tune")

    with pytest.raises(InputError, match=r"^a\.tune is no tune: it is empty: write something\.$"):
        loader().import_tree("tune", b"nothing", "a.tune")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"bug", "the importer tune cannot read a.tune (ZeroDivisionError: division by zero)"),
        (b"tree", "the importer tune has to return an ImportedTree with a tree or problems"),
        (b"both", "the importer tune has to return an ImportedTree with a tree or problems"),
    ],
)
def test_importer_that_misbehaves_is_one_sentence(
    install: Install, loader: Loader, content: bytes, expected: str
) -> None:
    """L01."""
    install(READER, name="plug-tune")

    with pytest.raises(PluginError) as caught:
        loader().import_tree("tune", content, "a.tune")
    assert expected in str(caught.value)


def test_importer_that_is_not_installed_is_named(install: Install, loader: Loader) -> None:
    install()

    with pytest.raises(PluginError, match="install alchemiser-tune with pip"):
        loader().import_tree("tune", b"", "a.tune")


def test_plugin_that_should_offer_it_and_cannot_be_imported_says_why(
    install: Install, loader: Loader
) -> None:
    install(f"import nowhere_to_be_found\n{READER}", name="alchemiser-tune")

    with pytest.raises(PluginError, match=r"alchemiser-tune cannot be imported .*nowhere"):
        loader().import_tree("tune", b"", "a.tune")


def test_broken_plugin_is_in_nobodys_way(install: Install, loader: Loader) -> None:
    install("1 / 0", name="plug-broken")
    install(READER, name="plug-tune")

    assert loader().import_tree("tune", b"hum", "a.tune").name == "hum"


def test_importer_that_two_plugins_offer_is_refused(install: Install, loader: Loader) -> None:
    install(READER, name="plug-tune")
    install(READER, name="plug-song")

    with pytest.raises(PluginError, match="plug-song and plug-tune both read a tune: remove one"):
        loader().import_tree("tune", b"", "a.tune")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (READER.replace("_importers", "_importer"), "did you mean alchemiser_importers"),
        (READER.replace("_importers():", "_importers(x):"), "has a wrong hook"),
        (
            READER.replace("return [Tree", "return 1 / 0 or [Tree"),
            "cannot offer its importers (Z",
        ),
        (
            READER.replace("return [Tree", "return 7 and [7, Tree"),
            "offers a int: offer a TreeIm",
        ),
        (READER.replace("return [Tree", "return 2 * [Tree"), "offers the importer tune twice"),
    ],
)
def test_hook_that_is_wrong_is_one_sentence_with_the_remedy(
    install: Install, loader: Loader, source: str, expected: str
) -> None:
    install(source, name="alchemiser-tune")

    with pytest.raises(PluginError) as caught:
        loader().import_tree("tune", b"", "a.tune")
    assert expected in str(caught.value)


def test_misspelt_strategies_are_still_told_apart(install: Install, loader: Loader) -> None:
    """ST-02: a second hook does not hide a misspelt first one."""
    install(GOOD.replace("def alchemiser_strategies", "def alchemiser_strategy"))

    [row] = loader().installed()

    assert "did you mean alchemiser_strategies?" in row.problem
