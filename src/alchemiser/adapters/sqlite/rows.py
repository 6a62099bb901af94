"""Envelopes as rows of the table `envelope`, and back with every cell checked."""

from dataclasses import dataclass
from pathlib import Path

from alchemiser.domain.journal.chain import GENESIS, Envelope, Head
from alchemiser.domain.journal.scalars import time_from_text, time_text
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.ports.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Where the journal stands: the present epoch and the last envelope."""

    epoch: int
    head: Head


UNWRITTEN = Term(epoch=0, head=GENESIS)
"""Where a journal stands that nobody has written yet."""


def cells(envelope: Envelope) -> tuple[str | int | None, ...]:
    """Return the cells of `envelope` in the order of the table's columns."""
    return (
        envelope.sequence,
        envelope.epoch,
        time_text(envelope.at),
        envelope.cycle_id,
        envelope.type,
        envelope.version,
        envelope.data,
        envelope.previous,
        envelope.hash,
    )


def envelope(row: tuple[object, ...], path: Path) -> Envelope:
    """Return the envelope in `row`, a row of the journal at `path`.

    Raises:
        InputError: When a cell cannot be one of an envelope; whether it is the right one is for
            the hash chain to say.
    """
    try:
        return _checked(row)
    except InvalidValueError as error:
        msg = f"Record {row[0]} of the journal {path} is damaged: restore the file from a copy."
        raise InputError(msg) from error


def term(row: tuple[object, ...] | None, path: Path) -> Term:
    """Return the term in `row`, the only row of the table `term`.

    Raises:
        InputError: When the row is missing or holds something else.
    """
    match row:
        case (int(epoch), int(sequence), str(digest)):
            return Term(epoch=epoch, head=Head(sequence, digest))
        case _:
            msg = f"The journal {path} has lost its epoch: restore it from a copy."
            raise InputError(msg)


def _checked(row: tuple[object, ...]) -> Envelope:
    match row:
        case (
            int(sequence),
            int(epoch),
            str(at),
            str() | None as cycle_id,
            str(name),
            int(version),
            str(data),
            str(previous),
            str(digest),
        ):
            return Envelope(
                sequence=sequence,
                epoch=epoch,
                at=time_from_text(at),
                cycle_id=cycle_id,
                type=name,
                version=version,
                data=data,
                previous=previous,
                hash=digest,
            )
        case _:
            msg = "a cell is of the wrong type."
            raise InvalidValueError(msg)
