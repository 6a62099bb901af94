"""Only what the owner allowed, only as pinned, and one sentence for whatever is wrong."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.plugin_loader import PluginLoader
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import PluginError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.ports.strategy_source import LoadedStrategy, WantedStrategy
from alchemiser.rules import asset
from tests.unit.adapters.plugin_loader.conftest import GOOD, Install

Loader = Callable[[], PluginLoader]


def _wanted(
    plugin: str = "plug-mix",
    strategy: str = "mix",
    *,
    version: str | None = None,
    content_hash: str | None = None,
    **params: object,
) -> WantedStrategy:
    return WantedStrategy(
        strategy_id=StrategyId("mine"),
        plugin=plugin,
        strategy=strategy,
        version=version,
        content_hash=content_hash,
        params=params,
    )


def _load(loader: Loader, wanted: WantedStrategy) -> LoadedStrategy:
    (loaded,) = loader().load([wanted])
    return loaded


def _complaint(loader: Loader, wanted: WantedStrategy) -> str:
    with pytest.raises(PluginError) as caught:
        loader().load([wanted])
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_allowed_strategy_is_built_with_its_parameters(install: Install, loader: Loader) -> None:
    install()

    loaded = _load(loader, _wanted(shares=Decimal("0.75"), name="QQQ"))

    assert loaded.strategy_id == "mine"
    assert isinstance(loaded.strategy, RuleStrategy)
    assert loaded.strategy.requirements.symbols() == ("AGG", "QQQ")


def test_a_plugin_is_found_by_any_spelling_of_its_name(install: Install, loader: Loader) -> None:
    install()

    assert _load(loader, _wanted("Plug_Mix")).strategy_id == "mine"


def test_one_plugin_may_run_twice_under_the_owners_names(install: Install, loader: Loader) -> None:
    install()
    calm = WantedStrategy(
        strategy_id=StrategyId("calm"), plugin="plug-mix", strategy="mix", params={}
    )

    loaded = loader().load([_wanted(name="QQQ"), calm])

    assert [one.strategy_id for one in loaded] == ["calm", "mine"]
    assert loaded[0].content_hash != loaded[1].content_hash


def test_code_that_was_not_allowed_is_never_run(
    install: Install, loader: Loader, site: Path
) -> None:
    """ST-02."""
    install()
    trace = site / "was-run"
    install(f"from pathlib import Path\nPath({str(trace)!r}).touch()", name="plug-evil")

    _load(loader, _wanted())
    assert not trace.exists()

    assert len(loader().installed()) == 2
    assert trace.exists()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (_wanted("plug-mxi"), "plugin plug-mxi is not installed: did you mean plug-mix?"),
        (_wanted("zzz"), "plugin zzz is not installed: installed are plug-mix."),
        (_wanted(strategy="mxi"), "offers no strategy mxi: did you mean mix?"),
        (_wanted(version="1.1.0"), "is installed in version 1.2.0, not 1.1.0"),
        (_wanted(share=1), "has no parameter share: did you mean shares?"),
        (_wanted(zzz=1), "it knows name, others, shares, window."),
        (_wanted(window="20"), 'the parameter window should be a valid integer, not "20".'),
        (_wanted(window=True), "the parameter window should be a valid integer, not true."),
        (_wanted(shares="0.6x"), "the parameter shares"),
        (_wanted(others="SPY"), "the parameter others should be a valid array"),
        (_wanted(window=13), "cannot be built (ValueError: an unlucky window)"),
    ],
)
def test_what_is_wanted_wrongly_is_one_sentence_with_the_remedy(
    install: Install, loader: Loader, wanted: WantedStrategy, expected: str
) -> None:
    """ST-02."""
    install()

    assert expected in _complaint(loader, wanted)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 / 0", "cannot be imported (ZeroDivisionError: division by zero)"),
        ("import sys\nsys.exit(3)", "cannot be imported (SystemExit: 3)"),
        ("def f(:", "cannot be imported (SyntaxError"),
        ("x = 1", "offers no strategy: mark its function alchemiser_strategies with @hookimpl"),
        (GOOD.replace("@hookimpl", ""), "offers no strategy: mark"),
        (GOOD.replace("def alchemiser_strategies", "def alchemiser_strategy"), "misspelt hook"),
        (GOOD.replace("_strategies():", "_strategies(x):"), "has a wrong hook"),
        (
            GOOD.replace("return [Stra", "return 1 / 0 or [Stra"),
            "cannot offer its strategies (Zero",
        ),
        (
            GOOD.replace("return [Stra", "return 7 and [7, Stra"),
            "offers a int: offer a StrategySpec",
        ),
        (GOOD.replace('"mix"', '"Mix"'), "'Mix' is not a strategy name"),
        (GOOD.replace("frozen=True", "frozen=False"), "params that can change"),
        (GOOD.replace("params=Params", "params=dict"), "params that are no dataclass type"),
        (GOOD.replace("window: int = 20", "window: int"), "cannot be imported (TypeError"),
        (
            GOOD.replace('shares: Decimal = Decimal("0.6")', "shares: Decimal"),
            "has no default for its parameter shares",
        ),
        (GOOD.replace("return Rule", "return 7 or Rule"), "does not declare requirements"),
        (
            GOOD.replace("return [Stra", "return 2 * [Stra"),
            "offers mix twice: give each strategy its own name",
        ),
    ],
)
def test_a_broken_plugin_is_one_sentence_with_the_remedy(
    install: Install, loader: Loader, source: str, expected: str
) -> None:
    """L01: whatever a plugin does at its start, the owner reads a sentence."""
    install(source)

    assert expected in _complaint(loader, _wanted())


def test_a_changed_source_or_parameter_changes_the_hash(
    install: Install, loader: Loader, site: Path
) -> None:
    """ST-02: the pin covers sources and parameters, whatever the compiler left beside them."""
    install()
    first = _load(loader, _wanted()).content_hash
    (site / "plug_mix" / "__pycache__").mkdir(exist_ok=True)
    (site / "plug_mix" / "__pycache__" / "x.pyc").write_bytes(b"compiled")

    assert re.fullmatch("[0-9a-f]{64}", first)
    assert _load(loader, _wanted(content_hash=first)).content_hash == first
    assert _load(loader, _wanted(window=30)).content_hash != first
    (site / "plug_mix" / "table.csv").write_text("1,2")
    assert f"not {first}: find out what changed" in _complaint(loader, _wanted(content_hash=first))


def test_a_wrong_hash_is_found_before_any_code_runs(
    install: Install, loader: Loader, site: Path
) -> None:
    trace = site / "was-run"
    install(f"from pathlib import Path\nPath({str(trace)!r}).touch()")

    assert "has the hash" in _complaint(loader, _wanted(content_hash="0" * 64))
    assert not trace.exists()


def test_a_plugin_of_one_module_is_hashed_too(install: Install, loader: Loader, site: Path) -> None:
    install()
    (site / "plug_mix" / "__init__.py").rename(site / "plug_flat.py")
    (site / "plug_mix-1.2.0.dist-info" / "entry_points.txt").write_text(
        "[alchemiser]\nany = plug_flat\n"
    )
    first = _load(loader, _wanted()).content_hash
    with (site / "plug_flat.py").open("a") as file:
        file.write("# changed\n")

    assert _load(loader, _wanted()).content_hash != first


def test_a_distribution_without_its_package_is_one_sentence(
    install: Install, loader: Loader, site: Path
) -> None:
    install()
    (site / "plug_mix" / "__init__.py").unlink()
    (site / "plug_mix").rmdir()

    assert "lacks its package plug_mix: install it again" in _complaint(loader, _wanted())


def test_what_is_installed_is_shown_with_options_and_problems(
    install: Install, loader: Loader
) -> None:
    install()
    install("1 / 0", name="plug-broken")

    broken, mix = loader().installed()

    assert (mix.plugin, mix.version, mix.problem) == ("plug-mix", "1.2.0", "")
    assert [offer.strategy_id for offer in mix.offers] == ["mix"]
    assert mix.offers[0].params[:2] == (("shares", "0.6"), ("window", "20"))
    assert broken.offers == ()
    assert "cannot be imported" in broken.problem


def test_research_finds_the_plugin_that_offers_a_strategy(install: Install, loader: Loader) -> None:
    install()

    assert loader().offering("mix") == "plug-mix"
    with pytest.raises(PluginError, match="no installed plugin offers the strategy mxi: did you"):
        loader().offering("mxi")
    install(GOOD, name="plug-copy")
    with pytest.raises(PluginError, match="plug-copy and plug-mix both offer mix"):
        loader().offering("mix")


FREE = """
from dataclasses import dataclass
from decimal import Decimal
from alchemiser.plugins import AssetClass, Requirements, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import asset

