"""The simulated broker tells of many orders in one answer, as it tells of each."""

from pathlib import Path

import pytest

from alchemiser.domain.values.identifiers import ClOrdId
from tests.simulated_venue import EXACT, order, world

NAMES = [ClOrdId(name) for name in ("c", "never", "a", "b")]


@pytest.mark.parametrize("kept", [False, True], ids=["memory", "file"])
def test_found_is_what_there_is_in_the_order_of_the_question(tmp_path: Path, kept: bool) -> None:
    """OS-12, FAULTS A05: what is left out proves nothing; all that is due by then is told."""
    here = world(settings=EXACT, path=tmp_path / "broker.db" if kept else None)
    for name in ("a", "b", "c"):
        here.submit(order(name, "2", "500.02"))

    entered = here.broker.found(NAMES)
    here.seconds(3)
    filled = here.broker.found(NAMES)

    assert list(entered) == list(filled) == ["c", "a", "b"]
    assert [len(one) for one in entered.values()] == [1, 1, 1]
    assert filled == {name: here.broker.reports(name) for name in filled}
    assert all(one[-1].cum_qty == 2 for one in filled.values())


def test_who_asks_for_none_is_told_of_none() -> None:
    assert world(settings=EXACT).broker.found(()) == {}
