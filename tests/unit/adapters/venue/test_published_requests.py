"""Requests drawn from Alpaca's published documents are answered as those say."""

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, seed, settings

from alchemiser.adapters.venue.server import build_app
from alchemiser.adapters.venue.world import Terms
from tests.published import (
    FOLDER,
    UNPUBLISHED,
    Operation,
    narrowed,
    needs_documents,
    part_of,
    raw,
    served_operations,
    wrong,
)
from tests.published_exceptions import CORRECTIONS, EVERY, FIELDS, STATUSES, Document
from tests.published_values import BODIES, known, sensible
from tests.served_venue import KEYS, Served, made, served
from tests.venue_days import NOW, daily_prices

schemathesis = pytest.importorskip("schemathesis")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")
pytestmark = needs_documents

Routes = dict[tuple[str, str], Operation | None]
Case = Any
"""Schemathesis's request; the library has no types that mypy could use."""

DRAWN: Final = 12
"""Requests that are drawn of each kind, beside those that schemathesis enumerates."""
MANY: Final = 40
NEVER_WRONG: Final = frozenset({
    "DELETE /v2/orders",
    "GET /v2/account",
    "GET /v2/account/configurations",
    "GET /v2/assets/{symbol_or_asset_id}",
    "GET /v2/clock",
    "GET /v2/positions",
    "GET /v2/positions/{symbol_or_asset_id}",
})
"""What takes no parameters, or any text."""


def routes() -> Routes:
    """Return what the venue serves, and what is published of it."""
    return served_operations(build_app(made(daily_prices(), Terms(), start=NOW)))


def published(name: str) -> list[Operation]:
    """Return what is served of one document."""
    return [one for one in operations() if one.document == name]


@functools.cache
def operations() -> list[Operation]:
    """Return what is published and served; nothing without the documents."""
    return sorted(one for one in routes().values() if one) if FOLDER.exists() else []


class Attack:
    """Send drawn requests of one operation, and compare each answer with what is published."""

    def __init__(self, venue: Served, operation: Operation) -> None:
        self.statuses: Counter[int] = Counter()
        self._url = venue.urls["trading_url"]
        self._operation = operation
        self._session = requests.Session()
        self._seen: set[tuple[int, str]] = set()

    def all_of(self, document: Document) -> None:
        """Send what schemathesis enumerates: limits, lacking and surplus parts, wrong types."""
        schema, operation = self._read(document)
        config = schema.config.generation_for(operation=operation)
        modes = list(schemathesis.GenerationMode)
        for case in schema.iter_coverage_cases(
            operation, generation_modes=modes, generation_config=config
        ):
            self.send(case)

    def some_of(self, document: Document, mode: str, send: Callable[[Case], object]) -> None:
        """Send drawn requests that keep to the document, or do not."""
        _, operation = self._read(document)
        bounded = settings(
            max_examples=DRAWN,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        drawn = operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode))

        def each(case: Case) -> None:
            send(case)

        seed(7)(bounded(given(case=drawn)(each)))()

    def send(self, case: Case) -> tuple[int, str]:
        """Send one request, and check its answer."""
        answer = case.call(base_url=self._url, headers=dict(KEYS), session=self._session)
        self.statuses[answer.status_code] += 1
        excluded = [checks.positive_data_acceptance]
        if _is_lacking(case):
            excluded.append(checks.negative_data_rejection)
        case.validate_response(answer, headers=dict(KEYS), excluded_checks=excluded)
        self._compare(answer)
        return answer.status_code, answer.text

    def take(self, case: Case) -> None:
        """Send a request that means something to the venue: it has to carry out a question."""
        status, text = self.send(case)
        if self._operation.method == "GET":
            assert status == 200, (case.query, text)

    def _compare(self, answer: requests.Response) -> None:
        status, text = answer.status_code, answer.text
        if status == 405:  # another method: no document says how that is refused
            assert text in {"", '{"message": "Method Not Allowed"}'}
        if status == 405 or (status, text) in self._seen:
            return
        self._seen.add((status, text))
        told = json.loads(text) if text else None
        assert wrong(self._operation, status, _some(told)) == [], text[:MANY]

    def _read(self, document: Document) -> tuple[Any, Any]:
        schema = schemathesis.openapi.from_dict(document)
        return schema, schema[self._operation.path][self._operation.method]


def _some(told: object) -> object:
    """Return an answer with the ends of its long lists: schemathesis has looked at all of it."""
    if isinstance(told, dict):
        return {name: _some(one) for name, one in told.items()}
    return told[:MANY] + told[-MANY:] if isinstance(told, list) and len(told) > MANY else told


def _is_lacking(case: Case) -> bool:
    """Say whether a value is empty, or null: the venue takes that as one that is not given."""
    body = case.body if isinstance(case.body, dict) else {}
    return any(one in ("", [""]) for one in (case.query or {}).values()) or None in body.values()


@pytest.fixture
def venue() -> Iterator[Served]:
    with served(start=NOW, market=daily_prices()) as found:
        yield found


def test_whatever_is_served_is_published() -> None:
    unpublished = {route for route, operation in routes().items() if operation is None}

    assert unpublished == set(UNPUBLISHED)


def test_what_is_excepted_is_published_otherwise() -> None:
    """An exception that has become needless is found."""
    trading = {str(one): one for one in operations() if one.document == "trading"}
    for status in STATUSES:
        for name in trading if EVERY in status.operations else status.operations:
            one = trading[name]
            item = raw("trading")["paths"][one.path][one.method.lower()]
            assert str(status.status) not in item["responses"], name
    for correction in CORRECTIONS:
        found = part_of(raw(correction.document), correction.where)
        assert found != correction.value, correction
    for more in FIELDS:
        schema = raw(more.document)["components"]["schemas"][more.schema]
        assert schema["properties"].keys().isdisjoint(more.names), more


@pytest.mark.parametrize("lacking", [*KEYS, "both"])
def test_without_keys_every_operation_is_refused(venue: Served, lacking: str) -> None:
    headers = {} if lacking == "both" else {one: KEYS[one] for one in KEYS if one != lacking}
    for operation in operations():
        status, text, _ = venue.answered(operation.method, operation.path, headers=headers)

        assert status == 401, operation
        assert wrong(operation, status, json.loads(text)) == []


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_requests(venue: Served, operation: Operation) -> None:
    values, attack = known(venue), Attack(venue, operation)
    beside = published(operation.document)
    whole, narrow = narrowed(operation.document, beside), sensible(operation, beside, values)

    attack.some_of(narrow, "positive", attack.take)
    succeeded = sum(count for status, count in attack.statuses.items() if status < 300)
    attack.all_of(whole)
    if str(operation) in BODIES:
        attack.all_of(narrow)
    attack.some_of(whole, "positive", attack.send)
    if str(operation) not in NEVER_WRONG:
        attack.some_of(whole, "negative", attack.send)

    refused = sum(attack.statuses[status] for status in (400, 403, 404, 422))
    assert succeeded
    assert refused or str(operation) in NEVER_WRONG
