"""The certification refuses cheats and no clean strategy.

Every file is read here, and every eighth is tried; `make certify-corpus` tries all of them.
"""

from pathlib import Path
from typing import Final

import pytest

from alchemiser.application.certification import source
from alchemiser.ports.candidate import SourceFile
from tests.corpus.certify_corpus import MISSED, judge, strategies

CUTS: Final = 40
PART: Final = 8


def suspicions(file: Path) -> list[str]:
    return [
        found
        for found in source.findings([SourceFile(name=file.name, content=file.read_bytes())])
        if found
    ]


UNSUSPECTED: Final = [
    file for file in strategies("cheats") if not suspicions(file) and file.stem not in MISSED
]


def test_nothing_is_suspected_in_clean_sources() -> None:
    """ST-04."""
    assert [file.stem for file in strategies("clean") if suspicions(file)] == []


def test_sources_alone_give_away_two_cheats_in_five() -> None:
    """ST-04."""
    cheats = strategies("cheats")

    assert sum(bool(suspicions(file)) for file in cheats) > 0.4 * len(cheats)


@pytest.mark.parametrize("file", UNSUSPECTED[::PART], ids=lambda file: file.stem)
def test_cheat_is_refused(file: Path) -> None:
    """ST-04, BT-02."""
    assert judge(file, CUTS).found


@pytest.mark.parametrize("file", strategies("clean")[::PART], ids=lambda file: file.stem)
def test_clean_strategy_is_certified(file: Path) -> None:
    """ST-04."""
    assert judge(file, CUTS).found == ""
