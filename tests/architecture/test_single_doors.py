"""An order is approved in one place and sent in one place, so nothing can walk round them."""

import ast

import pytest

from tests.architecture.source import Source, package_sources, planted

GATE = "domain/risk"
SHELL = "application"
THREADS = (  # an executor's `submit` is another one
    "adapters/alpaca/lines.py",
    "adapters/dask",
    "adapters/processes",
    "adapters/system",
)
TEST_KIT = "testing"  # hands every broker adapter orders of its own


def approvals(source: Source) -> list[str]:
    """Return each place where `source` makes an `ApprovedOrder`."""
    return [
        source.at(node, "makes an ApprovedOrder")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and "ApprovedOrder" in {_last_name(node.func), *_made_of(node)}
    ]


def sends(source: Source) -> list[str]:
    """Return each place where `source` sends an order, or hands the sending on."""
    return [
        source.at(node, "sends an order")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == "submit"
    ]


def _made_of(node: ast.Call) -> set[str | None]:
    """Return what a call of `maker` makes a function of."""
    return set(map(_last_name, node.args)) if _last_name(node.func) == "maker" else set()


def _last_name(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def test_an_order_is_approved_in_one_place() -> None:
    """OS-06."""
    inside = [source for source in package_sources() if not source.within(TEST_KIT)]
    found = [place for source in inside for place in approvals(source)]

    assert [place.partition(":")[0].rpartition("/")[0] for place in found] == [GATE], found


def test_an_order_is_sent_from_one_place() -> None:
    """OS-06."""
    inside = [source for source in package_sources() if not source.within(*THREADS, TEST_KIT)]
    found = [place for source in inside for place in sends(source)]

    assert [place.partition("/")[0] for place in found] == [SHELL], found


@pytest.mark.parametrize(
    "text",
    [
        "token = ApprovedOrder(order=order)",
        "token = approval.ApprovedOrder(order=order)",
        "approved = maker(ApprovedOrder)",
    ],
)
def test_check_finds_a_planted_approval(text: str) -> None:
    assert len(approvals(planted(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "outcome = self._broker.submit(order)",
        "outcome = calls.run(broker.submit, order)",
    ],
)
def test_check_finds_a_planted_send(text: str) -> None:
    assert len(sends(planted(text))) == 1


def test_check_accepts_a_definition_and_a_type() -> None:
    text = "class Broker:\n    def submit(self, order: ApprovedOrder) -> None: ..."

    assert sends(planted(text)) == []
    assert approvals(planted(text)) == []
