"""The page of market rules is what the code holds."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from alchemiser.domain.market_rules.dated import Rules
from alchemiser.domain.market_rules.day_trading import REGIMES
from alchemiser.domain.market_rules.fees import ACTIVITY, SECTION_31
from alchemiser.domain.market_rules.settlement import CYCLE
from alchemiser.domain.market_rules.ticks import SUB_DOLLAR, TICK

Shown = Callable[[Any], str]
TABLES: Final[dict[str, tuple[Rules[Any], str, Shown]]] = {
    "Settlement": (CYCLE, "business days", str),
    "Section 31 fee": (SECTION_31, "dollars a million sold", str),
    "Trading activity fee": (
        ACTIVITY,
        "dollars a share sold, at most",
        lambda fee: f"{fee.per_share}, {fee.most}",
    ),
    "Price steps from a dollar on": (TICK, "dollars", str),
    "Price steps below a dollar": (SUB_DOLLAR, "dollars", str),
    "Day trades": (REGIMES, "rule", lambda regime: str(regime.value).replace("_", " ")),
}


def table(title: str) -> Iterator[str]:
    """Yield the lines of a table as the page has to show them."""
    book, what, shown = TABLES[title]
    yield f"## {title}"
    yield ""
    yield f"| since | {what} | source |"
    yield "|---|---|---|"
    for row in book.rows:
        yield f"| {row.day} | {shown(row.value)} | {row.source} |"


@pytest.mark.parametrize("title", TABLES)
def test_page_shows_every_rule_with_its_source(project_root: Path, title: str) -> None:
    """SE-01, SE-02."""
    page = (project_root / "docs" / "market-rules.md").read_text(encoding="utf-8")

    assert "\n".join(table(title)) in page


def test_page_shows_no_other_rules(project_root: Path) -> None:
    page = (project_root / "docs" / "market-rules.md").read_text(encoding="utf-8")
    titles = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]

    assert titles == list(TABLES)
