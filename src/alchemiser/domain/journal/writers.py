"""The functions that write dataclasses: one for each type, generated from its fields.

A record is written for every step of every order, so nothing is looked up then: the keys stand in
the function's own text, fields are read by name, and only what may hold something else than its
hint is handed on. Where anything does not fit, the function raises; the shapes know why.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from alchemiser.domain.journal.scalars import Encode, MismatchError, Shape


def writer(
    kind: type[object], parts: Iterable[tuple[str, str | None]], shapes: Mapping[str, Shape]
) -> Encode:
    """Return the function that writes instances of `kind` as JSON objects.

    Args:
        kind: A dataclass.
        parts: Keys in their order, each with its text where that is the same in every instance.
        shapes: How the fields are written, by name.

    Returns:
        A function that raises MismatchError, without a reason of its own, when its argument is not
        of this type or a field does not hold what its hint says.
    """
    known: dict[str, object] = {"KIND": kind, "UNFIT": MismatchError}
    reads, checks, texts = [], ["True"], []
    for number, (name, constant) in enumerate(parts):
        if constant is not None:
            texts.append(_literal(f'"{name}":{constant}'))
            continue
        held, shape = f"f{number}", shapes[name]
        reads.append(f"{held} = value.{name}")
        written = _written(number, held, shape, known)
        checks += _checks(number, held, shape, known)
        texts.append(_literal(f'"{name}":') + "{" + written + "}")
    source = _SOURCE.format(
        reads="\n    ".join(reads),
        checks=" and ".join(checks),
        text="{{" + ",".join(texts) + "}}",
    )
    exec(source, known)  # noqa: S102 - of names in our own dataclasses
    made: Encode = known["write"]  # type: ignore[assignment]
    return made


_SOURCE: Final = """
def write(value):
    if type(value) is not KIND:
        raise UNFIT("another type")
    {reads}
    if not ({checks}):
        raise UNFIT("another type in a field")
    return f'{text}'
"""


def _checks(number: int, held: str, shape: Shape, known: dict[str, object]) -> list[str]:
    """Return what has to be true of the field in the variable `held` before it is written."""
    if shape.plain is None:
        return []
    known[f"t{number}"] = shape.plain.kind
    check = f"type({held}) is t{number}"
    return [f"({held} is None or {check})" if shape.plain.or_none else check]


def _written(number: int, held: str, shape: Shape, known: dict[str, object]) -> str:
    """Return the expression of the text of the field in the variable `held`."""
    if shape.plain is None:
        known[f"w{number}"] = shape.encode
        return f"w{number}({held})"
    known[f"w{number}"] = shape.plain.write
    text = f"w{number}({held})"
    return f'"null" if {held} is None else {text}' if shape.plain.or_none else text


def _literal(text: str) -> str:
    """Return `text` as it stands in the source of a formatted string in single quotes."""
    return text.replace("\\", "\\\\").replace("{", "{{").replace("}", "}}").replace("'", "\\'")
