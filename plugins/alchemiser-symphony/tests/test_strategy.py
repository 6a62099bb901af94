"""The strategy that a file is, and the file that an import writes."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.tree_import import document_text, examined
from alchemiser.plugins import (
    AssetClass,
    Frequency,
    InvalidValueError,
    Rebalance,
    RuleStrategy,
    TreeImporter,
)
from alchemiser.rules import adaptive, content_hash, rsi, when
from alchemiser_symphony import (
    SymphonyParams,
    alchemiser_importers,
    alchemiser_strategies,
    build,
)
from alchemiser_symphony.reading import read
from tests.composed import asset, text
from tests.small_symphonies import TABLES, Table

TREE = when(rsi("SPY", 10) > 79, "UVXY", "TQQQ")
SYMPHONY = """
(defsymphony "Hot or not" {:asset-class "EQUITIES", :rebalance-threshold 0.05}
  (weight-equal [(if (> (rsi "SPY" {:window 10}) 79) [(asset "UVXY" nil)] [(asset "TQQQ" nil)])]))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with a small symphony."""
    path = tmp_path / "hot.clj"
    path.write_text(SYMPHONY, encoding="utf-8")
    return path


def document(content: bytes) -> str:
    found = read(content)
    assert found.tree is not None
    return document_text(found, found.tree)


def test_plugin_offers_the_strategy_and_the_importer() -> None:
    """ST-02."""
    [spec] = alchemiser_strategies()
    [importer] = alchemiser_importers()

    assert (spec.strategy_id, spec.params(), spec.build) == ("symphony", SymphonyParams(), build)
    assert SymphonyParams().file == Path("symphony.clj")
    assert isinstance(importer, TreeImporter)
    assert (importer.importer_id, importer.read) == ("symphony", read)


def test_file_is_a_strategy_that_trades_as_it_says(file: Path) -> None:
    strategy = build(SymphonyParams(file=file))

    assert isinstance(strategy, RuleStrategy)
    assert strategy.tree == TREE
    assert strategy.rebalance == Rebalance(threshold=Decimal("0.05"))
    assert strategy.requirements.lookbacks == (("SPY", 300), ("TQQQ", 1), ("UVXY", 1))
    assert strategy.largest_weights == dict.fromkeys(AssetClass, Decimal(1))


def test_schedule_of_an_export_is_honoured(tmp_path: Path) -> None:
    file = tmp_path / "any.name"
    file.write_bytes(
        text({"step": "root", "name": "x", "rebalance": "weekly", "children": [asset("SPY")]})
    )

    assert build(SymphonyParams(file=file)).rebalance == Rebalance(frequency=Frequency.WEEKLY)


def test_levels_may_move_with_their_own_past(file: Path) -> None:
    """ST-12."""
    moving = build(SymphonyParams(file=file, thresholds="adaptive", adaptive_sessions=100))

    assert moving.tree == adaptive(TREE, 100) != TREE


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_imported_document_is_the_same_strategy(table: Table, tmp_path: Path) -> None:
    source, written = tmp_path / "a.clj", tmp_path / "a.json"
    source.write_text(table.text, encoding="utf-8")
    written.write_text(document(source.read_bytes()), encoding="utf-8")

    first, second = (build(SymphonyParams(file=file)) for file in (source, written))

    assert content_hash(first.tree) == content_hash(second.tree)
    assert first == second


def test_document_of_a_document_is_the_same_text() -> None:
    once = document(SYMPHONY.encode())

    assert document(once.encode()) == once
    assert read(once.encode()).name == "Hot or not"
    assert dict(read(once.encode()).blocks) == {"asset": 2, "compare": 1, "when": 1}


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"nope\.clj cannot be read \(No such file"):
        build(SymphonyParams(file=tmp_path / "nope.clj"))


def test_refused_symphony_is_no_strategy(tmp_path: Path) -> None:
    file = tmp_path / "bad.clj"
    file.write_text(SYMPHONY.replace("rsi", "roc").replace('"UVXY"', '"uvxy"'), encoding="utf-8")

    with pytest.raises(ValueError, match=r"bad\.clj is refused at 3:25: roc: the operator roc is"):
        build(SymphonyParams(file=file))


def changed(**parts: object) -> bytes:
    return json.dumps(json.loads(document(SYMPHONY.encode())) | parts).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (changed(language=99), "the rule document cannot be read: it is not of language 1"),
        (changed(terms=5), "the rule document cannot be read"),
        (changed(terms=[]), "the rule document cannot be read"),
        (changed(terms=[{"term": "asset", "name": "spy"}]), "'spy' is not a ticker symbol"),
        (changed(more=1), "the rule document cannot be read: it is not in canonical form"),
        (changed(rebalance=None), "its rebalance is a frequency and a threshold"),
        (changed(rebalance="daily"), "its rebalance is a frequency and a threshold"),
        (
            changed(rebalance={"frequency": "daily", "threshold": 0.05}),
            "its rebalance is a frequency and a threshold",
        ),
        (
            changed(rebalance={"frequency": "daily", "threshold": "5"}),
            "the threshold is a fraction above 0 and below 1, not 5",
        ),
        (
            changed(rebalance={"frequency": "hourly", "threshold": None}),
            "the frequency is one of daily, weekly",
        ),
    ],
)
def test_document_that_was_tampered_with_is_refused(content: bytes, reason: str) -> None:
    [problem] = read(content).problems

    assert (problem.place, problem.block) == ("$", "document")
    assert problem.reason.startswith(reason)


def test_what_a_symphony_needs_is_told() -> None:
    report = examined(read(SYMPHONY.encode()))

    assert report.symbols == ("SPY", "TQQQ", "UVXY")
    assert (report.max_lookback, report.nodes) == (300, 4)
    assert report.content_hash == content_hash(TREE)


def test_a_window_that_is_too_small_to_adapt_to_is_told(file: Path) -> None:
    with pytest.raises(InvalidValueError, match="at least 2"):
        build(SymphonyParams(file=file, thresholds="adaptive", adaptive_sessions=1))
