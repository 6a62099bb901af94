"""Which recorded decisions rested on bars that were told otherwise later."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from alchemiser.application.ledger import CODEC
from alchemiser.domain.journal.chain import Envelope
from alchemiser.domain.journal.records import InputsTaken
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import CycleId
from alchemiser.ports.errors import InputError
from alchemiser.ports.series_store import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Tell that a decision rested on bars that were revised later.

    Attributes:
        cycle_id: The cycle that decided.
        digest: SHA-256 of the bars as it saw them; the bars store gives them back.
        revision: What changed afterwards.
    """

    cycle_id: CycleId
    digest: str
    revision: Revision


def touched(journal: Iterable[Envelope], revisions: Sequence[Revision]) -> tuple[Touched, ...]:
    """Return which decisions of `journal` read bars that a later revision changed, in order.

    Raises:
        InputError: When a record cannot be read.
    """
    return tuple(
        Touched(cycle_id=cycle_id, digest=taken.bars.digest, revision=revision)
        for at, cycle_id, taken in _decisions(journal)
        for revision in revisions
        if taken.bars is not None and _changes(revision, taken) and at < revision.seen_at
    )


def _decisions(journal: Iterable[Envelope]) -> Iterator[tuple[datetime, CycleId, InputsTaken]]:
    for envelope in journal:
        if envelope.type != InputsTaken.__name__ or envelope.cycle_id is None:
            continue
        try:
            record = CODEC.decode(envelope.type, envelope.version, envelope.data)
        except InvalidValueError as error:
            msg = f"record {envelope.sequence} of the journal cannot be read: {error}"
            raise InputError(msg) from error
        if isinstance(record, InputsTaken):
            yield envelope.at, CycleId(envelope.cycle_id), record


def _changes(revision: Revision, taken: InputsTaken) -> bool:
    bars = taken.bars
    return (
        bars is not None
        and revision.symbol in bars.symbols
        and revision.first <= bars.last
        and revision.last >= bars.first
    )
