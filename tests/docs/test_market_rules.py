"""The page of market rules is what the code holds."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from alchemiser.domain.market_rules.dated import Rules
from alchemiser.domain.market_rules.day_trading import REGIMES
from alchemiser.domain.market_rules.fees import ACTIVITY, SECTION_31
from alchemiser.domain.market_rules.margin import (
    HOUSE,
    INITIAL,
    MAINTENANCE,
    House,
    Maintenance,
)
from alchemiser.domain.market_rules.settlement import CYCLE
from alchemiser.domain.market_rules.ticks import SUB_DOLLAR, TICK

Shown = Callable[[Any], str]


def percent(share: Decimal) -> str:
    """Show a share of one as the page does."""
    return f"{share:.0%}"


def lawful(rule: Maintenance) -> str:
    """Show what the law asks as the page does."""
    multiples = f", {percent(rule.per_multiple)} a multiple" if rule.per_multiple else ""
    return percent(rule.base) + multiples


def asked(rule: House) -> str:
    """Show what a broker asks as the page does."""
    return (
        f"{percent(rule.low)} below {rule.low_price}, {percent(rule.middle)} to {rule.high_price}, "
        f"{percent(rule.high)} above; {percent(rule.per_multiple)} a multiple"
    )


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
    "Initial margin": (INITIAL, "share of the price", percent),
    "Maintenance margin by law": (MAINTENANCE, "share of the value", lawful),
    "Maintenance margin by the broker": (HOUSE, "share of the value", asked),
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
