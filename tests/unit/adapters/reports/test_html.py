"""The page fetches nothing, escapes everything, and can be read without seeing it."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from math import nan

import pytest

from alchemiser.adapters.reports.html import as_html
from alchemiser.ports.report_document import (
    Chart,
    Column,
    Line,
    ReportDocument,
    Section,
    Table,
    Unit,
)
from tests.unit.adapters.reports.documents import DAYS, HOSTILE, a_document

FETCHING = frozenset({"src", "srcset", "href", "action", "data", "poster", "background"})
FIRST, _, LAST = DAYS
VOID = frozenset({"br", "img", "input", "link", "meta"})


@dataclass
class Page(HTMLParser):
    """What a browser would see."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.texts.setdefault(self.open[-1], []).append(data.strip())


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    return page


@pytest.fixture(scope="module")
def text() -> str:
    return as_html(a_document())


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return read(text)


def test_nothing_is_fetched(page: Page) -> None:
    """It has no address but those of its own headings, and forbids itself all others."""
    links = [value for _, attrs in page.tags for name, value in attrs.items() if name in FETCHING]
    policies = [
        a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"
    ]
    style = "".join(page.texts["style"])

    assert links == ["#first", "#second"]
    assert "default-src 'none'" in str(policies[0])
    assert "connect-src" not in str(policies[0])
    assert "url(" not in style
    assert "@import" not in style
    assert not {tag for tag, _ in page.tags} & {"link", "iframe", "object", "embed", "img", "base"}


def test_hostile_words_are_shown_as_they_were_written(page: Page) -> None:
    for tag in ("h1", "h2", "p", "caption", "th", "a"):
        assert HOSTILE in page.texts[tag], tag
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]


def test_a_hostile_name_cannot_end_the_script_it_stands_in(text: str, page: Page) -> None:
    scripts = [attrs for tag, attrs in page.tags if tag == "script"]
    charts = json.loads(page.texts["script"][1])

    assert [one.get("type") for one in scripts] == [None, "application/json", None]
    assert "<" not in page.texts["script"][1]
    assert charts[0]["lines"][0]["values"] == [100.0, 102.5, 103.75]
    assert charts[0]["lines"][1]["values"] == [None, None, 7.5]
    # Plotly would read tags in a name: they come to it escaped.
    assert "<" not in charts[0]["lines"][0]["name"]
    assert "&lt;/script&gt;" in charts[0]["lines"][0]["name"]
    assert text.count("</script>") == 3


def test_tables_have_captions_headings_and_numbers_as_everywhere(page: Page) -> None:
    tables = sum(tag == "table" for tag, _ in page.tags)
    captions = sum(tag == "caption" for tag, _ in page.tags)
    scopes = {attrs.get("scope") for tag, attrs in page.tags if tag == "th"}

    assert tables == captions == 3  # figures, trades, and the chart's values
    assert scopes == {"col", "row"}
    assert {"1,234.25", "7.25 %", "-7.25", "-30.00 %", "2023-12-29", "-3.00 % to 21.00 %"} <= set(
        page.texts["td"]
    )
    assert "1 more stand in the report that ends with .json." in page.texts["p"]
    assert "No rows. -!-" in page.texts["p"]


def test_sections_are_headed_and_linked(page: Page) -> None:
    sections = [attrs for tag, attrs in page.tags if tag == "section"]
    headings = [attrs["id"] for tag, attrs in page.tags if tag == "h2"]

    assert [one["aria-labelledby"] for one in sections] == headings
    assert [tag for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h2"]
    assert ("html", {"lang": "en"}) in page.tags


def test_a_chart_says_what_it_shows_and_has_its_switch(page: Page) -> None:
    pictures = [attrs for _, attrs in page.tags if attrs.get("role") == "img"]
    switches = [attrs for tag, attrs in page.tags if tag == "input"]

    assert [one["aria-label"] for one in pictures] == ["How it went."]
    assert [one["data-log"] for one in switches] == ["second-equity"]


def test_gains_and_losses_have_shades_of_two_signs(page: Page) -> None:
    classes = " ".join(attrs.get("class") or "" for _, attrs in page.tags).split()

    assert "shade3" in classes  # 7.25 %: the third of four steps to 10 %
    assert "shade-4" in classes  # -30 %


def test_a_page_without_charts_carries_no_library() -> None:
    text = as_html(ReportDocument(title="t", subtitle="s", money="dollars"))

    assert len(text) < 20_000
    assert read(text).texts["h1"] == ["t"]


def test_a_chart_without_a_value_is_a_sentence() -> None:
    """BT-10: a Sharpe ratio of an account that never traded."""
    line = Line(title="Account", values=(nan, nan))
    rolling = Chart(
        name="sharpe", caption="Sharpe.", unit=Unit.RATIO, days=(FIRST, LAST), lines=(line,)
    )
    section = Section(name="rolling", title="Rolling", blocks=(rolling,))
    text = as_html(ReportDocument(title="t", subtitle="s", money="dollars", sections=(section,)))

    page = read(text)
    assert page.texts["p"][1] == "Sharpe. There is no value on any day."
    assert not [attrs for _, attrs in page.tags if attrs.get("role") == "img"]
    assert len(text) < 20_000


def test_only_long_texts_are_broken_within_words() -> None:
    """BT-10: on a phone `Symbol` stood in four lines beside a sentence."""
    table = Table(
        name="doubts",
        caption="Doubts.",
        columns=(Column(name="symbol", title="Symbol"), Column(name="told", title="What to do")),
        rows=(("SPY", "a" * 64), ("QQQ", "short")),
    )
    section = Section(name="doubts", title="Doubts", blocks=(table,))
    page = read(
        as_html(ReportDocument(title="t", subtitle="s", money="dollars", sections=(section,)))
    )

    cells = [(tag, attrs.get("class")) for tag, attrs in page.tags if tag in {"th", "td"}]
    assert cells == [("th", None)] * 2 + [("th", None), ("td", "long")] * 2
    assert "td.long { min-width: 14rem; overflow-wrap: anywhere; }" in page.texts["style"][0]


def test_axes_reach_the_script(page: Page) -> None:
    (equity,) = json.loads(page.texts["script"][1])

    assert equity["marked"] == ["2023-12-28", "2023-12-29", "2024-01-02"]
    assert (equity["span"], equity["range"], equity["digits"]) == ([], None, 0)


def test_the_same_report_is_the_same_page(text: str) -> None:
    """BT-10."""
    assert as_html(a_document()) == text
