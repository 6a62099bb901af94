"""A certificate vouches for exactly the content that was tried, and only unchanged."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.certificates.folder import CertificateFolder
from alchemiser.application.certification.certificate import certificate, is_certified
from alchemiser.application.certification.report import CertificationCheck, CertificationReport
from alchemiser.application.engine import EnabledStrategy, Mode
from alchemiser.application.preflight import check_certified, uncertified
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.ports.candidate import CandidateId
from alchemiser.rules import asset

HASH = "ab" * 32


def report(*, ok: bool = True) -> CertificationReport:
    return CertificationReport(
        identity=CandidateId(strategy="trend", plugin="mine", version="1.0", content_hash=HASH),
        cuts=1_000,
        seed=7,
        checks=(CertificationCheck(id="look_ahead", ok=ok, message="Seen.", cases=5),),
    )


def enabled(*, certified: bool) -> EnabledStrategy:
    return EnabledStrategy(
        strategy_id=StrategyId("trend"),
        weight=Decimal(1),
        strategy=RuleStrategy(asset("SPY")),
        content_hash=HASH,
        certified=certified,
    )


def test_certificate_vouches_for_its_content_alone(tmp_path: Path) -> None:
    """ST-02, ST-04."""
    folder = CertificateFolder(tmp_path / "certificates")
    place = Path(folder.write(HASH, certificate(report(), "c0de")))

    assert is_certified(folder, HASH)
    assert not is_certified(folder, "cd" * 32)
    place.rename(place.with_name(f"{'cd' * 32}.json"))
    assert not is_certified(folder, "cd" * 32)


@pytest.mark.parametrize("change", [{"cuts": 1}, {"checks": {}}, {"format": 2}, {"digest": "0"}])
def test_certificate_that_was_edited_is_none(tmp_path: Path, change: dict[str, object]) -> None:
    """ST-04."""
    folder = CertificateFolder(tmp_path)
    text = certificate(report(), "c0de")
    folder.write(HASH, json.dumps(json.loads(text) | change))

    assert not is_certified(folder, HASH)


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "null"])
def test_what_is_no_certificate_certifies_nothing(tmp_path: Path, text: str) -> None:
    folder = CertificateFolder(tmp_path)
    folder.write(HASH, text)

    assert not is_certified(folder, HASH)


def test_what_was_refused_gets_no_certificate() -> None:
    with pytest.raises(SettingsError, match="look_ahead"):
        certificate(report(ok=False), "c0de")


def test_live_trading_refuses_what_is_not_certified_and_others_are_warned() -> None:
    """ST-04."""
    check_certified(Mode.LIVE, [enabled(certified=True)])
    for mode in (Mode.SIMULATED, Mode.PAPER):
        check_certified(mode, [enabled(certified=False)])

    assert list(uncertified([enabled(certified=False)])) == [
        "trend is not certified as it is now: run `alchemiser certify trend`."
    ]
    with pytest.raises(SettingsError, match="alchemiser certify trend"):
        check_certified(Mode.LIVE, [enabled(certified=False)])
