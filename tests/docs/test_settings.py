"""An owner finds every key of `alchemiser.toml` in its template or on a page, and each default."""

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from alchemiser.settings import Settings, template
from alchemiser.settings.trading import Execution

PAGES = "\n".join(page.read_text(encoding="utf-8") for page in sorted(Path("docs").glob("*.md")))
TEMPLATE = template(seed=7)


def keys(section: type[BaseModel], path: str = "") -> Iterator[str]:
    """Yield the key of every setting, with its tables before it."""
    for name, field in section.model_fields.items():
        inner = [one for one in _types(field.annotation) if issubclass(one, BaseModel)]
        yield from (key for one in inner for key in keys(one, f"{path}{name}."))
        if not inner:
            yield f"{path}{name}"


def _types(annotation: object) -> Iterator[type]:
    """Yield the classes that an annotation is made of."""
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from _types(part)


def named(key: str, text: str) -> bool:
    """Say whether a line sets a key, or a page speaks of it in letters of code."""
    name = re.escape(key.rpartition(".")[2])
    return re.search(rf"^(# )?{name} = |`[^`\n]*\b{name}\b[^`\n]*`", text, re.MULTILINE) is not None


@pytest.mark.parametrize("key", sorted(keys(Settings)))
def test_every_setting_is_named_where_owners_look(key: str) -> None:
    assert named(key, TEMPLATE) or named(key, PAGES)


@pytest.mark.parametrize("key", sorted(keys(Execution)))
def test_every_way_of_working_orders_is_in_the_template_and_explained(key: str) -> None:
    assert named(key, TEMPLATE)
    assert named(key, PAGES)


def test_lines_of_the_template_that_are_left_out_say_what_holds_without_them() -> None:
    (table,) = re.findall(r"^\[execution\].*?(?=^\[)", TEMPLATE, re.MULTILINE | re.DOTALL)
    written = tomllib.loads(
        re.sub(r"^# (\w+ = )", r"\1", table, flags=re.MULTILINE), parse_float=Decimal
    )

    assert Execution.model_validate(written["execution"]) == Execution()
