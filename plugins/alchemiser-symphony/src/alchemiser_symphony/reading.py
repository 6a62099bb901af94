"""From the bytes of a file to a rule tree, or to every reason why there is none."""

from collections.abc import Mapping
from typing import Final

from alchemiser.plugins import ImportedTree, Problem
from alchemiser_symphony import documents, wholes
from alchemiser_symphony.exports import json_of
from alchemiser_symphony.forms import UnreadableError, forms_of
from alchemiser_symphony.rebalancing import EVERY_SESSION

BYTES_MAX: Final = 10 * 1024 * 1024

_KINDS: Final = "a symphony begins with (defsymphony or is Composer's JSON"


def read(content: bytes) -> ImportedTree:
    """Return the symphony in a file: an s-expression, Composer's JSON, or an imported document.

    Raises:
        ValueError: When it is nothing of the kind.
    """
    text = _text(content)
    try:
        return _of_json(text) if text.lstrip().startswith("{") else _of_expression(text)
    except UnreadableError as error:
        problem = Problem(place=error.place, block=error.text, reason=str(error))
        return ImportedTree(name="", tree=None, rebalance=EVERY_SESSION, problems=(problem,))


def _of_expression(text: str) -> ImportedTree:
    """Return the symphony in the s-expression form.

    Raises:
        ValueError: When there is nothing but comments.
    """
    forms = forms_of(text)
    if not forms:
        raise ValueError(f"it is empty: {_KINDS}")
    return wholes.of_form(forms[0], forms[1] if len(forms) > 1 else None)


def _of_json(text: str) -> ImportedTree:
    """Return the symphony in Composer's JSON form, or what an import has made of one.

    Raises:
        ValueError: When it is neither.
    """
    value = json_of(text)
    if not isinstance(value, Mapping) or not ("step" in value or documents.is_document(value)):
        raise ValueError(f"its JSON is another: {_KINDS}")
    return documents.of_document(text) if documents.is_document(value) else wholes.of_export(value)


def _text(content: bytes) -> str:
    """Return the text of a file, of which something can be read.

    Raises:
        ValueError: When it is too large, not UTF-8, or does not begin like a symphony.
    """
    if len(content) > BYTES_MAX:
        raise ValueError(f"it is larger than {BYTES_MAX // 1024**2} MB: no symphony is")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 text: {_KINDS}") from error
    if not text.lstrip().startswith(("(", ";", "{")):
        raise ValueError(f"it begins with neither ( nor {{: {_KINDS}")
    return text
