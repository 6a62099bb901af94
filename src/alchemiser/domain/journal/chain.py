"""The hash chain: each envelope carries the hash of the one before it.

The hash is the SHA-256 of the envelope written as canonical JSON without its own hash, so a chain
can be checked with any other tool. It shows damage and careless edits; whoever can rewrite the
whole journal can rewrite the chain, so the head has to be kept elsewhere as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from alchemiser.domain.journal.scalars import quote, time_text


@dataclass(frozen=True, slots=True)
class Head:
    """Name the last envelope of a chain.

    Attributes:
        sequence: Its number; 0 before the first.
        hash: Its hash, 64 hexadecimal digits; zeros before the first.
    """

    sequence: int
    hash: str


GENESIS = Head(0, "0" * 64)
"""The head of an empty chain."""


class Envelope(NamedTuple):
    """Hold one record in its place in the chain.

    Attributes:
        sequence: 1 for the first, then without gaps.
        epoch: The term of the writer; never falls.
        at: When it was written, UTC; never runs back.
        cycle_id: The cycle it belongs to, or None.
        type: The record's type.
        version: The version of that type.
        data: The record as canonical JSON.
        previous: The hash of the envelope before.
        hash: The hash of this envelope.
    """

    sequence: int
    epoch: int
    at: datetime
    cycle_id: str | None
    type: str
    version: int
    data: str
    previous: str
    hash: str

    def head(self) -> Head:
        """Return the head of the chain that ends here."""
        return Head(self.sequence, self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """Say how far a chain holds.

    Attributes:
        records: How many envelopes hold, from the start up to the first bad one.
        ok: Whether all of them do.
        head: The last envelope that holds.
        problem: One sentence that names the first bad envelope by its sequence number, or None.
    """

    records: int
    ok: bool
    head: Head
    problem: str | None = None


Sealed = tuple[datetime, str | None, str, int, str]
"""What goes into an envelope: moment (UTC), cycle or None, type, version, canonical JSON."""


def seal_all(last: Head | Envelope, records: Iterable[Sealed], *, epoch: int) -> list[Envelope]:
    """Return the envelopes that follow `last`, one for each of `records`."""
    sequence, previous = last.sequence, last.hash
    envelopes: list[Envelope] = []
    moment: datetime | None = None
    cycle, start = None, ""
    for at, cycle_id, kind, version, data in records:
        sequence += 1
        # What is written together mostly begins alike.
        if at is not moment or cycle_id is not cycle:
            moment, cycle = at, cycle_id
            start = _start(at, cycle_id)
        body = (
            f'{start}{data},"epoch":{epoch},"previous":"{previous}",'
            f'"sequence":{sequence},"type":{quote(kind)},"version":{version}}}'
        )
        digest = sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
        fields = (sequence, epoch, at, cycle_id, kind, version, data, previous, digest)
        envelopes.append(tuple.__new__(Envelope, fields))
        previous = digest
    return envelopes


def _start(at: datetime, cycle_id: str | None) -> str:
    cycle = "null" if cycle_id is None else quote(cycle_id)
    return f'{{"at":"{time_text(at)}","cycle_id":{cycle},"data":'


def seal(  # noqa: PLR0913 - one argument a field
    last: Head | Envelope,
    *,
    epoch: int,
    at: datetime,
    cycle_id: str | None,
    type: str,  # noqa: A002 - the field's name
    version: int,
    data: str,
) -> Envelope:
    """Return the envelope that follows `last`; `at` is in UTC and `data` canonical JSON."""
    return seal_all(last, ((at, cycle_id, type, version, data),), epoch=epoch)[0]


def verify(envelopes: Iterable[Envelope], start: Head = GENESIS) -> ChainReport:
    """Follow the chain from `start` and stop at the first envelope that does not hold.

    Takes them one by one, so a journal of any length needs no memory.
    """
    head, records = start, 0
    last: Envelope | None = None
    for envelope in envelopes:
        problem = _problem(head, last, envelope)
        if problem is not None:
            return ChainReport(records=records, ok=False, head=head, problem=problem)
        head, last, records = envelope.head(), envelope, records + 1
    return ChainReport(records=records, ok=True, head=head)


def _problem(head: Head, last: Envelope | None, envelope: Envelope) -> str | None:
    number = head.sequence + 1
    if envelope.sequence != number:
        return f"record {number} is missing: number {envelope.sequence} stands in its place."
    if envelope.previous != head.hash:
        return f"record {number} does not carry the hash of the record before it."
    if envelope.hash != _resealed(head, envelope).hash:
        return f"record {number} was changed: its hash does not fit its contents."
    if last is not None and envelope.at < last.at:
        return f"record {number} is dated {time_text(envelope.at)}, before record {last.sequence}."
    if last is not None and envelope.epoch < last.epoch:
        return f"record {number} has epoch {envelope.epoch}, older than {last.epoch} before it."
    return None


def _resealed(head: Head, envelope: Envelope) -> Envelope:
    return seal(
        head,
        epoch=envelope.epoch,
        at=envelope.at,
        cycle_id=envelope.cycle_id,
        type=envelope.type,
        version=envelope.version,
        data=envelope.data,
    )
