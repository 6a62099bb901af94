"""From a validation error to one sentence that names the key and the remedy."""

import json
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from types import UnionType
from typing import Final, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from alchemiser.domain.values.errors import SettingsError
from alchemiser.settings.fields import DECIMAL_PLACES, did_you_mean

S = TypeVar("S", bound=BaseModel)
Location = tuple[int | str, ...]
_SHOWN_MAX: Final = 60


def validated(model: type[S], tables: Mapping[str, object], path: Path) -> S:
    """Return `tables`, read from the file at `path`, as `model`.

    Raises:
        SettingsError: When they do not fit; says how to mend the first problem.
    """
    try:
        return model.model_validate(tables, context=path)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        # A misspelt key is also a missing one: the spelling is what to mend.
        first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
        text = f"{path.name}: {_sentence(model, first)}"
        if len(problems) > 1:
            text = f"{text} ({len(problems) - 1} more to mend after that)"
        raise SettingsError(text if text.endswith("?") else f"{text}.") from error


def _sentence(model: type[BaseModel], problem: ErrorDetails) -> str:
    location = problem["loc"]
    owner, depth = _table(model, location)
    table = f"[{_joined(location[:depth])}] " if depth else ""
    key = _joined(location[depth:])
    if problem["type"] == "value_error":
        # A sentence about one entry of a list or table does not know whose it is.
        inside = f"{location[depth]}: " if len(location) > depth + 1 else ""
        return f"{table}{inside}{str(problem['ctx']['error']).rstrip('.')}"
    if problem["type"] == "extra_forbidden":
        kind, shown = ("setting", key) if depth else ("section", f"[{key}]")
        return f"{table}{shown} is not a {kind}: {did_you_mean(key, owner.model_fields)}"
    if not key:
        return f"{table}has to be a table: write its settings below the line {table}".rstrip()
    field = owner.model_fields[str(location[depth])]
    remedy = _remedy(problem, field)
    if problem["type"] == "missing":
        return f"{table}{key} is missing: write {remedy}"
    return f"{table}{key} = {_shown(problem['input'])} cannot be used: write {remedy}"


def _remedy(problem: ErrorDetails, field: FieldInfo) -> str:
    if problem["type"] == "decimal_max_places":
        return f"at most {DECIMAL_PLACES} decimals"
    return field.description or "a table"


def _table(
    model: type[BaseModel], location: Location, depth: int = 0
) -> tuple[type[BaseModel], int]:
    """Return the table that `location` lies in, and how many parts of the location name it."""
    field = model.model_fields.get(str(location[depth])) if depth < len(location) else None
    inner, below = (None if field is None else field.annotation), depth + 1
    if get_origin(inner) is dict:
        inner, below = get_args(inner)[1], depth + 2
    if get_origin(inner) is UnionType:  # a table that may be left out
        inner = get_args(inner)[0]
    if isinstance(inner, type) and issubclass(inner, BaseModel) and below <= len(location):
        return _table(inner, location, below)
    return model, depth


def _joined(location: Location) -> str:
    return ".".join(_short(str(part)) for part in location)


def _shown(value: object) -> str:
    """Return `value` as it stands in the file, short and without control characters."""
    match value:
        case bool():
            text = str(value).lower()
        case int() | Decimal():
            text = str(value)
        case str():
            text = json.dumps(value)
        case date() | time():
            text = str(value)
        case list():
            text = "a list"
        case _:
            text = "a table"
    return _short(text)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}…"
