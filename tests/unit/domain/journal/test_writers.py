"""Functions written for record types: the text that the shapes write, in less time."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alchemiser.domain.journal.codec import RecordCodec, encode
from alchemiser.domain.values.errors import InvalidValueError


@dataclass(frozen=True)
class Amount:
    """One number."""

    amount: Decimal


CODEC: RecordCodec[Amount] = RecordCodec((Amount,))


@given(st.one_of(st.decimals(), st.integers().map(Decimal)))
@example(Decimal("-0"))
@example(Decimal(-10))
@example(Decimal("0.00"))
@example(Decimal("1.50"))
@example(Decimal("1E+2"))
@example(Decimal("1" + "0" * 39))
@example(Decimal("1" + "0" * 40))
@example(Decimal("Infinity"))
def test_what_is_written_quickly_is_what_is_encoded(number: Decimal) -> None:
    """BT-10: the function made for a record type writes the one text of every number."""
    record = Amount(number)
    try:
        text = encode(record)
    except InvalidValueError:
        with pytest.raises(InvalidValueError, match=r"^Amount\.amount: must be a "):
            CODEC.encode(record)
    else:
        assert CODEC.encode(record) == ("Amount", 1, text)
