"""Amounts reach programs with all their digits, and whatever is unusual is still JSON."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.journal.chain import GENESIS, seal
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.entrypoints.cli.as_json import dumps, line, record


@dataclass(frozen=True, slots=True)
class Row:
    """Hold two columns."""

    name: str
    value: Decimal | None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E-9"), "0.000000001"),
        (Decimal("100000.00"), "100000.00"),
        (Decimal("453.1502128437105160955117511"), "453.1502128437105160955117511"),
        (Decimal("2E+3"), "2000"),
        (0.1, "0.1"),
        (float("nan"), "null"),
        (float("inf"), "null"),
        (None, "null"),
        (True, "true"),
        (7, "7"),
        ("é\n\x1b", '"\\u00e9\\n\\u001b"'),
        (AssetClass.STOCK, '"stock"'),
        (date(2024, 8, 5), '"2024-08-05"'),
        (datetime(2024, 8, 5, 19, 45, tzinfo=UTC), '"2024-08-05T19:45:00+00:00"'),
        ((1, [2, ()]), "[1, [2, []]]"),
        ({"a": 1, "b": {}}, '{"a": 1, "b": {}}'),
        (Row("x", None), '{"name": "x", "value": null}'),
    ],
)
def test_a_value_has_one_form(value: object, text: str) -> None:
    assert dumps(value) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_a_decimal_comes_back_as_it_was(value: Decimal) -> None:
    assert json.loads(dumps([value]), parse_float=Decimal, parse_int=Decimal) == [value]


def test_what_has_no_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="PosixPath has no form"):
        dumps({"path": Path("x")})


def test_a_journal_record_is_exported_with_its_data_as_they_were_hashed() -> None:
    envelope = seal(
        GENESIS,
        epoch=3,
        at=datetime(2024, 8, 5, 19, 45, tzinfo=UTC),
        cycle_id=None,
        type="Posted",
        version=1,
        data='{"amount":0.10,"who":"ann"}',
    )

    assert '"data": {"amount":0.10,"who":"ann"}}' in line(envelope)
    assert json.loads(line(envelope))["epoch"] == 3
    assert dumps(record(envelope)["data"]) == '{"amount": 0.10, "who": "ann"}'
