"""What Alpaca has published of what the venue serves, and where that is not what it answers.

The documents stand beside the repository, in `../shared/alpaca`, and are no part of it.
"""

import copy
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web
from openapi_schema_validator import OAS30Validator, OAS31Validator

from tests.published_exceptions import (
    CORRECTIONS,
    EVERY,
    FIELDS,
    REFUSAL,
    STATUSES,
    Document,
)

yaml = pytest.importorskip("yaml")
FOLDER: Final = Path(__file__).parents[1] / ".." / "shared" / "alpaca"
NAMES: Final = ("trading", "data")
needs_documents = pytest.mark.skipif(
    not FOLDER.exists(), reason=f"Alpaca's published documents are not at {FOLDER}"
)

_METHODS: Final = frozenset({"get", "post", "patch", "put", "delete"})


@dataclass(frozen=True, slots=True, order=True)
class Operation:
    """Name one operation of a document."""

    document: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


UNPUBLISHED: Final = {
    ("GET", "/stream"): "a WebSocket, which OpenAPI does not describe",
    ("GET", "/v2/{feed}"): "a WebSocket, which OpenAPI does not describe",
}
"""What is served beside the documents, and why; `/control` is the venue's own."""


def shape(path: str) -> str:
    """Return `path` without the names of its parts that vary."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def served_operations(app: web.Application) -> dict[tuple[str, str], Operation | None]:
    """Return every route of `app` but its control, with what is published of it or None."""
    published = {
        (method.upper(), shape(path)): Operation(name, method.upper(), path)
        for name in NAMES
        for path, item in document(name)["paths"].items()
        for method in item
        if method in _METHODS
    }
    routes = (
        (one.method, one.resource.canonical)
        for one in app.router.routes()
        if one.resource is not None and one.method != "HEAD"  # comes with each GET by itself
    )
    return {
        (method, path): published.get((method, shape(path)))
        for method, path in routes
        if not path.startswith("/control")
    }


@functools.cache
def raw(name: str) -> Document:
    """Return a document as it is published."""
    text = (FOLDER / f"{name}.openapi.yaml").read_text(encoding="utf-8")
    found: Document = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


@functools.cache
def document(name: str) -> Document:
    """Return a published document, corrected."""
    found = copy.deepcopy(raw(name))
    for one in CORRECTIONS:
        if one.document == name:
            part_of(found, one.where[:-1])[one.where[-1]] = one.value
    if name == "trading":
        for operation in _operations(found):
            _answer_more(found["paths"][operation.path][operation.method.lower()], operation)
    return found


def part_of(found: Document, where: Sequence[str]) -> Document:
    """Return what stands in a document under these names, one below the other."""
    return functools.reduce(lambda part, name: part[name], where, found)


def narrowed(name: str, operations: Iterable[Operation]) -> Document:
    """Return a document with nothing but `operations` in it."""
    whole, paths = document(name), dict[str, Document]()
    for one in operations:
        item = whole["paths"][one.path]
        kept = {key: value for key, value in item.items() if key not in _METHODS}
        paths.setdefault(one.path, kept)[one.method.lower()] = item[one.method.lower()]
    # Keys are sent always: what is answered without them has a test of its own.
    return {key: value for key, value in whole.items() if key != "security"} | {"paths": paths}


def wrong(operation: Operation, status: int, answer: object) -> list[tuple[str, str]]:
    """Return where and how `answer` differs from what is published.

    Formats are looked at, and a key that no schema names is wrong.
    """
    whole = _closed(operation.document)
    responses = whole["paths"][operation.path][operation.method.lower()]["responses"]
    if str(status) not in responses:
        return [("$", f"{status} is not published")]
    content = responses[str(status)].get("content", {})
    schema = content.get("application/json", {}).get("schema", {} if status < 400 else REFUSAL)
    kind = OAS31Validator if whole["openapi"].startswith("3.1") else OAS30Validator
    validator = kind(
        {**schema, "components": whole["components"]}, format_checker=kind.FORMAT_CHECKER
    )
    return [(error.json_path, error.message) for error in validator.iter_errors(answer)]


@functools.cache
def _closed(name: str) -> Document:
    """Return a document in which nothing has keys but those that are published."""
    found = copy.deepcopy(document(name))
    schemas = found["components"]["schemas"]
    for one in FIELDS:
        if one.document == name:
            schemas[one.schema]["properties"] |= {key: {} for key in one.names}
    _close(found["paths"], schemas)
    _close(schemas, schemas)
    return found


def _close(part: object, schemas: Document) -> None:
    if isinstance(part, list):
        for one in part:
            _close(one, schemas)
    if not isinstance(part, dict):
        return
    for one in part.pop("allOf", ()):  # a schema of several parts becomes one
        whole = schemas[one["$ref"].rsplit("/")[-1]] if "$ref" in one else one
        part.setdefault("properties", {}).update(whole.get("properties", {}))
        part.setdefault("required", []).extend(whole.get("required", []))
    if isinstance(part.get("properties"), dict):
        part.setdefault("additionalProperties", False)
    for one in list(part.values()):
        _close(one, schemas)


def _operations(whole: Document) -> list[Operation]:
    return [
        Operation("trading", method.upper(), path)
        for path, item in whole["paths"].items()
        for method in item
        if method in _METHODS
    ]


def _answer_more(published: Document, operation: Operation) -> None:
    for one in STATUSES:
        if EVERY in one.operations or str(operation) in one.operations:
            content = {"application/json": {"schema": REFUSAL}}
            added = {"description": one.reason, "content": content}
            published["responses"].setdefault(str(one.status), added)
