"""Every requirement on orders has a test that cites it, and the page says which."""

from pathlib import Path

import pytest

from tools.proofs import TITLES, page, proofs


def test_page_names_the_tests_that_cite_each_requirement(project_root: Path) -> None:
    """`python -m tools.proofs > docs/proofs.md` writes it anew."""
    assert (project_root / "docs" / "proofs.md").read_text() == page()


@pytest.mark.parametrize("name", TITLES)
def test_requirement_is_shown_by_a_test(name: str) -> None:
    assert proofs().get(name)


def test_no_test_cites_what_is_no_requirement() -> None:
    assert proofs().keys() <= TITLES.keys()
