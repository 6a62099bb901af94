"""Each provider tells a key or one sentence that names what is missing, and never a value."""

import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alchemiser.adapters.secrets.env import VARIABLES, EnvironmentKeys
from alchemiser.adapters.secrets.file import FileKeys
from alchemiser.domain.values.errors import SettingsError

KEY, PROOF = "PK-of-a-test-0001", "proof+of/a-test-0001"
GOOD = f'key_id = "{KEY}"\nsecret_key = "{PROOF}"\n'


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a key file."""

    def written(text: str, mode: int = 0o600) -> Path:
        path = tmp_path / "keys.toml"
        path.write_text(text)
        path.chmod(mode)
        return path

    return written


def _complaint(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        FileKeys(path).read()
    told = str(caught.value)
    assert "\n" not in told
    assert KEY not in told
    assert PROOF not in told
    return told


def test_the_environment_tells_both_halves() -> None:
    """SX-03."""
    values = {**dict(zip(VARIABLES, (KEY, PROOF), strict=True)), "HOME": "/"}
    source = EnvironmentKeys(lambda names: {name: values[name] for name in names})

    assert source.read().key_id.reveal() == KEY
    assert source.read().secret_key.reveal() == PROOF
    assert source.read().since is None
    assert KEY not in repr(source)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "is missing"),
        ("", "is empty"),
        (" \t", "is empty"),
        ("<your key>", "is a placeholder"),
        ("${KEY}", "is a placeholder"),
        ("YOUR_SECRET_KEY", "is a placeholder"),
        ("changeme", "is a placeholder"),
        ("xxxxxxxx", "is a placeholder"),
        ("***", "is a placeholder"),
        ("placeholder", "is a placeholder"),
        ("secret", "is a placeholder"),
        ("api_key", "is a placeholder"),
        ("two words", "blanks or characters"),
        ("line\n", "blanks or characters"),
        ("schlüssel", "blanks or characters"),
    ],
)
@pytest.mark.parametrize("which", [0, 1])
def test_what_is_no_key_is_refused_by_its_name_alone(
    value: str | None, problem: str, which: int
) -> None:
    """E01, SX-06."""
    values: Mapping[str, str | None] = dict(zip(VARIABLES, (KEY, PROOF), strict=True)) | {
        VARIABLES[which]: value
    }
    given = {name: text for name, text in values.items() if text is not None}

    with pytest.raises(SettingsError) as caught:
        EnvironmentKeys(lambda _: given).read()

    told = str(caught.value)
    assert told.startswith(f"{VARIABLES[which]} ")
    assert problem in told
    assert KEY not in told
    assert PROOF not in told


def test_a_file_tells_both_halves_and_the_day(write: Callable[..., Path]) -> None:
    """SX-04."""
    found = FileKeys(write(f"{GOOD}since = 2026-01-31\n")).read()

    assert (found.key_id.reveal(), found.secret_key.reveal()) == (KEY, PROOF)
    assert found.since == datetime(2026, 1, 31, tzinfo=UTC)
    assert FileKeys(write(GOOD)).read().since is None


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o700])
def test_a_file_of_the_owner_alone_is_read(write: Callable[..., Path], mode: int) -> None:
    assert FileKeys(write(GOOD, mode)).read().key_id.reveal() == KEY


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o660, 0o610, 0o601, 0o602, 0o777])
def test_a_file_that_others_may_touch_is_refused(write: Callable[..., Path], mode: int) -> None:
    """E04."""
    assert "chmod 600" in _complaint(write(GOOD, mode))


def test_a_file_of_somebody_else_is_refused(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """E04."""
    path = write(GOOD)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)

    assert "belongs to another user" in _complaint(path)


def test_what_is_no_plain_file_is_refused(write: Callable[..., Path], tmp_path: Path) -> None:
    """E04."""
    link = tmp_path / "link"
    link.symlink_to(write(GOOD))
    pipe = Path(tempfile.mkdtemp(dir=tmp_path)) / "pipe"
    os.mkfifo(pipe, 0o600)

    assert "no link" in _complaint(link)
    assert "is no file" in _complaint(pipe)
    assert "is no file" in _complaint(tmp_path)
    assert "does not exist" in _complaint(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "key_id is missing"),
        (f'key_id = "{KEY}"\n', "secret_key is missing"),
        (f'key_id = 5\nsecret_key = "{PROOF}"\n', "key_id is no text"),
        (f"key_id = {KEY}\n", "is not TOML"),
        (f'{GOOD}other = "{PROOF}"\n', "holds more than a key"),
        (f'{GOOD}since = "2026-01-31"\n', "is no day"),
        (f"{GOOD}since = 2026-01-31T10:00:00Z\n", "is no day"),
    ],
)
def test_a_file_without_a_key_is_refused(write: Callable[..., Path], text: str, told: str) -> None:
    """E01."""
    assert told in _complaint(write(text))
