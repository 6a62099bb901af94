"""From the parameters in the configuration to the dataclass that a strategy is built with."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from alchemiser.domain.values.errors import PluginError


def check_params_type(params: type[Any], owner: str) -> None:
    """Prove that `params` is a frozen dataclass type whose every field has a default.

    Raises:
        PluginError: When it is not; `owner` names the strategy.
    """
    if not is_dataclass(params):
        msg = f"{owner} has params that are no dataclass type: give it a frozen dataclass."
        raise PluginError(msg)
    if not params.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        msg = f"{owner} has params that can change: write @dataclass(frozen=True)."
        raise PluginError(msg)
    bare = [field.name for field in fields(params) if not _has_default(field)]
    if bare:
        msg = f"{owner} has no default for its parameter {bare[0]}: give every parameter one."
        raise PluginError(msg)


def make_params(
    params: type[Any], written: Mapping[str, object], owner: str, folder: Path = Path()
) -> object:
    """Return an instance of `params` with the `written` values; types are taken strictly.

    A parameter of type Path names a file; a relative one begins at `folder`.

    Raises:
        PluginError: When a name is unknown, a value has another type, or a file is not there;
            `owner` names the strategy.
    """
    hints = get_type_hints(params)
    known = sorted(field.name for field in fields(params) if field.init)
    values: dict[str, object] = {}
    for name, value in written.items():
        if name not in known:
            raise PluginError(_unknown(name, known, owner))
        try:
            read = TypeAdapter(hints[name]).validate_json(_json(value), strict=True)
        except ValidationError as error:
            why = error.errors()[0]["msg"].removeprefix("Input ").rstrip(".")
            msg = f"{owner}: the parameter {name} {why}, not {_json(value)}."
            raise PluginError(msg) from error
        values[name] = _placed(read, folder, f"{owner}: the parameter {name}")
    made = params(**values)
    for name in known:
        value = getattr(made, name)
        if isinstance(value, Path) and not value.is_absolute():
            # What no parameter names is not hashed, and must not be read.
            msg = f"{owner} needs its parameter {name}: write the path of a file."
            raise PluginError(msg)
    return made


def _placed(value: object, folder: Path, owner: str) -> object:
    """Return `value` with every path in it made absolute.

    Raises:
        PluginError: When one of them is no file.
    """
    match value:
        case Path():
            path = (folder / value).absolute()
            if not path.is_file():
                msg = f"{owner} names {path}, which is no file: correct the path."
                raise PluginError(msg)
            return path
        case list() | tuple():
            return type(value)(_placed(part, folder, owner) for part in value)
        case dict():
            return {name: _placed(part, folder, owner) for name, part in value.items()}
        case _:
            return value


def _unknown(name: str, known: list[str], owner: str) -> str:
    near = get_close_matches(name, known, n=1)
    if near:
        return f"{owner} has no parameter {name}: did you mean {near[0]}?"
    return f"{owner} has no parameter {name}: it knows {', '.join(known) or 'none at all'}."


def _has_default(field: Field[object]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _json(value: object) -> str:
    """Return a value of TOML as JSON, whose strict reading knows numbers, texts and lists apart."""
    return json.dumps(
        value, default=lambda one: float(one) if isinstance(one, Decimal) else str(one)
    )
