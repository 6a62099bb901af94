"""What is asked for after a stream has left something out."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

import pytest

from alchemiser.adapters.system.calls import InlineCalls
from alchemiser.container.alpaca_parts import missed
from alchemiser.domain.orders.messages import ExecType, ExecutionReport
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.testing.builders import NOW, a_report, an_order
from alchemiser.testing.fakes import FixedClock


class Told:
    """A broker whose list lacks some of its orders; it counts what it is asked."""

    def __init__(self, names: Collection[str], listed: Collection[str]) -> None:
        self.names = tuple(ClOrdId(name) for name in names)
        self.listed = listed
        self.asked: list[tuple[str, ...]] = []

    def orders(self, _session: date) -> tuple[ClOrdId, ...]:
        return self.names

    def found(self, names: Collection[ClOrdId]) -> Mapping[ClOrdId, tuple[ExecutionReport, ...]]:
        self.asked.append(tuple(names))
        return {name: _reports(name) for name in names if name in self.listed}

    def reports(self, cl_ord_id: ClOrdId) -> tuple[ExecutionReport, ...] | None:
        self.asked.append((cl_ord_id,))
        return _reports(cl_ord_id) if cl_ord_id != "gone" else None


def _reports(name: str) -> tuple[ExecutionReport, ...]:
    return (a_report(replace(an_order(), cl_ord_id=ClOrdId(name)), ExecType.NEW),)


@pytest.mark.parametrize(
    ("names", "listed", "asked"),
    [
        (("a", "b", "c"), ("a", "b", "c"), [("a", "b", "c")]),
        (("a", "b", "c"), ("a", "c"), [("a", "b", "c"), ("b",)]),
        (("a", "gone"), ("a",), [("a", "gone"), ("gone",)]),
        (("a",), ("a",), [("a",)]),
        ((), (), []),
    ],
)
def test_orders_are_asked_for_together_and_only_the_rest_by_name(
    names: tuple[str, ...], listed: tuple[str, ...], asked: list[tuple[str, ...]]
) -> None:
    """RS-16: what a stream left out does not use up the ration that orders need."""
    broker = Told(names, listed)

    reports = asyncio.run(missed(broker, InlineCalls(), FixedClock(NOW)))  # type: ignore[arg-type]

    assert broker.asked == asked
    assert [one.cl_ord_id for one in reports] == [name for name in names if name != "gone"]
