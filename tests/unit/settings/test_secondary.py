"""The table `[data.secondary]`: a second source is declared whole, or not at all."""

from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.domain.values.errors import SettingsError
from alchemiser.settings import Settings

FILES = '[data]\nadapter = "files"\npath = "bars"\n'
SECOND = f'{FILES}[data.secondary]\nadapter = "files"\npath = "others"\n'
PAPER = (
    '[account]\nmode = "paper"\n[broker]\nadapter = "alpaca"\n[data]\nadapter = "alpaca"\n'
    '[data.secondary]\nadapter = "alpaca"\n'
)


def load(folder: Path, text: str) -> Settings:
    file = folder / "alchemiser.toml"
    file.write_text(text)
    return Settings.load(file)


def test_second_source_is_off_unless_declared(tmp_path: Path) -> None:
    """RS-07."""
    assert load(tmp_path, FILES).data.secondary is None


def test_defaults_refuse_whatever_is_missing(tmp_path: Path) -> None:
    """RS-07: fail closed."""
    settings = load(tmp_path, SECOND)
    declared = settings.data.secondary

    assert declared is not None
    assert settings.second_path() == tmp_path / "others"
    assert settings.second_bars_file() == tmp_path / "bars-secondary.db"
    assert (declared.on_primary_missing, declared.on_secondary_missing) == ("refuse", "refuse")
    assert (declared.tolerance, declared.weight_tolerance) == (Decimal("0.005"), Decimal("0.01"))


def test_another_feed_of_the_broker_is_a_second_source(tmp_path: Path) -> None:
    declared = load(tmp_path, f'{PAPER}feed = "sip"\n').data.secondary

    assert declared is not None
    assert declared.feed == "sip"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{FILES}[data.secondary]\n", "[data.secondary] adapter is missing: write adapter ="),
        (f"{FILES}[data.secondary]\nadapter = 'files'\n", '[data.secondary] adapter = "files"'),
        (f"{SECOND}feed = 'sip'\n", "[data.secondary] feed goes with adapter"),
        (f"{SECOND}tolerance = 1.5\n", "[data.secondary] tolerance = 1.5 cannot be used: write a"),
        (f"{SECOND}on_primary_missing = 'use'\n", 'on_primary_missing = "refuse" or'),
        (f"{SECOND}on_primary = 'x'\n", "did you mean on_primary_missing?"),
        (f'{FILES}secondary = "others"\n', "[data.secondary] has to be a table"),
        (SECOND.replace("others", "bars"), "name the same file: give each its own"),
        (
            f'{FILES}[data.secondary]\nadapter = "alpaca"\n',
            '"simulated" does not go with [data.secondary] adapter = "alpaca"',
        ),
        (f'{FILES}[data.secondary]\nadapter = "synthetic"\n', 'adapter = "files" or "alpaca"'),
        (PAPER, 'secondary is the same source: write another feed than "iex" there'),
        (f'{PAPER}path = "others"\n', 'path needs adapter = "files"'),
    ],
)
def test_what_cannot_be_a_second_source_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """RS-07, SX-08."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)

    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
