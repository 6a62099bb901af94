"""The functions that write dataclasses: one for each type, generated from its fields.

A record is written for every step of every order, so nothing is looked up then: the keys stand in
the function's own text, fields are read by name, those of a dataclass in a field likewise, and only
what may hold something else than its hint is handed on. Where anything does not fit, the function
raises; the shapes know why.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from alchemiser.domain.journal.scalars import Encode, MismatchError, Parts, Shape

MISFITS: Final = (MismatchError, TypeError, AttributeError)
"""What a written function raises when its argument holds something else than its hints say."""


def writer(parts: Parts) -> Encode:
    """Return the function that writes instances of a dataclass with `parts` as JSON objects.

    The function raises one of `MISFITS`, without a reason of its own, when its argument is not of
    this type or a field does not hold what its hint says.
    """
    source = _Source()
    text = source.dataclass("value", parts)
    body = _SOURCE.format(
        reads="\n    ".join(source.reads), checks=" and ".join(source.checks), text=text
    )
    exec(body, source.known)  # noqa: S102 - of names in our own dataclasses
    made: Encode = source.known["write"]  # type: ignore[assignment]
    return made


_SOURCE: Final = """
def write(value):
    {reads}
    if not ({checks}):
        raise UNFIT("another type")
    return f'{text}'
"""


@dataclass(slots=True)
class _Source:
    """Collect the lines of one function.

    Attributes:
        reads: Lines that read fields into variables.
        checks: Expressions that have to be true before anything is written.
        known: What the lines name.
    """

    reads: list[str] = field(default_factory=lambda: ["pass"])
    checks: list[str] = field(default_factory=list)
    known: dict[str, object] = field(default_factory=lambda: {"UNFIT": MismatchError, "UTC": UTC})

    def dataclass(self, held: str, parts: Parts) -> str:
        """Return the text of the dataclass in the variable `held`, and take down its fields."""
        self.checks.append(f"type({held}) is {self._name(parts.kind)}")
        texts = []
        for name, constant in parts.keys:
            if constant is not None:
                texts.append(_literal(f'"{name}":{constant}'))
                continue
            inner = f"v{len(self.reads)}"
            self.reads.append(f"{inner} = {held}.{name}")
            texts.append(_literal(f'"{name}":') + self._field(inner, parts.shapes[name]))
        return "{{" + ",".join(texts) + "}}"

    def _field(self, held: str, shape: Shape) -> str:
        """Return the text of the field in the variable `held`."""
        if shape.parts is not None:
            return self.dataclass(held, shape.parts)
        if shape.plain is None:
            return "{" + f"{self._name(shape.encode)}({held})" + "}"
        kind, written = shape.plain.kind, f"{self._name(shape.plain.write)}({held})"
        check = f"type({held}) is {self._name(kind)}"
        if kind is datetime:
            # Equal moments of other zones would be found under the same key.
            written = f"({written} if {held}.tzinfo is UTC else {self._name(shape.encode)}({held}))"
        if shape.plain.or_none:
            check, written = (
                f"({held} is None or {check})",
                f'"null" if {held} is None else {written}',
            )
        self.checks.append(check)
        return "{" + written + "}"

    def _name(self, one: object) -> str:
        name = f"k{len(self.known)}"
        self.known[name] = one
        return name


def _literal(text: str) -> str:
    """Return `text` as it stands in the source of a formatted string in single quotes."""
    return text.replace("\\", "\\\\").replace("{", "{{").replace("}", "}}").replace("'", "\\'")