@dataclass(frozen=True)
class Params:
    pass

class Free:
    requirements = Requirements((("SPY", 3), ("AGG", 1)))
    largest_weights = {AssetClass.BROAD_FUND: Decimal("0.5")}

class Tree(RuleStrategy):
    pass

def build(params):
    return Free()

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="mix", summary="Is free.", params=Params, build=build)]
"""


def test_of_free_form_code_only_what_it_declares_is_kept(install: Install, loader: Loader) -> None:
    """RS-17."""
    install(FREE)

    strategy = _load(loader, _wanted()).strategy

    assert strategy.requirements == Requirements(((Symbol("AGG"), 1), (Symbol("SPY"), 3)))
    assert strategy.largest_weights == {AssetClass.BROAD_FUND: Decimal("0.5")}
    assert type(strategy).__name__ == "Declared"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Requirements((", "dict((", "does not declare requirements"),
        ("return Free()", "return 7", "does not declare requirements"),
        ('"AGG", 1', '"agg", 1', "declares requirements that are none (InvalidValueError: 'agg'"),
        ('"AGG", 1', '"AGG", 0', "AGG needs a whole number of sessions, at least 1, not 0"),
        ('(("SPY", 3), ("AGG", 1))', "7", "declares requirements that are none (TypeError"),
        ('Decimal("0.5")', "0.5", "declares largest_weights that are no Decimals in [0, 1]"),
        ('Decimal("0.5")', 'Decimal("1.5")', "declares largest_weights that are no Decimals"),
        ("AssetClass.BROAD_FUND:", "7:", "declares largest_weights that are no Decimals"),
        ("return Free()", "return Tree(7)", "cannot be built"),
        (
            "return Free()",
            "tree = Tree(asset('SPY')); object.__setattr__(tree, 'tree', 7); return tree",
            "has no tree: give RuleStrategy one.",
        ),
    ],
)
def test_a_wrong_declaration_is_one_sentence_with_the_remedy(
    install: Install, loader: Loader, before: str, after: str, expected: str
) -> None:
    install(FREE.replace(before, after))

    assert expected in _complaint(loader, _wanted())


def test_of_a_kind_of_rule_tree_only_the_tree_is_kept(install: Install, loader: Loader) -> None:
    """It could answer otherwise whenever it is asked."""
    install(FREE.replace("return Free()", "return Tree(asset('SPY'))"))

    strategy = _load(loader, _wanted()).strategy

    assert type(strategy) is RuleStrategy
    assert strategy.tree == asset("SPY")


FILED = """
from dataclasses import dataclass, field
from pathlib import Path
from alchemiser.plugins import RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import asset

