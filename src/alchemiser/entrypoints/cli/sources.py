"""What two sources of market data had to do with a decision, for people and programs."""

from collections.abc import Iterable

from rich.console import Console

from alchemiser.domain.journal.source_records import (
    Missing,
    QuorumMissed,
    SourceRecord,
    SourcesCompared,
)
from alchemiser.entrypoints.cli.pieces import plain


def sources_json(records: Iterable[SourceRecord]) -> dict[str, object]:
    """Return which sources were compared, None without a second one, and what was not agreed on."""
    records = tuple(records)
    compared = next((one for one in records if isinstance(one, SourcesCompared)), None)
    told: dict[str, object] | None = None
    if compared is not None:
        told = {
            "first": compared.first,
            "second": compared.second,
            "missing": compared.missing,
            "reason": compared.reason,
            "bars": compared.bars,
            "differences": compared.differences,
        }
    dissents = [one.dissent for one in records if isinstance(one, QuorumMissed)]
    return {"sources": told, "dissents": dissents}


def print_sources(console: Console, records: Iterable[SourceRecord]) -> None:
    """Print which sources were compared, where they differ, and what was not agreed on."""
    for record in records:
        if isinstance(record, QuorumMissed):
            told = f"{record.dissent.strategy} is left alone: {record.dissent.sentence()}"
            console.print(plain(told), soft_wrap=True)
            continue
        console.print(plain(f"first source: {record.first.sentence()}"), soft_wrap=True)
        console.print(plain(f"second source: {record.second.sentence()}"), soft_wrap=True)
        if record.missing is not Missing.NONE:
            told = f"the {record.missing} could not be read: {record.reason}"
            console.print(plain(told), soft_wrap=True)
        for one in record.differences:
            console.print(plain(one.sentence()), soft_wrap=True)
