"""Every requirement on orders has a test that cites it, and the page says which."""

from pathlib import Path

import pytest

from tools.proofs import TITLES, page, proofs


@pytest.fixture(scope="module")
def cited() -> dict[str, list[str]]:
    """Return what is cited, read from all tests once."""
    return proofs()


def test_page_names_the_tests_that_cite_each_requirement(project_root: Path) -> None:
    """`python -m tools.proofs > docs/proofs.md` writes it anew."""
    assert (project_root / "docs" / "proofs.md").read_text() == page()


@pytest.mark.parametrize("name", TITLES)
def test_requirement_is_shown_by_a_test(name: str, cited: dict[str, list[str]]) -> None:
    assert cited.get(name)


def test_no_test_cites_what_is_no_requirement(cited: dict[str, list[str]]) -> None:
    assert cited.keys() <= TITLES.keys()