@dataclass(frozen=True)
class Params:
    file: Path | None = None
    more: tuple[Path, ...] = ()
    by_name: dict[str, Path] = field(default_factory=dict)

def build(params):
    files = [params.file, *params.more, *params.by_name.values()]
    assert all(file.is_absolute() for file in files if file)
    return RuleStrategy(asset(next(file for file in files if file).read_text()))

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="mix", summary="Reads.", params=Params, build=build)]
"""


@pytest.mark.parametrize(
    "params",
    [
        {"file": "lists/held.txt"},
        {"more": ["lists/held.txt"]},
        {"by_name": {"first": "lists/held.txt"}},
    ],
)
def test_a_file_named_by_a_parameter_is_read_beside_the_configuration_and_hashed(
    install: Install, loader: Loader, tmp_path: Path, params: dict[str, object]
) -> None:
    """ST-02: the pin covers what the file says."""
    install(FILED)
    file = tmp_path / "lists" / "held.txt"
    file.parent.mkdir()
    wanted = replace(_wanted(), params=params, folder=str(tmp_path))
    file.write_text("SPY")
    first = _load(loader, wanted)

    file.write_text("QQQ")
    second = _load(loader, wanted)

    assert [one.strategy.requirements.symbols() for one in (first, second)] == [("SPY",), ("QQQ",)]
    assert first.content_hash != second.content_hash
    assert second.content_hash == _load(loader, wanted).content_hash
    pinned = replace(wanted, content_hash=first.content_hash)
    assert "find out what changed" in _complaint(loader, pinned)


def test_a_file_that_is_not_there_is_one_sentence(
    install: Install, loader: Loader, tmp_path: Path
) -> None:
    install(FILED)
    wanted = replace(_wanted(), params={"file": "held.txt"}, folder=str(tmp_path))

    expected = f"the parameter file names {tmp_path / 'held.txt'}, which is no file: correct"
    assert expected in _complaint(loader, wanted)
    (tmp_path / "held.txt").mkdir()
    assert expected in _complaint(loader, wanted)


def test_a_file_that_no_parameter_names_is_asked_for(install: Install, loader: Loader) -> None:
    """What is not named is not hashed."""
    install(FILED.replace("Path | None = None", 'Path = Path("held.txt")'))

    assert "needs its parameter file: write the path of a file." in _complaint(loader, _wanted())


def test_without_plugins_the_remedy_is_to_install_one(loader: Loader) -> None:
    assert "install one with pip" in _complaint(loader, _wanted())
