"""The functions that write dataclasses: one for each type, generated from its fields.

A record is written for every step of every order, so nothing is looked up then: the keys stand in
the function's own text, fields are read by name, those of a dataclass or a tuple in a field
likewise, and only what may hold something else than its hint is handed on. Where anything does not
fit, the function raises; the shapes know why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from alchemiser.domain.journal.scalars import DECIMAL_DIGITS_MAX, decimal_text
from alchemiser.domain.journal.shapes import Encode, MismatchError, Parts, Plain, Shape
from alchemiser.domain.values.numbers import ZERO

MISFITS: Final = (MismatchError, TypeError, AttributeError, ValueError)
"""What a written function raises when its argument holds something else than its hints say."""


def writer(shape: Shape) -> Encode:
    """Return the function that writes what `shape` encodes, as `shape` does.

    The function raises one of `MISFITS`, without a reason of its own, when its argument is not of
    this type or a part of it does not hold what its hint says.
    """
    if shape.parts is None and shape.places is None:
        return shape.encode
    source = _Source()
    text = source.text_of("value", shape)
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
_KNOWN: Final = {"UNFIT": MismatchError, "UTC": UTC, "ZERO": ZERO, "bare": decimal_text}


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
    known: dict[str, object] = field(default_factory=lambda: dict(_KNOWN))

    def text_of(self, held: str, shape: Shape) -> str:
        """Return the text of what is in the variable `held`, and take down what it is made of."""
        if shape.parts is not None:
            return self._dataclass(held, shape.parts)
        if shape.places is not None:
            return self._row(held, shape.places)
        if shape.plain is not None:
            return self._plain(held, shape.plain, shape.encode)
        if shape.item is not None:
            self.checks.append(f"isinstance({held}, tuple)")
            return '[{",".join(map(' + f"{self._name(writer(shape.item))}, {held}" + "))}]"
        return "{" + f"{self._name(shape.encode)}({held})" + "}"

    def _dataclass(self, held: str, parts: Parts) -> str:
        self.checks.append(f"type({held}) is {self._name(parts.kind)}")
        texts = []
        for name, constant in parts.keys:
            if constant is not None:
                texts.append(_literal(f'"{name}":{constant}'))
                continue
            inner = f"v{len(self.reads)}"
            self.reads.append(f"{inner} = {held}.{name}")
            texts.append(_literal(f'"{name}":') + self.text_of(inner, parts.shapes[name]))
        return "{{" + ",".join(texts) + "}}"

    def _row(self, held: str, places: Sequence[Shape]) -> str:
        self.checks.append(f"isinstance({held}, tuple)")
        inner = [f"{held}_{place}" for place in range(len(places))]
        self.reads.append(f"{', '.join(inner)}, = {held}")
        return "[" + ",".join(map(self.text_of, inner, places)) + "]"

    def _plain(self, held: str, plain: Plain, encode: Encode) -> str:
        kind = plain.kind
        check, written = f"type({held}) is {self._name(kind)}", f"{self._name(plain.write)}({held})"
        if plain.table is not None:
            written = f"{self._name(plain.table)}[{held}]"
        if kind is datetime:
            # Equal moments of other zones would be found under the same key.
            written = f"({written} if {held}.tzinfo is UTC else {self._name(encode)}({held}))"
        if plain.or_none:
            check = f"({held} is None or {check})"
            written = f'"null" if {held} is None else {written}'
        self.checks.append(check)
        if kind is Decimal and not plain.or_none:
            # Nothing, which is most of most reports, whole numbers, and those that end in another
            # digit than zero are their own text.
            ends = 'text[-1] in "123456789" and "E" not in text and "N" not in text'
            plainly = f"((text := str({held})).isdigit() or {ends})"
            plainly += f" and len(text) <= {DECIMAL_DIGITS_MAX}"
            return '"{' + f"0 if {held} is ZERO else text if {plainly} else bare({held})" + '}"'
        return "{" + written + "}"

    def _name(self, one: object) -> str:
        name = f"k{len(self.known)}"
        self.known[name] = one
        return name


def _literal(text: str) -> str:
    """Return `text` as it stands in the source of a formatted string in single quotes."""
    return text.replace("\\", "\\\\").replace("{", "{{").replace("}", "}}").replace("'", "\\'")
