"""Keep a print of every version of every record, so that no field changes without a new version.

`python -m tools.record_shapes` adds the prints that are missing; a line that stands is never
changed, for somewhere there is a journal that was written by it.
"""

import dataclasses
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, get_args, get_type_hints

from alchemiser.domain.journal.records import RECORD_TYPES

TABLE: Final = Path("tests/unit/domain/journal/record_shapes.txt")


def main() -> None:
    """Add what is missing."""
    known = TABLE.read_text().splitlines() if TABLE.exists() else []
    TABLE.write_text("\n".join(sorted({*known, *lines()})) + "\n")


def lines() -> Iterator[str]:
    """Yield name, version and print of every record as this release writes it."""
    for kind in RECORD_TYPES:
        version = getattr(kind, "VERSION", 1)
        digest = sha256(shape(kind).encode()).hexdigest()[:16]
        yield f"{kind.__name__} {version} {digest}"


def shape(kind: object, within: tuple[object, ...] = ()) -> str:
    """Return the fields of a dataclass with theirs, or the name of another type."""
    name = getattr(kind, "__name__", str(kind))
    if kind in within:
        return name
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        fields = (field.name for field in dataclasses.fields(kind) if field.init)
        parts = (f"{one}:{shape(hints[one], (*within, kind))}" for one in sorted(fields))
        return f"{name}{{{','.join(parts)}}}"
    inside = get_args(kind)
    return f"{name}[{','.join(sorted(shape(one, within) for one in inside))}]" if inside else name


if __name__ == "__main__":
    main()
