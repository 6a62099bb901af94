"""A panel's digest covers all that the source said, and nothing else."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import (
    canonical,
    panel_columns,
    panel_digest,
    panel_from_columns,
)
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol

BASE = BarPanel(
    sessions=(date(2024, 8, 2), date(2024, 8, 5)),
    symbols=(Symbol("SPY"), Symbol("TLT")),
    close=np.array([[532.9, float("nan")], [517.38, 98.55]]),
)


def test_digest_is_the_same_on_every_machine() -> None:
    """BT-10: fails when the format changes, and with it every stored reference."""
    assert panel_digest(BASE) == (
        "d49c67b89c7ddc55e9a056383c908c789f982589b2a57899a36398b799b75433"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"sessions": (date(2024, 8, 1), date(2024, 8, 5))},
        {"symbols": (Symbol("SPY"), Symbol("TMF"))},
        {"close": np.array([[532.9, float("nan")], [517.38, np.nextafter(98.55, 99)]])},
        {"close": np.array([[532.9, 98.55], [517.38, float("nan")]])},
        {"volume": BASE.close},
        {"raw_close": BASE.close},
        {"provisional": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_digest_changes_with_the_content(change: dict[str, Any]) -> None:
    """BT-10: volume and trading basis of the same numbers are different things."""
    digests = {panel_digest(BASE), panel_digest(replace(BASE, **change))}
    digests |= {panel_digest(replace(BASE, volume=BASE.close))}

    assert len(digests) == (2 if "volume" in change else 3)


def test_digest_does_not_change_with_judgement_layout_or_kind_of_nan() -> None:
    """BT-10."""
    close = np.asfortranarray(BASE.close)
    odd = close.view(np.uint64)
    odd[0, 1] |= 0x8000_0000_0000_0003
    same = replace(BASE, close=close, blocked=np.ones((2, 2), dtype=np.bool_))

    assert panel_digest(same) == panel_digest(BASE)


def test_zeros_of_either_sign_differ() -> None:
    digests = {panel_digest(replace(BASE, close=np.full((2, 2), zero))) for zero in (0.0, -0.0)}

    assert len(digests) == 2


def test_canonical_values_are_little_endian_doubles() -> None:
    array = canonical(np.array([[1.5, float("nan")]], dtype=">f8"))

    assert array.dtype == np.dtype("<f8")
    assert array.tobytes() == bytes.fromhex("000000000000f83f000000000000f87f")


def test_panel_survives_being_taken_apart() -> None:
    panel = replace(BASE, volume=BASE.close * 7, provisional=True)

    again = panel_from_columns(
        sessions=panel.sessions,
        symbols=panel.symbols,
        columns=panel_columns(panel),
        provisional=True,
    )

    assert list(panel_columns(panel)) == ["close", "volume"]
    assert panel_digest(again) == panel_digest(panel)


@pytest.mark.parametrize("names", [["open"], ["close", "vwap"], []])
def test_other_columns_are_refused(names: list[str]) -> None:
    with pytest.raises(InvalidValueError, match="a panel is made of close, open"):
        panel_from_columns(
            sessions=BASE.sessions,
            symbols=BASE.symbols,
            columns=dict.fromkeys(names, BASE.close),
        )
