"""The page of the venue shows every exception to what Alpaca has published."""

from pathlib import Path

from tests.published_exceptions import rows

HEAD = "| where | published | the venue | because |\n|---|---|---|---|\n"


def test_exceptions_are_shown() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "venue.md").read_text(encoding="utf-8")

    table, _, _ = page.partition(HEAD)[2].partition("\n\n")
    assert table.splitlines() == rows()
