"""What every table of `alchemiser.toml` has in common."""

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from alchemiser.domain.values.numbers import WEIGHT, ZERO, is_multiple

DECIMAL_PLACES: Final = 9
_BAND_MAX: Final = Decimal("0.5")
_SQLITE: Final = "sqlite:///"
TOLD_MAX: Final = 24
"""Names that a message lists; more of them help nobody."""
SEED_MAX: Final = 2**32 - 1


class Section(BaseModel):
    """Refuse unknown keys and values of another type.

    A field's description completes the sentence "write …" that a wrong value is answered with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _exact(value: object) -> object:
    """Return a whole number as a decimal; a truth value is not a number."""
    return Decimal(value) if type(value) is int else value


Exact = Annotated[Decimal, BeforeValidator(_exact), Field(decimal_places=DECIMAL_PLACES)]
"""A number as it was written, without a detour through binary fractions."""


def _band(value: object) -> object:
    """Return a fraction, or the word that leaves it to costs.

    Raises:
        PydanticCustomError: When it is neither.
    """
    match _exact(value):
        case "cost":
            return value
        case Decimal() as share if share.is_finite() and ZERO <= share <= _BAND_MAX:
            if is_multiple(share, WEIGHT):
                return share
        case _:
            pass
    kind = "band"
    raise PydanticCustomError(kind, kind)


Band = Annotated[Decimal | Literal["cost"], PlainValidator(_band)]
"""A drift band; the parts of a plain union would each complain."""
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\x20-\x7e]+$")]
Place = Annotated[str, Field(max_length=1024, pattern=r"^[^\x00-\x1f\x7f]+$")]
Seed = Annotated[int, Field(ge=0, le=SEED_MAX)]


def file_path(url: str) -> str:
    """Return the path in `url`: a bare one, or what follows `sqlite:///`.

    Raises:
        ValueError: When it is an address of another kind, or a folder's.
    """
    path = url.removeprefix(_SQLITE)
    if "://" in path or Path(path).name in {"", ".."}:
        msg = f'url = "{url}" names no file: write a path, such as "main.db"'
        raise ValueError(msg)
    return path


FileUrl = Annotated[Place, AfterValidator(file_path)]
"""A file, kept as its path."""


def available(value: str, key: str, offered: str) -> str:
    """Return `value` when this version offers it.

    Raises:
        ValueError: When it comes with a later version.
    """
    if value != offered:
        msg = f'{key} = "{value}" comes with a later version: write {key} = "{offered}" for now'
        raise ValueError(msg)
    return value


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown `name`: the nearest known one, or all of them."""
    names = sorted(known)
    near = get_close_matches(name.lower(), names, n=1)
    if near:
        return f"did you mean {near[0]}?"
    if len(names) > TOLD_MAX:
        return "`alchemiser init` writes a file that shows them"
    return f"write one of {', '.join(names)}"
