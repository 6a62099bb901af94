"""Certificates lie in a folder, one file a content hash."""

from pathlib import Path

import pytest

from alchemiser.adapters.certificates.folder import CertificateFolder
from alchemiser.ports.errors import PortUnavailableError


def test_certificate_is_read_as_it_was_written(tmp_path: Path) -> None:
    """ST-04."""
    folder = CertificateFolder(tmp_path / "certificates")
    place = Path(folder.write("ab", '{"größe": 1}\n'))

    assert folder.read("ab") == '{"größe": 1}\n'
    assert place == tmp_path / "certificates" / "ab.json"
    assert place.read_bytes() == '{"größe": 1}\n'.encode()


def test_later_certificate_takes_the_earlier_ones_place(tmp_path: Path) -> None:
    folder = CertificateFolder(tmp_path)
    folder.write("ab", "a long one")
    folder.write("ab", "late")
    folder.write("cd", "other")

    assert (folder.read("ab"), folder.read("cd")) == ("late", "other")


def test_what_cannot_be_read_is_no_certificate(tmp_path: Path) -> None:
    """ST-04."""
    tmp_path.joinpath("ab.json").write_bytes(b"\xff\xfe")
    tmp_path.joinpath("cd.json").mkdir()
    folder = CertificateFolder(tmp_path)

    assert [folder.read(name) for name in ("ab", "cd", "ef")] == [None, None, None]
    assert CertificateFolder(tmp_path / "nowhere").read("ab") is None


@pytest.mark.parametrize("place", ["file", "missing/deep"])
def test_certificate_that_cannot_be_written_is_said_so(tmp_path: Path, place: str) -> None:
    tmp_path.joinpath("file").write_text("in the way")

    with pytest.raises(PortUnavailableError, match=r"ab\.json cannot be written \(.+\): make room"):
        CertificateFolder(tmp_path / place).write("ab", "text")
