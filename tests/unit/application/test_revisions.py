"""A revision touches the decisions that had read the bars before it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from alchemiser.application.ledger import CODEC
from alchemiser.application.revisions import touched
from alchemiser.domain.journal.chain import GENESIS, Envelope, seal
from alchemiser.domain.journal.records import InputsTaken
from alchemiser.domain.market.bars import BarsReference
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError
from alchemiser.ports.series_store import Revision
from alchemiser.testing.builders import an_account

AT: Final = datetime(2024, 8, 5, 19, 45, tzinfo=UTC)
SPY: Final = Symbol("SPY")
READ: Final = BarsReference(
    revision=7, digest="ab" * 32, symbols=(SPY,), first=date(2020, 1, 2), last=date(2024, 8, 2)
)
REVISION: Final = Revision(
    symbol=SPY,
    source="alpaca iex",
    seen_at=AT + timedelta(days=1),
    first=date(2024, 8, 1),
    last=date(2024, 8, 1),
    bars=1,
    largest=0.02,
)


def decided(bars: BarsReference | None, version: int | None = None) -> Envelope:
    inputs = InputsTaken(
        session=date(2024, 8, 5), bars=bars, provisional=(), quotes=(), account=an_account()
    )
    name, own, data = CODEC.encode(inputs)
    return seal(
        GENESIS,
        epoch=1,
        at=AT,
        cycle_id="cycle-1",
        type=name,
        version=own if version is None else version,
        data=data,
    )


def test_a_decision_that_read_the_bar_before_is_told() -> None:
    """FAULTS C09: with the digest by which the bars store gives back what it saw."""
    (found,) = touched([decided(READ)], [REVISION])

    assert (found.cycle_id, found.digest, found.revision) == ("cycle-1", READ.digest, REVISION)


@pytest.mark.parametrize(
    ("bars", "revision"),
    [
        (None, REVISION),
        (replace(READ, symbols=(Symbol("TLT"),)), REVISION),
        (READ, replace(REVISION, seen_at=AT - timedelta(seconds=1))),
        (READ, replace(REVISION, first=date(2024, 8, 5), last=date(2024, 8, 5))),
        (READ, replace(REVISION, first=date(2019, 1, 2), last=date(2019, 1, 2))),
    ],
    ids=["no bars", "another symbol", "seen before", "later bars", "earlier bars"],
)
def test_other_decisions_are_not(bars: BarsReference | None, revision: Revision) -> None:
    assert touched([decided(bars)], [revision]) == ()


def test_a_record_that_cannot_be_read_is_said_so() -> None:
    with pytest.raises(InputError, match="record 1"):
        touched([decided(READ, version=1)], [REVISION])
