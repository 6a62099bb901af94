"""The arguments of a call in the s-expression form, taken strictly."""

from collections.abc import Sequence
from decimal import Decimal

from alchemiser_symphony.blocks import RefusedError
from alchemiser_symphony.forms import Form, Kind
from alchemiser_symphony.measures import MEASURES, wanted, whole


def count(arguments: Sequence[Form], least: int, most: int | None, wish: str) -> None:
    """Refuse too few arguments, or too many.

    Raises:
        RefusedError: When their number is not from `least` to `most`; `wish` says what they are.
    """
    if len(arguments) < least or (most is not None and len(arguments) > most):
        noun = "argument is" if len(arguments) == 1 else "arguments are"
        msg = f"{len(arguments) or 'no'} {noun} given: it takes {wish}"
        raise RefusedError(msg)


def text(form: Form, what: str) -> str:
    """Return what a text says.

    Raises:
        RefusedError: When it is no text, or has an escape of no meaning.
    """
    said = form.string()
    if said is None:
        why = "has an escape of no meaning" if form.kind is Kind.STRING else "is a text in quotes"
        raise RefusedError(f"{what} {why}", at=form)
    return said


def number(form: Form, what: str) -> Decimal:
    """Return a number.

    Raises:
        RefusedError: When it is none.
    """
    if form.kind is not Kind.NUMBER:
        raise RefusedError(f"{what} is a number", at=form)
    return Decimal(form.text)


def size(form: Form, what: str, smallest: int) -> int:
    """Return a window or a count.

    Raises:
        RefusedError: When it is no whole number, or too small or too large.
    """
    value = whole(number(form, what), smallest=smallest)
    if value is None:
        msg = f"{what} is {wanted(smallest)}, not {form.text}"
        raise RefusedError(msg, at=form)
    return value


def pairs(form: Form) -> dict[str, tuple[Form, Form]]:
    """Return a map by the text of its keys, each with its own form and its value's.

    Raises:
        RefusedError: When it is no map of keywords, or names one twice.
    """
    if form.kind is not Kind.MAP or len(form.items) % 2:
        msg = "a map of keywords and values in { } is expected"
        raise RefusedError(msg, at=form)
    found: dict[str, tuple[Form, Form]] = {}
    for key, value in zip(form.items[::2], form.items[1::2], strict=True):
        if key.kind is not Kind.KEYWORD or key.text in found:
            msg = "a map has keywords for keys, each once"
            raise RefusedError(msg, at=key)
        found[key.text] = (key, value)
    return found


def windows(operator: str, arguments: Sequence[Form]) -> tuple[int, ...]:
    """Return the windows of a measure; what the map leaves out, or without one, is the usual.

    Raises:
        RefusedError: When it is no map of the measure's windows.
    """
    known = {f":{window.key}": window for window in MEASURES[operator].windows}
    given = pairs(arguments[0]) if arguments else {}
    for key, (form, _) in given.items():
        if key not in known:
            msg = f"{operator} takes {' and '.join(known) or 'no window'}, not {key}"
            raise RefusedError(msg, at=form)
    return tuple(
        size(given[key][1], key, window.smallest) if key in given else window.usual
        for key, window in known.items()
    )


def selection(form: Form) -> tuple[bool, int]:
    """Return whether the highest are selected, and how many.

    Raises:
        RefusedError: When it is not `(select-top n)` or `(select-bottom n)`.
    """
    operator, arguments = form.operator(), form.items[1:]
    if operator not in SELECTIONS or len(arguments) != 1:
        msg = "(select-top n) or (select-bottom n) is expected"
        raise RefusedError(msg, at=form)
    return operator == "select-top", size(arguments[0], "the count", 1)


SELECTIONS = frozenset({"select-top", "select-bottom"})
