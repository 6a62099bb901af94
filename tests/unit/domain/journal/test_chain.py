"""A chain shows every change, gap, insertion and disorder, and names where."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.journal.chain import GENESIS, ChainReport, Envelope, Head, seal, verify
from alchemiser.domain.values.errors import InvalidValueError

START = datetime(2024, 8, 5, 13, 30, tzinfo=UTC)


def chain(length: int, head: Head = GENESIS) -> list[Envelope]:
    envelopes: list[Envelope] = []
    for number in range(1, length + 1):
        envelope = seal(
            head,
            epoch=1 + number // 4,
            at=START + timedelta(seconds=number // 2),
            cycle_id=None if number % 3 else f'cycle-"{number}"',
            type="Counted",
            version=2,
            data=f'{{"n":{number}}}',
        )
        envelopes.append(envelope)
        head = envelope.head()
    return envelopes


def resealed(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Return the same records in a chain whose hashes are right."""
    head, fresh = GENESIS, []
    for one in envelopes:
        fresh.append(
            seal(
                head,
                epoch=one.epoch,
                at=one.at,
                cycle_id=one.cycle_id,
                type=one.type,
                version=one.version,
                data=one.data,
            )
        )
        head = fresh[-1].head()
    return fresh


def test_seal_hashes_the_canonical_json_of_all_but_the_hash() -> None:
    """CA-05: another tool can check the chain."""
    head = Head(41, "ab" * 32)

    envelope = seal(
        head, epoch=7, at=START, cycle_id="cycle-é", type="T", version=2, data='{"n":1}'
    )

    body = json.dumps(
        {
            "at": "2024-08-05T13:30:00.000000Z",
            "cycle_id": "cycle-é",
            "data": {"n": 1},
            "epoch": 7,
            "previous": "ab" * 32,
            "sequence": 42,
            "type": "T",
            "version": 2,
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    assert envelope.hash == sha256(body.encode()).hexdigest()
    assert (envelope.sequence, envelope.previous) == (42, head.hash)
    assert envelope.head() == Head(42, envelope.hash)


def test_seal_refuses_a_time_outside_utc() -> None:
    with pytest.raises(InvalidValueError, match="UTC"):
        seal(
            GENESIS,
            epoch=1,
            at=START.replace(tzinfo=None),
            cycle_id=None,
            type="T",
            version=1,
            data="{}",
        )


def test_verify_accepts_a_whole_chain_and_any_part_of_one() -> None:
    """CA-05."""
    envelopes = chain(9)

    assert verify([]) == ChainReport(records=0, ok=True, head=GENESIS)
    assert verify(envelopes) == ChainReport(records=9, ok=True, head=envelopes[-1].head())
    assert verify(iter(envelopes[4:]), start=envelopes[3].head()).ok
    assert not verify(envelopes[4:]).ok


@pytest.mark.parametrize("index", range(7))
@pytest.mark.parametrize(
    "change",
    [
        {"epoch": 1_000},
        {"at": START + timedelta(days=40)},
        {"cycle_id": "another"},
        {"cycle_id": "null"},
        {"type": "Counted2"},
        {"version": 3},
        {"data": '{"n":0}'},
        {"data": '{"n":1} '},
        {"previous": "0" * 63 + "1"},
        {"hash": "f" * 64},
        {"sequence": 99},
    ],
    ids=lambda change: next(iter(change)),
)
def test_verify_finds_every_changed_field_of_every_record(
    index: int, change: dict[str, object]
) -> None:
    """CA-05: flip each record."""
    envelopes = chain(7)
    good = envelopes[index - 1].head() if index else GENESIS
    envelopes[index] = envelopes[index]._replace(**change)  # type: ignore[arg-type]

    report = verify(envelopes)

    assert (report.ok, report.records, report.head) == (False, index, good)
    assert report.problem is not None
    assert report.problem.startswith(f"record {index + 1} ")


@pytest.mark.parametrize("index", range(6))
def test_verify_finds_every_dropped_record_but_the_last(index: int) -> None:
    """CA-05: a lost tail is for the head's second copy to show."""
    envelopes = chain(7)
    del envelopes[index]

    report = verify(envelopes)

    assert (report.ok, report.records) == (False, index)
    assert report.problem is not None
    assert report.problem.startswith(f"record {index + 1} is missing")


@pytest.mark.parametrize("index", range(7))
def test_verify_finds_every_inserted_record(index: int) -> None:
    envelopes = chain(7)
    before = envelopes[index - 1].head() if index else GENESIS
    forged = chain(1, before)[0]._replace(epoch=envelopes[index].epoch, at=envelopes[index].at)
    forged = resealed([*envelopes[:index], forged])[-1]
    envelopes.insert(index, forged)

    report = verify(envelopes)

    assert (report.ok, report.records) == (False, index + 1)


@given(st.permutations(range(6)))
def test_verify_finds_every_other_order(order: Sequence[int]) -> None:
    envelopes = chain(6)
    shuffled = [envelopes[place] for place in order]

    assert verify(shuffled).ok == (list(order) == sorted(order))


def test_verify_finds_a_repeated_record() -> None:
    envelopes = chain(3)

    report = verify([*envelopes, envelopes[-1]])

    assert report.problem == "record 4 is missing: number 3 stands in its place."


def test_verify_finds_time_that_runs_back() -> None:
    """CA-05."""
    envelopes = chain(5)
    envelopes[3] = envelopes[3]._replace(at=envelopes[2].at - timedelta(microseconds=1))

    report = verify(resealed(envelopes))

    assert report.records == 3
    assert report.problem == ("record 4 is dated 2024-08-05T13:30:00.999999Z, before record 3.")


def test_verify_finds_an_epoch_that_falls() -> None:
    """CC-06."""
    envelopes = chain(5)
    envelopes[4] = envelopes[4]._replace(epoch=1)

    report = verify(resealed(envelopes))

    assert report.records == 4
    assert report.problem == "record 5 has epoch 1, older than 2 before it."


def test_verify_cannot_be_misled_by_contents_that_look_like_fields() -> None:
    """Two different envelopes never have the same hashed text."""
    plain = seal(GENESIS, epoch=1, at=START, cycle_id=None, type="T", version=1, data='{"n":1}')
    crafted = plain._replace(
        cycle_id=None,
        data='{"n":1},"epoch":1',
    )

    assert not verify([crafted]).ok


def test_verify_copes_with_text_that_is_no_valid_unicode() -> None:
    envelope = chain(1)[0]._replace(data='{"n":"\ud800"}')

    assert verify([envelope]).problem is not None
