"""How cases become a check, and checks a report."""

from collections.abc import Iterator
from typing import Final

import pytest

from alchemiser.application.certification.report import (
    CertificationCheck,
    CertificationReport,
    judged,
    silent,
)
from alchemiser.ports.candidate import CandidateId

KEPT: Final = CertificationCheck(id="inputs", ok=True, message="It changes nothing.", cases=3)
FAILED: Final = CertificationCheck(id="dates", ok=False, message="It knows dates.", cases=1)
FOUND: Final = CertificationCheck(id="budget", ok=False, message="It is slow.", cases=9)


def a_report(*checks: CertificationCheck, version: str = "1.0") -> CertificationReport:
    identity = CandidateId(strategy="trend", plugin="mine", version=version, content_hash="ab" * 32)
    return CertificationReport(identity=identity, cuts=5, seed=7, checks=checks)


def test_check_without_findings_tells_what_was_proved_and_how_often() -> None:
    """ST-04."""
    check = judged("dates", "another year changes nothing", ["", "", ""])

    assert check == CertificationCheck(
        id="dates", ok=True, message="another year changes nothing.", cases=3
    )


def test_check_without_cases_has_asked_nothing() -> None:
    """ST-04."""
    assert judged("dates", "another year changes nothing", []).cases == 0


def test_finding_ends_the_check_before_the_next_case_is_tried() -> None:
    """ST-04: a strategy that never returns is asked no more than needed."""

    def cases() -> Iterator[str]:
        yield ""
        yield "it broke."
        pytest.fail("was asked after it broke")

    check = judged("dates", "nothing broke", cases())

    assert check == CertificationCheck(id="dates", ok=False, message="it broke.", cases=2)


def test_progress_is_told_before_the_finding() -> None:
    told: list[tuple[str, int]] = []

    judged("dates", "nothing broke", ["", "it broke."], lambda *step: told.append(step))

    assert told == [("dates", 1), ("dates", 2)]


def test_nobody_is_told_without_being_asked(capsys: pytest.CaptureFixture[str]) -> None:
    silent("dates", 1)
    judged("dates", "nothing broke", [""])

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("checks", "certified", "refusals"),
    [
        ((KEPT,), True, ()),
        ((KEPT, FAILED), False, ("dates",)),
        ((FOUND, KEPT, FAILED), False, ("budget", "dates")),
    ],
)
def test_one_finding_refuses(
    checks: tuple[CertificationCheck, ...], certified: bool, refusals: tuple[str, ...]
) -> None:
    """ST-04."""
    report = a_report(*checks)

    assert report.certified is certified
    assert report.refusals() == refusals


@pytest.mark.parametrize(
    ("checks", "version", "first"),
    [
        ((KEPT,), "1.0", "trend of mine 1.0: certified"),
        ((KEPT, FOUND), "1.0", "trend of mine 1.0: REFUSED"),
        ((KEPT,), "", "trend of mine: certified"),
    ],
)
def test_report_begins_with_the_verdict(
    checks: tuple[CertificationCheck, ...], version: str, first: str
) -> None:
    assert str(a_report(*checks, version=version)).splitlines()[0] == first


def test_report_tells_every_check_in_its_order() -> None:
    assert str(a_report(FOUND, KEPT)).splitlines()[1:] == [
        "  FAIL budget: It is slow.",
        "  ok   inputs: It changes nothing.",
    ]


def test_tree_of_code_is_none() -> None:
    assert a_report(KEPT).tree == ""
