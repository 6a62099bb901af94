"""No file of the project holds a secret, another machine's path, a registry's address or a stub."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source import ROOT

NOT_OURS = frozenset({"build", "dist", "htmlcov", "__pycache__"})

# Every pattern is written so that it does not match itself.
BANS: Final[Mapping[str, re.Pattern[str]]] = {
    "a package registry's address": re.compile(
        r"pypi[.]org|pythonhosted[.]org|npmjs[.](?:org|com)|-index-ur[l]"
    ),
    "a path of one machine": re.compile(
        r"(?:^|[^\w.-])/(?:farm|home|root|tmp|Users|wor[k])/(?!\s)", re.MULTILINE
    ),
    "something left open": re.compile(
        r"\bTOD[O]\b|\bFIXM[E]\b|\bXX[X]\b|NotImplemented[E]rror|pragma: no [c]over"
    ),
    "an access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\b[PAC]K[0-9A-Z]{18,24}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KE[Y]-----"),
    "a secret": re.compile(
        r"(?i)(?:secret|token|password|api_?key)\w*[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9/+]{32,}"
    ),
}


def findings(text: str) -> list[str]:
    """Return what `text` should not hold, with the numbers of its lines."""
    return [
        f"{text.count(chr(10), 0, match.start()) + 1}: {what}: {match.group()!r}"
        for what, pattern in BANS.items()
        for match in pattern.finditer(text)
    ]


@cache
def _texts() -> tuple[tuple[str, str], ...]:
    return tuple(_readable(ROOT))


def _readable(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in NOT_OURS and (path.name == ".ci" or path.name[0] != "."):
                yield from _readable(path)
        elif (content := _text(path)) is not None:
            yield path.relative_to(ROOT).as_posix(), content


def _text(path: Path) -> str | None:
    content = path.read_bytes()
    return None if b"\0" in content else content.decode("utf-8")


def test_files_hold_nothing_that_does_not_belong_in_them() -> None:
    """SX-01, AR-07."""
    assert [f"{name}:{finding}" for name, text in _texts() for finding in findings(text)] == []


def test_check_reads_the_whole_project() -> None:
    names = {name for name, _ in _texts()}

    assert {"Makefile", ".ci/run", "pyproject.toml", "src/alchemiser/__init__.py"} <= names


@pytest.mark.parametrize(
    "text",
    [
        "--index" + "-url=https://example.org/simple",
        "see https://" + "pypi" + ".org/project/numpy",
        "folder = '" + "/home" + "/ann/alchemiser'",
        "cd " + "/work" + "/main",
        "# TO" + "DO: send the order",
        "raise NotImpl" + "ementedError",
        "if x:  # pragma: " + "no cover",
        "key_id = 'AKIA" + "ABCDEFGH01234567'",
        "ALCHEMISER_ALPACA_KEY_ID=PK" + "ABCDEFGHIJ12345678",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "secret_key = '" + "a1B2" * 10 + "'",
        "ALCHEMISER_ALPACA_SECRET_KEY=" + "Zz9/" * 10,
    ],
)
def test_check_finds_planted_text(text: str) -> None:
    assert len(findings(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Install it from the package index.",
        "--hash=sha256:" + "0123456789abcdef" * 4,
        "secret_key = os.environ['ALCHEMISER_ALPACA_SECRET_KEY']",
        "../shared/data/total_return_2005_2026.parquet",
        "https://example.org/home/strategies",
    ],
)
def test_check_accepts_ordinary_text(text: str) -> None:
    assert findings(text) == []
