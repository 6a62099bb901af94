"""Markdown and JSON of a report need no extra, and tell the same."""

import json

from alchemiser.adapters.reports.as_json import as_json
from alchemiser.adapters.reports.markdown import as_markdown
from alchemiser.application.reports.words import SELECTED, told
from alchemiser.domain.research.selection import FIGURES
from alchemiser.ports.report_document import Unit
from tests.unit.adapters.reports.documents import HOSTILE, a_document


def test_json_holds_every_row_and_null_for_what_is_not_known() -> None:
    document = json.loads(as_json(a_document()))

    first = document["sections"]["first"]
    assert (document["format"], document["title"], document["units"]) == (1, HOSTILE, "dollars")
    assert first["figures"] == {
        "cagr": 0.0725,
        "cagr_interval": [-0.03, 0.21],
        "beta": None,
        "beta_interval": [None, None],
    }
    assert first["tables"]["trades"] == [
        {"symbol": HOSTILE, "closed": "2023-12-28", "gain": 1234.25, "part": 0.0725},
        {"symbol": "SPY", "closed": "2023-12-29", "gain": -7.25, "part": -0.3},
        {"symbol": "QQQ", "closed": None, "gain": None, "part": None},
    ]
    assert document["sections"]["second"]["charts"]["equity"] == {
        "days": ["2023-12-28", "2023-12-29", "2024-01-02"],
        "lines": {HOSTILE: [100.0, 102.5, 103.75], "gaps": [None, None, 7.5]},
    }


def test_markdown_shows_the_same_numbers_and_no_markup_of_others() -> None:
    text = as_markdown(a_document())
    lines = text.splitlines()

    assert lines[0].startswith("# \\</script\\>\\<img src=x onerror=alert(1)\\> \\`\\|\\*\\_")
    assert "| SPY | 2023-12-29 | -7.25 | -30.00 % |" in lines
    assert "| Beta | - |  |" in lines
    assert "1 more stand in the report that ends with .json." in lines
    assert "-\\!-" in lines
    assert "| 2023-12-29 | 102.50 | - |" in lines
    assert "| 2024-01-02 | 103.75 | 7.50 |" in lines


def test_every_row_of_a_table_in_markdown_has_the_cells_of_its_head() -> None:
    rows = [line for line in as_markdown(a_document()).splitlines() if line.startswith("|")]
    cells = [line.replace("\\|", "").count("|") for line in rows]

    assert cells == [4] * 4 + [5] * 4 + [4] * 4


def test_values_are_written_by_their_units() -> None:
    assert told(0.12345, Unit.FRACTION) == "12.35 %"  # the float lies a little above
    assert told(-0.00001, Unit.FRACTION) == "0.00 %"
    assert told(1234567.891, Unit.MONEY) == "1,234,567.89"
    assert told(-1.5, Unit.RATIO) == "-1.50"
    assert told(2516, Unit.COUNT) == "2,516"
    assert told(None, Unit.COUNT) == told(float("inf"), Unit.RATIO) == "-"


def test_whatever_one_may_choose_by_has_its_words() -> None:
    """BT-08."""
    assert set(SELECTED) == set(FIGURES)
