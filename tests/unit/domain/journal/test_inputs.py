"""The account that a decision rested on is read back as the broker stated it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from alchemiser.domain.journal.codec import RecordCodec
from alchemiser.domain.journal.records import InputsTaken
from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.testing.builders import an_account

CODEC: RecordCodec[InputsTaken] = RecordCodec((InputsTaken,))
PLAIN = InputsTaken(
    session=date(2024, 8, 5), bars=None, provisional=(), quotes=(), account=an_account()
)
TOLD = replace(
    PLAIN,
    account=replace(
        an_account(),
        kind=AccountKind.CASH,
        settled_cash=Decimal("-3.25"),
        maintenance_margin=Decimal("1800.01"),
    ),
)


@pytest.mark.parametrize("record", [PLAIN, TOLD], ids=["says nothing", "says all"])
def test_account_survives_the_journal(record: InputsTaken) -> None:
    """SE-04."""
    assert CODEC.decode(*CODEC.encode(record)) == record


def test_account_of_an_older_release_is_not_guessed() -> None:
    name, version, data = CODEC.encode(PLAIN)

    with pytest.raises(InvalidValueError, match="InputsTaken has version 1"):
        CODEC.decode(name, version - 1, data)
